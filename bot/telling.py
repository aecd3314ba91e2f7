"""From an event to deliveries: who hears of it, each person once, nobody who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.limits import Budget
from bot.desk.notifications import Audience, rows_for
from bot.desk.ticket import EventKind, Participant, Person, Role, Status, Ticket, Visibility
from bot.ports import UnitOfWork


@dataclass(slots=True)
class _Room:
    """Who is there to be told, looked up at most once an event."""

    uow: UnitOfWork
    ticket: Ticket
    actor: Person | None
    _participants: Sequence[Participant] | None = None

    def parts(self, *roles: Role) -> list[Person]:
        if self._participants is None:
            self._participants = self.uow.tickets.participants(self.ticket.id)
        return [part.person for part in self._participants if part.role in roles]

    def staff(self) -> list[Person]:
        """The owner, or the whole group while nobody has the ticket; technicians only.

        An owner who has left or takes no mail has the ticket no more than nobody has.
        """
        owners = self.parts(Role.OWNER) if self.ticket.owner_id is not None else []
        working = [p for p in owners if p.technician and p.reachable]
        working = working or self.uow.people.staff(self.ticket.group_id)
        return [p for p in (*working, *self.parts(Role.EDITOR, Role.WATCHER)) if p.technician]


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


_AUDIENCES: dict[Audience, Callable[[_Room], Iterable[Person]]] = {
    Audience.REQUESTER: _requester,
    Audience.COPIES: _copies,
    Audience.STAFF: _staff,
    Audience.ACTOR: _actor,
}


#: Mails to one person about words in one ticket. Far more than people write, and the end of two
#: machines that answer each other through us.
_MAILS = Budget(name="mails about a ticket in an hour", window=timedelta(hours=1), limit=40)


def _too_many(
    uow: UnitOfWork, ticket: Ticket, person: Person, kind: EventKind, now: datetime
) -> bool:
    """Whether the person has had so many mails about the ticket that a loop must be behind it."""
    if kind is not EventKind.WORKUNIT_ADDED:
        return False
    return not uow.budgets.spend(f"{ticket.id} to {person.id}", (_MAILS,), now=now)


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
    room = _Room(uow, ticket, actor, participants)
    told: set[int] = set()
    for row in rows_for(kind, visibility, data):
        for person in _AUDIENCES[row.audience](room):
            own = actor is not None and person.id == actor.id
            if person.id in told or (own and not row.tells_actor):
                continue
            told.add(person.id)
            if _too_many(uow, ticket, person, kind, now):
                continue
            found = _where_reachable(uow, person)
            spared = row.courtesy and found.complained
            if found.reachable and not spared and (own or person.address not in addressed):
                uow.deliveries.add(
                    ticket_id=ticket.id,
                    event_id=event_id,
                    notification=row.notification,
                    role=row.audience.value,
                    person=found,
                    now=now,
                )


def _where_reachable(uow: UnitOfWork, person: Person) -> Person:
    """The person with another address of theirs where this one refuses mail, if there is one."""
    return person if person.reachable else uow.people.get(person.id) or person
