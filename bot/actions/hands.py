"""Who has a ticket: the column, and the part that goes with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.desk.people import Person, Role
from bot.desk.ticket import Ticket
from bot.ports import UnitOfWork


def set_owner(uow: UnitOfWork, ticket: Ticket, owner: Person | None, *, now: datetime) -> Ticket:
    """Give the ticket to somebody, or to nobody; the caller records the event."""
    if ticket.owner_id is not None:
        uow.tickets.remove_participant(ticket.id, ticket.owner_id, Role.OWNER)
    if owner is not None:
        uow.tickets.add_participant(ticket.id, owner.id, Role.OWNER, at=now)
    owner_id = owner.id if owner else None
    uow.tickets.change(ticket.id, owner_id=owner_id, updated_at=now)
    return replace(ticket, owner_id=owner_id, updated_at=now)
