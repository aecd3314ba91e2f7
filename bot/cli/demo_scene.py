"""The conversation of the demo: eight mails through the desk's real SMTP port."""

from __future__ import annotations

import asyncio
import email
import email.policy
import smtplib
import struct
import time
import zlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, make_msgid
from pathlib import Path

from bot.cli.demo_talk import Talk
from bot.errors import ReplydeskError
from bot.service import Core
from bot.settings import Settings
from storage.records import unfinished

#: The scene is over in a second; where it takes this long, something is broken.
_PATIENCE = 20.0
_MOMENT = 0.02
#: This machine as well, but not the address that the demo's configuration trusts.
_ELSEWHERE = "127.0.0.9"

ANN = ("Ann Archer", "ann@customer.example")
TESS = ("Tess Tanner", "tess@example.org")
VENDOR = ("Vera Vance", "support@printers.example")


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Somebody writes."""

    #: What happens, for whoever watches.
    story: str
    author: tuple[str, str]
    text: str
    #: Who started: the first mail of the scene. Everybody else answers the last mail they got.
    subject: str = ""
    photo: bool = False
    #: Somebody else writes in the author's name, from a network that nobody trusts.
    forged: bool = False


TURNS = (
    Turn(
        story="Ann asks for help and sends a photo along.",
        author=ANN,
        subject="The printer on floor 2 prints stripes",
        text="Hello,\n\nsince this morning every page comes out like in the photo.\n\nAnn",
        photo=True,
    ),
    Turn(
        story="Tess answers from her mail program, as she would answer any mail.",
        author=TESS,
        text="Hello Ann,\n\nthat looks like the drum. Which model is it?",
    ),
    Turn(
        story="Ann replies.",
        author=ANN,
        text="It says LX-420 on the front.",
    ),
    Turn(
        story="Somebody who got hold of a mail to Tess writes in her name. It is held, and she is asked.",
        author=TESS,
        text="Hello Ann,\n\nI need your password to look at the printer.",
        forged=True,
    ),
    Turn(
        story="Tess answers the notice: the mail with the number 4 is not hers.",
        author=TESS,
        text="#drop 4 not written by me",
    ),
    Turn(
        story="Tess takes the vendor in: one line at the end of her mail.",
        author=TESS,
        text=f"Thank you. I take the vendor in.\n\nVera, can you send a new drum?\n\n#cc {VENDOR[1]}",
    ),
    Turn(
        story="Vera, the vendor, answers the copy she got.",
        author=VENDOR,
        text="A new drum is on its way, it arrives tomorrow morning.",
    ),
    Turn(
        story="The drum is in, and Tess closes the ticket.",
        author=TESS,
        text="The new drum is in and the pages are clean again.\n\n#close",
    ),
)


async def play(core: Core, settings: Settings, talk: Talk) -> None:
    """Play every turn, and tell after each what became of it; raises ReplydeskError."""
    outbox = settings.smtp_out.outbox or Path()
    for turn in TURNS:
        mail, recipient = _write(turn, settings.queues[0].address, outbox)
        talk.turn(turn.story)
        began = time.perf_counter()
        answer = await asyncio.to_thread(_send, settings, mail, turn, recipient)
        accepted = time.perf_counter() - began
        await _settled(core)
        talk.tell(core, answer=answer, accepted=accepted, handled=time.perf_counter() - began)


def _write(turn: Turn, desk: str, outbox: Path) -> tuple[EmailMessage, str]:
    """The turn as a mail, and the address it goes to: the desk, or the signed one to answer to."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = formataddr(turn.author)
    mail["Message-ID"] = make_msgid(domain=turn.author[1].partition("@")[2])
    mail["Date"] = email.utils.localtime()
    if turn.subject:
        recipient = mail["To"] = desk
        mail["Subject"] = turn.subject
        mail.set_content(turn.text)
    else:
        got = _newest(outbox, turn.author[1])
        recipient = mail["To"] = email.utils.parseaddr(str(got["Reply-To"]))[1]
        mail["Subject"] = f"Re: {str(got['Subject']).removeprefix('Re: ')}"
        mail["In-Reply-To"] = str(got["Message-ID"])
        mail["References"] = f"{got.get('References', '')} {got['Message-ID']}".strip()
        mail.set_content(f"{turn.text}\n\n{_quoted(got)}")
    if turn.photo:
        mail.add_attachment(photo(), maintype="image", subtype="png", filename="stripes.png")
    return mail, recipient


def _newest(outbox: Path, address: str) -> EmailMessage:
    found = sorted(outbox.glob(f"*-{address}.eml"))
    if not found:
        raise ReplydeskError(f"{address} got no mail that could be answered")
    return email.message_from_bytes(found[-1].read_bytes(), policy=email.policy.default)


def _quoted(mail: EmailMessage) -> str:
    """The mail that is answered, below the answer, as most programs put it."""
    body = mail.get_body(("plain",))
    lines = body.get_content().splitlines() if body else []
    who = email.utils.parseaddr(str(mail["From"]))[0]
    when = email.utils.parsedate_to_datetime(str(mail["Date"]))
    head = f"On {when:%a, %d %b %Y at %H:%M}, {who} wrote:"
    return "\n".join([head, *(f"> {line}".rstrip() for line in lines)])


def _send(settings: Settings, mail: EmailMessage, turn: Turn, recipient: str) -> str:
    """Hand the mail over as a mail server would; the desk's answer."""
    listener = settings.listeners[0]
    source = (_ELSEWHERE, 0) if turn.forged else None
    with smtplib.SMTP(
        listener.host, listener.port, timeout=_PATIENCE, source_address=source
    ) as server:
        server.ehlo()
        server.mail(turn.author[1])
        server.rcpt(recipient)
        code, answer = server.data(mail.as_bytes())
    if code != 250:  # noqa: PLR2004 - the reply of RFC 5321 for "done"
        raise ReplydeskError(f"the desk did not take the mail: {code} {answer.decode()}")
    return answer.decode()


async def _settled(core: Core) -> None:
    """Wait until every mail is understood and every notification is written."""
    deadline = time.monotonic() + _PATIENCE
    while await asyncio.to_thread(_open_work, core):
        if time.monotonic() > deadline:
            raise ReplydeskError("the desk does not come to rest; 'replydesk dead' may tell why")
        await asyncio.sleep(_MOMENT)


def _open_work(core: Core) -> int:
    return core.database.read(lambda uow: unfinished(uow.connection))


def photo() -> bytes:
    """A small real PNG: a grey page with dark stripes."""
    width, height = 96, 64
    rows = b"".join(
        b"\0" + bytes(70 if (x // 3) % 8 == 0 else 225 - (y + x) % 7 for x in range(width))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
