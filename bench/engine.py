"""What reading a mail costs, without a database: the pure engine, and decoding with it.

    python bench/engine.py [--rounds N]

Two mails: a reply of 5 kB in plain text and an HTML thread of 100 kB, each in the habits of several
clients, so that a figure is not one client's. The baseline of the same run is mail-parser, which
decodes, and quotequail, which finds the quotes; ``requirements/bench.txt`` brings it. Every figure
is the median CPU time of one call on one core.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import mailparser
import quotequail

from bot.desk.entry import Authentication
from bot.desk.proof import Proof
from bot.ports import ClaimedMessage, Envelope
from bot.reading import Reader
from channels.email.decode import decode
from threading_engine.message import Message
from threading_engine.tokens import Keyring, Kind

UNPROVEN = Proof(authentication=Authentication.NONE, rule="not_asked")
KEYS = Keyring({"k1": b"k" * 32})
WORDS = (
    "The printer on the third floor stops after two pages, and its display shows nothing but a "
    "small triangle. We have tried another cable and switched it off overnight. "
)
ADDRESS = f"desk+{KEYS.sign(Kind.TICKET, 42, 7)}@example.org"


def paragraph(number: int, length: int) -> str:
    """So many characters of words that differ from one place to the next."""
    words = f"{number}: {WORDS}" * (length // len(WORDS) + 1)
    return words[:length].strip()


def wrapped(text: str, prefix: str = "") -> str:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > 72:
            lines.append(prefix + line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, prefix + line])


# --- the mails --------------------------------------------------------------------------------


def text_replies() -> list[bytes]:
    """Replies of 5 kB in plain text: Gmail, Outlook, Thunderbird inline, a phone."""
    fresh = wrapped(paragraph(1, 500))
    old = paragraph(2, 1900)
    quoted = wrapped(old, "> ") + "\n>\n" + wrapped(paragraph(3, 1900), "> > ")
    return [
        _mail(f"{fresh}\n\nOn Thu, 19 Nov 2026 at 09:15, Desk <{ADDRESS}> wrote:\n\n{quoted}\n"),
        _mail(
            f"{fresh}\n\nKind regards,\nAnn Archer\n\nFrom: Desk <{ADDRESS}>\n"
            "Sent: Thursday, November 19, 2026 9:15 AM\nTo: Ann Archer <ann@example.com>\n"
            f"Subject: Printer\n\n{wrapped(old)}\n\n{wrapped(paragraph(3, 1900))}\n"
        ),
        _mail(
            f"Am 19.11.26 um 09:15 schrieb Desk:\n{wrapped(old, '> ')}\n\n{fresh}\n\n"
            f"{wrapped(paragraph(3, 1900), '> ')}\n\nNein, noch nicht.\n-- \nAnn Archer\n"
        ),
        _mail(
            f"{fresh}\n\nSent from my iPhone\n\n> On 19 Nov 2026, at 09:15, Desk <{ADDRESS}> wrote:\n"
            f"> \n{quoted}\n"
        ),
    ]


def html_threads() -> list[bytes]:
    """Threads of 100 kB in HTML: Gmail's nested quotes and Outlook's headers one below another."""
    paragraphs = "".join(f"<p>{paragraph(n, 700)}</p>" for n in range(8))
    word = "".join(
        f'<p class="MsoNormal"><span style="font-size:11.0pt;font-family:&quot;Calibri&quot;,'
        f'sans-serif;color:#1F497D">{paragraph(n, 500)}<o:p></o:p></span></p>'
        for n in range(8)
    )
    gmail = "".join(
        '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Thu, 19 Nov 2026 at '
        f'09:{minute}, Desk &lt;<a href="mailto:{ADDRESS}">{ADDRESS}</a>&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid">'
        f"{paragraphs}"
        for minute in range(10, 26)
    )
    outlook = "".join(
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal"><b>From:</b> Desk &lt;{ADDRESS}&gt;<br><b>Sent:</b> Thursday, '
        f"November 19, 2026 9:{minute} AM<br><b>To:</b> Ann &lt;ann@example.com&gt;<br>"
        f"<b>Subject:</b> Printer</p></div>{word}"
        for minute in range(10, 28)
    )
    fresh = f"<p>{paragraph(1, 500)}</p>"
    return [
        _mail("", f"<html><body><div dir='ltr'>{fresh}</div>{gmail}{'</blockquote></div>' * 16}"),
        _mail("", f"<html><body><div class='WordSection1'>{fresh}{outlook}</div></body></html>"),
    ]


def _mail(text: str, html: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"] = "Ann Archer <ann@example.com>"
    mail["To"] = ADDRESS
    mail["Subject"] = "Re: [#42] Printer"
    mail["Message-ID"] = "<reply.1@example.com>"
    mail["In-Reply-To"] = f"<{KEYS.sign(Kind.MESSAGE, 42, 9)}@example.org>"
    mail["Date"] = "Fri, 20 Nov 2026 09:15:00 +0000"
    mail.set_content(html or text, subtype="html" if html else "plain")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


# --- the figures ------------------------------------------------------------------------------


def engine(message: Message, raw: bytes) -> Callable[[], object]:
    """Everything that is decided about a mail before a database is asked."""
    return _read(raw, lambda _raw: message)


def decode_and_engine(raw: bytes) -> Callable[[], object]:
    return _read(raw, decode)


def _read(raw: bytes, how: Callable[[bytes], Message]) -> Callable[[], object]:
    reader = Reader(
        decode=how,
        authenticate=lambda _message, _envelope: UNPROVEN,
        keyring=KEYS,
        own_addresses=frozenset({"desk@example.org"}),
        loop_mark="l.0.none",
    )
    claimed = ClaimedMessage(
        id=1,
        channel="email",
        external_id="1",
        raw=raw,
        envelope=Envelope(transport="smtp", sender="ann@example.com", recipients=(ADDRESS,)),
        received_at=datetime(2026, 11, 20, tzinfo=UTC),
        attempts=1,
    )
    return lambda: reader.read(claimed)


def others(raw: bytes, *, html: bool) -> Callable[[], object]:
    """mail-parser and quotequail, as a desk would use them together."""

    def read() -> object:
        mail = mailparser.parse_from_bytes(raw)  # type: ignore[no-untyped-call]
        if html:
            return quotequail.quote_html(mail.text_html[0])
        return quotequail.quote(mail.text_plain[0])

    return read


def median_ms(work: Callable[[], object], rounds: int) -> float:
    work()
    spent = []
    for _ in range(rounds):
        before = time.thread_time_ns()
        work()
        spent.append(time.thread_time_ns() - before)
    return statistics.median(spent) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    print(f"{'':26}{'size':>8}{'engine':>10}{'+ decode':>10}{'others':>10}{'ratio':>8}   (ms)")
    for name, mails, html, share in (
        ("reply, plain text", text_replies(), False, 1),
        ("thread, HTML", html_threads(), True, 10),
    ):
        pure, whole, theirs = [], [], []
        for raw in mails:
            message = decode(raw)
            pure.append(median_ms(engine(message, raw), rounds // share))
            whole.append(median_ms(decode_and_engine(raw), rounds // share))
            theirs.append(median_ms(others(raw, html=html), rounds // share))
        size = statistics.median(map(len, mails)) / 1000
        figures = [statistics.median(found) for found in (pure, whole, theirs)]
        print(
            f"{name:26}{size:>5.0f} kB"
            + "".join(f"{figure:>10.3f}" for figure in figures)
            + f"{figures[2] / figures[1]:>8.1f}"
        )


main()
