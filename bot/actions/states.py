"""Status, priority and owner: one event for what was changed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions.recording import record
from bot.desk import lifecycle
from bot.desk.limits import Limits
from bot.desk.people import Person, Role
from bot.desk.ticket import EventKind, Priority, Status, Ticket
from bot.ports import UnitOfWork

#: The timer that closes a resolved ticket.
AUTO_CLOSE = "auto-close"


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What is to be changed about a ticket; None leaves a thing as it is."""

    status: Status | None = None
    priority: Priority | None = None
    owner: Person | None = None


def change_ticket(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person | None,
    changes: Changes,
    more: Mapping[str, object] | None = None,
    workunit_id: int | None = None,
    limits: Limits,
    rule: str,
    now: datetime,
) -> Ticket:
    """Change status, priority and owner in one event; raises ValueError where order forbids it.

    `more` goes into the event as it is: the command lines, what was refused, who was copied.
    """
    before = ticket
    if changes.status is not None and changes.status is not ticket.status:
        if not lifecycle.may_follow(ticket.status, changes.status):
            raise ValueError(f"a ticket that is {ticket.status} cannot become {changes.status}")
        ticket = set_status(uow, ticket, changes.status, now=now)
        _set_auto_close(uow, ticket, limits=limits, now=now)
    if changes.priority is not None and changes.priority is not ticket.priority:
        uow.tickets.change(ticket.id, priority=int(changes.priority), updated_at=now)
        ticket = replace(ticket, priority=changes.priority)
    if changes.owner is not None and changes.owner.id != ticket.owner_id:
        ticket = set_owner(uow, ticket, changes.owner, now=now)
    data: dict[str, object] = {"changes": _differences(before, ticket, changes.owner)}
    if lifecycle.is_done(ticket.status) and not lifecycle.is_done(before.status):
        data["resolved"] = True
    if ticket.owner_id != before.owner_id:
        data["owner"] = ticket.owner_id
    record(
        uow,
        ticket,
        EventKind.TICKET_CHANGED,
        actor=actor,
        workunit_id=workunit_id,
        visibility=None,
        data={**data, **(more or {})},
        rule=rule,
        now=now,
    )
    return ticket


def set_status(uow: UnitOfWork, ticket: Ticket, status: Status, *, now: datetime) -> Ticket:
    """Set the status with what hangs on it; the caller records the event."""
    if status is ticket.status:
        return ticket
    closed_at = now if status in {Status.CLOSED, Status.CANCELLED} else None
    uow.tickets.change(
        ticket.id, status=status.value, closed_at=closed_at, status_since=now, updated_at=now
    )
    if ticket.status is Status.RESOLVED:
        uow.timers.clear(ticket.id, AUTO_CLOSE)
    return replace(ticket, status=status, closed_at=closed_at, status_since=now, updated_at=now)


def set_owner(uow: UnitOfWork, ticket: Ticket, owner: Person, *, now: datetime) -> Ticket:
    """Give the ticket to somebody; the caller records the event."""
    if ticket.owner_id is not None:
        uow.tickets.remove_participant(ticket.id, ticket.owner_id, Role.OWNER)
    uow.tickets.add_participant(ticket.id, owner.id, Role.OWNER, at=now)
    uow.tickets.change(ticket.id, owner_id=owner.id, updated_at=now)
    return replace(ticket, owner_id=owner.id)


def _set_auto_close(uow: UnitOfWork, ticket: Ticket, *, limits: Limits, now: datetime) -> None:
    if ticket.status is Status.RESOLVED:
        uow.timers.set(
            ticket_id=ticket.id,
            kind=AUTO_CLOSE,
            due_at=now + limits.auto_close_after,
            reason=f"resolved on {now:%Y-%m-%d}, nobody answered since",
        )


def _differences(before: Ticket, after: Ticket, owner: Person | None) -> list[list[str]]:
    rows: list[list[str]] = []
    if before.status is not after.status:
        rows.append(["status", before.status.value, after.status.value])
    if before.priority is not after.priority:
        rows.append(["priority", f"P{before.priority}", f"P{after.priority}"])
    if before.owner_id != after.owner_id and owner is not None:
        rows.append(["owner", "", owner.name or owner.address])
    return rows
