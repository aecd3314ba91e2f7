"""A ticket begins: its first words, who asks, who is in copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
    about = _About(title=title, follows=follows, trusted=trusted, shape=shape)
    ticket, move = _shaped(uow, _insert(uow, queue, actor, about, now=now), shape, now=now)
    participants = _join(uow, ticket, actor, forwarder or editor, copies, now=now)
    workunit_id = add_words(uow, ticket, actor, words, Visibility.PUBLIC, now=now)
    ticket, assigned, given = _give_out(uow, ticket, now=now)
    marks: dict[str, object] = {"acknowledge": acknowledge, "silence": silence, **shape.marks()}
    marks |= {"unreadable": unreadable, "follows": follows, "continues": continues}
    marks |= {"forwarded_by": _name(forwarder), "entered_by": _name(editor)}
    marks |= {**move, **given, "assigned": assigned, "owner": ticket.owner_id}
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _About:
    """What a new ticket is, before anybody has a part in it."""

    title: str
    #: The ticket it follows, or None.
    follows: int | None
    #: True when its author is authenticated.
    trusted: bool
    shape: Shape


def _insert(
    uow: UnitOfWork, queue: Queue, requester: Person, about: _About, *, now: datetime
) -> Ticket:
    return uow.tickets.open(
        NewTicket(
            title=about.title,
            priority=uow.policy.priorities.usual,
            kind=about.shape.kind,
            type=about.shape.type,
            group_id=queue.group_id,
            queue_id=queue.id,
            requester_id=requester.id,
            company_id=requester.company_id,
            follows=about.follows,
            trusted=about.trusted,
            at=now,
        )
    )


def _give_out(
    uow: UnitOfWork, ticket: Ticket, *, now: datetime
) -> tuple[Ticket, object, dict[str, object]]:
    """Give it to whom the group's rule names; also how that came, and the move it made."""
    ticket, assigned = assign_new(uow, ticket, now=now)
    if not assigned:
        return ticket, assigned, {}
    ticket, given = move_along(uow, ticket, lifecycle.assignment, actor=None, now=now)
    return ticket, assigned, given


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
