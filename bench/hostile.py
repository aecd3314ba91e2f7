"""Mails of a megabyte made of what the engine looks for, over and over: which takes longest?

    python bench/hostile.py [--seconds N] [--size BYTES] [--seed N]

Every phrase that some rule reacts to is repeated to a megabyte as plain text, as HTML, as one header
field and as a delivery report, alone first and then in random pairs and triples. A cost that grows
faster than the text shows here as seconds. Prints the slowest, and ends with status 1 when one took
more than a second of CPU.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from collections.abc import Callable, Iterator

from reading import KEYS, read

from threading_engine import bounces, forwards, html
from threading_engine.tokens import Kind

PHRASES = (
    *(
        "a",
        "é",
        "漢",
        " ",
        "\t",
        "\n",
        "\r",
        "\x0b",
        "\u2028",
        "\u200b",
        "\u00a0",
        "\x00",
        "0",
        ".",
    ),
    *(
        ">",
        "> ",
        "> > ",
        ">\n",
        "|",
        ":",
        "-",
        "_",
        "=",
        "*",
        "~",
        "#",
        "--\n",
        "-- \n",
        "---",
        "___\n",
    ),
    *(
        "<",
        "</",
        "<>",
        "&",
        "&#",
        "&lt;",
        "(",
        ")",
        "[",
        "]",
        '"',
        "\\",
        "'",
        "@",
        "a@",
        "@a",
        "a@b.c",
    ),
    *("<a@b.example>", "mailto:", "[mailto:", "http://", "cid:", "[cid:", "+t.1.2.", "#1", "[#1]"),
    *(
        "On ",
        "On Mon, 1 Jan 2026 ",
        " wrote:",
        "wrote:\n",
        "On x wrote:\n",
        "Am ",
        " schrieb ",
        "Le ",
    ),
    *(
        "a écrit :",
        "Il ",
        "ha scritto:",
        "El ",
        "escribió:",
        "写道：",
        "在 ",
        "19 Nov 2026, 09:15 ",
    ),
    *("From: ", "From: a\n", "*From:* ", "Von: ", "De : ", "Sent: ", "Date: ", "To: ", "Subject: "),
    *(
        "Re: ",
        "Fwd: ",
        "AW: ",
        "Re[2]: ",
        "[list] ",
        "-----Original Message-----\n",
        "________________",
    ),
    *(
        "---------- Forwarded message ---------\n",
        "Begin forwarded message:\n",
        "Sent from my iPhone\n",
    ),
    *(
        "Kind regards\n",
        "Confidentiality notice ",
        "##- reply above -##\n",
        "Get Outlook for iOS\n",
    ),
    *(
        "=?utf-8?q?",
        "?=",
        "=?utf-8?b?",
        "=?",
        "=C3=",
        ";",
        "; a=",
        "*0*=",
        "%20",
        "a*1=",
        "boundary=",
    ),
    *(
        "<div>",
        "<p>",
        "<blockquote>",
        "</blockquote>",
        "<table><tr><td>",
        "<br>",
        "<!--",
        "-->",
        "<b",
    ),
    *(
        '<div class="gmail_quote">',
        "<pre>",
        "<style>",
        "<script>",
        "<o:p>",
        "<a href=",
        "<img ",
        "<hr>",
    ),
    *(
        "<!",
        "<![CDATA[",
        "<plaintext>",
        "<svg>",
        "<math>",
        "<li>",
        "<ul>",
        "<select>",
        "<span style='",
    ),
    *(
        "<div class=gmail_attr>x</div>",
        "<div id=appendonsend></div>x",
        "<div name=quote>",
        "<p style='white-space:pre'>",
        "<p style='border-top:",
        "<li>x",
        "<td>x",
        "&zwnj; ",
    ),
    *(
        "Ana\n03/03/2020 08:15\n",
        "------ Original Message ------\nFrom x\n",
        "----- End forwarded message -----\n",
        "see my answers in red\n",
    ),
    *(
        "550 ",
        "5.1.1 ",
        "550 5.1.1 <a@b.c>: unknown\n",
        "Final-Recipient: ",
        "Status: 5.",
        "<a@b.c>:\n",
    ),
    *("Diagnostic-Code: smtp; ", "Action: failed\n", "host x said: ", "mailbox full ", "(reason: "),
    *(
        "--b\n",
        "--b--\n",
        "Content-Type: ",
        "Content-Type: multipart/mixed; boundary=b\n\n",
        "begin 644 a\n",
    ),
    *(
        "BEGIN:VEVENT\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\n",
        "-----BEGIN PGP SIGNATURE-----\n",
        "- -",
    ),
)


def text(body: str) -> bytes:
    return b"From: a@example.com\nContent-Type: text/plain; charset=utf-8\n\n" + _bytes(body)


def page(body: str) -> bytes:
    return b"From: a@example.com\nContent-Type: text/html; charset=utf-8\n\n" + _bytes(body)


def subject(body: str) -> bytes:
    return b"From: a@example.com\nSubject: " + _bytes(_folded(body)) + b"\n\nx\n"


def sender(body: str) -> bytes:
    return b"From: " + _bytes(_folded(body)) + b"\n\nx\n"


def references(body: str) -> bytes:
    return b"From: a@example.com\nReferences: " + _bytes(_folded(body)) + b"\n\nx\n"


def disposition(body: str) -> bytes:
    line = b"Content-Type: application/pdf; " + _bytes(_folded(body))
    return b"From: a@example.com\n" + line + b"\n\nx\n"


def multipart(body: str) -> bytes:
    head = b'From: a@example.com\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n'
    return head + _bytes(body) + b"\n--b--\n"


def report(body: str) -> bytes:
    head = (
        b'From: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    )
    status = b"\n--b\nContent-Type: message/delivery-status\n\n"
    half = _bytes(body[: len(body) // 2])
    return head + b"--b\n\n" + half + status + half + b"\n--b--\n"


def bounce(body: str) -> bytes:
    return b"From: MAILER-DAEMON@example.com\nSubject: failure notice\n\n" + _bytes(body)


FORMS: tuple[Callable[[str], bytes], ...] = (
    *(text, page, subject, sender, references, disposition, multipart, report, bounce),
)


def _bytes(body: str) -> bytes:
    return body.encode("utf-8", "surrogateescape")


def _folded(body: str) -> str:
    return body.replace("\n", "\n ").replace("\r", "")


def read_to_the_end(raw: bytes) -> None:
    message = read(raw).message
    forwards.find(message)
    bounces.read_failures(message)
    if message.html:
        html.sanitise(message.html)


def phrases(chance: random.Random) -> Iterator[str]:
    token = f"+{KEYS.sign(Kind.TICKET, 1, 1)}@"
    yield from (*PHRASES, token)
    while True:
        yield "".join(chance.choices(PHRASES, k=chance.choice((2, 2, 3))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    slowest: list[tuple[float, str, str]] = []
    ends, tried = time.monotonic() + options.seconds, 0
    endless = ((p, f) for p in phrases(random.Random(options.seed)) for f in FORMS)
    for phrase, form in endless:
        raw = form((phrase * (options.size // len(phrase) + 1))[: options.size])
        before = time.thread_time()
        read_to_the_end(raw)
        slowest = sorted([*slowest, (time.thread_time() - before, form.__name__, phrase)])[-12:]
        tried += 1
        if time.monotonic() > ends:
            break
    print(f"{tried} mails of {options.size:,} bytes; the slowest, in seconds of CPU:")
    for spent, name, phrase in reversed(slowest):
        print(f"{spent:8.3f}  {name:12} {phrase!r}")
    sys.exit(slowest[-1][0] > 1)


main()
