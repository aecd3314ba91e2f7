"""Tickets among tickets: links, tags, and what they are about.

Each function changes storage and returns what it changed, each (what, before, after), for the one
event of whoever asked; the ticket at the other end gets an event of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.actions.recording import record
from bot.desk.people import Person
from bot.desk.relations import (
    ENDS,
    HIERARCHIES,
    MOST_ASSETS,
    MOST_TAGS,
    Asset,
    Link,
    Relation,
    closes_circle,
)
from bot.desk.ticket import EventKind, Ticket
from bot.errors import NotPossible
from bot.ports import UnitOfWork

Rows = list[tuple[str, str, str]]


def end_of_merges(uow: UnitOfWork, number: int) -> Ticket:
    """The ticket of this number, or the one that it became; raises NotPossible."""
    ticket = uow.tickets.get(number)
    seen: set[int] = set()
    while ticket is not None and ticket.merged_into is not None and ticket.id not in seen:
        seen.add(ticket.id)
        ticket = uow.tickets.get(ticket.merged_into)
    if ticket is None:
        raise NotPossible(f"there is no ticket {number}")
    return ticket


def link_tickets(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    other: int,
    relation: Relation,
    actor: Person | None,
    rule: str,
    now: datetime,
) -> Rows:
    """Give the ticket a relation to another; raises NotPossible."""
    uow.relations.lock()
    there = end_of_merges(uow, other)
    link = Link(ticket_id=ticket.id, other_id=there.id, relation=relation)
    _check(uow, link)
    if not uow.relations.link(link, at=now):
        return []
    name, number = link.seen_from(ticket.id)
    name_there, number_there = link.seen_from(there.id)
    _tell_other(uow, there, [(name_there, "", str(number_there))], actor=actor, rule=rule, now=now)
    return [(name, "", str(number))]


def _check(uow: UnitOfWork, link: Link) -> None:
    """Whether the link may be; raises NotPossible."""
    relation, below, above = link.relation, link.ticket_id, link.other_id
    name, _ = ENDS[relation]
    if below == above:
        raise NotPossible(f"ticket {below} cannot be linked to itself")
    if relation not in HIERARCHIES:
        return
    present = uow.relations.above(below, relation)
    if present is not None and present != above:
        raise NotPossible(
            f"ticket {below} has ticket {present} as its {name} already: #unlink {present} first"
        )
    if closes_circle(below, above, lambda at: uow.relations.above(at, relation)):
        raise NotPossible(f"ticket {above} is below ticket {below} already, and cannot be above it")


def unlink_tickets(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    other: int,
    actor: Person | None,
    rule: str,
    now: datetime,
) -> Rows:
    """Take away whatever links two tickets; raises NotPossible when nothing does."""
    uow.relations.lock()
    between = [
        link for link in uow.relations.links(ticket.id) if other in {link.ticket_id, link.other_id}
    ]
    there = uow.tickets.get(other)
    if there is None or not between:
        known = ", ".join(str(n) for _, n in ends(uow, ticket.id)) or "none"
        raise NotPossible(f"ticket {ticket.id} has no link to ticket {other}; it has: {known}")
    for link in between:
        uow.relations.unlink(link)
    _tell_other(
        uow, there, [_gone(link, there.id) for link in between], actor=actor, rule=rule, now=now
    )
    return [_gone(link, ticket.id) for link in between]


def _gone(link: Link, seen_from: int) -> tuple[str, str, str]:
    name, number = link.seen_from(seen_from)
    return (name, str(number), "")


def ends(uow: UnitOfWork, ticket_id: int) -> list[tuple[str, int]]:
    """What each linked ticket is called here, and its number."""
    return [link.seen_from(ticket_id) for link in uow.relations.links(ticket_id)]


def open_below(uow: UnitOfWork, ticket_id: int, *relations: Relation) -> list[Ticket]:
    """Those children and incidents of a ticket that are open, by number."""
    numbers = {
        link.ticket_id
        for link in uow.relations.links(ticket_id)
        if link.other_id == ticket_id and link.relation in relations
    }
    found = uow.tickets.get_many(numbers)
    return [found[n] for n in sorted(found) if found[n].closed_at is None]


def _tell_other(
    uow: UnitOfWork,
    ticket: Ticket,
    changes: Sequence[tuple[str, str, str]],
    *,
    actor: Person | None,
    rule: str,
    now: datetime,
) -> None:
    """The other ticket's history has it, too; nobody there is told."""
    record(
        uow,
        ticket,
        EventKind.TICKET_CHANGED,
        actor=actor,
        workunit_id=None,
        visibility=None,
        data={"changes": [list(change) for change in changes]},
        rule=rule,
        now=now,
    )


def add_tags(uow: UnitOfWork, ticket: Ticket, tags: Collection[str]) -> Rows:
    """Put tags on a ticket; raises NotPossible when there would be too many."""
    present = uow.relations.tags(ticket.id)
    new = [tag for tag in tags if tag not in present]
    if len(present) + len(new) > MOST_TAGS:
        raise NotPossible(f"a ticket has {MOST_TAGS} tags at most")
    uow.relations.add_tags(ticket.id, new)
    return [("tag", "", tag) for tag in new]


def remove_tags(uow: UnitOfWork, ticket: Ticket, tags: Collection[str]) -> Rows:
    """Take tags off a ticket; raises NotPossible for one that it has not."""
    present = uow.relations.tags(ticket.id)
    for tag in tags:
        if tag not in present:
            raise NotPossible(f"it has no tag {tag!r}; it has: {', '.join(present) or 'none'}")
    uow.relations.remove_tags(ticket.id, tags)
    return [("tag", tag, "") for tag in tags]


def put_asset(uow: UnitOfWork, ticket: Ticket, asset: Asset) -> Rows:
    """Say what a ticket is about, or give it another name; raises NotPossible."""
    present = uow.relations.assets(ticket.id)
    before = next(
        (a for a in present if (a.kind, a.reference) == (asset.kind, asset.reference)), None
    )
    if before == asset:
        return []
    if before is None and len(present) >= MOST_ASSETS:
        raise NotPossible(f"a ticket is about {MOST_ASSETS} things at most")
    uow.relations.put_asset(ticket.id, asset)
    return [("asset", str(before or ""), str(asset))]


def remove_asset(uow: UnitOfWork, ticket: Ticket, reference: str) -> Rows:
    """Say that a ticket is not about something; raises NotPossible."""
    present = uow.relations.assets(ticket.id)
    meant = [a for a in present if reference in {a.reference, f"{a.kind}:{a.reference}"}]
    if len(meant) != 1:
        known = ", ".join(f"{a.kind}:{a.reference}" for a in (meant or present)) or "nothing"
        raise NotPossible(f"{reference!r} is not one thing that it is about; those are: {known}")
    uow.relations.remove_asset(ticket.id, meant[0])
    return [("asset", str(meant[0]), "")]
