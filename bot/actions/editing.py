"""Words are corrected: what they were before is kept, and nobody is sent them again."""

from __future__ import annotations

from datetime import datetime

from bot.actions.recording import record
from bot.desk.people import Person
from bot.desk.ticket import EventKind, Ticket, Workunit
from bot.desk.workunits import Booking
from bot.errors import NotPossible
from bot.ports import UnitOfWork


def find_workunit(uow: UnitOfWork, ticket: Ticket, number: int) -> Workunit:
    """The workunit of this number in this ticket; raises NotPossible."""
    found = uow.entries.get(number)
    if found is None or found.ticket_id != ticket.id:
        raise NotPossible(f"ticket {ticket.id} has no words with the number {number}")
    return found


def edit_workunit(
    uow: UnitOfWork,
    ticket: Ticket,
    workunit: Workunit,
    *,
    text: str | None,
    booking: Booking | None = None,
    actor: Person | None,
    rule: str,
    now: datetime,
) -> None:
    """Give a workunit other words, or another time; None leaves a thing as it is.

    Raises NotPossible where nothing would change. Words that went out were read: they stay in the
    history, and whoever sees the workunit sees that it was edited.
    """
    if ticket.locked:
        raise NotPossible("the ticket is locked; #unlock comes first")
    new: dict[str, object] = {}
    if text is not None and text != workunit.text:
        new |= {"text": text, "html": None}
    if booking is not None:
        new |= {
            "minutes": booking.minutes or None,
            "profile": booking.profile,
            "hourly_rate": booking.hourly_rate,
            "done_at": booking.done_at or workunit.done_at,
        }
    new = {name: value for name, value in new.items() if getattr(workunit, name) != value}
    if not new:
        raise NotPossible(f"words {workunit.id} say that already")
    uow.entries.revise(workunit.id, by=actor.id if actor else None, at=now, **new)
    record(
        uow,
        ticket,
        EventKind.WORKUNIT_EDITED,
        actor=actor,
        workunit_id=workunit.id,
        visibility=workunit.visibility,
        data={"edited": sorted(set(new) - {"html"})},
        rule=rule,
        now=now,
    )
