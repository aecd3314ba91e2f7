"""The fields of the machine-readable parts of reports, whatever kind of report it is.

Delivery reports (RFC 3464), disposition notifications (RFC 8098) and feedback reports (RFC 5965)
are all groups of header fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from threading_engine.message import Message

#: Characters of one part that are read, and fields of one mail.
MAX_TEXT, MAX_FIELDS = 50_000, 500

_DISPOSITION = "message/disposition-notification"
_FIELD = re.compile(
    r"^([A-Za-z][A-Za-z-]{1,40})[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+\S[^\n]*)*)", re.MULTILINE
)


def read(message: Message) -> dict[str, tuple[str, ...]]:
    """The values of every field by lower-cased name, in order."""
    found: dict[str, tuple[str, ...]] = {}
    for number, (name, value) in enumerate(_fields(message)):
        if number >= MAX_FIELDS:
            break
        found[name] = (*found.get(name, ()), value)
    return found


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    for text in _parts(message):
        for field in _FIELD.finditer(text[:MAX_TEXT].replace("\r\n", "\n")):
            yield field[1].lower(), " ".join(field[2].split())


def _parts(message: Message) -> Iterator[str]:
    if message.delivery_status:
        yield message.delivery_status
    if message.feedback_report:
        yield message.feedback_report
    for part in message.attachments:
        if part.content_type == _DISPOSITION:
            yield part.data[:MAX_TEXT].decode("utf-8", "replace")
