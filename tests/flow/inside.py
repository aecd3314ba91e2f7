"""What a test looks up in the desk's database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from bot.desk.people import Participant
from bot.desk.ticket import Event, Ticket, Workunit
from storage.tables import deliveries, inbox, timers
from storage.unit_of_work import SqlUnitOfWork

#: A mail that waits for an earlier one is tried again within this time, and what was queued while the
#: question was asked is a little later than the time in it.
_SOON = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketView:
    """One ticket with everything that hangs on it."""

    ticket: Ticket
    workunits: list[Workunit]
    participants: list[Participant]
    events: list[Event]
    deliveries: list[dict[str, Any]]
    #: What machines said about them.
    reports: list[dict[str, Any]]
    #: Inbox rows that ended in it.
    inbox: list[dict[str, Any]]

    @property
    def texts(self) -> list[str]:
        """The words of the thread, oldest first."""
        return [workunit.text for workunit in self.workunits]

    @property
    def status(self) -> str:
        """Where it stands."""
        return self.ticket.status.value

    @property
    def owner(self) -> str:
        """Address of whoever has it; empty for nobody."""
        return next((p.person.address for p in self.participants if p.role == "owner"), "")

    @property
    def copies(self) -> set[str]:
        """Addresses of third parties."""
        return {p.person.address for p in self.participants if p.role == "copy"}

    def kinds(self) -> list[str]:
        """The kinds of its events, oldest first."""
        return [event.kind for event in self.events]


def look_at(uow: SqlUnitOfWork, number: int) -> TicketView:
    """One ticket; fails when there is none of this number."""
    found = uow.tickets.get(number)
    assert found is not None, f"there is no ticket {number}"
    return TicketView(
        ticket=found,
        workunits=uow.tickets.workunits(number),
        participants=uow.tickets.participants(number),
        events=uow.tickets.events(number),
        deliveries=uow.deliveries.of_ticket(number),
        reports=uow.reports.of_ticket(number),
        inbox=uow.inbox.of_ticket(number),
    )


def is_busy(uow: SqlUnitOfWork, *, now: datetime) -> bool:
    """Whether anything is claimed, or due and could be taken now."""
    earlier = deliveries.alias()
    blocked = (
        select(earlier.c.id)
        .where(
            earlier.c.identity_id == deliveries.c.identity_id,
            earlier.c.ticket_id == deliveries.c.ticket_id,
            earlier.c.id < deliveries.c.id,
            earlier.c.state.in_(("due", "claimed")),
        )
        .exists()
    )
    queries = (
        select(inbox.c.id).where(inbox.c.state == "claimed"),
        select(inbox.c.id).where(inbox.c.state == "new", inbox.c.due_at <= now + _SOON),
        select(deliveries.c.id).where(deliveries.c.state == "claimed"),
        select(deliveries.c.id).where(
            deliveries.c.state == "due", deliveries.c.due_at <= now + _SOON, ~blocked
        ),
        select(timers.c.id).where(timers.c.due_at <= now),
    )
    # One statement, or a row could change from one question to the next.
    busy = select(or_(*(query.exists() for query in queries)))
    return bool(uow.connection.execute(busy).scalar())
