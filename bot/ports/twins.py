"""What the bot asks of storage about mails that come again in other bytes or with better proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierMail:
    """A mail that is in a ticket."""

    #: Number in the inbox.
    inbox_id: int
    #: The ticket that it is in.
    ticket_id: int
    author_id: int | None
    #: The words written in it.
    text: str
    #: SHA-256 of each attachment.
    files: frozenset[str]
    #: What was decided about it, and what it was decided by.
    verdict: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """The first arrival of a mail that came again byte for byte."""

    #: Number in the inbox.
    id: int
    state: str
    ticket_id: int | None


class Twins(Protocol):
    """Mails that may be one and the same."""

    def entered(self, key: str) -> EarlierMail | None:
        """The mail that brought this Message-ID into a ticket, or None."""
        ...

    def original(self, channel: str, external_id: str) -> Original | None:
        """The first arrival, where this is one that came again while the first was held."""
        ...

    def supersede(self, inbox_id: int, *, by: int) -> bool:
        """Lay a held mail to rest, because another copy of it has entered."""
        ...
