"""What is done about a problem or a parent is done about those below it, too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.actions.links import open_below
from bot.actions.states import Changes, change_ticket
from bot.actions.words import Words, add_workunit
from bot.desk.people import Person, Role
from bot.desk.relations import Relation
from bot.desk.ticket import Status, Ticket, Visibility, Workunit
from bot.desk.workunits import NOTHING
from bot.ports import UnitOfWork


def answer_incidents(
    uow: UnitOfWork,
    problem: Ticket,
    workunit: Workunit,
    *,
    actor: Person,
    closes: bool = False,
    now: datetime,
) -> list[Ticket]:
    """Add a problem's public words to each of its open incidents, as words of their own.

    Their requesters are answered in their own tickets and see neither the problem nor each other.
    Colleagues who heard the words once, in the problem or another incident, do not hear them again.
    With `closes` each incident is closed with these words. Time is booked in the problem alone.
    """
    words = Words(text=workunit.text, html=workunit.html, files=workunit.files)
    heard = _staff(uow, problem)
    answered = []
    for incident in open_below(uow, problem.id, Relation.INCIDENT):
        colleagues = _staff(uow, incident)
        after, workunit_id = add_workunit(
            uow,
            incident,
            actor=actor,
            words=words,
            visibility=Visibility.PUBLIC,
            as_technician=True,
            addressed=frozenset(heard),
            closing=closes,
            moves=not closes,
            booking=NOTHING,
            rule="answered_with_problem",
            now=now,
        )
        heard |= colleagues
        if closes:
            after = close_below(
                uow,
                [after],
                actor=actor,
                workunit_id=workunit_id,
                rule="closed_with_problem",
                now=now,
            )[0]
        answered.append(after)
    return answered


def close_below(
    uow: UnitOfWork,
    tickets: Sequence[Ticket],
    *,
    actor: Person | None,
    workunit_id: int | None = None,
    rule: str = "closed_with_parent",
    now: datetime,
) -> list[Ticket]:
    """Close those below a ticket that was closed; raises NotPossible where a status map forbids it."""
    return [
        change_ticket(
            uow,
            ticket,
            actor=actor,
            changes=Changes(status=Status.CLOSED),
            workunit_id=workunit_id,
            rule=rule,
            now=now,
        )
        for ticket in tickets
    ]


def _staff(uow: UnitOfWork, ticket: Ticket) -> set[str]:
    """Addresses of the colleagues who hear of public words in a ticket."""
    parts = uow.tickets.participants(ticket.id)
    owners = [part.person for part in parts if part.role is Role.OWNER]
    others = [part.person for part in parts if part.role in {Role.WATCHER, Role.EDITOR}]
    working = owners or uow.people.staff(ticket.group_id)
    return {person.address for person in (*working, *others) if person.technician}
