"""What a ticket is: status, priority, owner, group and the rest, one event for what changed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions.recording import record
from bot.desk import lifecycle
from bot.desk.people import Group, Person, Role
from bot.desk.ticket import EventKind, Kind, Priority, Status, Ticket
from bot.errors import NotPossible
from bot.ports import UnitOfWork

#: The timer that closes a resolved ticket.
AUTO_CLOSE = "auto-close"


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What is to be changed about a ticket; None leaves a thing as it is."""

    status: Status | None = None
    priority: Priority | None = None
    owner: Person | None = None
    #: True when nobody shall have it any more.
    unassign: bool = False
    group: Group | None = None
    title: str | None = None
    kind: Kind | None = None
    type: str | None = None
    impact: int | None = None
    urgency: int | None = None
    resolution: str | None = None
    epilogue: str | None = None
    locked: bool | None = None


#: Changes that set a column of the same name and nothing else.
_PLAIN = (
    "priority",
    "title",
    "kind",
    "type",
    "impact",
    "urgency",
    "resolution",
    "epilogue",
    "locked",
)


def change_ticket(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person | None,
    changes: Changes,
    also: Sequence[tuple[str, str, str]] = (),
    more: Mapping[str, object] | None = None,
    workunit_id: int | None = None,
    rule: str,
    now: datetime,
) -> Ticket:
    """Change several things about a ticket in one event; raises NotPossible where order forbids it.

    `also` tells what was changed beside the ticket's own columns, each (what, before, after). `more`
    goes into the event as it is: the command lines, what was refused, who was copied.
    """
    before = ticket
    ticket, state = _change_status(uow, ticket, changes, now=now)
    ticket, plain = _change_plain(uow, ticket, changes, now=now)
    ticket, hands = _change_hands(uow, ticket, changes, now=now)
    data: dict[str, object] = {"changes": [*state, *plain, *hands, *map(list, also)]}
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


_Rows = list[list[str]]


def _change_status(
    uow: UnitOfWork, ticket: Ticket, changes: Changes, *, now: datetime
) -> tuple[Ticket, _Rows]:
    if changes.status is None or changes.status is ticket.status:
        return ticket, []
    if not lifecycle.may_follow(ticket.status, changes.status):
        raise NotPossible(f"a ticket that is {ticket.status} cannot become {changes.status}")
    after = set_status(uow, ticket, changes.status, now=now)
    _set_auto_close(uow, after, now=now)
    return after, [["status", ticket.status.value, after.status.value]]


def _change_plain(
    uow: UnitOfWork, ticket: Ticket, changes: Changes, *, now: datetime
) -> tuple[Ticket, _Rows]:
    wanted = {name: getattr(changes, name) for name in _PLAIN}
    before = {name: getattr(ticket, name) for name in _PLAIN}
    new = {name: v for name, v in wanted.items() if v is not None and v != before[name]}
    if not new:
        return ticket, []
    uow.tickets.change(ticket.id, **new, updated_at=now)
    rows = [[name, _in_words(before[name]), _in_words(value)] for name, value in new.items()]
    return replace(ticket, **new, updated_at=now), rows


def _in_words(value: object) -> str:
    """As confirmations and explanations show a value."""
    if isinstance(value, Priority):
        return value.name
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _change_hands(
    uow: UnitOfWork, ticket: Ticket, changes: Changes, *, now: datetime
) -> tuple[Ticket, _Rows]:
    rows: _Rows = []
    if changes.group is not None and changes.group.id != ticket.group_id:
        names = {group.id: group.name for group in uow.people.groups()}
        rows.append(["group", names.get(ticket.group_id, ""), changes.group.name])
        uow.tickets.change(ticket.id, group_id=changes.group.id, updated_at=now)
        ticket = replace(ticket, group_id=changes.group.id, updated_at=now)
    if changes.owner is not None and changes.owner.id != ticket.owner_id:
        rows.append(
            ["owner", _name(uow, ticket.owner_id), changes.owner.name or changes.owner.address]
        )
        ticket = set_owner(uow, ticket, changes.owner, now=now)
    elif changes.unassign and ticket.owner_id is not None:
        rows.append(["owner", _name(uow, ticket.owner_id), ""])
        ticket = set_owner(uow, ticket, None, now=now)
    return ticket, rows


def _name(uow: UnitOfWork, person_id: int | None) -> str:
    person = uow.people.get(person_id) if person_id else None
    return (person.name or person.address) if person else ""


def set_status(uow: UnitOfWork, ticket: Ticket, status: Status, *, now: datetime) -> Ticket:
    """Set the status with what hangs on it; the caller records the event."""
    if status is ticket.status:
        return ticket
    closed_at = now if status in lifecycle.ENDED else None
    uow.tickets.change(
        ticket.id, status=status.value, closed_at=closed_at, status_since=now, updated_at=now
    )
    if ticket.status is Status.RESOLVED:
        uow.timers.clear(ticket.id, AUTO_CLOSE)
    return replace(ticket, status=status, closed_at=closed_at, status_since=now, updated_at=now)


def set_owner(uow: UnitOfWork, ticket: Ticket, owner: Person | None, *, now: datetime) -> Ticket:
    """Give the ticket to somebody, or to nobody; the caller records the event."""
    if ticket.owner_id is not None:
        uow.tickets.remove_participant(ticket.id, ticket.owner_id, Role.OWNER)
    if owner is not None:
        uow.tickets.add_participant(ticket.id, owner.id, Role.OWNER, at=now)
    owner_id = owner.id if owner else None
    uow.tickets.change(ticket.id, owner_id=owner_id, updated_at=now)
    return replace(ticket, owner_id=owner_id, updated_at=now)


def _set_auto_close(uow: UnitOfWork, ticket: Ticket, *, now: datetime) -> None:
    if ticket.status is Status.RESOLVED:
        uow.timers.set(
            ticket_id=ticket.id,
            kind=AUTO_CLOSE,
            due_at=now + uow.policy.limits.auto_close_after,
            reason=f"resolved on {now:%Y-%m-%d}, nobody answered since",
        )
