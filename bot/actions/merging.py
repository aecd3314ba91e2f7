"""Two tickets become one: everything of the first goes into the second, and the first is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.actions.hands import set_owner
from bot.actions.links import Rows, end_of_merges
from bot.actions.recording import record
from bot.actions.states import set_status
from bot.desk import lifecycle
from bot.desk.people import Participant, Person, Role
from bot.desk.relations import HIERARCHIES, Link, are_of_one_house, closes_circle
from bot.desk.ticket import EventKind, Status, Ticket
from bot.errors import NotPossible
from bot.ports import UnitOfWork

#: How a merged ticket ended.
DUPLICATE = "duplicate"
#: What a part in the merged ticket becomes in the other one.
_PARTS = {
    Role.REQUESTER: Role.COLLABORATOR,
    Role.OWNER: Role.WATCHER,
    Role.EDITOR: Role.WATCHER,
}


def merge_tickets(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    into: int,
    actor: Person | None,
    anyway: bool = False,
    rule: str,
    now: datetime,
) -> Ticket:
    """Put all of a ticket into another one and close it as a duplicate; return the other.

    `anyway` allows it between companies. What is queued for people already goes out as it is; nobody
    is sent words from before they came together. Raises NotPossible.
    """
    source, target = check_merge(uow, ticket, into=into, anyway=anyway)
    moved = uow.moves.workunit_ids(source.id)
    uow.moves.workunits(moved, target=target.id)
    joined = _move_people(uow, source, target, now=now)
    target, changes = _fill_gaps(uow, source, target, now=now)
    _move_relations(uow, source, target, now=now)
    closed = set_status(uow, source, _ended(source), actor=actor, now=now)
    uow.moves.hangings(source.id, target=target.id)
    uow.tickets.change(
        source.id,
        merged_into=target.id,
        resolution=DUPLICATE,
        closed_by_id=actor.id if actor else None,
        updated_at=now,
    )
    closed = replace(closed, merged_into=target.id)
    _record(uow, source, closed, target, moved, joined, changes, actor=actor, rule=rule, now=now)
    return target


def check_merge(
    uow: UnitOfWork, ticket: Ticket, *, into: int, anyway: bool
) -> tuple[Ticket, Ticket]:
    """Both tickets as they are now, held still until the commit; raises NotPossible."""
    uow.relations.lock()
    uow.moves.hold_still([ticket.id, into])
    source, target = uow.tickets.get(ticket.id) or ticket, end_of_merges(uow, into)
    uow.moves.hold_still([target.id])
    if source.merged_into is not None:
        raise NotPossible(f"ticket {source.id} was merged into ticket {source.merged_into} already")
    if target.id == source.id:
        same = "itself" if into == source.id else f"ticket {into}, which is a part of it already"
        raise NotPossible(f"ticket {source.id} cannot be merged into {same}")
    if target.merged_into is not None:
        raise NotPossible(f"ticket {target.id} is in a circle of merges")
    _check_states(source, target)
    if not anyway:
        _check_houses(uow, source, target)
    return source, target


def _check_states(source: Ticket, target: Ticket) -> None:
    for one in (source, target):
        if one.locked:
            raise NotPossible(f"ticket {one.id} is locked: nothing may be added or taken away")
    if target.closed_at is not None and source.closed_at is None:
        raise NotPossible(
            f"ticket {target.id} is {target.status}, and ticket {source.id} is open: "
            f"reopen ticket {target.id} first, or merge it into ticket {source.id}"
        )


def _check_houses(uow: UnitOfWork, source: Ticket, target: Ticket) -> None:
    one, other = uow.people.get(source.requester_id), uow.people.get(target.requester_id)
    if one is None or other is None or not are_of_one_house(one, other):
        raise NotPossible(
            f"the requesters of tickets {source.id} and {target.id} belong to different companies, "
            "and would read from now on what is written to the other; "
            f"if that is right: #merge {target.id} anyway"
        )


def _ended(source: Ticket) -> Status:
    return source.status if source.status in lifecycle.ENDED else Status.CLOSED


def _move_people(
    uow: UnitOfWork, source: Ticket, target: Ticket, *, now: datetime
) -> list[Participant]:
    """Let everybody take part who does not yet; their parts in the old ticket stay, as history."""
    present = {part.person.id for part in uow.tickets.participants(target.id)}
    joined: list[Participant] = []
    for part in uow.tickets.participants(source.id):
        if part.person.id in present:
            continue
        present.add(part.person.id)
        role = _PARTS.get(part.role, part.role)
        if role is Role.WATCHER and not part.person.technician:
            role = Role.COLLABORATOR
        uow.tickets.add_participant(target.id, part.person.id, role, at=now)
        joined.append(replace(part, role=role))
    return joined


def _fill_gaps(
    uow: UnitOfWork, source: Ticket, target: Ticket, *, now: datetime
) -> tuple[Ticket, Rows]:
    """Give the target what it lacks: an owner, a type, impact and urgency."""
    rows: Rows = []
    owner = uow.people.get(source.owner_id) if source.owner_id is not None else None
    if target.owner_id is None and owner is not None and owner.technician:
        uow.tickets.remove_participant(target.id, owner.id, Role.WATCHER)
        target = set_owner(uow, target, owner, now=now)
        rows.append(("owner", "", owner.name or owner.address))
    gaps: dict[str, Any] = {
        name: getattr(source, name)
        for name in ("type", "impact", "urgency")
        if not getattr(target, name) and getattr(source, name)
    }
    wrote: dict[str, Any] = {
        name: max(filter(None, (getattr(source, name), getattr(target, name))), default=None)
        for name in ("outsider_wrote_at", "technician_wrote_at")
    }
    uow.tickets.change(target.id, **gaps, **wrote, updated_at=now)
    rows += [(name, "", str(value)) for name, value in gaps.items()]
    return replace(target, **gaps, **wrote, updated_at=now), rows


def _move_relations(uow: UnitOfWork, source: Ticket, target: Ticket, *, now: datetime) -> None:
    """Links, tags and assets go along; a link that would be a circle or a second parent does not."""
    for link in uow.relations.links(source.id):
        uow.relations.unlink(link)
        moved = (
            replace(link, ticket_id=target.id)
            if link.ticket_id == source.id
            else replace(link, other_id=target.id)
        )
        if _may_stand(uow, moved):
            uow.relations.link(moved, at=now)
    uow.relations.add_tags(target.id, uow.relations.tags(source.id))
    there = {(asset.kind, asset.reference) for asset in uow.relations.assets(target.id)}
    for asset in uow.relations.assets(source.id):
        if (asset.kind, asset.reference) not in there:
            uow.relations.put_asset(target.id, asset)


def _may_stand(uow: UnitOfWork, link: Link) -> bool:
    below, above, relation = link.ticket_id, link.other_id, link.relation
    if below == above:
        return False
    if relation not in HIERARCHIES:
        return True
    taken = uow.relations.above(below, relation) is not None
    return not taken and not closes_circle(
        below, above, lambda at: uow.relations.above(at, relation)
    )


def _record(
    uow: UnitOfWork,
    before: Ticket,
    closed: Ticket,
    target: Ticket,
    moved: list[int],
    joined: list[Participant],
    changes: Rows,
    *,
    actor: Person | None,
    rule: str,
    now: datetime,
) -> None:
    """One event in each ticket; whoever takes part in both hears of one of them."""
    status = [["status", before.status.value, closed.status.value]]
    gone: dict[str, object] = {
        "into": target.id,
        "workunits": moved,
        "changes": status if closed.status is not before.status else [],
    }
    if not uow.policy.relations.merge_notes:
        gone["silent"] = True
    came: dict[str, object] = {
        "from": before.id,
        "workunits": moved,
        "joined": [part.person.address for part in joined],
        "changes": [list(row) for row in changes],
    }
    if target.owner_id is not None:
        came["owned"] = True
    for ticket, kind, data in (
        (closed, EventKind.TICKET_MERGED, gone),
        (target, EventKind.TICKET_TOOK_IN, came),
    ):
        record(
            uow,
            ticket,
            kind,
            actor=actor,
            workunit_id=None,
            visibility=None,
            data=data,
            rule=rule,
            now=now,
        )
