"""What the bot asks of storage about how people want to be told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.desk.people import Person


class Preferences(Protocol):
    """How people want to be told, and of which tickets they want to hear no more."""

    def mute(self, ticket_id: int, person_id: int, *, at: datetime) -> None:
        """Tell the person no more of the ticket."""
        ...

    def unmute(self, ticket_id: int, person_id: int) -> None:
        """Tell the person of the ticket again."""
        ...

    def muted(self, ticket_id: int) -> frozenset[int]:
        """Everybody who wants to hear no more of the ticket."""
        ...

    def set(self, person_id: int, **columns: str) -> None:
        """Set ``digest``, ``quiet_hours``, ``time_zone`` or ``language`` of a person."""
        ...

    def reachable(self, person_ids: Collection[int]) -> dict[int, Person]:
        """People with the first of their addresses that takes mail; who has none is left out."""
        ...

    def ringing(self, person_ids: Collection[int]) -> dict[int, Person]:
        """People with the first of their addresses on a channel that rings; others are left out."""
        ...
