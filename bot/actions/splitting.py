"""Some words of a ticket become a ticket of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.actions.hands import set_owner
from bot.actions.links import end_of_merges
from bot.actions.recording import record
from bot.actions.states import move_along
from bot.desk import lifecycle
from bot.desk.people import Person, Role
from bot.desk.relations import Link, Relation, in_words
from bot.desk.ticket import EventKind, Ticket, Visibility, Workunit
from bot.errors import NotPossible
from bot.ports import NewTicket, UnitOfWork

#: What a part in the old ticket becomes in the new one.
_PARTS = {Role.REQUESTER: Role.COLLABORATOR, Role.EDITOR: Role.WATCHER}


def split_ticket(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    numbers: Collection[int],
    title: str = "",
    actor: Person | None,
    rule: str,
    now: datetime,
) -> Ticket:
    """Move these workunits, by their numbers, into a new ticket that is linked to this one.

    It belongs to whoever wrote the first of them, where that is somebody outside. Everybody comes
    along who wrote the moved words or was told of them, and nobody else. Raises NotPossible.
    """
    moved = check_split(uow, ticket, numbers)
    requester = _requester(uow, ticket, moved)
    trusted = ticket.trusted and (
        requester.id == ticket.requester_id or uow.inbox.was_proven(ticket.id, requester.address)
    )
    told = uow.deliveries.told_of([unit.id for unit in moved])
    new = uow.tickets.open(
        NewTicket(
            title=title or ticket.title,
            priority=ticket.priority,
            group_id=ticket.group_id,
            queue_id=ticket.queue_id,
            requester_id=requester.id,
            follows=None,
            trusted=trusted,
            at=now,
            kind=ticket.kind,
            company_id=requester.company_id,
        )
    )
    uow.moves.workunits([unit.id for unit in moved], target=new.id)
    joined = _join(uow, ticket, new, requester, moved, told, now=now)
    link = Link(ticket_id=new.id, other_id=ticket.id, relation=Relation.RELATED)
    uow.relations.link(link, at=now)
    owner = uow.people.get(ticket.owner_id) if ticket.owner_id is not None else None
    if owner is not None:
        new = set_owner(uow, new, owner, now=now)
        new, _ = move_along(uow, new, lifecycle.assignment, actor=actor, now=now)
    _record(uow, ticket, new, moved, joined, actor=actor, rule=rule, now=now)
    return new


def check_split(uow: UnitOfWork, ticket: Ticket, numbers: Collection[int]) -> list[Workunit]:
    """The workunits of these numbers, the ticket held still until the commit; raises NotPossible."""
    uow.relations.lock()
    uow.moves.hold_still([ticket.id])
    if end_of_merges(uow, ticket.id).id != ticket.id:
        raise NotPossible(f"ticket {ticket.id} was merged into another one meanwhile")
    units = uow.tickets.workunits(ticket.id)
    moved = [unit for unit in units if unit.id in numbers]
    if not moved or len(moved) != len(set(numbers)):
        unknown = in_words(set(numbers) - {unit.id for unit in moved})
        there = in_words(unit.id for unit in units)
        which = f"has no words {unknown}" if unknown else "is split by the numbers of words"
        raise NotPossible(f"ticket {ticket.id} {which}; it has: {there}")
    if len(moved) == len(units):
        raise NotPossible(f"those are all the words of ticket {ticket.id}: nothing would be left")
    return moved


def _requester(uow: UnitOfWork, ticket: Ticket, moved: Sequence[Workunit]) -> Person:
    """The author of the first words where they are of nobody at the desk, else who asked before."""
    first = moved[0]
    author = uow.people.get(first.author_id) if first.author_id is not None else None
    outside = author is not None and not (first.by_technician or author.technician)
    found = author if outside else uow.people.get(ticket.requester_id)
    if found is None:
        raise NotPossible(f"the requester of ticket {ticket.id} is gone")
    return found


def _join(
    uow: UnitOfWork,
    ticket: Ticket,
    new: Ticket,
    requester: Person,
    moved: Sequence[Workunit],
    told: Collection[int],
    *,
    now: datetime,
) -> list[str]:
    """Let whoever wrote or was told take part in the new ticket; return their addresses."""
    concerned = {unit.author_id for unit in moved} | set(told)
    uow.tickets.add_participant(new.id, requester.id, Role.REQUESTER, at=now)
    joined = [requester.address]
    present = {requester.id, ticket.owner_id}
    for part in uow.tickets.participants(ticket.id):
        if part.person.id in present or part.person.id not in concerned:
            continue
        present.add(part.person.id)
        role = _PARTS.get(part.role, part.role)
        if role is Role.WATCHER and not part.person.technician:
            role = Role.COLLABORATOR
        uow.tickets.add_participant(new.id, part.person.id, role, at=now)
        joined.append(part.person.address)
    return joined


def _record(
    uow: UnitOfWork,
    ticket: Ticket,
    new: Ticket,
    moved: Sequence[Workunit],
    joined: Sequence[str],
    *,
    actor: Person | None,
    rule: str,
    now: datetime,
) -> None:
    """One event in each ticket; the requester and the desk's people hear of the new one."""
    numbers = [unit.id for unit in moved]
    came: dict[str, object] = {"from": ticket.id, "workunits": numbers, "joined": list(joined)}
    came["owned" if new.owner_id is not None else "unowned"] = True
    if all(unit.visibility is not Visibility.PUBLIC for unit in moved):
        # Notes of colleagues: whoever asked has never heard of them.
        came["inside"] = True
    for where, kind, data in (
        (ticket, EventKind.TICKET_SPLIT, {"into": new.id, "workunits": numbers}),
        (new, EventKind.TICKET_SPLIT_OFF, came),
    ):
        record(
            uow,
            where,
            kind,
            actor=actor,
            workunit_id=None,
            visibility=None,
            data=data,
            rule=rule,
            now=now,
        )
