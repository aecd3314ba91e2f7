"""What the head of a stored mail says, for lists."""

from __future__ import annotations

from bot.errors import UnreadableMail
from channels.email.decode import decode


def read_head(raw: bytes) -> tuple[str, str]:
    """The author, as the From field has it where it cannot be read one way, and the title."""
    head, _, _ = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    try:
        message = decode(head + b"\n\n")
    except UnreadableMail:
        return "", ""
    return message.sender.address or ", ".join(message.all_headers("from")), message.title
