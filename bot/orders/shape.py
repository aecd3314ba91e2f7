"""Orders about what a ticket is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import actions
from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.shape import MoveToGroup, SetField, SetKind, SetTitle, SetType, SetUrgency
from bot.desk.fields import read_value
from bot.desk.nearest import suggestion
from bot.errors import NotPossible
from bot.orders.permission import require
from bot.orders.work import Work


def move_to_group(work: Work, order: MoveToGroup) -> None:
    """Another group works on it."""
    require(work, Deed.CHANGE_GROUP)
    groups = work.uow.people.groups()
    found = next((g for g in groups if g.name.casefold() == order.name.casefold()), None)
    if found is None:
        known = [group.name for group in groups]
        raise NotPossible(f"#group: {order.name!r} is no group; {suggestion(order.name, known)}")
    work.change(group=found)


def set_title(work: Work, order: SetTitle) -> None:
    """Get a better title."""
    require(work, Deed.CHANGE_FIELDS)
    work.change(title=order.title)


def set_type(work: Work, order: SetType) -> None:
    """Get another type; its kind comes with it, and what is missing then is asked for."""
    require(work, Deed.CHANGE_FIELDS)
    if not order.name:
        work.change(type="")
        return
    group = next(g.name for g in work.uow.people.groups() if g.id == work.ticket.group_id)
    try:
        found = work.uow.policy.types.find(order.name, group=group)
    except ValueError as why:
        raise NotPossible(f"#type: {why}") from None
    work.change(type=found.name, kind=found.kind)
    work.afterwards.append(_ask)


def _ask(work: Work) -> None:
    """Ask the requester for what the new type needs."""
    actions.ask_for_fields(work.uow, work.ticket, rule=work.rule, now=work.now)


def set_kind(work: Work, order: SetKind) -> None:
    """Be an incident, or another of ITIL's kinds."""
    require(work, Deed.CHANGE_FIELDS)
    work.change(kind=order.kind)


def set_field(work: Work, order: SetField) -> None:
    """Give a field a value, or take it away."""
    require(work, Deed.CHANGE_FIELDS)
    type_name = work.changes.type if work.changes.type is not None else work.ticket.type
    try:
        field = work.uow.policy.types.field_named(type_name, order.name)
        values = work.uow.fields.get(work.ticket.id)
        value = read_value(field, order.value, values) if order.value else ""
    except ValueError as why:
        raise NotPossible(f"#field: {why}") from None
    work.also += actions.put_values(work.uow, work.ticket, {field.name: value})


def set_urgency(work: Work, order: SetUrgency) -> None:
    """Set impact or urgency; with both the priority follows, unless it is set by itself."""
    require(work, Deed.CHANGE_PRIORITY)
    impact = order.impact or work.changes.impact or work.ticket.impact
    urgency = order.urgency or work.changes.urgency or work.ticket.urgency
    priority = work.changes.priority or work.uow.policy.priorities.of(impact, urgency)
    work.change(impact=impact, urgency=urgency, priority=priority)


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    MoveToGroup: move_to_group,
    SetTitle: set_title,
    SetType: set_type,
    SetKind: set_kind,
    SetField: set_field,
    SetUrgency: set_urgency,
}
