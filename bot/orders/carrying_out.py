"""The table of handlers, and the two steps around the words: first the orders, then the event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot import actions
from bot.desk.commands import Order
from bot.desk.commands.people import Assign
from bot.errors import NotPossible
from bot.orders import (
    absence,
    below,
    holding,
    people,
    preferences,
    relations,
    rules,
    shape,
    states,
    workunits,
)
from bot.orders.work import Work

#: What carries out each kind of order; raises NotPossible. Orders about the words themselves
#: (`KeepInside`) are obeyed by whoever adds those.
HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    **states.HANDLERS,
    **shape.HANDLERS,
    **people.HANDLERS,
    **absence.HANDLERS,
    **holding.HANDLERS,
    **relations.HANDLERS,
    **below.HANDLERS,
    **rules.HANDLERS,
    **workunits.HANDLERS,
    **preferences.HANDLERS,
}

#: Orders that others look at, in whichever order they stand.
_FIRST = (Assign, *workunits.FIRST)


def carry_out(work: Work, orders: Iterable[Order]) -> tuple[str, ...]:
    """Do what each order asks, before the words enter the ticket; return what was not possible.

    The caller undoes everything when there is a problem: half of what somebody asked for is
    nothing that they asked for.
    """
    problems: list[str] = []
    # Who takes a ticket over may close it in the same breath, in whichever order they say so.
    for order in sorted(orders, key=lambda order: not isinstance(order, _FIRST)):
        handler = HANDLERS.get(type(order))
        if handler is None:
            continue
        try:
            handler(work, order)
        except NotPossible as why:
            problems.append(str(why))
    return tuple(problems)


def finish(
    work: Work,
    *,
    lines: Sequence[str] = (),
    problems: Sequence[str] = (),
    internal: bool = False,
    workunit_id: int | None = None,
) -> None:
    """Record what the orders changed, in one event that also confirms it to their author.

    `lines` are the orders as written; `internal` says that the words stayed among colleagues.
    Raises NotPossible where the ticket's life forbids a change.
    """
    below.look_below(work)
    work.ticket = actions.change_ticket(
        work.uow,
        work.ticket,
        actor=work.author,
        changes=work.changes,
        also=work.also,
        more={
            **work.more,
            "commands": list(lines),
            "problems": list(problems),
            "internal": internal,
        },
        workunit_id=workunit_id,
        rule=work.rule,
        now=work.now,
    )
    for step in work.afterwards:
        step(work)
