"""Deliveries: notifications on their way, with their fate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.ticket import Event, Group, Person, Queue
from bot.ports import DueDelivery
from storage.inbox import LostClaim
from storage.people import PERSON_COLUMNS, person_of
from storage.tables import (
    deliveries,
    events,
    groups,
    identities,
    people,
    queues,
    tickets,
    workunits,
)
from storage.tickets import files_of, ticket_of, workunit_of

#: How many earlier messages of a conversation a reference chain names.
THREAD_LENGTH = 12

_ADD = {
    "sqlite": sqlite.insert(deliveries).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(deliveries).on_conflict_do_nothing(),
}

_earlier = deliveries.alias("earlier")
_DUE = (
    select(deliveries.c.id)
    .where(
        deliveries.c.state == "due",
        deliveries.c.due_at <= bindparam("now"),
        # Order within a conversation: nothing overtakes what is still open.
        ~exists().where(
            _earlier.c.identity_id == deliveries.c.identity_id,
            _earlier.c.ticket_id == deliveries.c.ticket_id,
            _earlier.c.id < deliveries.c.id,
            _earlier.c.state.in_(("due", "claimed")),
        ),
    )
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(deliveries)
    .where(deliveries.c.id.in_(_DUE))
    .values(state="claimed", claimed_by=bindparam("holder"), attempts=deliveries.c.attempts + 1)
    .returning(deliveries.c.id)
)
_actor = people.alias("actor")
_owner = people.alias("owner")


def _labelled(table: Any, prefix: str) -> list[Any]:  # noqa: ANN401 - any table or alias
    return [column.label(f"{prefix}_{column.name}") for column in table.columns]


_LOAD = (
    select(
        deliveries.c.id,
        deliveries.c.notification,
        deliveries.c.role,
        deliveries.c.attempts,
        deliveries.c.message_id,
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

# What one person has seen in one ticket: mails sent to them, mails they wrote, and the public
# mails of others that the desk passed on with their own ids.
_THREAD = union_all(
    select(deliveries.c.message_id.label("message_id"), deliveries.c.sent_at.label("at")).where(
        deliveries.c.ticket_id == bindparam("ticket_id"),
        deliveries.c.person_id == bindparam("person_id"),
        deliveries.c.message_id.is_not(None),
        deliveries.c.sent_at.is_not(None),
    ),
    select(workunits.c.message_id, workunits.c.at).where(
        workunits.c.ticket_id == bindparam("ticket_id"),
        workunits.c.author_id == bindparam("person_id"),
        workunits.c.message_id.is_not(None),
    ),
).order_by("at")
_MINE = and_(
    deliveries.c.id == bindparam("delivery_id"),
    deliveries.c.state == "claimed",
    deliveries.c.claimed_by == bindparam("holder"),
)
_SENT = (
    update(deliveries)
    .where(_MINE)
    .values(
        state="sent",
        claimed_by=None,
        sent_at=bindparam("at"),
        message_id=bindparam("new_message_id"),
        reason=bindparam("response"),
    )
)
_RETRY = (
    update(deliveries)
    .where(_MINE)
    .values(state="due", claimed_by=None, due_at=bindparam("at"), reason=bindparam("new_reason"))
)
_CANCEL = (
    update(deliveries)
    .where(_MINE)
    .values(state="cancelled", claimed_by=None, reason=bindparam("new_reason"))
)
_REFUSE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery_id"), deliveries.c.state != "refused")
    .values(
        state="refused",
        claimed_by=None,
        reason=bindparam("new_reason"),
        code=bindparam("new_code"),
    )
    .returning(deliveries.c.ticket_id, deliveries.c.person_id, deliveries.c.identity_id)
)


class SqlDeliveries:
    """Implements `bot.ports.Deliveries`."""

    def __init__(self, connection: Connection, wake_on_commit: Callable[[str], None]) -> None:
        self._connection = connection
        self._wake_on_commit = wake_on_commit

    def add(
        self,
        *,
        ticket_id: int,
        event_id: int,
        notification: str,
        role: str,
        person: Person,
        now: datetime,
    ) -> None:
        """Queue one notification for one person; the same one twice is one."""
        self._connection.execute(
            _ADD[self._connection.dialect.name],
            {
                "ticket_id": ticket_id,
                "event_id": event_id,
                "notification": notification,
                "role": role,
                "person_id": person.id,
                "identity_id": person.identity_id,
                "state": "due",
                "due_at": now,
            },
        )
        self._wake_on_commit("deliveries")

    def claim(self, *, limit: int, holder: str, now: datetime) -> list[DueDelivery]:
        """Take due rows, in order within each conversation (one person, one ticket)."""
        ids = (
            self._connection.execute(_CLAIM, {"now": now, "limit": limit, "holder": holder})
            .scalars()
            .all()
        )
        if not ids:
            return []
        rows = self._connection.execute(_LOAD, {"ids": list(ids)}).mappings().all()
        requesters = self._people({row["ticket_requester_id"] for row in rows})
        with_words = {row["event_workunit_id"] for row in rows} - {None}
        files = files_of(self._connection, with_words)
        return [_due(row, requesters, files, self._thread(row)) for row in rows]

    def sent(
        self, delivery_id: int, *, holder: str, at: datetime, message_id: str, response: str
    ) -> None:
        """Record that the next hop took it."""
        self._one(
            _SENT,
            delivery_id=delivery_id,
            holder=holder,
            at=at,
            new_message_id=message_id,
            response=response,
        )

    def retry(self, delivery_id: int, *, holder: str, at: datetime, reason: str) -> None:
        """Give it back, due again at a time."""
        self._one(_RETRY, delivery_id=delivery_id, holder=holder, at=at, new_reason=reason)

    def cancel(self, delivery_id: int, *, holder: str, reason: str) -> None:
        """Record that it makes no sense any more."""
        self._one(_CANCEL, delivery_id=delivery_id, holder=holder, new_reason=reason)

    def refuse(self, delivery_id: int, *, reason: str, code: str) -> tuple[int, int, int] | None:
        """Record that it will never arrive: (ticket, person, identity), or None when unknown."""
        row = self._connection.execute(
            _REFUSE, {"delivery_id": delivery_id, "new_reason": reason, "new_code": code}
        ).first()
        return (row[0], row[1], row[2]) if row else None

    def of_ticket(self, ticket_id: int) -> list[dict[str, Any]]:
        """Every delivery of a ticket with its address, oldest first, for listing."""
        query = (
            select(deliveries, identities.c.channel, identities.c.address)
            .join_from(deliveries, identities)
            .where(deliveries.c.ticket_id == ticket_id)
            .order_by(deliveries.c.id)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def refused(self, *, limit: int = 1000) -> list[dict[str, Any]]:
        """Deliveries that will never arrive, newest first, for listing."""
        query = (
            select(deliveries, identities.c.channel, identities.c.address)
            .join_from(deliveries, identities)
            .where(deliveries.c.state == "refused")
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def replay(self, delivery_id: int, *, now: datetime) -> bool:
        """Make a refused delivery due again."""
        result = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.state == "refused")
            .values(state="due", due_at=now, attempts=0, code="")
        )
        self._wake_on_commit("deliveries")
        return result.rowcount == 1

    def next_due(self) -> datetime | None:
        """When the next delivery is due, or None."""
        query = (
            select(deliveries.c.due_at)
            .where(deliveries.c.state == "due")
            .order_by(deliveries.c.due_at)
            .limit(1)
        )
        return self._connection.execute(query).scalar()

    def _people(self, ids: set[int]) -> dict[int, Person]:
        rows = self._connection.execute(_PEOPLE, {"ids": list(ids)})
        return {person.id: person for person in map(person_of, rows)}

    def _thread(self, row: Any) -> tuple[str, ...]:  # noqa: ANN401 - a row mapping
        # The first answer to a first mail needs no look: there is only that mail.
        if row["event_kind"] == "ticket.opened" and row["role"] == "requester":
            first = row["workunit_message_id"]
            return (first,) if first else ()
        found = self._connection.execute(
            _THREAD, {"ticket_id": row["ticket_id"], "person_id": row["person_0"]}
        )
        ids = [message_id for message_id, _at in found]
        return tuple(ids[:1] + ids[1:][-THREAD_LENGTH:])

    def release(self, *, holder: str) -> None:
        """Give back every row this process has claimed."""
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.state == "claimed", deliveries.c.claimed_by == holder)
            .values(state="due", claimed_by=None)
        )

    def _one(self, statement: Any, **values: object) -> None:  # noqa: ANN401 - an update
        if self._connection.execute(statement, values).rowcount != 1:
            raise LostClaim(f"delivery {values['delivery_id']} is no longer ours")


def _part(row: Any, prefix: str, columns: Iterable[Any]) -> dict[str, Any]:  # noqa: ANN401 - a row mapping
    return {column.name: row[f"{prefix}_{column.name}"] for column in columns}


def _due(
    row: Any,  # noqa: ANN401 - a row mapping
    requesters: dict[int, Person],
    files: dict[int, Any],
    thread: tuple[str, ...],
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
        thread=thread,
    )
