"""Tickets and what belongs to them: workunits, files, participants, events, references."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.people import Participant, Role
from bot.desk.quotas import REFUSED
from bot.desk.ticket import Event, EventKind, Kind, Priority, Status, Ticket, Visibility, Workunit
from bot.errors import MergedMeanwhile
from bot.ports import NewEvent, NewTicket, NewWorkunit, Reference
from storage.people import PERSON_COLUMNS, person_of
from storage.tables import (
    attachments,
    events,
    identities,
    message_references,
    participants,
    people,
    tickets,
    workunit_shares,
    workunits,
)
from storage.workunits import file_row, files_before, files_of, workunit_of

_OPEN = insert(tickets).returning(tickets.c.id)
_GET = select(tickets).where(tickets.c.id.in_(bindparam("ids", expanding=True)))
_ADD_WORKUNIT = insert(workunits).returning(workunits.c.id)
_ADD_FILES = insert(attachments)
_ADD_EVENT = insert(events).returning(
    events.c.id,
    select(tickets.c.merged_into).where(tickets.c.id == bindparam("in_ticket")).scalar_subquery(),
)
_PARTICIPANTS = (
    select(*PERSON_COLUMNS, participants.c.role)
    .join_from(participants, people)
    .join(identities, identities.c.person_id == people.c.id)
    .where(participants.c.ticket_id == bindparam("ticket_id"))
    .order_by(participants.c.added_at, people.c.id, identities.c.reachable.desc(), identities.c.id)
)
_REFERENCES = (
    select(
        message_references.c.key,
        message_references.c.ticket_id,
        workunits.c.author_id,
        workunits.c.by_technician,
        message_references.c.workunit_id,
        workunits.c.moved_from,
    )
    .join_from(message_references, workunits)
    .where(
        message_references.c.channel == bindparam("channel"),
        message_references.c.scope == bindparam("scope"),
        message_references.c.key.in_(bindparam("keys", expanding=True)),
    )
)
_later = workunits.alias("later")
_ANSWERED_SINCE = exists().where(
    _later.c.ticket_id == workunits.c.ticket_id,
    _later.c.id > workunits.c.id,
    _later.c.by_technician,
    _later.c.visibility == Visibility.PUBLIC.value,
)
_RECENT = (
    select(tickets)
    .where(tickets.c.requester_id == bindparam("requester_id"))
    .order_by(tickets.c.id.desc())
    .limit(bindparam("limit"))
)
_SAID_BEFORE = (
    select(workunits.c.id)
    .where(
        workunits.c.ticket_id == bindparam("ticket_id"),
        workunits.c.author_id == bindparam("author_id"),
        workunits.c.at >= bindparam("since"),
        workunits.c.text == bindparam("text"),
        ~_ANSWERED_SINCE,
    )
    .limit(1)
)
#: The rule of what somebody did at the machine, who is nobody in the database.
_AT_THE_MACHINE = "decided_at_the_command_line"
_TAKEN_UP = (
    select(events.c.id)
    .join_from(events, people, people.c.id == events.c.actor_id, isouter=True)
    .where(
        events.c.ticket_id == bindparam("ticket_id"),
        # Whoever asks for a list has looked at no ticket.
        events.c.kind != EventKind.QUESTION_ANSWERED.value,
        or_(people.c.technician, events.c.rule == _AT_THE_MACHINE),
    )
    .limit(1)
)
#: ``INSERT … ON CONFLICT DO NOTHING`` by dialect name.
_ADD_REFERENCE = {
    "sqlite": sqlite.insert(message_references).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(message_references).on_conflict_do_nothing(),
}
_ADD_PARTICIPANT = {
    "sqlite": sqlite.insert(participants).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(participants).on_conflict_do_nothing(),
}


def ticket_of(row: Any) -> Ticket:
    """Build a Ticket from a row of its table."""
    return Ticket(
        **{
            **row,
            "status": Status(row["status"]),
            "priority": Priority(row["priority"]),
            "kind": Kind(row["kind"]),
            "locked": bool(row["locked"]),
            "trusted": bool(row["trusted"]),
        }
    )


class SqlTickets:
    """Implements `bot.ports.Tickets`."""

    def __init__(self, connection: Connection, recorded: Callable[[Event], None]) -> None:
        self._connection = connection
        self._recorded = recorded
        self._dialect = connection.dialect.name

    def open(self, new: NewTicket) -> Ticket:
        """Insert a ticket and return it with its number."""
        values = {
            "title": new.title,
            "status": Status.NEW.value,
            "priority": int(new.priority),
            "group_id": new.group_id,
            "queue_id": new.queue_id,
            "requester_id": new.requester_id,
            "owner_id": None,
            "opened_at": new.at,
            "closed_at": None,
            "merged_into": None,
            "locked": False,
            "follows": new.follows,
            "trusted": new.trusted,
            "kind": new.kind.value,
            "type": new.type,
            "impact": new.impact,
            "urgency": new.urgency,
            "resolution": "",
            "epilogue": "",
            "closed_by_id": None,
            "company_id": new.company_id,
            "updated_at": new.at,
            "status_since": new.at,
            "outsider_wrote_at": new.at,
            "technician_wrote_at": None,
        }
        number = self._connection.execute(_OPEN, values).scalar_one()
        return ticket_of({"id": number, **values})

    def get(self, ticket_id: int) -> Ticket | None:
        """Return the ticket, or None."""
        return self.get_many([ticket_id]).get(ticket_id)

    def get_many(self, ticket_ids: Collection[int]) -> dict[int, Ticket]:
        """Tickets by number; unknown numbers are left out."""
        if not ticket_ids:
            return {}
        rows = self._connection.execute(_GET, {"ids": list(ticket_ids)}).mappings()
        return {row["id"]: ticket_of(row) for row in rows}

    def change(self, ticket_id: int, **columns: object) -> None:
        """Set columns of the ticket."""
        self._connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(**columns))

    def add_workunit(self, new: NewWorkunit) -> int:
        """Insert a workunit with its files; return its row number."""
        workunit_id: int = self._connection.execute(
            _ADD_WORKUNIT,
            {
                "ticket_id": new.ticket_id,
                "inbox_id": new.inbox_id,
                "author_id": new.author_id,
                "author_name": new.author_name,
                "by_technician": new.by_technician,
                "visibility": new.visibility.value,
                "text": new.text,
                "html": new.html,
                "elided": new.elided,
                "signature": new.signature,
                "at": new.at,
                "message_id": new.message_id,
                "signed": new.signed,
                "minutes": new.minutes,
                "profile": new.profile,
                "hourly_rate": new.hourly_rate,
                "done_at": new.done_at,
                "editor_id": new.editor_id,
            },
        ).scalar_one()
        if new.files:
            rows = [file_row(file, workunit_id) for file in new.files]
            self._connection.execute(_ADD_FILES, rows)
        return workunit_id

    def workunits(self, ticket_id: int) -> list[Workunit]:
        """The whole thread with its files, oldest first."""
        query = select(workunits).where(workunits.c.ticket_id == ticket_id).order_by(workunits.c.id)
        rows = self._connection.execute(query).mappings().all()
        files = files_of(self._connection, [row["id"] for row in rows])
        return [workunit_of(row, files.get(row["id"], ())) for row in rows]

    def recent(self, requester_id: int, *, since: datetime, limit: int) -> list[Ticket]:
        """Tickets that somebody opened since a time, newest first, of their `limit` newest."""
        values = {"requester_id": requester_id, "limit": limit}
        found = map(ticket_of, self._connection.execute(_RECENT, values).mappings())
        return [ticket for ticket in found if ticket.opened_at >= since]

    def count_of(self, requester_id: int, *, group_id: int, since: datetime) -> tuple[int, int]:
        """How many tickets of a requester a group has open, and how many came since a time."""
        theirs = (tickets.c.requester_id == requester_id) & (tickets.c.group_id == group_id)
        counted = theirs & tickets.c.merged_into.is_(None) & (tickets.c.resolution != REFUSED)
        is_open = case((tickets.c.closed_at.is_(None), 1), else_=0)
        is_new = case((tickets.c.opened_at > since, 1), else_=0)
        query = select(func.sum(is_open), func.sum(is_new)).where(counted)
        row = self._connection.execute(query).one()
        return int(row[0] or 0), int(row[1] or 0)

    def open_of(self, owner_id: int) -> list[Ticket]:
        """The open tickets that somebody has, oldest first."""
        mine = (tickets.c.owner_id == owner_id) & tickets.c.closed_at.is_(None)
        rows = self._connection.execute(select(tickets).where(mine).order_by(tickets.c.id))
        return [ticket_of(row) for row in rows.mappings()]

    def count_open(self, owner_ids: Collection[int]) -> dict[int, int]:
        """How many open tickets each of these owners has; whoever has none is left out."""
        query = (
            select(tickets.c.owner_id, func.count().label("open"))
            .where(tickets.c.owner_id.in_(list(owner_ids)), tickets.c.closed_at.is_(None))
            .group_by(tickets.c.owner_id)
        )
        return {row.owner_id: row.open for row in self._connection.execute(query)}

    def said_before(self, ticket_id: int, author_id: int, text: str, *, since: datetime) -> bool:
        """Whether the author has added this very text since a time, and no technician answered."""
        values = {"ticket_id": ticket_id, "author_id": author_id, "since": since, "text": text}
        return self._connection.execute(_SAID_BEFORE, values).first() is not None

    def taken_up(self, ticket_id: int) -> bool:
        """Whether a person at the desk has done anything about the ticket, by mail or by command."""
        return self._connection.execute(_TAKEN_UP, {"ticket_id": ticket_id}).first() is not None

    def files_before(self, hashes: Collection[str], *, author_id: int | None) -> dict[str, bool]:
        """Those of the files (SHA-256) that some workunit has, and whether one of the author's does."""
        return files_before(self._connection, hashes, author_id=author_id)

    def texts(self, ticket_id: int, *, public: bool) -> list[str]:
        """The words of the public workunits, or of all others, oldest first."""
        seen = workunits.c.visibility == Visibility.PUBLIC.value
        query = (
            select(workunits.c.text)
            .where(workunits.c.ticket_id == ticket_id, seen if public else ~seen)
            .order_by(workunits.c.id)
        )
        return list(self._connection.execute(query).scalars())

    def shared_with(self, workunit_id: int) -> set[int]:
        """The people besides its author who may read a private workunit."""
        query = select(workunit_shares.c.person_id).where(
            workunit_shares.c.workunit_id == workunit_id
        )
        return set(self._connection.execute(query).scalars())

    def participants(self, ticket_id: int) -> list[Participant]:
        """Everyone with a part in the ticket, in the order they joined, one address each."""
        rows = self._connection.execute(_PARTICIPANTS, {"ticket_id": ticket_id})
        found: dict[tuple[int, str], Participant] = {}
        for *person, role in rows:
            found.setdefault(
                (person[0], role), Participant(person=person_of(person), role=Role(role))
            )
        return list(found.values())

    def add_participant(self, ticket_id: int, person_id: int, role: Role, *, at: datetime) -> bool:
        """Add a part; False when the person has that part already."""
        result = self._connection.execute(
            _ADD_PARTICIPANT[self._dialect],
            {"ticket_id": ticket_id, "person_id": person_id, "role": role.value, "added_at": at},
        )
        return result.rowcount > 0

    def remove_participant(self, ticket_id: int, person_id: int, role: Role) -> None:
        """Take a part away; nothing happens when there was none."""
        self._connection.execute(
            delete(participants).where(
                participants.c.ticket_id == ticket_id,
                participants.c.person_id == person_id,
                participants.c.role == role.value,
            )
        )

    def add_event(self, new: NewEvent) -> int:
        """Append a fact; return its row number."""
        values: dict[str, Any] = {
            "ticket_id": new.ticket_id,
            "kind": str(new.kind),
            "actor_id": new.actor_id,
            "at": new.at,
            "workunit_id": new.workunit_id,
            "rule": new.rule,
            "data": dict(new.data),
            "configuration_id": new.configuration_id,
        }
        event_id: int
        event_id, merged_into = self._connection.execute(
            _ADD_EVENT, {**values, "in_ticket": new.ticket_id}
        ).one()
        # Whoever merged the ticket moved its words before these were in: they would be left behind.
        if new.workunit_id is not None and merged_into != new.merged_into:
            raise MergedMeanwhile(f"ticket {new.ticket_id} was merged at this moment")
        self._recorded(Event(id=event_id, **values))
        return event_id

    def events(self, ticket_id: int) -> list[Event]:
        """All facts of the ticket, oldest first."""
        query = select(events).where(events.c.ticket_id == ticket_id).order_by(events.c.id)
        return [Event(**row) for row in self._connection.execute(query).mappings()]

    def add_reference(
        self, *, channel: str, scope: str, key: str, ticket_id: int, workunit_id: int
    ) -> None:
        """Remember a foreign message id; the first ticket that had it keeps it."""
        self._connection.execute(
            _ADD_REFERENCE[self._dialect],
            {
                "channel": channel,
                "scope": scope,
                "key": key,
                "ticket_id": ticket_id,
                "workunit_id": workunit_id,
            },
        )

    def find_references(
        self, *, channel: str, scope: str, keys: Collection[str]
    ) -> dict[str, Reference]:
        """What is known of these message ids; unknown ones are left out."""
        if not keys:
            return {}
        rows = self._connection.execute(
            _REFERENCES, {"channel": channel, "scope": scope, "keys": list(keys)}
        )
        return {
            key: Reference(
                ticket_id=ticket_id,
                author_id=author_id,
                by_technician=bool(by_technician),
                workunit_id=workunit_id,
                moved_from=moved_from,
            )
            for key, ticket_id, author_id, by_technician, workunit_id, moved_from in rows
        }

    def newest(self, *, limit: int, everything: bool = False) -> list[Ticket]:
        """Tickets that are still open, or all of them, newest first."""
        query = select(tickets).order_by(tickets.c.id.desc()).limit(limit)
        if not everything:
            query = query.where(tickets.c.closed_at.is_(None))
        return [ticket_of(row) for row in self._connection.execute(query).mappings()]
