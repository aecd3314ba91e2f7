"""What waits in storage: messages to understand, notifications to send, timers to fire."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desk.access import Standing
from bot.desk.limits import Budget
from bot.desk.people import Group, Person, Queue
from bot.desk.questions import Answer
from bot.desk.relations import Asset
from bot.desk.satisfaction import Rating
from bot.desk.ticket import Event, Ticket, Workunit
from bot.ports.blobs import Blobs
from bot.ports.wire import Envelope


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
    #: The ticket that it wanted when it was held, where it comes again; else None.
    held_for: int | None = None


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

    def was_proven(self, ticket_id: int, address: str) -> bool:
        """Whether a mail from this address in this ticket was authenticated, not vouched for."""
        ...

    def release(self, *, holder: str) -> None:
        """Give back every row this process has claimed: its work on them came to nothing."""
        ...

    def replay(self, inbox_id: int, *, now: datetime) -> bool:
        """Make a waiting row new again, to be judged anew."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """What is known of a ticket beyond its own row."""

    #: Empty while nobody has it, and while it is open.
    owner_address: str = ""
    closed_by_name: str = ""
    #: Its first public words as plain text.
    first_words: str = ""
    #: Minutes of work on all workunits, and on the public ones.
    minutes: int = 0
    public_minutes: int = 0
    #: What all of them cost, in the smallest coin.
    cost: int = 0
    #: Custom fields with a value, by name.
    fields: tuple[tuple[str, str], ...] = ()


NO_DETAILS = Details()


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
    #: Where the receiver stands, for words that are not public; None where nobody asked.
    standing: Standing | None = None
    #: For ``answer``: what the receiver may know, or None.
    answer: Answer | None = None
    #: For ``rated``: what the requester thinks by now, or None.
    rating: Rating | None = None
    #: What only a desk's own templates speak of; None where they do not.
    details: Details | None = None
    #: What the ticket is about and is kept elsewhere.
    assets: tuple[Asset, ...] = ()
    #: Who else outside reads the ticket's public words, by name.
    copies: tuple[str, ...] = ()
    #: One of `bot.desk.pace.Bundle`.
    bundle: str = ""
    #: What goes along in the same message, oldest first.
    companions: tuple[DueDelivery, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PastDelivery:
    """A delivery as somebody reports on it."""

    id: int
    ticket_id: int
    event_id: int
    notification: str
    role: str
    person_id: int
    identity_id: int
    channel: str
    address: str
    #: False when the address was marked as refusing mail before.
    reachable: bool
    #: The words it carried, or None.
    workunit_id: int | None
    bundle: str = ""
    #: The delivery whose message carried it, or None where it went by itself.
    lead_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDelivery:
    """A notification about to be queued for one address, or kept as one that is not sent."""

    ticket_id: int
    event_id: int
    notification: str
    role: str
    #: Whom it is for, at the address it goes to.
    person: Person
    due_at: datetime
    #: One of `bot.desk.pace.Bundle`.
    bundle: str = ""
    #: True when a rule forbids it: it is never sent.
    withheld: bool = False
    #: Name of the rule that makes it wait or forbids it; empty for none.
    rule: str = ""
    #: The same in words.
    reason: str = ""


class Deliveries(Protocol):
    """Notifications on their way, with their fate."""

    def add(self, new: NewDelivery) -> bool:
        """Queue one notification for one address; the same one twice is one, told by False."""
        ...

    def add_all(self, new: Sequence[NewDelivery]) -> int:
        """Queue or withhold notifications in one statement; return how many are new."""
        ...

    def latest(self, ticket_id: int, identity_ids: Collection[int]) -> dict[int, datetime]:
        """When the newest delivery about the ticket that others may join is or was due, by address."""
        ...

    def count_withheld(self, ticket_id: int, *, role: str, since: datetime, until: datetime) -> int:
        """The most notifications that anybody of this role was spared from one time to another."""
        ...

    def claim(
        self, *, limit: int, holder: str, now: datetime, details: bool = False
    ) -> list[DueDelivery]:
        """Take due rows, in order within each conversation (one person, one ticket).

        With `details` each knows those of its ticket.
        """
        ...

    def sent(
        self, delivery_id: int, *, holder: str, at: datetime, message_id: str, response: str
    ) -> None:
        """Record that the next hop took it, with all that went along and is still claimed."""
        ...

    def retry(self, delivery_id: int, *, holder: str, at: datetime, reason: str) -> None:
        """Give it back with all that goes along, due again at a time."""
        ...

    def unbind(self, lead_id: int, *, holder: str) -> None:
        """Give back what went along with a delivery that was cancelled, as if never tried."""
        ...

    def notification(self, delivery_id: int) -> str | None:
        """Which notification a delivery is; None when there is no such delivery."""
        ...

    def find(self, delivery_id: int) -> PastDelivery | None:
        """What a delivery was about, or None."""
        ...

    def companions(self, delivery_id: int) -> list[PastDelivery]:
        """What went along in the same message, oldest first."""
        ...

    def refuse(self, delivery_id: int, *, reason: str, code: str) -> bool:
        """Record that it will never arrive; False when it is unknown or was refused before."""
        ...

    def message_ids(self, delivery_ids: Collection[int]) -> dict[int, str]:
        """The Message-IDs under which these deliveries went out."""
        ...

    def receivers(self, delivery_ids: Collection[int]) -> set[int]:
        """The people whom these deliveries were for."""
        ...

    def homes(self, delivery_ids: Collection[int]) -> dict[int, int]:
        """Where the words stand now that these deliveries carried, if that is another ticket."""
        ...

    def told_of(self, workunit_ids: Collection[int]) -> set[int]:
        """The people to whom we sent, or will send, any of these words."""
        ...

    def was_told(self, person_id: int, *, workunit_id: int) -> bool:
        """Whether we sent, or will send, these words to this person."""
        ...

    def release(self, *, holder: str) -> None:
        """Give back every row this process has claimed."""
        ...

    def next_due(self) -> datetime | None:
        """When the next delivery is due, or None."""
        ...

    def cancel(self, delivery_id: int, *, holder: str, reason: str) -> None:
        """Record that it makes no sense any more, it alone."""
        ...


class Reports(Protocol):
    """What machines said about deliveries."""

    def add(
        self,
        delivery_id: int,
        *,
        inbox_id: int,
        kind: str,
        reason: str,
        code: str,
        at: datetime,
    ) -> None:
        """Keep what a machine's mail says about a delivery; the same mail says it once."""
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

    def overdraw(self, claims: Sequence[tuple[str, Budget]], *, now: datetime) -> list[int]:
        """Take one for each claim, in order; how far the budget is overdrawn by then, or 0."""
        ...
