"""What is done to people: each deed is a row of the audit, and what follows for tickets is an event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.actions.states import Changes, change_ticket
from bot.desk.people import Person
from bot.desk.policy import House
from bot.desk.ticket import Ticket
from bot.errors import NotPossible
from bot.ports import UnitOfWork

#: The rule under which tickets leave somebody who takes no part any more.
LEFT = "owner_deactivated"


def name_of(person: Person) -> str:
    """How the audit and answers name somebody."""
    return person.name or person.address


def note(
    uow: UnitOfWork, person: Person, deed: str, *, by: str, now: datetime, **data: object
) -> None:
    """Keep in the audit what was done to somebody."""
    uow.audit.add(at=now, actor=by, subject=f"person {person.id}", deed=deed, data=data)


def join_company(uow: UnitOfWork, person: Person, house: House, *, now: datetime) -> Person:
    """Let somebody belong to the company whose domain they have proven to write from."""
    uow.people.change(person.id, company_id=house.id, independent=not house.grouped)
    by = f"mail from {person.address}"
    note(uow, person, "joined a company", by=by, now=now, company=house.id)
    return replace(person, company_id=house.id, independent=not house.grouped)


def deactivate(
    uow: UnitOfWork, person: Person, *, by: str, actor: Person | None = None, now: datetime
) -> list[Ticket]:
    """Let somebody take no part any more; return their open tickets as they are now.

    Each goes to the leader of its group; without one nobody has it, and whatever comes is told to the group.
    """
    if person.deactivated_at is not None:
        raise NotPossible(f"{name_of(person)} was deactivated on {person.deactivated_at:%Y-%m-%d}")
    uow.people.change(person.id, deactivated_at=now)
    tickets = [_hand_over(uow, ticket, actor, now=now) for ticket in uow.tickets.open_of(person.id)]
    note(uow, person, "deactivated", by=by, now=now, tickets=[ticket.id for ticket in tickets])
    return tickets


def _hand_over(uow: UnitOfWork, ticket: Ticket, actor: Person | None, *, now: datetime) -> Ticket:
    group = uow.people.get_group(ticket.group_id)
    leader = uow.people.get(group.leader_id) if group and group.leader_id else None
    fit = leader is not None and leader.deactivated_at is None and leader.id != ticket.owner_id
    changes = Changes(owner=leader) if fit else Changes(unassign=True)
    return change_ticket(uow, ticket, actor=actor, changes=changes, rule=LEFT, now=now)


def reactivate(uow: UnitOfWork, person: Person, *, by: str, now: datetime) -> None:
    """Let somebody take part again; their tickets stay where they are."""
    if person.deactivated_at is None:
        raise NotPossible(f"{name_of(person)} is active")
    uow.people.change(person.id, deactivated_at=None)
    note(uow, person, "reactivated", by=by, now=now)


def set_absence(
    uow: UnitOfWork,
    person: Person,
    *,
    since: datetime,
    until: datetime | None,
    deputy: Person | None,
    by: str,
    now: datetime,
) -> None:
    """Note that somebody is away; a deputy is told and acts in their place, and they keep their tickets."""
    if until is not None and until <= max(since, now):
        raise NotPossible("an absence ends after it begins, and not in the past")
    if deputy is not None:
        _check_deputy(person, deputy)
    uow.people.change(
        person.id,
        absent_from=since,
        absent_until=until,
        deputy_id=deputy.id if deputy else None,
    )
    note(
        uow,
        person,
        "away",
        by=by,
        now=now,
        since=since.isoformat(),
        until=until.isoformat() if until else None,
        deputy=name_of(deputy) if deputy else None,
    )


def _check_deputy(person: Person, deputy: Person) -> None:
    if deputy.id == person.id:
        raise NotPossible("nobody is their own deputy")
    if not deputy.technician or deputy.deactivated_at is not None:
        raise NotPossible(f"{name_of(deputy)} is no technician, and cannot stand in for one")


def end_absence(uow: UnitOfWork, person: Person, *, by: str, now: datetime) -> None:
    """Note that somebody is back."""
    if person.absent_from is None:
        raise NotPossible(f"{name_of(person)} is not away")
    uow.people.change(person.id, absent_from=None, absent_until=None, deputy_id=None)
    note(uow, person, "back", by=by, now=now)


def merge_people(
    uow: UnitOfWork, duplicate: Person, person: Person, *, by: str, now: datetime
) -> None:
    """Let everything of a duplicate be the person's; powers are never gained by it.

    Raises NotPossible where the duplicate has powers: then it is the person whom to keep.
    """
    if duplicate.id == person.id:
        raise NotPossible(f"{name_of(person)} is one person already")
    if duplicate.technician or duplicate.administrator:
        raise NotPossible(
            f"{name_of(duplicate)} has powers at the desk: "
            f"merge number {person.id} into number {duplicate.id} instead"
        )
    addresses = [known.address for known in uow.people.identities(duplicate.id)]
    uow.people.merge(duplicate.id, person.id)
    note(uow, duplicate, "merged", by=by, now=now, into=person.id)
    note(
        uow, person, "took in a duplicate", by=by, now=now, number=duplicate.id, addresses=addresses
    )


def add_address(uow: UnitOfWork, person: Person, address: str, *, by: str, now: datetime) -> None:
    """Give somebody one more mail address; raises NotPossible where it is somebody's."""
    owner = uow.people.find("email", address)
    if owner is not None:
        raise NotPossible(
            f"{address} belongs to number {owner.id} already; "
            f"'replydesk people merge {owner.id} {person.id}' makes one of both"
        )
    uow.people.add_identity(person.id, channel="email", address=address)
    note(uow, person, "got an address", by=by, now=now, address=address)
