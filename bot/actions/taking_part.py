"""Who takes part from now on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.actions.recording import record
from bot.desk.people import Person, Role
from bot.desk.ticket import EventKind, Ticket
from bot.ports import UnitOfWork


def join_as_colleague(
    uow: UnitOfWork, ticket: Ticket, *, person: Person, rule: str, now: datetime
) -> None:
    """Let somebody of the requester's company take part as a collaborator; once."""
    if not uow.tickets.add_participant(ticket.id, person.id, Role.COLLABORATOR, at=now):
        return
    record(
        uow,
        ticket,
        EventKind.PARTICIPANT_ADDED,
        actor=person,
        workunit_id=None,
        visibility=None,
        data={"collaborators": [person.address]},
        rule=rule,
        now=now,
    )


def add_copies(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person,
    copies: Iterable[Person],
    rule: str,
    now: datetime,
) -> list[Person]:
    """Let third parties take part from now on; return those who are new."""
    present = {part.person.id for part in uow.tickets.participants(ticket.id)}
    room = uow.policy.limits.copies_per_ticket - len(present)
    new: list[Person] = []
    for person in copies:
        if person.id in present or len(new) >= room:
            continue
        uow.tickets.add_participant(ticket.id, person.id, Role.COPY, at=now)
        new.append(person)
    if new:
        record(
            uow,
            ticket,
            EventKind.PARTICIPANT_ADDED,
            actor=actor,
            workunit_id=None,
            visibility=None,
            data={"copies": [person.address for person in new]},
            rule=rule,
            now=now,
        )
    return new
