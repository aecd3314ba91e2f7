"""From an event to deliveries: who hears of it, each person once, nobody who may not.

First everybody whom a row of the table speaks of, in memory; then what keeps them from being told,
on which addresses they are, and when: a few looks into storage for all of them together, and one
statement that queues the lot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clearance import Clearance, stand_in
from bot.desk.access import READING, Deed
from bot.desk.limits import Budget
from bot.desk.matrix import Choice, Way
from bot.desk.notifications import Audience, Row, rows_for
from bot.desk.pace import Case, slot_of
from bot.desk.people import Participant, Person, Role
from bot.desk.ticket import EventKind, Priority, Ticket, Visibility
from bot.ports import NewDelivery, UnitOfWork


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

    def owner(self) -> list[Person]:
        """Whoever has the ticket; one who has left or takes no mail has it no more than nobody."""
        owners = self.parts(Role.OWNER) if self.ticket.owner_id is not None else []
        return self._at_work(p for p in owners if p.technician and p.reachable)

    def taken_up(self) -> bool:
        by_technician = self.actor is not None and self.actor.technician
        answered = self.ticket.technician_wrote_at is not None
        return by_technician or answered or self.uow.tickets.taken_up(self.ticket.id)

    def _is_nobodys_word(self, person: Person) -> bool:
        """Whether a rule would make the desk write to an address that anybody may have named.

        Acknowledgements have a budget; a hundred forged requests would be a hundred such mails more.
        """
        forged = not (self.ticket.trusted or person.technician or person.trusted)
        return forged and self.actor is None and not self.taken_up()

    def group(self) -> list[Person]:
        return self._at_work(self.uow.people.staff(self.ticket.group_id))

    def staff(self) -> list[Person]:
        """The owner, or the whole group while nobody has the ticket; technicians only."""
        working = self.owner() or self.group()
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
        if row.notification == "status" and self._is_nobodys_word(person):
            return False
        deed = READING[visibility] if visibility else _DEEDS.get(row.audience, Deed.SEE_TICKET)
        return self.clearance.may(person, deed).allowed


#: What those have to be allowed whom an event without words concerns.
_DEEDS = {Audience.QUALITY: Deed.READ_RATING}


def _requester(room: _Room) -> list[Person]:
    return room.parts(Role.REQUESTER)


def _copies(room: _Room) -> list[Person]:
    """Third parties, once a person at the desk has done something about the ticket.

    Before that a stranger could name anybody and let us write to them. What the desk does by itself
    looks at nobody: a ticket given out in turn, a status that a rule or a missing field sets.
    """
    parts = room.parts(Role.COLLABORATOR, Role.COPY)
    return parts if parts and room.taken_up() else []


def _collaborators(room: _Room) -> list[Person]:
    return room.parts(Role.COLLABORATOR) if _copies(room) else []


def _staff(room: _Room) -> list[Person]:
    return room.staff()


def _owner(room: _Room) -> list[Person]:
    return room.owner()


def _group(room: _Room) -> list[Person]:
    return room.group()


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
    Audience.COLLABORATORS: _collaborators,
    Audience.STAFF: _staff,
    Audience.OWNER: _owner,
    Audience.GROUP: _group,
    Audience.ACTOR: _actor,
    Audience.QUALITY: _quality,
    Audience.SHARED: _shared,
}


#: The timer that sums up for the technicians what they were not told of one by one.
SUMMARY = "summary"
#: Rules by which somebody is not told, as `replydesk show --why` names them.
MUTED = "muted"
THREAD_ONLY = "thread_only"


@dataclass(frozen=True, kw_only=True, slots=True)
class _News:
    """One row of the table for one person."""

    row: Row
    person: Person
    #: True when the person caused the event.
    own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Event:
    """What there is to tell."""

    uow: UnitOfWork
    ticket: Ticket
    id: int
    kind: EventKind
    now: datetime

    def queued(
        self, news: _News, person: Person, latest: datetime | None, choice: Choice
    ) -> NewDelivery:
        """One notification to one address, with its time."""
        case = Case(
            row=news.row,
            pace=choice.pace,
            person=person,
            priority=self.ticket.priority,
            own=news.own,
            latest=latest,
            notify=self.uow.policy.notify,
            now=self.now,
        )
        slot = slot_of(case)
        new = self._new(news, person)
        return replace(new, due_at=slot.due_at, bundle=slot.bundle.value, rule=slot.rule)

    def withheld(self, news: _News, rule: str, reason: str) -> NewDelivery:
        """One notification that is not sent, with the rule that forbids it."""
        return replace(self._new(news, news.person), withheld=True, rule=rule, reason=reason)

    def _new(self, news: _News, person: Person) -> NewDelivery:
        return NewDelivery(
            ticket_id=self.ticket.id,
            event_id=self.id,
            notification=news.row.notification,
            role=news.row.role,
            person=person,
            due_at=self.now,
        )


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
    rows = rows_for(kind, visibility, data)
    news = _reachable(uow, list(_concerned(room, rows, visibility)), addressed)
    if not news:
        return
    event = _Event(uow=uow, ticket=ticket, id=event_id, kind=kind, now=now)
    open_news, held_back = _allowed(event, news)
    held_back += _beyond_bounds(event, open_news)
    uow.deliveries.add_all([*_addressed(event, open_news), *held_back])


def _concerned(room: _Room, rows: Iterable[Row], visibility: Visibility | None) -> Iterator[_News]:
    """Everybody of whom the rows speak, each by the first row, the author of the change by few."""
    told: set[int] = set()
    for row in rows:
        for person in _AUDIENCES[row.audience](room):
            own = room.actor is not None and person.id == room.actor.id
            if person.id in told or (own and not row.tells_actor):
                continue
            if not room.may_hear(person, row, visibility):
                continue
            told.add(person.id)
            yield _News(row=row, person=person, own=own)


def _reachable(uow: UnitOfWork, news: list[_News], addressed: frozenset[str]) -> list[_News]:
    """With another address of theirs where one refuses mail; without those who cannot be told."""
    lost = [one.person.id for one in news if not one.person.reachable]
    others = uow.preferences.reachable(lost) if lost else {}
    found = [replace(one, person=others.get(one.person.id, one.person)) for one in news]
    return [
        one
        for one, before in zip(found, news, strict=True)
        if one.person.reachable
        and not (one.row.courtesy and one.person.complained)
        and (one.own or before.person.address not in addressed)
    ]


def _allowed(event: _Event, news: list[_News]) -> tuple[list[_News], list[NewDelivery]]:
    """Those who want to hear of it, and what is kept from the others, with the reason."""
    pierces = event.ticket.priority is Priority.P1 or event.kind is EventKind.TICKET_OPENED
    muted = frozenset() if pierces else event.uow.preferences.muted(event.ticket.id)
    open_news: list[_News] = []
    held_back: list[NewDelivery] = []
    for one in news:
        if not _sends(event, one):
            held_back.append(event.withheld(one, THREAD_ONLY, "it stands in the ticket's thread"))
        elif one.person.id in muted and not (one.own or one.row.pierces):
            held_back.append(event.withheld(one, MUTED, "they want to hear no more of the ticket"))
        else:
            open_news.append(one)
    return open_news, held_back


def _sends(event: _Event, one: _News) -> bool:
    ways = event.uow.policy.notify.choose(one.row, event.ticket.priority).ways
    return any(way is not Way.COMMENT for way in ways)


def _beyond_bounds(event: _Event, news: list[_News]) -> list[NewDelivery]:
    """Take out who would hear of more words in the ticket than a bound allows; sum up for staff.

    Nobody writes so much: a loop must be behind it.
    """
    if event.kind is not EventKind.WORKUNIT_ADDED or not news:
        return []
    limits, ticket_id = event.uow.policy.limits, event.ticket.id
    claims = [(f"{ticket_id} to {one.person.id}", limits.mails_to_one) for one in news]
    claims += [(f"{ticket_id}", limits.mails_to_all)] * len(news)
    over = event.uow.budgets.overdraw(claims, now=event.now)
    held_back: list[NewDelivery] = []
    within: list[_News] = []
    for one, to_one, to_all in zip(news, over[: len(news)], over[len(news) :], strict=True):
        if not (to_one or to_all):
            within.append(one)
            continue
        rule, budget = (
            ("mails_to_one", limits.mails_to_one)
            if to_one
            else ("mails_to_all", limits.mails_to_all)
        )
        reason = f"there were {budget.limit} {budget.name} already"
        held_back.append(event.withheld(one, rule, reason))
        if one.row.role == Audience.STAFF:
            _sum_up_later(event, budget)
    news[:] = within
    return held_back


def _sum_up_later(event: _Event, budget: Budget) -> None:
    event.uow.timers.set(
        ticket_id=event.ticket.id,
        kind=SUMMARY,
        key=budget.starts_at(event.now).isoformat(),
        due_at=budget.ends_at(event.now),
        reason=f"more than {budget.limit} {budget.name}",
    )


def _addressed(event: _Event, news: list[_News]) -> Iterator[NewDelivery]:
    """Each person at the addresses that the matrix chooses, with their time."""
    notify = event.uow.policy.notify
    choices = [notify.choose(one.row, event.ticket.priority) for one in news]
    pushed = [
        one.person.id for one, choice in zip(news, choices, strict=True) if Way.PUSH in choice.ways
    ]
    ringing = event.uow.preferences.ringing(pushed) if pushed else {}
    targets = [
        (one, person, choice)
        for one, choice in zip(news, choices, strict=True)
        for person in _addresses(one.person, choice, ringing)
    ]
    joining = [person.identity_id for one, person, _ in targets if one.row.joins]
    fresh = event.kind is EventKind.TICKET_OPENED or not joining
    latest = {} if fresh else event.uow.deliveries.latest(event.ticket.id, joining)
    for one, person, choice in targets:
        yield event.queued(one, person, latest.get(person.identity_id), choice)


def _addresses(person: Person, choice: Choice, ringing: Mapping[int, Person]) -> Iterator[Person]:
    """The person once for each address that news go to; whoever cannot be rung gets a mail."""
    rings = ringing.get(person.id) if Way.PUSH in choice.ways else None
    if rings is not None:
        yield rings
    if rings is None or (Way.MAIL in choice.ways and rings.identity_id != person.identity_id):
        yield person
