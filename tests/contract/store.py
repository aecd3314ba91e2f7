"""Short words for what tests of storage do again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Table, select

from bot.desk.people import Person, Role
from bot.desk.ticket import Event, EventKind, Priority, Ticket, Visibility
from bot.ports import (
    Accepted,
    Arrival,
    ClaimedMessage,
    DueDelivery,
    Envelope,
    NewDelivery,
    NewEvent,
    NewTicket,
    NewWorkunit,
)
from storage.blobs import FolderBlobs
from storage.database import Database
from storage.tables import deliveries, inbox
from storage.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def arrival(name: str, *, raw: bytes = b"Subject: x\r\n\r\nhello", at: datetime = NOW) -> Arrival:
    return Arrival(
        channel="email",
        external_id=name,
        raw=raw,
        envelope=Envelope(
            transport="smtp", sender="ann@example.com", recipients=("d@example.org",)
        ),
        received_at=at,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """One database and its blobs."""

    database: Database
    blobs: FolderBlobs

    # --- inbox ---

    def accept(self, *arrivals: Arrival) -> list[Accepted]:
        return self.database.run(lambda uow: uow.inbox.accept(arrivals, self.blobs))

    def claim(
        self, holder: str = "one", *, limit: int = 100, now: datetime = NOW
    ) -> list[ClaimedMessage]:
        return self.database.run(
            lambda uow: uow.inbox.claim(limit=limit, holder=holder, now=now, blobs=self.blobs)
        )

    def finish(self, inbox_id: int, *, holder: str = "one", state: str = "done") -> None:
        self.database.run(
            lambda uow: uow.inbox.finish(inbox_id, holder=holder, state=state, verdict={"a": 1})
        )

    def retry(self, inbox_id: int, *, at: datetime, reason: str, counted: bool = True) -> None:
        self.database.run(
            lambda uow: uow.inbox.retry(
                inbox_id, holder="one", at=at, reason=reason, counted=counted
            )
        )

    def replay(self, inbox_id: int, *, now: datetime = NOW) -> bool:
        return self.database.run(lambda uow: uow.inbox.replay(inbox_id, now=now))

    def rows(self, table: Table) -> list[dict[str, object]]:
        def read(uow: SqlUnitOfWork) -> list[dict[str, object]]:
            query = select(table).order_by(*table.primary_key.columns)
            return [dict(row) for row in uow.connection.execute(query).mappings()]

        return self.database.read(read)

    def states(self) -> list[str]:
        return [str(row["state"]) for row in self.rows(inbox)]

    # --- tickets ---

    def person(self, name: str, *, technician: bool = False) -> Person:
        return self.database.run(
            lambda uow: uow.people.add(
                name=name,
                channel="email",
                address=f"{name.lower()}@example.com",
                at=NOW,
                technician=technician,
            )
        )

    def ticket(self, requester: Person, *, at: datetime = NOW) -> Ticket:
        def open_(uow: SqlUnitOfWork) -> Ticket:
            group = uow.people.put_group("Service Desk")
            uow.people.put_queue(
                channel="email",
                address="desk@example.org",
                name="Desk",
                group_id=group,
                takes_automatic=False,
            )
            ticket = uow.tickets.open(
                NewTicket(
                    title="Printer",
                    priority=Priority.P3,
                    group_id=group,
                    queue_id=uow.people.queues()[0].id,
                    requester_id=requester.id,
                    follows=None,
                    trusted=True,
                    at=at,
                )
            )
            uow.tickets.add_participant(ticket.id, requester.id, Role.REQUESTER, at=at)
            return ticket

        return self.database.run(open_)

    def say(self, ticket: Ticket, author: Person, text: str = "hello", **more: object) -> Event:
        """Add public words with their event; give the event."""
        workunit: dict[str, object] = {
            "ticket_id": ticket.id,
            "inbox_id": None,
            "author_id": author.id,
            "author_name": author.name,
            "by_technician": author.technician,
            "visibility": Visibility.PUBLIC,
            "text": text,
            "html": None,
            "elided": "",
            "signature": "",
            "at": NOW,
            "message_id": None,
        }

        def add(uow: SqlUnitOfWork) -> Event:
            new = NewWorkunit(**{**workunit, **more})  # type: ignore[arg-type]  # from plain values
            workunit_id = uow.tickets.add_workunit(new)
            event = NewEvent(
                ticket_id=ticket.id,
                kind=EventKind.WORKUNIT_ADDED,
                actor_id=author.id,
                at=new.at,
                workunit_id=workunit_id,
                rule="test",
                data={"words": "zwölf ☃"},
            )
            number = uow.tickets.add_event(event)
            return next(e for e in uow.tickets.events(ticket.id) if e.id == number)

        return self.database.run(add)

    # --- deliveries ---

    def notify(
        self,
        event: Event,
        *people: Person,
        notification: str = "reply",
        role: str = "requester",
        bundle: str = "",
        at: datetime = NOW,
    ) -> None:
        def add(uow: SqlUnitOfWork) -> None:
            for person in people:
                new = NewDelivery(
                    ticket_id=event.ticket_id,
                    event_id=event.id,
                    notification=notification,
                    role=role,
                    person=person,
                    due_at=at,
                    bundle=bundle,
                )
                uow.deliveries.add(new)

        self.database.run(add)

    def due(
        self, holder: str = "one", *, limit: int = 100, now: datetime = NOW
    ) -> list[DueDelivery]:
        return self.database.run(
            lambda uow: uow.deliveries.claim(limit=limit, holder=holder, now=now)
        )

    def sent(
        self, delivery_id: int, *, holder: str = "one", message_id: str = "m@example.org"
    ) -> None:
        self.database.run(
            lambda uow: uow.deliveries.sent(
                delivery_id, holder=holder, at=NOW, message_id=message_id, response="250 2.0.0 ok"
            )
        )

    def fates(self) -> list[tuple[str, int]]:
        """State and attempts of each delivery."""
        return [(str(row["state"]), int(str(row["attempts"]))) for row in self.rows(deliveries)]


def names(messages: Iterable[ClaimedMessage]) -> list[str]:
    return [message.external_id for message in messages]
