"""From the bytes of a mail to the value that the threading engine reads.

Whatever the bytes are, there is a message: what cannot be understood is cut or kept as text, and
said in ``defects``. Only a mail beyond the size that hop 1 accepts is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from channels.email import contents, header_fields, message_ids, parts
from channels.email.header_fields import HeaderBlock
from channels.email.limits import DEFAULT, Limits
from channels.email.parameters import media_type, parameters
from channels.email.sealed.vault import EMPTY, Vault
from threading_engine import encoded_words
from threading_engine.message import Mailbox, Message, Sender
from threading_engine.sender import parse_mailboxes, parse_sender

__all__ = ["DEFAULT", "Limits", "UnreadableMail", "decode"]

#: A Date field is never longer; the rest of one is not read.
MAX_DATE = 100
#: Characters of a subject that are decoded; ``headers`` hold the whole field.
MAX_SUBJECT = 2000


class UnreadableMail(ValueError):
    """The mail is beyond what is read at all; the text says which bound and by how much."""


def decode(raw: bytes, limits: Limits = DEFAULT, *, vault: Vault = EMPTY) -> Message:
    """Decode one mail. Raises UnreadableMail when it is larger than ``limits.raw_bytes``.

    ``vault`` holds the keys for what is encrypted; without them it stays closed and says so.
    """
    if len(raw) > limits.raw_bytes:
        raise UnreadableMail(f"mail of {len(raw)} bytes, more than {limits.raw_bytes}")
    return _decode(raw, limits, vault, embedded=False)


def _decode(raw: bytes, limits: Limits, vault: Vault, *, embedded: bool) -> Message:
    block = header_fields.split(raw, limits.header_bytes)
    inside = contents.read(block, limits, vault)
    found = parts.sort(inside.leaves)
    fields = _by_name(block.fields)
    content_type = fields.get("content-type", [""])[0]
    sender = _sender(block)
    subject, guessed_subject = _subject(block, fields)
    defects = [*block.defects, *inside.defects, *found.defects]
    if guessed_subject is not None:
        defects.append(f"raw bytes in the subject are no UTF-8; probably meant: {guessed_subject}")
    return Message(
        headers=block.fields,
        sender=sender,
        subject=subject,
        guessed_subject=guessed_subject,
        to=_mailboxes(fields, "to", limits),
        cc=_mailboxes(fields, "cc", limits),
        reply_to=_mailboxes(fields, "reply-to", limits),
        message_id=next(iter(_ids(fields, "message-id")), None),
        in_reply_to=_ids(fields, "in-reply-to"),
        references=_ids(fields, "references"),
        date=_date(fields.get("date", [""])[0]),
        text=found.text,
        html=found.html,
        attachments=tuple(found.attachments),
        content_type=media_type(content_type),
        report_type=parameters(content_type).get("report-type", "").lower() or None,
        delivery_status=found.reports.get("delivery_status"),
        feedback_report=found.reports.get("feedback_report"),
        embedded=_embedded(found.embedded, limits) if not embedded else None,
        signed="; ".join(one.words(sender.address) for one in inside.signatures),
        unsealed=inside.unsealed,
        defects=tuple(defects),
    )


def _by_name(fields: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for name, value in fields:
        named.setdefault(name, []).append(value)
    return named


def _sender(block: HeaderBlock) -> Sender:
    if block.cut:
        # A second From field may have been cut away.
        return Sender(address=None, reason="the header block is too long to be read whole")
    sender = parse_sender([value for name, value in block.raw_fields if name == "from"])
    if sender.address and not sender.address.isascii() and "from" in block.literal:
        # What such bytes mean is guessed, and another program may guess another address.
        return Sender(address=None, reason="raw bytes in the address are no UTF-8")
    return sender


def _subject(block: HeaderBlock, fields: dict[str, list[str]]) -> tuple[str, str | None]:
    """The subject as it stands there, and as it was meant where its bytes do not say so."""
    meant = fields.get("subject", [""])[0][:MAX_SUBJECT]
    literal = block.literal.get("subject")
    if literal is None or "=?" in meant:
        # An encoded word names its charset, and raw bytes inside it are meant in that one.
        return encoded_words.decode(meant).strip(), None
    return encoded_words.clean(literal[:MAX_SUBJECT]).strip(), meant.strip()


def _mailboxes(fields: dict[str, list[str]], name: str, limits: Limits) -> tuple[Mailbox, ...]:
    return parse_mailboxes(fields[name], limits.addresses) if name in fields else ()


def _ids(fields: dict[str, list[str]], name: str) -> tuple[str, ...]:
    return message_ids.parse(" ".join(fields[name])) if name in fields else ()


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value[:MAX_DATE])
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _embedded(raw: bytes | None, limits: Limits) -> Message | None:
    return _decode(raw, limits, EMPTY, embedded=True) if raw else None
