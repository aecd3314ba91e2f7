"""What the bot asks of the attachments' store."""

from __future__ import annotations

from typing import Protocol


class Blobs(Protocol):
    """Bytes by their SHA-256, outside the tables."""

    def put(self, data: bytes) -> str:
        """Store durably before returning; give the SHA-256 in hex."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes; raises `bot.errors.NotFound`."""
        ...
