"""Everything that is stored about one ticket, read at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot import actions
from bot.cli.opening import Storage
from bot.desk.people import Participant, Person
from bot.desk.relations import Asset
from bot.desk.satisfaction import Rating
from bot.desk.ticket import Event, EventKind, Ticket, Visibility, Workunit
from bot.desk.workunits import cost_of, minutes_of
from bot.errors import NotFound
from bot.ports import DueTimer
from storage.records import inbox_of_workunits
from storage.unit_of_work import SqlUnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """One ticket with its thread, its history and its mails."""

    ticket: Ticket
    queue: str
    group: str
    participants: list[Participant]
    #: What each linked ticket is called here, and its number.
    links: list[tuple[str, int]]
    tags: list[str]
    assets: list[Asset]
    workunits: list[Workunit]
    events: list[Event]
    #: Rows of the inbox that ended here, as stored.
    mails: list[dict[str, Any]]
    #: Deliveries with their address, as stored.
    deliveries: list[dict[str, Any]]
    #: What machines said about them, as stored.
    reports: list[dict[str, Any]]
    #: What was thought of it; empty where that is hidden.
    ratings: list[Rating]
    #: What happens by itself, and when.
    timers: list[DueTimer]
    #: Inbox row by workunit.
    sources: Mapping[int, int]
    #: Everybody who did anything, by number.
    people: Mapping[int, Person]

    @property
    def minutes_used(self) -> int:
        """The time of all its workunits."""
        return minutes_of(self.workunits)

    @property
    def cost(self) -> int:
        """What they cost together, in the smallest coin."""
        return cost_of(self.workunits)

    def name(self, person_id: int | None) -> str:
        """Whoever did something, in words."""
        person = self.people.get(person_id) if person_id is not None else None
        if person is None:
            return "the desk"
        return f"{person.name} <{person.address}>" if person.name else person.address


def without_private(dossier: Dossier) -> Dossier:
    """The same with private words left out: they are for their author and administrators."""
    units = (
        replace(unit, text="", html=None, elided="", signature="", files=())
        if unit.visibility is Visibility.PRIVATE
        else unit
        for unit in dossier.workunits
    )
    return replace(dossier, workunits=list(units))


def read_dossier(storage: Storage, ticket_id: int, *, ratings: bool = False) -> Dossier:
    """Read all of a ticket in one transaction; raises NotFound.

    Without `ratings` nothing in it says what the requester thought: its owner may look, too.
    """
    dossier = storage.database.read(partial(_read, ticket_id))
    return dossier if ratings else _without_ratings(dossier)


def _without_ratings(dossier: Dossier) -> Dossier:
    """Who was told gives a bad rating away as well; events of older versions hold the rating itself."""
    hidden = {row["id"] for row in dossier.deliveries if row["notification"] == "rated"}
    return replace(
        dossier,
        ratings=[],
        events=[
            replace(event, data={}) if event.kind == EventKind.TICKET_RATED else event
            for event in dossier.events
            if not (event.kind.startswith("delivery.") and event.data.get("delivery") in hidden)
        ],
        deliveries=[row for row in dossier.deliveries if row["id"] not in hidden],
        reports=[row for row in dossier.reports if row["delivery_id"] not in hidden],
    )


def _read(ticket_id: int, uow: SqlUnitOfWork) -> Dossier:
    ticket = uow.tickets.get(ticket_id)
    if ticket is None:
        raise NotFound(f"there is no ticket {ticket_id}")
    events, workunits = uow.tickets.events(ticket_id), uow.tickets.workunits(ticket_id)
    deliveries, participants = (
        uow.deliveries.of_ticket(ticket_id),
        uow.tickets.participants(ticket_id),
    )
    numbers = {event.actor_id for event in events} | {unit.author_id for unit in workunits}
    numbers |= {ticket.owner_id, ticket.requester_id, ticket.closed_by_id}
    numbers |= {*(row["person_id"] for row in deliveries)}
    numbers |= {part.person.id for part in participants}
    found = (uow.people.get(number) for number in numbers if number is not None)
    return Dossier(
        ticket=ticket,
        queue=next((q.address for q in uow.people.queues() if q.id == ticket.queue_id), ""),
        group=next((g.name for g in uow.people.groups() if g.id == ticket.group_id), ""),
        participants=participants,
        links=actions.ends(uow, ticket_id),
        tags=uow.relations.tags(ticket_id),
        assets=uow.relations.assets(ticket_id),
        workunits=workunits,
        events=events,
        mails=uow.inbox.of_ticket(ticket_id),
        deliveries=deliveries,
        reports=uow.reports.of_ticket(ticket_id),
        ratings=uow.ratings.of_ticket(ticket_id),
        timers=uow.timers.of_ticket(ticket_id),
        sources=inbox_of_workunits(uow.connection, ticket_id),
        people={person.id: person for person in found if person is not None},
    )
