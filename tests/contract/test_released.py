"""Whoever comes from an older release finds everything as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from bot.desk.ticket import Status, Ticket
from storage.database import Database
from storage.migrate import migrate, newest_revision
from storage.tables import metadata
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.released.frame import Frame, fill, read_frame, releases
from tests.contract.store import MINUTE, NOW


@pytest.fixture(params=releases())
def frame(request: pytest.FixtureRequest) -> Frame:
    return read_frame(request.param)


@pytest.fixture
def database(database_url: str, frame: Frame) -> Iterator[Database]:
    """A database that was filled by a release and has just been migrated."""
    database = Database(database_url)
    fill(database.engine, frame)
    assert migrate(database.engine) == (frame["revision"], newest_revision())
    yield database
    database.close()


def test_no_row_is_lost(database: Database, frame: Frame) -> None:
    def count(uow: SqlUnitOfWork) -> dict[str, int]:
        return {
            name: uow.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }

    counted = database.read(count)
    assert {name: counted[name] for name in frame["tables"]} == {
        name: len(rows) for name, rows in frame["tables"].items()
    }


def test_tickets_read_as_before(database: Database, frame: Frame) -> None:
    tickets = {
        t.id: t for t in database.read(lambda uow: uow.tickets.newest(limit=9, everything=True))
    }
    assert tickets.keys() == {row["id"] for row in frame["tables"]["tickets"]}
    for row in frame["tables"]["tickets"]:
        ticket = tickets[row["id"]]
        assert (ticket.title, ticket.status, ticket.priority) == (
            row["title"],
            row["status"],
            row["priority"],
        )
        assert ticket.opened_at.isoformat() == row["opened_at"]["time"]
        assert (ticket.merged_into, ticket.locked) == (row["merged_into"], row["locked"])


def test_threads_read_as_before(database: Database, frame: Frame) -> None:
    numbers = sorted({row["ticket_id"] for row in frame["tables"]["workunits"]})
    said = database.read(lambda uow: [w for n in numbers for w in uow.tickets.workunits(n)])
    told = {
        (row["text"], row["visibility"], row["message_id"]) for row in frame["tables"]["workunits"]
    }
    assert {(w.text, w.visibility, w.message_id) for w in said} == told
    files = [file.name for workunit in said for file in workunit.files]
    assert files == [row["name"] for row in frame["tables"]["attachments"]]


def test_the_desk_works_on(database: Database, frame: Frame) -> None:
    """New rows find their numbers, and waiting ones are taken up."""

    def work(uow: SqlUnitOfWork) -> Ticket | None:
        person = uow.people.add(name="New", channel="email", address="new@example.com", at=NOW)
        assert person.id > max(row["id"] for row in frame["tables"]["people"])
        uow.house.release_orphans(now=NOW + 99 * MINUTE)
        due = uow.deliveries.claim(limit=99, holder="new", now=NOW + 99 * MINUTE)
        open_ = {r["id"] for r in frame["tables"]["deliveries"] if r["state"] in {"due", "claimed"}}
        assert {delivery.id for delivery in due} == open_
        keys = dict(uow.house.signing_keys())
        assert keys.keys() == {row["id"] for row in frame["tables"]["signing_keys"]}
        number = frame["tables"]["tickets"][0]["id"]
        uow.tickets.change(number, status=Status.CLOSED.value, closed_at=NOW)
        return uow.tickets.get(number)

    changed = database.run(work)
    assert changed is not None
    assert changed.closed_at == NOW


def test_the_newest_frame_has_rows_in_every_table() -> None:
    tables = read_frame(releases()[-1])["tables"]
    assert tables.keys() == metadata.tables.keys()
    assert [name for name, rows in tables.items() if not rows] == []
