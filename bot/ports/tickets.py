"""What the bot asks of storage about tickets and the people around them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desk.people import Group, Participant, Person, Queue, Rights, Role
from bot.desk.ticket import Event, File, Kind, Priority, Ticket, Visibility, Workunit


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
    kind: Kind = Kind.INCIDENT
    #: Name of its type; empty for none.
    type: str = ""
    impact: int | None = None
    urgency: int | None = None
    #: The requester's company, or None.
    company_id: int | None = None


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
    signed: str = ""
    files: tuple[File, ...] = ()
    #: Minutes of work, or None.
    minutes: int | None = None
    #: Name of the cost profile; empty for none.
    profile: str = ""
    #: What an hour costs, in the smallest coin.
    hourly_rate: int | None = None
    #: When the work was done, where that is not `at`.
    done_at: datetime | None = None
    #: Who enters it on behalf of the author, or None.
    editor_id: int | None = None


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
    #: The configuration under which it was decided, or None.
    configuration_id: int | None = None
    #: The ticket that this one was merged into, as far as the caller knows.
    merged_into: int | None = None


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
        """Every reachable technician who works on the group's tickets; viewing is no work."""
        ...

    def resolve(self, person_id: int) -> int:
        """The number of whom a duplicate turned out to be; the same number for everybody else."""
        ...

    def merge(self, duplicate_id: int, person_id: int) -> None:
        """Let everything of a duplicate be the person's."""
        ...

    def change(self, person_id: int, **columns: object) -> None:
        """Set columns of the person (company_id, deactivated_at, absent_from, deputy_id, ...)."""
        ...

    def add_identity(self, person_id: int, *, channel: str, address: str) -> None:
        """Give a person one more address."""
        ...

    def quality(self) -> list[Person]:
        """Quality staff: whoever may read ratings, at a reachable address."""
        ...

    def rename(self, person_id: int, name: str) -> None:
        """Give a person a name."""
        ...

    def identities(self, person_id: int) -> list[Person]:
        """The person once with each of their addresses, oldest first."""
        ...

    def set_reachable(self, identity_id: int, *, reachable: bool) -> None:
        """Remember that the address refuses mail for good, or that it takes mail again."""
        ...

    def set_complained(self, identity_id: int, *, at: datetime | None) -> None:
        """Remember since when automatic mail is unwanted at the address; None for no more."""
        ...

    def trust(self, identity_id: int, *, by: str, at: datetime) -> None:
        """Take unproven mail from the address as its owner's from now on."""
        ...

    def queues(self) -> list[Queue]:
        """Every queue, oldest first."""
        ...

    def groups(self) -> list[Group]:
        """Every group, oldest first."""
        ...

    def get_group(self, group_id: int) -> Group | None:
        """Return the group, or None."""
        ...

    def lock_group(self, group_id: int) -> Group | None:
        """Return the group; until the commit no other process gets past this for it."""
        ...

    def lock(self, person_ids: Collection[int]) -> None:
        """Wait until no other process counts what these people have."""
        ...

    def set_turn(self, group_id: int, person_id: int) -> None:
        """Remember who had the last turn in the group."""
        ...

    def rights(self, group_id: int) -> dict[int, Rights]:
        """What each of the group's people may do with its tickets, by person."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A foreign message id that is part of a ticket."""

    ticket_id: int
    #: Who wrote that message, or None for the desk itself.
    author_id: int | None
    by_technician: bool
    #: The workunit it became.
    workunit_id: int
    #: The ticket it was written in, where a merge or split moved it.
    moved_from: int | None = None


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

    def recent(self, requester_id: int, *, since: datetime, limit: int) -> list[Ticket]:
        """Tickets that somebody opened since a time, newest first, of their `limit` newest."""
        ...

    def count_of(self, requester_id: int, *, group_id: int, since: datetime) -> tuple[int, int]:
        """How many tickets of a requester a group has open, and how many came since a time.

        What was refused does not count.
        """

    def open_of(self, owner_id: int) -> list[Ticket]:
        """The open tickets that somebody has, oldest first."""
        ...

    def count_open(self, owner_ids: Collection[int]) -> dict[int, int]:
        """How many open tickets each of these owners has; whoever has none is left out."""
        ...

    def said_before(self, ticket_id: int, author_id: int, text: str, *, since: datetime) -> bool:
        """Whether the author has added this very text since a time, and no technician answered."""
        ...

    def taken_up(self, ticket_id: int) -> bool:
        """Whether a person at the desk has done anything about the ticket, by mail or by command."""
        ...

    def files_before(self, hashes: Collection[str], *, author_id: int | None) -> dict[str, bool]:
        """Those of the files (SHA-256) that some workunit has, and whether one of the author's does."""
        ...

    def texts(self, ticket_id: int, *, public: bool) -> list[str]:
        """The words of the public workunits, or of all others, oldest first."""
        ...

    def shared_with(self, workunit_id: int) -> set[int]:
        """The people besides its author who may read a private workunit."""
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
        """Append a fact; return its row number.

        Raises MergedMeanwhile when words were about to enter a ticket that is a part of another by
        now.
        """
        ...

    def events(self, ticket_id: int) -> list[Event]:
        """All facts of the ticket, oldest first."""
        ...

    def add_reference(
        self, *, channel: str, scope: str, key: str, ticket_id: int, workunit_id: int
    ) -> None:
        """Remember a foreign message id; the first ticket that had it keeps it."""
        ...

    def find_references(
        self, *, channel: str, scope: str, keys: Collection[str]
    ) -> dict[str, Reference]:
        """What is known of these message ids; unknown ones are left out."""
        ...
