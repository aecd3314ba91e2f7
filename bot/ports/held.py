"""What the bot asks of storage about held mails: those that wait for a person's decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desk.holding import Decision


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldMail:
    """A mail that is held, or was until somebody decided."""

    #: Number in the inbox.
    id: int
    #: ``held`` while nobody has decided.
    state: str
    #: Why it is held.
    reason: str
    #: The ticket it wants, merges followed, or None.
    ticket_id: int | None
    #: The address it claims to come from; empty when that cannot be told.
    author: str
    #: What is known about that address: ``pass``, ``fail`` or ``none``.
    authentication: str
    received_at: datetime
    #: What was decided last, or None.
    decision: Decision | None


class Held(Protocol):
    """The held mails."""

    def find(self, inbox_id: int) -> HeldMail | None:
        """The mail when it is held, or was and somebody decided; else None."""
        ...

    def decide(
        self, inbox_id: int, decision: Decision, *, now: datetime, states: tuple[str, ...]
    ) -> bool:
        """Record the decision, once; an accepted mail becomes new again.

        False when the mail is in none of `states` any more: somebody else was first.
        """
        ...

    def count(self, ticket_id: int | None = None) -> int:
        """How many are held, in all or among those that want a ticket."""
        ...
