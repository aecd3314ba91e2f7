"""What a ticket is: status, priority, owner, group and the rest, one event for what changed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions.assigning import assign_new
from bot.actions.ending import set_closing_timer, stop_closing
from bot.actions.hands import set_owner
from bot.actions.recording import record
from bot.desk import lifecycle, statuses
from bot.desk.people import Group, Person
from bot.desk.priorities import LEVELS
from bot.desk.ticket import EventKind, Kind, Priority, Status, Ticket
from bot.errors import NotPossible
from bot.ports import UnitOfWork


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
    changes = _with_resolution(uow, ticket, changes)
    ticket, state = _change_status(uow, ticket, changes, actor=actor, now=now)
    ticket, plain = _change_plain(uow, ticket, changes, now=now)
    ticket, hands, marks = _change_hands(uow, ticket, changes, now=now)
    move: dict[str, object] = {}
    given = ticket.owner_id not in {None, before.owner_id}
    if given and changes.status is None:
        ticket, move = move_along(uow, ticket, lifecycle.assignment, actor=actor, now=now)
    moved = move.pop("changes", [])
    data = {"changes": [*state, *moved, *plain, *hands, *map(list, also)], **move, **marks}  # type: ignore[misc]  # rows
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


def _with_resolution(uow: UnitOfWork, ticket: Ticket, changes: Changes) -> Changes:
    """The changes with a resolution, where a ticket ends and nobody has said how."""
    ends = changes.status is not None and lifecycle.is_done(changes.status)
    if not ends or changes.status is None or changes.resolution or ticket.resolution:
        return changes
    return replace(changes, resolution=uow.policy.resolutions.after(changes.status))


def _change_status(
    uow: UnitOfWork, ticket: Ticket, changes: Changes, *, actor: Person | None, now: datetime
) -> tuple[Ticket, _Rows]:
    status = changes.status
    if status is None or status is ticket.status:
        return ticket, []
    order = uow.policy.statuses.for_(ticket)
    if not order.may_follow(ticket.status, status):
        allowed = statuses.names(order.after(ticket.status))
        raise NotPossible(
            f"a ticket that is {ticket.status} cannot become {status}; allowed are: {allowed}"
        )
    reopens = ticket.status in lifecycle.ENDED and status not in lifecycle.ENDED
    if ticket.locked and reopens and changes.locked is not False:
        raise NotPossible("the ticket is locked; #unlock comes first")
    after = set_status(uow, ticket, status, actor=actor, now=now)
    return after, [["status", ticket.status.value, after.status.value]]


def move_along(
    uow: UnitOfWork,
    ticket: Ticket,
    wish: lifecycle.Wish,
    *,
    actor: Person | None,
    now: datetime,
) -> tuple[Ticket, dict[str, object]]:
    """Let a ticket move by itself as far as its map allows; also what the event says of it."""
    step = lifecycle.take(uow.policy.statuses.for_(ticket), ticket.status, wish)
    return set_status(uow, ticket, step.after, actor=actor, now=now), step.told()


def _change_plain(
    uow: UnitOfWork, ticket: Ticket, changes: Changes, *, now: datetime
) -> tuple[Ticket, _Rows]:
    wanted = {name: getattr(changes, name) for name in _PLAIN}
    before = {name: getattr(ticket, name) for name in _PLAIN}
    new = {name: v for name, v in wanted.items() if v is not None and v != before[name]}
    if not new:
        return ticket, []
    uow.tickets.change(ticket.id, **new, updated_at=now)
    rows = [[name, *(_in_words(one, name) for one in (before[name], new[name]))] for name in new]
    return replace(ticket, **new, updated_at=now), rows


def _in_words(value: object, name: str) -> str:
    """As confirmations and explanations show a value."""
    if name in {"impact", "urgency"}:
        return next((word for word, level in LEVELS.items() if level == value), "")
    if isinstance(value, Priority):
        return value.name
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _change_hands(
    uow: UnitOfWork, ticket: Ticket, changes: Changes, *, now: datetime
) -> tuple[Ticket, _Rows, dict[str, object]]:
    """Group and owner; also what the event says of how the new owner was found."""
    before, rows, marks = ticket, list[list[str]](), dict[str, object]()
    if changes.group is not None and changes.group.id != ticket.group_id:
        names = {group.id: group.name for group in uow.people.groups()}
        rows.append(["group", names.get(ticket.group_id, ""), changes.group.name])
        uow.tickets.change(ticket.id, group_id=changes.group.id, updated_at=now)
        ticket = replace(ticket, group_id=changes.group.id, updated_at=now)
        ticket, marks = _arrive(uow, ticket, changes, now=now)
    if changes.owner is not None and changes.owner.id != ticket.owner_id:
        ticket = set_owner(uow, ticket, changes.owner, now=now)
    elif changes.unassign and before.owner_id == ticket.owner_id is not None:
        ticket = set_owner(uow, ticket, None, now=now)
    if ticket.owner_id != before.owner_id:
        rows.append(["owner", _name(uow, before.owner_id), _name(uow, ticket.owner_id)])
    return ticket, rows, marks


def _arrive(
    uow: UnitOfWork, ticket: Ticket, changes: Changes, *, now: datetime
) -> tuple[Ticket, dict[str, object]]:
    """In its new group a ticket is as new: whoever does not belong there has it no more.

    The group's rule names its owner, and where it names nobody the whole group hears of it.
    """
    if changes.owner is not None or lifecycle.is_done(ticket.status):
        return ticket, {}
    staff = {person.id for person in uow.people.staff(ticket.group_id)}
    if ticket.owner_id is not None and ticket.owner_id not in staff:
        ticket = set_owner(uow, ticket, None, now=now)
    if ticket.owner_id is not None:
        return ticket, {}
    ticket, assigned = assign_new(uow, ticket, now=now)
    return ticket, {"assigned": assigned} if assigned else {"arrived": True}


def _name(uow: UnitOfWork, person_id: int | None) -> str:
    person = uow.people.get(person_id) if person_id else None
    return (person.name or person.address) if person else ""


def set_status(
    uow: UnitOfWork, ticket: Ticket, status: Status, *, actor: Person | None, now: datetime
) -> Ticket:
    """Set the status with what hangs on it; the caller records the event."""
    if status is ticket.status:
        return ticket
    new: dict[str, object] = {
        "status": status,
        "closed_at": now if status in lifecycle.ENDED else None,
        "status_since": now,
        "updated_at": now,
        **_ending(ticket, status, actor),
    }
    uow.tickets.change(ticket.id, **{**new, "status": status.value})
    stop_closing(uow, ticket)
    ticket = replace(ticket, **new)  # type: ignore[arg-type]  # its own fields
    set_closing_timer(uow, ticket, now=now)
    return ticket


def _ending(ticket: Ticket, status: Status, actor: Person | None) -> dict[str, object]:
    """How a ticket ended, and by whom: set when it does, and gone when it goes on."""
    if lifecycle.is_done(status):
        ended = lifecycle.is_done(ticket.status)
        return {} if ended else {"closed_by_id": actor.id if actor else None}
    if lifecycle.is_done(ticket.status):
        return {"closed_by_id": None, "resolution": "", "epilogue": ""}
    return {}
