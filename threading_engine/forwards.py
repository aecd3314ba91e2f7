"""Forwarded mails: whose words they were, and what the forwarder says about them.

A mail that announces itself ("---------- Forwarded message ---------") is a forward. A bare header
block or attribution line is what the same clients put into answers; there the subject decides, and
the addressees: who answers writes to the one he quotes, who forwards does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from threading_engine import (
    alternatives,
    forward_blocks,
    html_lines,
    mail_headers,
    quotes,
    signatures,
    subject,
)
from threading_engine.forward_blocks import Found
from threading_engine.message import Mailbox, Message

_MACHINES = ("mailer-daemon", "postmaster", "mail-daemon")


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """A mail inside a mail."""

    #: The original sender; None when the forward names nobody with an address.
    sender: Mailbox | None
    #: The original sender's name as written, also where no address stands beside it.
    name: str = ""
    #: The original addressees.
    to: tuple[Mailbox, ...] = ()
    #: The original copies.
    cc: tuple[Mailbox, ...] = ()
    #: The original subject; empty when unknown.
    subject: str = ""
    #: The original date as the forwarding client wrote it, or ISO 8601 from an attached mail.
    date: str = ""
    #: The original words, unquoted by one level.
    body: str = ""
    #: What the forwarder wrote above (and, below a quoted forward, after) it.
    note: str = ""
    #: True when its From field names more than one address.
    ambiguous: bool = False
    #: How it was recognised: attached, announced, header_block or attribution.
    rule: str = ""


def find(message: Message, *, page: str | None = None) -> Forwarded | None:
    """The mail that ``message`` forwards, attached or inside its text, or None.

    ``page`` is the text of its HTML body where somebody has made it already: parsing is dear.
    """
    if message.embedded is not None and _is_from_a_person(message):
        return _attached(message, message.embedded)
    found = _find(_readable(message, page))
    if found is None or not _is_meant(found, message):
        return None
    return found


def _readable(message: Message, page: str | None = None) -> str:
    if not (message.html and alternatives.is_empty(message.text)):
        return message.text
    return "\n".join(html_lines.page(message.html).lines) if page is None else page


def find_in_text(text: str, subject: str = "") -> Forwarded | None:
    """The mail forwarded inside a text; an empty ``subject`` means that none is known."""
    return find(Message(text=text, subject=subject))


def _is_from_a_person(message: Message) -> bool:
    """Reports carry the mail they report on; nobody forwards that."""
    local = (message.sender.address or "").partition("@")[0]
    return (
        message.report_type is None
        and message.delivery_status is None
        and message.feedback_report is None
        and message.content_type != "multipart/report"
        and message.header("x-failed-recipients") is None
        and (message.header("auto-submitted") or "no").strip().lower().startswith("no")
        and not local.startswith(_MACHINES)
    )


def _attached(message: Message, original: Message) -> Forwarded:
    author = original.sender.address
    return Forwarded(
        sender=Mailbox(address=author, name=original.sender.name) if author else None,
        name=original.sender.name,
        to=original.to,
        cc=original.cc,
        subject=original.subject,
        date=original.date.isoformat() if original.date else "",
        body=_readable(original).strip(),
        note=quotes.fold(message).visible,
        rule="attached",
    )


def _is_meant(found: Forwarded, message: Message) -> bool:
    """Whether a possible forward is one, by the first fact that decides."""
    return next((verdict for rule in _RULES if (verdict := rule(found, message)) is not None), True)


def announced(found: Forwarded, _: Message) -> bool | None:
    """The client says that it forwards."""
    return True if found.rule == "announced" else None


def undecided_prefix(found: Forwarded, message: Message) -> bool | None:
    """VS: answers in Finnish and forwards in Danish and Norwegian; an answer goes to the quoted."""
    if not subject.is_undecided(message.subject):
        return None
    return found.sender is not None and written_to_its_author(found, message) is None


def subject_says(_: Forwarded, message: Message) -> bool | None:
    """Fwd: or Re: in front."""
    if subject.is_forward(message.title):
        return True
    return False if subject.is_reply(message.title) else None


def nothing_added(found: Forwarded, _: Message) -> bool | None:
    """Nobody answers without a word."""
    return None if found.note else True


def written_to_its_author(found: Forwarded, message: Message) -> bool | None:
    """An answer goes to the one it quotes."""
    to = {mailbox.address for mailbox in (*message.to, *message.cc)}
    return False if found.sender and found.sender.address in to else None


def subject_is_plain(_: Forwarded, message: Message) -> bool | None:
    """Clients put a prefix before the subject of a forward; one without is something else."""
    return False if message.subject.strip() else None


def signed_off(found: Forwarded, _: Message) -> bool | None:
    """With no subject to go by: a letter with a sign-off is an answer, a bare remark is not."""
    lines = [line.strip() for line in found.note.split("\n") if line.strip()]
    return False if any(signatures.is_closing(line) for line in lines[-4:]) else None


_RULES = (
    announced,
    undecided_prefix,
    subject_says,
    nothing_added,
    written_to_its_author,
    subject_is_plain,
    signed_off,
)


def _find(text: str) -> Forwarded | None:
    """The topmost announcement of another mail, when it can be one of a forward."""
    if not (":" in text or "：" in text or "---" in text):
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = forward_blocks.find(lines)
    return _forwarded(lines, found) if found else None


def _forwarded(lines: Sequence[str], found: Found) -> Forwarded:
    fields = found.fields
    sender = mail_headers.mailboxes(fields.get("from", ""))
    if found.rule == "attribution":
        sender = tuple(Mailbox(address=box.address) for box in sender)
    note = forward_blocks.note_above(lines[: found.first])
    body, after = forward_blocks.body_and_rest(lines, found)
    # QQ ends each field with a semicolon.
    end = ";；" if fields.get("from", "").endswith((";", "；")) else None
    return Forwarded(
        sender=sender[0] if sender else None,
        name=sender[0].name if sender else mail_headers.display_name(fields.get("from", "")),
        ambiguous=len(sender) > 1,
        to=mail_headers.mailboxes(fields.get("to", "")),
        cc=mail_headers.mailboxes(fields.get("cc", "")),
        subject=fields.get("subject", "").rstrip(end),
        date=(fields.get("date", "") or fields.get("sent", "")).rstrip(end),
        body=body,
        note="\n".join(part for part in (note, after) if part),
        rule=found.rule,
    )
