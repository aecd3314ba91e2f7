"""A ticket begins: its first words, who asks, who is in copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.actions.assigning import assign_new
from bot.actions.recording import record
from bot.actions.shape import PLAIN, Shape
from bot.actions.states import move_along, set_status
from bot.actions.words import Words, add_words
from bot.desk import lifecycle
from bot.desk.people import Participant, Person, Queue, Role
from bot.desk.quotas import REFUSED
from bot.desk.ticket import EventKind, Status, Ticket, Visibility
from bot.ports import NewTicket, UnitOfWork


def open_ticket(
    uow: UnitOfWork,
    *,
    title: str,
    queue: Queue,
    actor: Person,
    forwarder: Person | None = None,
    editor: Person | None = None,
    words: Words,
    copies: Iterable[Person] = (),
    addressed: frozenset[str] = frozenset(),
    acknowledge: bool,
    silence: str = "",
    unreadable: bool = False,
    trusted: bool,
    follows: int | None = None,
    shape: Shape = PLAIN,
    continues: bool = False,
    rule: str,
    now: datetime,
) -> Ticket:
    """Open a ticket with its first workunit, of whoever asks; `forwarder` brought it to the desk.

    It `continues` the one that it `follows` where the actor has a part in that, and else is linked for
    technicians only. `silence` names the guard that wants no acknowledgement. Whoever is `addressed` had the message
    directly and is not told again; `copies` join as third parties.
    """
    new = NewTicket(
        title=title,
        priority=uow.policy.priorities.usual,
        kind=shape.kind,
        type=shape.type,
        group_id=queue.group_id,
        queue_id=queue.id,
        requester_id=actor.id,
        company_id=actor.company_id,
        follows=follows,
        trusted=trusted,
        at=now,
    )
    ticket, move = _shaped(uow, uow.tickets.open(new), shape, now=now)
    participants = _join(uow, ticket, actor, forwarder or editor, copies, now=now)
    workunit_id = add_words(uow, ticket, actor, words, Visibility.PUBLIC, now=now)
    ticket, assigned = assign_new(uow, ticket, now=now)
    if assigned:
        ticket, given = move_along(uow, ticket, lifecycle.assignment, actor=None, now=now)
        move |= given
    marks: dict[str, object] = {"acknowledge": acknowledge, "silence": silence, **shape.marks()}
    marks |= {
        "unreadable": unreadable,
        "follows": follows,
        "forwarded_by": _name(forwarder),
        "entered_by": _name(editor),
    }
    marks |= {"continues": continues, **move}
    marks |= {"assigned": assigned, "owner": ticket.owner_id}
    record(
        uow,
        ticket,
        EventKind.TICKET_OPENED,
        actor=forwarder or editor or actor,
        workunit_id=workunit_id,
        visibility=Visibility.PUBLIC,
        data={mark: value for mark, value in marks.items() if value},
        addressed=addressed,
        participants=None if assigned else participants,
        rule=rule,
        now=now,
    )
    return ticket


def _shaped(
    uow: UnitOfWork, ticket: Ticket, shape: Shape, *, now: datetime
) -> tuple[Ticket, dict[str, object]]:
    """Fill its fields; a ticket that lacks something waits, and one beyond a quota is only kept."""
    if shape.values:
        uow.fields.put(ticket.id, shape.values)
    if shape.is_refused:
        uow.tickets.change(ticket.id, resolution=REFUSED)
        ticket = replace(ticket, resolution=REFUSED)
        return set_status(uow, ticket, Status.CANCELLED, actor=None, now=now), {}
    if shape.wanted:
        return move_along(uow, ticket, lifecycle.something_missing, actor=None, now=now)
    return ticket, {}


def _name(person: Person | None) -> str:
    return (person.name or person.address) if person else ""


def _join(
    uow: UnitOfWork,
    ticket: Ticket,
    requester: Person,
    forwarder: Person | None,
    copies: Iterable[Person],
    *,
    now: datetime,
) -> list[Participant]:
    parts = [Participant(person=requester, role=Role.REQUESTER)]
    if forwarder is not None:
        parts.append(Participant(person=forwarder, role=Role.EDITOR))
    parts += (Participant(person=person, role=Role.COPY) for person in copies)
    for part in parts:
        uow.tickets.add_participant(ticket.id, part.person.id, part.role, at=now)
    return parts
