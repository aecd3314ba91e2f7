"""One person's orders in one ticket while they are being carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.actions import Changes
from bot.desk.people import Person
from bot.desk.ticket import Ticket
from bot.desk.workunits import Booking
from bot.directory import Directory
from bot.ports import UnitOfWork


@dataclass(kw_only=True, slots=True)
class Work:
    """What handlers look at and fill; inside one savepoint, so that all of it happens or nothing."""

    uow: UnitOfWork
    directory: Directory
    ticket: Ticket
    #: Who asks.
    author: Person
    now: datetime
    #: The rule under which it is recorded: ``mail_command``, ``chat_command``, …
    rule: str
    #: True when the words that came with the orders stay among colleagues.
    inside: bool = False
    #: True when the message that asks was itself held, and let in by somebody.
    was_held: bool = False
    #: The words that came with the orders, and whether files did.
    words: str = ""
    has_files: bool = False
    #: What these words say of time and price; None for what is usual.
    booking: Booking | None = None
    #: Who else may read them, where they are private.
    shared_with: list[int] = field(default_factory=list)
    #: The workunit they became, once they are in.
    workunit_id: int | None = None
    #: True when whatever is open below the ticket closes with it.
    closes_below: bool = False
    #: What the ticket's one event of change will set.
    changes: Changes = Changes()  # noqa: RUF009 - frozen
    #: What was changed beside the ticket's own columns, each (what, before, after).
    also: list[tuple[str, str, str]] = field(default_factory=list)
    #: More for that event, by name: who was copied, which held mails were decided about.
    more: dict[str, list[object]] = field(default_factory=dict)
    #: What is done once the words and the changes are in.
    afterwards: list[Callable[[Work], None]] = field(default_factory=list)

    def change(self, **changes: object) -> None:
        """Let the ticket's one event of change set this, too."""
        self.changes = replace(self.changes, **changes)  # type: ignore[arg-type]  # its own fields

    def note(self, name: str, *values: object) -> None:
        """Put something more into that event."""
        self.more.setdefault(name, []).extend(values)

    def person(self, address: str) -> Person:
        """Whoever has a mail address; somebody new is added."""
        known = self.uow.people.find("email", address)
        return known or self.uow.people.add(name="", channel="email", address=address, at=self.now)
