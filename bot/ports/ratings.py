"""What the bot asks of storage about ratings. Only `bot.actions` writes here."""

from __future__ import annotations

from typing import Protocol

from bot.desk.satisfaction import Rating


class Ratings(Protocol):
    """Ratings: one a ticket and person."""

    def get(self, ticket_id: int, person_id: int) -> Rating | None:
        """What the person thinks of the ticket, or None."""
        ...

    def of_ticket(self, ticket_id: int) -> list[Rating]:
        """Every rating of the ticket, oldest first."""
        ...

    def put(self, rating: Rating) -> None:
        """Keep it; one that the person gave before is replaced."""
        ...
