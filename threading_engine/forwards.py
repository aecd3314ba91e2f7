"""Forwarded mails: whose words they were, and what the forwarder says about them.

A mail that announces itself ("---------- Forwarded message ---------") is a forward. A bare header
block or attribution line is what the same clients put into answers; there the subject decides, and
the addressees: who answers writes to the one he quotes, who forwards does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from threading_engine import (
    alternatives,
    attributions,
    html_lines,
    mail_headers,
    markers,
    quotes,
    signatures,
    subject,
)
from threading_engine.message import Mailbox, Message
from threading_engine.outline import MOST_LINES, is_quote_next

_BYTE_ORDER_MARK = "\ufeff"
#: Outlook for Mac indents what it forwards below an attribution line.
_INDENT = 2
_MACHINES = ("mailer-daemon", "postmaster", "mail-daemon")


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """A mail inside a mail."""

    #: The original sender; None when the forward names nobody with an address.
    sender: Mailbox | None
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
    #: How it was recognised: attached, announced, header_block or attribution.
    rule: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """Where a possible forward stands in a text."""

    rule: str
    fields: Mapping[str, str]
    #: First line of the announcement; words before it are the note.
    first: int
    #: First line of the body.
    body: int


def find(message: Message) -> Forwarded | None:
    """The mail that ``message`` forwards, attached or inside its text, or None."""
    if message.embedded is not None and _is_from_a_person(message):
        return _attached(message, message.embedded)
    found = _find(_readable(message))
    if found is None or not _is_meant(found, message):
        return None
    return found


def _readable(message: Message) -> str:
    if message.html and alternatives.is_empty(message.text):
        return "\n".join(html_lines.page(message.html).lines)
    return message.text


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
    subject_says,
    nothing_added,
    written_to_its_author,
    subject_is_plain,
    signed_off,
)


def _find(text: str) -> Forwarded | None:
    """The topmost announcement of another mail, when it can be one of a forward."""
    if not (":" in text or "：" in text):
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for at, line in enumerate(lines[:MOST_LINES]):
        bare = line.lstrip(" \t>\u00a0" + _BYTE_ORDER_MARK).rstrip()
        if not bare or not (":" in bare or "：" in bare or bare[0] in "-*"):
            continue
        found = next((found for clue in _CLUES if (found := clue(lines, at, bare))), None)
        if found:
            return _forwarded(lines, found) if found.first >= 0 else None
    return None


_NO_FORWARD = _Found(rule="", fields={}, first=-1, body=-1)


def _announcement(lines: Sequence[str], at: int, bare: str) -> _Found | None:
    """The client says "----- Forwarded message -----"; Yahoo adds all fields on the same line."""
    announced = markers.dashed(bare) or markers.undashed(bare, _next_line(lines, at + 1))
    if announced is None:
        return None
    phrase, rest = announced
    forwarded = markers.is_forwarded(phrase)
    if not forwarded and not (markers.is_original(phrase) and bare.startswith(("-", "*"))):
        return None
    if forwarded and (inline := mail_headers.inline_fields(rest)):
        return _Found(rule="announced", fields=inline, first=at, body=at + 1)
    block = _block(lines, at + 1)
    if block is None:
        return _NO_FORWARD if not forwarded else None
    rule = "announced" if forwarded else "header_block"
    return _Found(rule=rule, fields=block.fields, first=at, body=block.end)


def _header_block(lines: Sequence[str], at: int, bare: str) -> _Found | None:
    """Outlook's bare "From: … Subject: …"; inside a quote it belongs to what is quoted."""
    if lines[at].lstrip()[:1] == ">" or mail_headers.role(bare) is None:
        return None
    block = mail_headers.block_at(lines, at)
    if block is None:
        return None
    return _Found(rule="header_block", fields=block.fields, first=at, body=block.end)


def _attribution(lines: Sequence[str], at: int, bare: str) -> _Found | None:
    """An attribution line above indented text is how Outlook for Mac forwards."""
    if lines[at].lstrip()[:1] == ">" or not attributions.ends_like_one(bare):
        return None
    quoted_below = is_quote_next(lines, at + 1)
    first = attributions.start_of(lines, at, 0, quoted_below=quoted_below)
    if first is None:
        return None
    whole = " ".join(lines[first : at + 1])
    marked = (
        whole.lstrip().startswith(_BYTE_ORDER_MARK) or _next_line(lines, at + 1)[:_INDENT].isspace()
    )
    if quoted_below or not marked or "@" not in whole:
        return _NO_FORWARD
    return _Found(rule="attribution", fields={"from": whole}, first=first, body=at + 1)


_CLUES = (_announcement, _header_block, _attribution)


def _next_line(lines: Sequence[str], at: int) -> str:
    """The next line that is not blank, a quote mark aside; empty at the end."""
    while at < len(lines):
        if plain := _unquoted(lines[at]).rstrip():
            return plain
        at += 1
    return ""


def _block(lines: Sequence[str], at: int) -> mail_headers.Block | None:
    """The fields below an announcement, quoted or not, after blank lines or none."""
    plain = [_unquoted(line) for line in lines[at : at + 40]]
    start = next((index for index, line in enumerate(plain) if line.strip()), len(plain))
    block = mail_headers.fields_at(plain, start, len(plain))
    if block is None or len(block.fields) < 2:  # noqa: PLR2004 - one labelled line is a sentence
        return None
    return mail_headers.Block(fields=block.fields, end=at + block.end)


def _unquoted(line: str) -> str:
    stripped = line.lstrip()
    return stripped[1:].removeprefix(" ") if stripped.startswith(">") else line


def _forwarded(lines: Sequence[str], found: _Found) -> Forwarded:
    fields = found.fields
    sender = mail_headers.mailboxes(fields.get("from", ""))
    if found.rule == "attribution":
        sender = tuple(Mailbox(address=box.address) for box in sender)
    body, after = _body(lines, found)
    return Forwarded(
        sender=sender[0] if sender else None,
        to=mail_headers.mailboxes(fields.get("to", "")),
        cc=mail_headers.mailboxes(fields.get("cc", "")),
        subject=fields.get("subject", ""),
        date=fields.get("date", "") or fields.get("sent", ""),
        body=body,
        note="\n".join(part for part in (_note(lines[: found.first]), after) if part),
        rule=found.rule,
    )


def _body(lines: Sequence[str], found: _Found) -> tuple[str, str]:
    """The body, and what the forwarder wrote below a body that is quoted as a whole."""
    rest = list(lines[found.body :])
    quoted = next((line.lstrip()[:1] == ">" for line in rest if line.strip()), False)
    if not quoted:
        return "\n".join(rest).strip(), ""
    end = max(at for at, line in enumerate(rest, 1) if line.lstrip()[:1] == ">")
    body = "\n".join(_unquoted(line) for line in rest[:end]).strip()
    return body, "\n".join(rest[end:]).strip()


def _note(lines: Sequence[str]) -> str:
    """The words above the announcement without the rule that Outlook draws below them."""
    kept = list(lines)
    while kept and (
        not (last := kept[-1].strip(" \t\u00a0>" + _BYTE_ORDER_MARK)) or signatures.is_rule(last)
    ):
        kept.pop()
    return "\n".join(kept).strip()
