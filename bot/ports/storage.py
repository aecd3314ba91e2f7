"""What the bot asks of storage. One unit of work is one transaction: all of it happens, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desk.limits import Budget
from bot.desk.ticket import (
    Event,
    File,
    Group,
    Participant,
    Person,
    Priority,
    Queue,
    Role,
    Ticket,
    Visibility,
    Workunit,
)
from bot.ports.wire import Envelope


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTicket:
    """A ticket about to be opened."""

    title: str
    priority: Priority
    group_id: int
    queue_id: int
    requester_id: int
    #: The ticket it may be a follow-up of, or None.
    follows: int | None
    #: True when the first message's author was authenticated.
    trusted: bool
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class NewWorkunit:
    """An entry about to be added to a ticket's thread."""

    ticket_id: int
    #: The inbox row it comes from, or None; a row makes one workunit at most.
    inbox_id: int | None
    author_id: int | None
    author_name: str
    by_technician: bool
    visibility: Visibility
    text: str
    html: str | None
    elided: str
    signature: str
    at: datetime
    message_id: str | None
    files: tuple[File, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEvent:
    """A fact about to be recorded."""

    ticket_id: int
    kind: str
    actor_id: int | None
    at: datetime
    workunit_id: int | None
    #: The rule that decided, in the engine's own names.
    rule: str
    #: JSON-able details.
    data: Mapping[str, object]


class People(Protocol):
    """People, their addresses, groups and queues."""

    def find(self, channel: str, address: str) -> Person | None:
        """Return whoever has this address, or None."""
        ...

    def get(self, person_id: int) -> Person | None:
        """Return the person with their first reachable address."""
        ...

    def add(
        self, *, name: str, channel: str, address: str, at: datetime, technician: bool = False
    ) -> Person:
        """Add a person with one address; when the address is known already, return its owner."""
        ...

    def find_technician(self, name: str) -> list[Person]:
        """Technicians whose name or address begins with these words, ignoring case."""
        ...

    def staff(self, group_id: int) -> list[Person]:
        """Every reachable technician of the group."""
        ...

    def rename(self, person_id: int, name: str) -> None:
        """Give a person a name."""
        ...

    def mark_unreachable(self, identity_id: int) -> None:
        """Remember that the address refused mail for good."""
        ...

    def queues(self) -> list[Queue]:
        """Every queue, oldest first."""
        ...

    def groups(self) -> list[Group]:
        """Every group, oldest first."""
        ...


class Tickets(Protocol):
    """Tickets, workunits, participants, events and references. Only `bot.actions` writes here."""

    def open(self, new: NewTicket) -> Ticket:
        """Insert a ticket and return it with its number."""
        ...

    def get(self, ticket_id: int) -> Ticket | None:
        """Return the ticket, or None."""
        ...

    def get_many(self, ticket_ids: Collection[int]) -> dict[int, Ticket]:
        """Tickets by number; unknown numbers are left out."""
        ...

    def change(self, ticket_id: int, **columns: object) -> None:
        """Set columns of the ticket (status, priority, owner_id, closed_at, ...)."""
        ...

    def add_workunit(self, new: NewWorkunit) -> int:
        """Insert a workunit with its files; return its row number."""
        ...

    def workunits(self, ticket_id: int) -> list[Workunit]:
        """The whole thread with its files, oldest first."""
        ...

    def said_before(self, ticket_id: int, author_id: int, text: str, *, since: datetime) -> bool:
        """Whether the author has added this very text to the ticket since a time."""
        ...

    def texts(self, ticket_id: int, *, public: bool) -> list[str]:
        """The words of the public workunits, or of all others, oldest first."""
        ...

    def participants(self, ticket_id: int) -> list[Participant]:
        """Everyone with a part in the ticket, in the order they joined."""
        ...

    def add_participant(self, ticket_id: int, person_id: int, role: Role, *, at: datetime) -> bool:
        """Add a part; False when the person has that part already."""
        ...

    def remove_participant(self, ticket_id: int, person_id: int, role: Role) -> None:
        """Take a part away; nothing happens when there was none."""
        ...

    def add_event(self, new: NewEvent) -> int:
        """Append a fact; return its row number."""
        ...

    def events(self, ticket_id: int) -> list[Event]:
        """All facts of the ticket, oldest first."""
        ...

    def add_reference(
        self, *, channel: str, scope: str, key: str, ticket_id: int, workunit_id: int
    ) -> None:
        """Remember a foreign message id; the first ticket that had it keeps it."""
        ...

    def find_references(self, *, channel: str, scope: str, keys: Collection[str]) -> dict[str, int]:
        """Ticket numbers by message id, for the ids that are known."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedMessage:
    """An inbox row that this process works on now."""

    id: int
    channel: str
    external_id: str
    raw: bytes
    envelope: Envelope
    received_at: datetime
    #: This try included.
    attempts: int


class Inbox(Protocol):
    """Messages as received, waiting to be understood."""

    def claim(
        self, *, limit: int, holder: str, now: datetime, blobs: Blobs
    ) -> list[ClaimedMessage]:
        """Take up to `limit` due rows, oldest first; a row tried before comes alone."""
        ...

    def finish(
        self,
        inbox_id: int,
        *,
        holder: str,
        state: str,
        verdict: Mapping[str, object],
        ticket_id: int | None = None,
        reason: str = "",
    ) -> None:
        """Mark a claimed row ``done``, ``aside``, ``held`` or ``dead``; lost claims raise."""
        ...

    def retry(
        self, inbox_id: int, *, holder: str, at: datetime, reason: str, counted: bool = True
    ) -> None:
        """Give a claimed row back, due again at a time; uncounted, as if never tried."""
        ...

    def has_earlier(self, inbox_id: int, *, holder: str) -> bool:
        """Whether an earlier message still waits, or is in another process's hands."""
        ...

    def release(self, *, holder: str) -> None:
        """Give back every row this process has claimed: its work on them came to nothing."""
        ...

    def replay(self, inbox_id: int, *, now: datetime, trust: bool = False) -> bool:
        """Make a waiting row new again; `trust` lets its author pass as authenticated."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class DueDelivery:
    """A delivery with everything needed to render and send it."""

    id: int
    notification: str
    role: str
    attempts: int
    #: When the event happened.
    at: datetime
    person: Person
    event: Event
    ticket: Ticket
    workunit: Workunit | None
    requester: Person
    owner_name: str
    actor_name: str
    actor_is_technician: bool
    group: Group
    queue: Queue
    #: Message-ID of an earlier try; a later try keeps it.
    message_id: str | None
    #: The ticket's first public words, where this person hears of it for the first time.
    background: Workunit | None
    #: Ids that this person has seen in this ticket, oldest first.
    thread: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedDelivery:
    """What a delivery that will never arrive was about."""

    ticket_id: int
    person_id: int
    identity_id: int
    notification: str
    #: The words it carried, or None.
    workunit_id: int | None


class Deliveries(Protocol):
    """Notifications on their way, with their fate."""

    def add(
        self,
        *,
        ticket_id: int,
        event_id: int,
        notification: str,
        role: str,
        person: Person,
        now: datetime,
    ) -> None:
        """Queue one notification for one person; the same one twice is one."""
        ...

    def claim(self, *, limit: int, holder: str, now: datetime) -> list[DueDelivery]:
        """Take due rows, in order within each conversation (one person, one ticket)."""
        ...

    def sent(
        self, delivery_id: int, *, holder: str, at: datetime, message_id: str, response: str
    ) -> None:
        """Record that the next hop took it."""
        ...

    def retry(self, delivery_id: int, *, holder: str, at: datetime, reason: str) -> None:
        """Give it back, due again at a time."""
        ...

    def refuse(self, delivery_id: int, *, reason: str, code: str) -> RefusedDelivery | None:
        """Record that it will never arrive; None when it is unknown or was refused before."""
        ...

    def release(self, *, holder: str) -> None:
        """Give back every row this process has claimed."""
        ...

    def next_due(self) -> datetime | None:
        """When the next delivery is due, or None."""
        ...

    def cancel(self, delivery_id: int, *, holder: str, reason: str) -> None:
        """Record that it makes no sense any more."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class DueTimer:
    """A timer whose time has come."""

    id: int
    ticket_id: int
    kind: str
    key: str
    due_at: datetime
    reason: str


class Timers(Protocol):
    """Things due at a time."""

    def set(
        self, *, ticket_id: int, kind: str, key: str = "", due_at: datetime, reason: str
    ) -> None:
        """Set or move a timer."""
        ...

    def clear(self, ticket_id: int, kind: str) -> None:
        """Drop the ticket's timers of a kind."""
        ...

    def take_due(self, *, limit: int, now: datetime) -> list[DueTimer]:
        """Remove and return due timers; they come back when the unit of work fails."""
        ...


class Budgets(Protocol):
    """Counted permissions per window of time."""

    def spend(self, who: str, budgets: Sequence[Budget], *, now: datetime) -> bool:
        """Take one from each budget of `who`; False when any of them is used up."""
        ...


class UnitOfWork(Protocol):
    """One transaction with everything that can be done in it."""

    @property
    def people(self) -> People:
        """People, addresses, groups, queues."""
        ...

    @property
    def tickets(self) -> Tickets:
        """Tickets and their threads."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Messages as received."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """Notifications on their way."""
        ...

    @property
    def timers(self) -> Timers:
        """Things due at a time."""
        ...

    @property
    def budgets(self) -> Budgets:
        """Counted permissions."""
        ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo what happens inside, and only that, when it raises."""
        ...

    def wake_on_commit(self, loop: str) -> None:
        """Tell the named loop (``inbox``, ``deliveries``, ``timers``) after the commit."""
        ...


class Blobs(Protocol):
    """Bytes by their SHA-256, outside the tables."""

    def put(self, data: bytes) -> str:
        """Store durably before returning; give the SHA-256 in hex."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes; raises `bot.errors.NotFound`."""
        ...


__all__ = [
    "Blobs",
    "Budgets",
    "ClaimedMessage",
    "Deliveries",
    "DueDelivery",
    "DueTimer",
    "Inbox",
    "NewEvent",
    "NewTicket",
    "NewWorkunit",
    "People",
    "RefusedDelivery",
    "Tickets",
    "Timers",
    "UnitOfWork",
]
