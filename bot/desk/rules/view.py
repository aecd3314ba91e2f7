"""What rules see of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.desk.people import Person
from bot.desk.ticket import Event, Ticket, Workunit


class View(Protocol):
    """A ticket at one moment, as rules see it. What costs a look into storage is read when asked."""

    @property
    def ticket(self) -> Ticket:
        """The ticket as it is now."""
        ...

    @property
    def now(self) -> datetime:
        """The moment of looking."""
        ...

    @property
    def event(self) -> Event | None:
        """What has just happened, or None where only time has passed."""
        ...

    @property
    def words(self) -> Workunit | None:
        """The workunit that the event is about, or None."""
        ...

    @property
    def sender(self) -> Person | None:
        """Who caused the event; None for the desk itself."""
        ...

    @property
    def group(self) -> str:
        """Name of the ticket's group."""
        ...

    @property
    def queue(self) -> str:
        """Address at which the ticket arrived."""
        ...

    @property
    def owner(self) -> Person | None:
        """Who has the ticket, or None."""
        ...

    @property
    def requester(self) -> Person | None:
        """Who asked."""
        ...

    @property
    def company(self) -> str:
        """Name of the requester's company; empty for none."""
        ...

    @property
    def tags(self) -> tuple[str, ...]:
        """The ticket's tags."""
        ...

    @property
    def assets(self) -> tuple[str, ...]:
        """References of the assets, rooms and contracts linked to the ticket."""
        ...

    @property
    def custom(self) -> Mapping[str, str]:
        """Values of custom fields, as text."""
        ...

    @property
    def unanswered_since(self) -> datetime | None:
        """The first public words from outside that no technician has answered, or None."""
        ...
