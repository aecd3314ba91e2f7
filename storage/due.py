"""Everything needed to render and send a delivery, in few looks into the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, select, union_all

from bot.desk.people import Group, Person, Queue, Role
from bot.desk.satisfaction import Rating
from bot.desk.ticket import Event, Visibility, Workunit
from bot.ports import DueDelivery
from storage.details import details_of
from storage.people import PERSON_COLUMNS, person_of
from storage.ratings import SqlRatings
from storage.relations import assets_of
from storage.tables import (
    deliveries,
    events,
    groups,
    identities,
    participants,
    people,
    queues,
    tickets,
    workunits,
)
from storage.tickets import ticket_of
from storage.workunits import CAME_BY_MERGE, files_of, workunit_of

#: How many earlier messages of a conversation a reference chain names.
THREAD_LENGTH = 12

_actor = people.alias("actor")
_owner = people.alias("owner")


def _labelled(table: Any, prefix: str) -> list[Any]:
    return [column.label(f"{prefix}_{column.name}") for column in table.columns]


_LOAD = (
    select(
        deliveries.c.id,
        deliveries.c.notification,
        deliveries.c.role,
        deliveries.c.attempts,
        deliveries.c.message_id,
        deliveries.c.bundle,
        *(column.label(f"person_{n}") for n, column in enumerate(PERSON_COLUMNS)),
        *_labelled(events, "event"),
        *_labelled(tickets, "ticket"),
        *_labelled(workunits, "workunit"),
        *_labelled(queues, "queue"),
        groups.c.name.label("group_name"),
        _owner.c.name.label("owner_name"),
        _actor.c.name.label("actor_name"),
        _actor.c.technician.label("actor_technician"),
    )
    .join_from(deliveries, events, events.c.id == deliveries.c.event_id)
    .join(tickets, tickets.c.id == deliveries.c.ticket_id)
    .join(queues, queues.c.id == tickets.c.queue_id)
    .join(groups, groups.c.id == tickets.c.group_id)
    .join(people, people.c.id == deliveries.c.person_id)
    .join(identities, identities.c.id == deliveries.c.identity_id)
    .outerjoin(workunits, workunits.c.id == events.c.workunit_id)
    .outerjoin(_owner, _owner.c.id == tickets.c.owner_id)
    .outerjoin(_actor, _actor.c.id == events.c.actor_id)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(deliveries.c.id)
)
_PEOPLE = (
    select(*PERSON_COLUMNS)
    .join_from(people, identities)
    .where(people.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(identities.c.reachable, identities.c.id.desc())
)

_FIRST_WORDS = (
    select(workunits)
    .where(
        workunits.c.ticket_id == bindparam("ticket_id"),
        workunits.c.visibility == Visibility.PUBLIC.value,
        ~CAME_BY_MERGE,
    )
    .order_by(workunits.c.id)
    .limit(1)
)
# Somebody who came with a ticket that was merged into this one.
_GUEST = (
    select(participants.c.ticket_id)
    .join_from(participants, tickets)
    .where(
        participants.c.person_id == bindparam("person_id"),
        tickets.c.merged_into == bindparam("ticket_id"),
    )
    .limit(1)
)

# What one person has seen in one ticket: mails sent to them and mails they wrote.
_THREAD = union_all(
    select(deliveries.c.message_id.label("message_id"), deliveries.c.sent_at.label("at")).where(
        deliveries.c.ticket_id == bindparam("ticket_id"),
        deliveries.c.person_id == bindparam("person_id"),
        deliveries.c.message_id.is_not(None),
        deliveries.c.sent_at.is_not(None),
        # A digest is about many tickets and belongs to the thread of none.
        deliveries.c.bundle != "digest",
    ),
    select(workunits.c.message_id, workunits.c.at).where(
        workunits.c.ticket_id == bindparam("ticket_id"),
        workunits.c.author_id == bindparam("person_id"),
        workunits.c.message_id.is_not(None),
    ),
).order_by("at")

_COPIES = (
    select(participants.c.ticket_id, people.c.id, people.c.name, identities.c.address)
    .join_from(participants, people)
    .join(identities, identities.c.person_id == people.c.id)
    .where(
        participants.c.ticket_id.in_(bindparam("ids", expanding=True)),
        participants.c.role.in_((Role.COPY.value, Role.COLLABORATOR.value)),
        people.c.technician.is_(False),
    )
    .order_by(participants.c.added_at, people.c.id, identities.c.id)
)


def load_due(
    connection: Connection, messages: Mapping[int, tuple[int, ...]], *, details: bool = False
) -> list[DueDelivery]:
    """The deliveries with these numbers, each with its companions, oldest first.

    With details of their tickets on demand.
    """
    ids = [*messages, *(number for along in messages.values() for number in along)]
    rows = connection.execute(_LOAD, {"ids": ids}).mappings().all()
    requesters = _people(connection, {row["ticket_requester_id"] for row in rows})
    with_words = {row["event_workunit_id"] for row in rows} - {None}
    files = files_of(connection, with_words)
    known = details_of(connection, {row["ticket_id"] for row in rows}) if details else {}
    assets = assets_of(connection, {row["ticket_id"] for row in rows})
    copies = _copies(connection, {row["ticket_id"] for row in rows})
    found = {
        row["id"]: replace(
            _complete(connection, row, requesters, files)
            if row["id"] in messages
            else _due(row, requesters, files, (), None, None),
            details=known.get(row["ticket_id"]),
            assets=assets.get(row["ticket_id"], ()),
            copies=copies.get(row["ticket_id"], ()),
        )
        for row in rows
    }
    return [
        replace(found[lead], companions=tuple(found[n] for n in along)) if along else found[lead]
        for lead, along in sorted(messages.items())
    ]


def _copies(connection: Connection, ticket_ids: set[int]) -> dict[int, tuple[str, ...]]:
    """Names of everybody outside who reads a ticket's public words beside its requester."""
    found: dict[int, dict[int, str]] = {}
    for ticket_id, person_id, name, address in connection.execute(
        _COPIES, {"ids": list(ticket_ids)}
    ):
        found.setdefault(ticket_id, {}).setdefault(person_id, name or address)
    return {ticket_id: tuple(names.values()) for ticket_id, names in found.items()}


def _people(connection: Connection, ids: set[int]) -> dict[int, Person]:
    rows = connection.execute(_PEOPLE, {"ids": list(ids)})
    return {person.id: person for person in map(person_of, rows)}


def _complete(
    connection: Connection, row: Any, requesters: dict[int, Person], files: dict[int, Any]
) -> DueDelivery:
    thread = _thread(connection, row)
    newcomer = _is_new_here(connection, row, thread)
    first = _first_words(connection, row["ticket_id"]) if newcomer else None
    rating = None
    if row["notification"] == "rated" and row["event_actor_id"] is not None:
        rating = SqlRatings(connection).get(row["ticket_id"], row["event_actor_id"])
    return _due(row, requesters, files, thread, first, rating)


def _is_new_here(connection: Connection, row: Any, thread: tuple[str, ...]) -> bool:
    """Whether what was said before belongs into the mail.

    Never for somebody outside who came by a merge: those words were not written to them.
    """
    match row["notification"]:
        case "assigned":
            return True
        case "new-ticket":
            return row["event_workunit_id"] is None
        case "copy" if not thread:
            values = {"person_id": row["person_0"], "ticket_id": row["ticket_id"]}
            return connection.execute(_GUEST, values).first() is None
    return False


def _first_words(connection: Connection, ticket_id: int) -> Workunit | None:
    row = connection.execute(_FIRST_WORDS, {"ticket_id": ticket_id}).mappings().first()
    return workunit_of(row, ()) if row else None


def _thread(connection: Connection, row: Any) -> tuple[str, ...]:
    # The first answer to a first mail needs no look: there is only that mail.
    if row["event_kind"] == "ticket.opened" and row["role"] == "requester":
        first = row["workunit_message_id"]
        return (first,) if first else ()
    found = connection.execute(
        _THREAD, {"ticket_id": row["ticket_id"], "person_id": row["person_0"]}
    )
    # What went together has one id.
    ids = list(dict.fromkeys(message_id for message_id, _at in found))
    return tuple(ids[:1] + ids[1:][-THREAD_LENGTH:])


def _part(row: Any, prefix: str, columns: Iterable[Any]) -> dict[str, Any]:
    return {column.name: row[f"{prefix}_{column.name}"] for column in columns}


def _due(
    row: Any,
    requesters: dict[int, Person],
    files: dict[int, Any],
    thread: tuple[str, ...],
    background: Workunit | None,
    rating: Rating | None,
) -> DueDelivery:
    workunit = None
    if row["workunit_id"] is not None:
        words = _part(row, "workunit", workunits.columns)
        workunit = workunit_of(words, files.get(row["workunit_id"], ()))
    return DueDelivery(
        id=row["id"],
        notification=row["notification"],
        role=row["role"],
        attempts=row["attempts"],
        at=row["event_at"],
        person=person_of([row[f"person_{n}"] for n in range(len(PERSON_COLUMNS))]),
        event=Event(**_part(row, "event", events.columns)),
        ticket=ticket_of(_part(row, "ticket", tickets.columns)),
        workunit=workunit,
        requester=requesters[row["ticket_requester_id"]],
        owner_name=row["owner_name"] or "",
        actor_name=row["actor_name"] or "",
        actor_is_technician=bool(row["actor_technician"]),
        group=Group(id=row["ticket_group_id"], name=row["group_name"]),
        queue=Queue(**_part(row, "queue", queues.columns)),
        message_id=row["message_id"],
        bundle=row["bundle"],
        background=background,
        thread=thread,
        rating=rating,
    )
