"""From an event to deliveries: who hears of it, each person once, nobody who may not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clearance import Clearance, stand_in
from bot.desk.access import READING, Deed
from bot.desk.notifications import Audience, Row, rows_for
from bot.desk.people import Participant, Person, Role
from bot.desk.ticket import EventKind, Status, Ticket, Visibility
from bot.ports import UnitOfWork


@dataclass(slots=True)
class _Room:
    """Who is there to be told, looked up at most once an event."""

    uow: UnitOfWork
    ticket: Ticket
    actor: Person | None
    now: datetime
    clearance: Clearance
    #: Whom the author of private words let read them.
    shared_with: Collection[int] = ()

    def parts(self, *roles: Role) -> list[Person]:
        return [part.person for part in self.clearance.participants if part.role in roles]

    def staff(self) -> list[Person]:
        """The owner, or the whole group while nobody has the ticket; technicians only.

        An owner who has left or takes no mail has the ticket no more than nobody has.
        """
        owners = self.parts(Role.OWNER) if self.ticket.owner_id is not None else []
        working = self._at_work(p for p in owners if p.technician and p.reachable)
        working = working or self._at_work(self.uow.people.staff(self.ticket.group_id))
        return [p for p in (*working, *self.parts(Role.EDITOR, Role.WATCHER)) if p.technician]

    def _at_work(self, people: Iterable[Person]) -> list[Person]:
        """These people, deputies in place of those who are away.

        Where an owner is away and nobody stands in, the group has the ticket, which has to go on.
        """
        present = (stand_in(self.uow, person, now=self.now) for person in people)
        return [person for person in present if person is not None and not person.deactivated_at]

    def may_hear(self, person: Person, row: Row, visibility: Visibility | None) -> bool:
        """Whether the access table lets the person read what the row would tell them.

        What somebody asked for themselves is confirmed to them, wherever they asked.
        """
        if row.audience in {Audience.ACTOR, Audience.SHARED}:
            return person.deactivated_at is None
        deed = READING[visibility] if visibility else _DEEDS.get(row.audience, Deed.SEE_TICKET)
        return self.clearance.may(person, deed).allowed


#: What those have to be allowed whom an event without words concerns.
_DEEDS = {Audience.QUALITY: Deed.READ_RATING}


def _requester(room: _Room) -> list[Person]:
    return room.parts(Role.REQUESTER)


def _copies(room: _Room) -> list[Person]:
    """Third parties, once somebody at the desk has taken up the ticket.

    Before that a stranger could name anybody and let us write to them.
    """
    untouched = room.ticket.status is Status.NEW and room.ticket.owner_id is None
    if untouched and not (room.actor is not None and room.actor.technician):
        return []
    return room.parts(Role.COLLABORATOR, Role.COPY)


def _staff(room: _Room) -> list[Person]:
    return room.staff()


def _actor(room: _Room) -> list[Person]:
    return [room.actor] if room.actor else []


def _quality(room: _Room) -> list[Person]:
    """Quality staff without whom the rating is about: it is hidden from the owner."""
    owners = {rating.owner_id for rating in room.uow.ratings.of_ticket(room.ticket.id)}
    owners.add(room.ticket.owner_id)
    return [person for person in room.uow.people.quality() if person.id not in owners]


def _shared(room: _Room) -> list[Person]:
    found = (room.uow.people.get(person_id) for person_id in room.shared_with)
    return [person for person in found if person is not None and person.technician]


_AUDIENCES: dict[Audience, Callable[[_Room], Iterable[Person]]] = {
    Audience.REQUESTER: _requester,
    Audience.COPIES: _copies,
    Audience.STAFF: _staff,
    Audience.ACTOR: _actor,
    Audience.QUALITY: _quality,
    Audience.SHARED: _shared,
}


#: The timer that sums up for the technicians what they were not told of one by one.
SUMMARY = "summary"


def _bound(uow: UnitOfWork, ticket: Ticket, person: Person, now: datetime) -> str:
    """The bound that keeps the person from hearing of more words in the ticket; empty for none.

    Nobody writes so much: a loop must be behind it.
    """
    claims = (
        (f"{ticket.id} to {person.id}", uow.policy.limits.mails_to_one),
        (f"{ticket.id}", uow.policy.limits.mails_to_all),
    )
    to_one, to_all = uow.budgets.overdraw(claims, now=now)
    return "mails_to_one" if to_one else "mails_to_all" if to_all else ""


def tell(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    event_id: int,
    kind: EventKind,
    visibility: Visibility | None,
    data: Mapping[str, object],
    actor: Person | None,
    addressed: frozenset[str],
    participants: Sequence[Participant] | None = None,
    now: datetime,
) -> None:
    """Queue what the notifications table says; whoever had the message directly is left out.

    `participants` spares a look into storage where the caller knows them all.
    """
    if data.get("quiet"):
        return
    clearance = Clearance(uow=uow, ticket=ticket, now=now, known=participants)
    shared: Any = data.get("shared_with", ())
    room = _Room(uow, ticket, actor, now, clearance, shared)
    told: set[int] = set()
    for row in rows_for(kind, visibility, data):
        for person in _AUDIENCES[row.audience](room):
            own = actor is not None and person.id == actor.id
            if person.id in told or (own and not row.tells_actor):
                continue
            if not room.may_hear(person, row, visibility):
                continue
            told.add(person.id)
            found = _where_reachable(uow, person)
            spared = row.courtesy and found.complained
            if not found.reachable or spared or (not own and person.address in addressed):
                continue
            counts = kind is EventKind.WORKUNIT_ADDED
            bound = _bound(uow, ticket, found, now) if counts else ""
            _queue(uow, ticket, event_id, row, found, bound, now)


def _queue(
    uow: UnitOfWork,
    ticket: Ticket,
    event_id: int,
    row: Row,
    person: Person,
    bound: str,
    now: datetime,
) -> None:
    """Queue one notification; beyond a bound keep that it was not sent, and sum up for staff."""
    notification, role = row.notification, row.audience.value
    if not bound:
        uow.deliveries.add(
            ticket_id=ticket.id,
            event_id=event_id,
            notification=notification,
            role=role,
            person=person,
            now=now,
        )
        return
    budget = (
        uow.policy.limits.mails_to_one
        if bound == "mails_to_one"
        else uow.policy.limits.mails_to_all
    )
    uow.deliveries.withhold(
        ticket_id=ticket.id,
        event_id=event_id,
        notification=notification,
        role=role,
        person=person,
        rule=bound,
        reason=f"there were {budget.limit} {budget.name} already",
        now=now,
    )
    if row.audience is Audience.STAFF:
        uow.timers.set(
            ticket_id=ticket.id,
            kind=SUMMARY,
            key=budget.starts_at(now).isoformat(),
            due_at=budget.ends_at(now),
            reason=f"more than {budget.limit} {budget.name}",
        )


def _where_reachable(uow: UnitOfWork, person: Person) -> Person:
    """The person with another address of theirs where this one refuses mail, if there is one."""
    return person if person.reachable else uow.people.get(person.id) or person
