"""Orders about what stands below a ticket: children, and incidents of a problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot import actions
from bot.actions import Changes
from bot.desk import lifecycle
from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.relations import CloseAll, ToIncidents
from bot.desk.relations import ClosingParent, Relation
from bot.desk.ticket import Ticket
from bot.errors import NotPossible
from bot.orders import states
from bot.orders.permission import require
from bot.orders.work import Work

_BELOW = (Relation.CHILD, Relation.INCIDENT)


def close_all(work: Work, order: CloseAll) -> None:
    """Close the ticket, and whatever is open below it."""
    states.HANDLERS[type(order.first)](work, order.first)
    work.closes_below = True


def to_incidents(work: Work, _order: ToIncidents) -> None:
    """Let the words answer the requesters of all open incidents, too."""
    require(work, Deed.WRITE_PUBLIC)
    if work.inside:
        raise NotPossible("#incidents is for public words, and these stay among colleagues")
    if not (work.words or work.has_files):
        raise NotPossible("#incidents needs words for their requesters")
    waiting = actions.open_below(work.uow, work.ticket.id, Relation.INCIDENT)
    if not waiting:
        raise NotPossible(f"ticket {work.ticket.id} has no open incidents")
    work.also.append(("incidents", "", ", ".join(str(ticket.id) for ticket in waiting)))
    work.afterwards.insert(0, _answer_incidents)


def _answer_incidents(work: Work) -> None:
    said = work.uow.entries.get(work.workunit_id) if work.workunit_id is not None else None
    if said is not None:
        actions.answer_incidents(
            work.uow,
            work.ticket,
            said,
            actor=work.author,
            closes=work.closes_below and lifecycle.is_done(work.ticket.status),
            now=work.now,
        )


def look_below(work: Work) -> None:
    """Before a ticket ends: what becomes of those below it? As the desk wants it, or as was asked."""
    status = work.changes.status
    ends = status is not None and lifecycle.is_done(status)
    if not work.closes_below and (not ends or lifecycle.is_done(work.ticket.status)):
        return
    waiting = actions.open_below(work.uow, work.ticket.id, *_BELOW)
    if not waiting:
        return
    rules = work.uow.policy.relations
    if work.closes_below:
        for ticket in waiting:
            require(replace(work, ticket=ticket, changes=Changes()), Deed.CLOSE)
    if work.closes_below or rules.closing_parent is ClosingParent.CLOSE:
        work.closes_below = True
        work.also += [(_name(work, ticket), "", f"{ticket.id} closed") for ticket in waiting]
        work.afterwards.append(_close_below)
    elif rules.closing_parent is ClosingParent.WAIT:
        raise NotPossible(
            f"ticket {work.ticket.id} waits for {_numbers(waiting)}, which are open; "
            "#close all closes them, too"
        )
    else:
        work.note("open_below", *(ticket.id for ticket in waiting))


def _name(work: Work, below: Ticket) -> str:
    found = {number: name for name, number in actions.ends(work.uow, work.ticket.id)}
    return found.get(below.id, "child")


def _numbers(tickets: list[Ticket]) -> str:
    return ", ".join(str(ticket.id) for ticket in tickets)


def _close_below(work: Work) -> None:
    """Close what is still open; incidents that were answered are closed already."""
    waiting = actions.open_below(work.uow, work.ticket.id, *_BELOW)
    actions.close_below(work.uow, waiting, actor=work.author, now=work.now)


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    CloseAll: close_all,
    ToIncidents: to_incidents,
}
