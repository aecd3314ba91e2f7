"""What the bot asks of storage. One unit of work is one transaction: all of it happens, or none."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from bot.desk.policy import Policy
from bot.desk.ticket import Event
from bot.ports.audit import Audit
from bot.ports.entries import Entries
from bot.ports.fields import Fields
from bot.ports.held import Held
from bot.ports.preferences import Preferences
from bot.ports.queues import Budgets, Deliveries, Inbox, Reports, Timers
from bot.ports.ratings import Ratings
from bot.ports.relations import Moves, Relations
from bot.ports.rules import Rules
from bot.ports.search import Search
from bot.ports.tickets import People, Tickets
from bot.ports.twins import Twins


class UnitOfWork(Protocol):
    """One transaction with everything that can be done in it."""

    @property
    def policy(self) -> Policy:
        """The rules in force, the same until the end of the transaction."""
        ...

    @property
    def recorded(self) -> list[Event]:
        """Events of this job that no workflow rule has looked at yet; undone with their savepoint."""
        ...

    @property
    def rules(self) -> Rules:
        """What workflow rules saw and did."""
        ...

    @property
    def people(self) -> People:
        """People, addresses, groups, queues."""
        ...

    @property
    def preferences(self) -> Preferences:
        """How people want to be told."""
        ...

    @property
    def tickets(self) -> Tickets:
        """Tickets and their threads."""
        ...

    @property
    def entries(self) -> Entries:
        """Single workunits and what they said before."""
        ...

    @property
    def relations(self) -> Relations:
        """Tickets among tickets, tags, assets."""
        ...

    @property
    def moves(self) -> Moves:
        """What goes from one ticket into another."""
        ...

    @property
    def fields(self) -> Fields:
        """Values of custom fields."""
        ...

    @property
    def search(self) -> Search:
        """Finds tickets."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Messages as received."""
        ...

    @property
    def twins(self) -> Twins:
        """Mails that come again."""
        ...

    @property
    def held(self) -> Held:
        """Mails that wait for a person's decision."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """Notifications on their way."""
        ...

    @property
    def reports(self) -> Reports:
        """What machines said about deliveries."""
        ...

    @property
    def ratings(self) -> Ratings:
        """What requesters thought of tickets."""
        ...

    @property
    def timers(self) -> Timers:
        """Things due at a time."""
        ...

    @property
    def budgets(self) -> Budgets:
        """Counted permissions."""
        ...

    @property
    def audit(self) -> Audit:
        """What was done to people and to the desk itself."""
        ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo what happens inside, and only that, when it raises."""
        ...

    def wake_on_commit(self, loop: str) -> None:
        """Tell the named loop (``inbox``, ``deliveries``, ``timers``) after the commit."""
        ...
