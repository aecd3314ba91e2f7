"""Who takes part from now on, who could not be reached, and what they thought of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.actions.recording import record
from bot.desk.limits import Limits
from bot.desk.ticket import EventKind, Person, Role, Ticket
from bot.ports import UnitOfWork


def add_copies(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person,
    copies: Iterable[Person],
    limits: Limits,
    rule: str,
    now: datetime,
) -> list[Person]:
    """Let third parties take part from now on; return those who are new."""
    present = {part.person.id for part in uow.tickets.participants(ticket.id)}
    room = limits.copies_per_ticket - len(present)
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


def record_failure(
    uow: UnitOfWork,
    delivery_id: int,
    *,
    reason: str,
    code: str,
    hard: bool,
    rule: str,
    now: datetime,
) -> int | None:
    """Note that a delivery will never arrive, and tell the technicians once; give its ticket."""
    found = uow.deliveries.refuse(delivery_id, reason=reason, code=code)
    if found is None:
        return None
    ticket, person = uow.tickets.get(found.ticket_id), uow.people.get(found.person_id)
    if ticket is None or person is None:
        return found.ticket_id
    if hard:
        uow.people.mark_unreachable(found.identity_id)
    data = {"delivery": delivery_id, "address": person.address, "reason": reason, "code": code}
    if found.notification == "undeliverable":
        # Where no mail goes out at all, telling of that by mail would breed more of the same.
        data["quiet"] = True
    record(
        uow,
        ticket,
        EventKind.DELIVERY_FAILED,
        actor=person,
        workunit_id=found.workunit_id,
        visibility=None,
        data=data,
        rule=rule,
        now=now,
    )
    return found.ticket_id


def rate_ticket(
    uow: UnitOfWork, ticket: Ticket, *, actor: Person, rating: int, rule: str, now: datetime
) -> None:
    """Keep the requester's satisfaction, 1 (bad) to 5 (good)."""
    record(
        uow,
        ticket,
        EventKind.TICKET_RATED,
        actor=actor,
        workunit_id=None,
        visibility=None,
        data={"rating": rating},
        rule=rule,
        now=now,
    )
