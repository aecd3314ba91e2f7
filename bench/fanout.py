"""One event told to 200 participants: time in the transaction, beside one statement for each.

python bench/fanout.py [--database postgresql] [--people N] [--waiting N]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from databases import databases
from sqlalchemy import insert, text

from bot import actions
from bot.actions import Words
from bot.desk.people import Person, Role
from bot.desk.ticket import Priority, Ticket, Visibility
from bot.ports import NewDelivery, NewTicket
from storage import bundles
from storage.database import Database
from storage.migrate import migrate
from storage.tables import deliveries
from storage.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def prepare(database: Database, count: int) -> Any:
    def run(uow: SqlUnitOfWork) -> Any:
        group = uow.people.put_group("Desk")
        uow.people.put_queue(
            channel="email",
            address="desk@example.org",
            name="Desk",
            group_id=group,
            takes_automatic=False,
        )
        queue = uow.people.queues()[0]
        everybody = [
            uow.people.add(
                name=f"P{n}",
                channel="email",
                address=f"p{n}@example.org",
                at=NOW,
                technician=n == 1,
            )
            for n in range(count + 1)
        ]
        new = NewTicket(
            title="Outage", priority=Priority.P3, group_id=group, queue_id=queue.id,
            requester_id=everybody[0].id, follows=None, trusted=True, at=NOW,
        )  # fmt: skip
        ticket = uow.tickets.open(new)
        for n, person in enumerate(everybody):
            role = Role.REQUESTER if n == 0 else Role.OWNER if n == 1 else Role.COPY
            uow.tickets.add_participant(ticket.id, person.id, role, at=NOW)
        uow.tickets.change(ticket.id, owner_id=everybody[1].id, status="in progress")
        return uow.tickets.get(ticket.id), everybody

    return database.run(run)


def told(database: Database, ticket: Ticket, actor: Person, at: datetime) -> float:
    def run(uow: SqlUnitOfWork) -> Any:
        began = time.perf_counter()
        actions.add_workunit(
            uow, ticket, actor=actor, words=Words(text="News."), visibility=Visibility.PUBLIC,
            as_technician=True, rule="bench", now=at,
        )  # fmt: skip
        return time.perf_counter() - began

    return database.run(run)


def one_by_one(database: Database, ticket: Ticket, people: list[Person], at: datetime) -> float:
    """The same rows as they were before: a budget and an insert for each person."""

    def run(uow: SqlUnitOfWork) -> Any:
        began = time.perf_counter()
        event = uow.tickets.events(ticket.id)[-1].id
        limits = uow.policy.limits
        for person in people:
            claims = (
                (f"x{ticket.id} to {person.id}", limits.mails_to_one),
                (f"x{ticket.id}", limits.mails_to_all),
            )
            uow.budgets.overdraw(claims, now=at)
            uow.deliveries.add(
                NewDelivery(
                    ticket_id=ticket.id,
                    event_id=event,
                    notification="bench",
                    role="copies",
                    person=person,
                    due_at=at,
                )
            )
        return time.perf_counter() - began

    return database.run(run)


def fill(database: Database, ticket: Ticket, people: list[Person], count: int) -> None:
    def run(uow: SqlUnitOfWork) -> Any:
        event = uow.tickets.events(ticket.id)[-1].id
        rows = [
            {
                "ticket_id": ticket.id, "event_id": event, "notification": f"waiting {n}", "role": "copies",
                "person_id": people[n % len(people)].id, "identity_id": people[n % len(people)].identity_id,
                "state": "due", "due_at": NOW + timedelta(days=1), "bundle": "digest",
            }
            for n in range(count)
        ]  # fmt: skip
        uow.connection.execute(insert(deliveries), rows)

    database.run(run)


def claims(database: Database) -> float:
    at = NOW + timedelta(hours=2)

    def run(uow: SqlUnitOfWork) -> Any:
        uow.connection.execute(
            text("UPDATE deliveries SET state = 'sent' WHERE bundle <> 'digest'")
        )
        began = time.perf_counter()
        for _ in range(20):
            bundles.claim(uow.connection, limit=32, holder="bench", now=at)
        return (time.perf_counter() - began) / 20

    return database.run(run)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--database", default="sqlite")
    options.add_argument("--people", type=int, default=200)
    options.add_argument("--waiting", type=int, default=100_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, databases(given.database) as (url,):
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}" if url == "sqlite" else url)
        migrate(database.engine)
        ticket, people = prepare(database, given.people)
        batch, single = [], []
        for n in range(8):
            at = NOW + timedelta(minutes=10 * n)
            batch.append(told(database, ticket, people[1], at))
            single.append(one_by_one(database, ticket, people[2:], at + timedelta(hours=n + 1)))
        print(f"{given.database}: one event to {given.people} people")
        print(f"  told:                 {statistics.median(batch) * 1000:6.1f} ms")
        print(f"  a statement for each: {statistics.median(single) * 1000:6.1f} ms")
        before = claims(database)
        fill(database, ticket, people, given.waiting)
        print(f"  a claim that finds nothing: {before * 1e6:.0f} µs")
        print(f"  beside {given.waiting} that wait: {claims(database) * 1e6:.0f} µs")
        if given.database == "sqlite":
            compiled = bundles.DUE.compile(database.engine, compile_kwargs={"literal_binds": False})
            with database.engine.connect() as connection:
                plan = connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {compiled}", tuple([0] * len(compiled.positiontup or ()))
                )
                for row in plan:
                    print("   ", row[-1])
        database.close()


if __name__ == "__main__":
    main()
