"""Orders about who takes part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import actions
from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.people import AddCopies, Assign
from bot.desk.nearest import suggestion
from bot.desk.people import Person
from bot.errors import NotPossible
from bot.orders.permission import require
from bot.orders.work import Work


def assign(work: Work, order: Assign) -> None:
    """Give the ticket to a technician."""
    require(work, Deed.ASSIGN)
    work.change(owner=technician(work, order.to, "#assign"))


def technician(work: Work, name: str, command: str) -> Person:
    """The one technician whom a name means; raises NotPossible."""
    if name.lower() == "me":
        return work.author
    found = work.uow.people.find_technician(name)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotPossible(f"{command}: no technician is called {name!r}{_nearest(work, name)}")
    names = ", ".join(person.name or person.address for person in found[:5])
    raise NotPossible(f"{command}: {name!r} could be {names}")


def _nearest(work: Work, name: str) -> str:
    known = [p.name or p.address for p in work.uow.people.find_technician("")]
    return f"; {suggestion(name, known)}"


def add_copies(work: Work, order: AddCopies) -> None:
    """Let third parties take part; never one of our own addresses, and no technician."""
    named = (work.person(a) for a in order.addresses if not work.directory.knows(a))
    join(work, [person for person in named if not person.technician])


def join(work: Work, copies: list[Person]) -> None:
    """Let these third parties take part, as the author asks."""
    if copies:
        require(work, Deed.ADD_PEOPLE)
    joined = actions.add_copies(
        work.uow,
        work.ticket,
        actor=work.author,
        copies=copies,
        rule="copied_by_technician",
        now=work.now,
    )
    work.note("copied", *(person.address for person in joined))


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    Assign: assign,
    AddCopies: add_copies,
}
