"""Writers, commits and failures: whoever is told "done" may rely on it, and nobody else."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bot.errors import ConfigurationError, StorageAway
from bot.service.wakeups import PostgresWakeups
from storage.database import Database
from storage.engines import open_engines
from storage.tables import budgets, groups
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.conftest import OpenDatabase
from tests.contract.store import NOW

WAIT = 10


class Refused(Exception):
    """A job's own failure."""


def add_group(name: str) -> Callable[[SqlUnitOfWork], str]:
    def work(uow: SqlUnitOfWork) -> str:
        uow.connection.execute(insert(groups).values(name=name))
        return name

    return work


def group_names(database: Database) -> set[str]:
    return database.read(lambda uow: set(uow.connection.execute(select(groups.c.name)).scalars()))


def hold_writers(database: Database) -> threading.Event:
    """Keep every writer busy until the event is set, so that jobs gather into one group."""
    go = threading.Event()
    started = threading.Semaphore(0)

    def block(_uow: SqlUnitOfWork) -> None:
        started.release()
        go.wait(WAIT)

    for _ in range(4 if database.shared else 1):
        database.submit(block)
    for _ in range(4 if database.shared else 1):
        started.acquire(timeout=WAIT)
    return go


# --- group commit ---


def test_one_failing_job_takes_no_neighbour_along(database: Database) -> None:
    def refuse(uow: SqlUnitOfWork) -> None:
        add_group("half done")(uow)
        uow.wake_on_commit("inbox")
        raise Refused

    go = hold_writers(database)
    jobs: list[Future[Any]] = [database.submit(add_group("a")), database.submit(refuse)]
    jobs += [database.submit(add_group("a")), database.submit(add_group("b"))]
    go.set()
    # Of the two that want the same name one gets it; on PostgreSQL that may be either.
    twins = [jobs[n].exception(WAIT) for n in (0, 2)]
    assert [type(error) for error in twins if error] == [IntegrityError]
    assert isinstance(jobs[1].exception(WAIT), Refused)
    assert jobs[3].result(WAIT) == "b"
    assert group_names(database) == {"a", "b"}


def test_a_single_failing_job_changes_nothing(database: Database) -> None:
    def refuse(uow: SqlUnitOfWork) -> None:
        add_group("half done")(uow)
        raise Refused

    with pytest.raises(Refused):
        database.run(refuse)
    assert database.run(add_group("next")) == "next"
    assert group_names(database) == {"next"}


def break_transaction(uow: SqlUnitOfWork) -> None:
    """What a full disk or a lost server looks like to a job."""
    add_group("half done")(uow)
    if uow.connection.dialect.name == "postgresql":
        uow.connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    uow.connection.exec_driver_sql("SELECT * FROM no_such_table_on_this_disk")


def test_an_error_of_the_database_fails_all_and_the_next_job_works(database: Database) -> None:
    go = hold_writers(database)
    jobs: list[Future[Any]] = [
        database.submit(add_group("a")),
        database.submit(break_transaction),
    ]
    neighbour = database.submit(add_group("b"))
    go.set()
    assert isinstance(jobs[1].exception(WAIT), StorageAway)
    if not database.shared:  # there the group is one transaction
        assert isinstance(jobs[0].exception(WAIT), StorageAway)
        assert isinstance(neighbour.exception(WAIT), StorageAway)
        assert group_names(database) == set()
    assert database.run(add_group("c")) == "c"
    assert "half done" not in group_names(database)
    assert "c" in group_names(database)


def test_a_job_that_swallows_an_error_of_the_database_keeps_nothing(database: Database) -> None:
    def swallow(uow: SqlUnitOfWork) -> None:
        try:
            with uow.savepoint():
                break_transaction(uow)
        except StorageAway:
            raise
        except Exception:  # noqa: BLE001 - as the loops do with a mail that fails
            add_group("in spite of it")(uow)

    with pytest.raises(StorageAway):
        database.run(swallow)
    assert group_names(database) == set()


def test_savepoints_nest(database: Database) -> None:
    def work(uow: SqlUnitOfWork) -> None:
        add_group("before")(uow)
        with uow.savepoint():
            add_group("outer")(uow)
            with suppress(ZeroDivisionError), uow.savepoint():
                add_group("inner")(uow)
                _ = 1 / 0
            with uow.savepoint():
                add_group("other")(uow)

    go = hold_writers(database)
    jobs: list[Future[Any]] = [database.submit(work), database.submit(add_group("neighbour"))]
    go.set()
    for job in jobs:
        job.result(WAIT)
    assert group_names(database) == {"before", "outer", "other", "neighbour"}


def test_a_cancelled_job_is_left_out(database: Database) -> None:
    go = hold_writers(database)
    jobs = [database.submit(add_group(name)) for name in "abc"]
    assert jobs[1].cancel()
    go.set()
    assert [jobs[n].result(WAIT) for n in (0, 2)] == ["a", "c"]
    with pytest.raises(CancelledError):
        jobs[1].result(WAIT)
    assert group_names(database) == {"a", "c"}


async def test_a_job_can_be_awaited(database: Database) -> None:
    names = await asyncio.gather(*(database.run_async(add_group(f"g{n}")) for n in range(20)))
    assert set(names) == group_names(database)


def test_a_value_comes_after_its_commit(open_database: OpenDatabase) -> None:
    writer, reader = open_database(), open_database()
    for n in range(20):
        name = writer.run(add_group(f"g{n}"))
        assert name in group_names(reader)


# --- the end ---


def test_closing_finishes_what_is_queued(open_database: OpenDatabase) -> None:
    database, other = open_database(), open_database()
    jobs = [database.submit(add_group(f"g{n}")) for n in range(50)]
    database.close()
    database.close()
    assert {job.result(0) for job in jobs} == group_names(other)
    with pytest.raises(StorageAway):
        database.run(add_group("too late"))


def test_no_job_is_lost_between_open_and_closed(open_database: OpenDatabase) -> None:
    database = open_database()
    jobs = []
    stop = threading.Event()

    def submit() -> None:
        while not stop.is_set():
            jobs.append(database.submit(lambda _uow: None))
            time.sleep(0.0001)

    submitter = threading.Thread(target=submit)
    submitter.start()
    time.sleep(0.05)
    database.close()
    stop.set()
    submitter.join()
    assert len(jobs) > 1
    assert all(job.done() for job in jobs)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "oracle:///x"])
def test_other_databases_are_refused_in_words(url: str) -> None:
    with pytest.raises(ConfigurationError, match="expected sqlite"):
        open_engines(url)


def test_a_server_that_is_not_there_is_storage_away() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1")
    with pytest.raises(StorageAway):
        database.run(lambda _uow: None)
    with pytest.raises(StorageAway):
        database.read(lambda uow: uow.house.signing_keys())
    database.close()


# --- wake-ups ---


def test_a_commit_wakes_its_loops_and_a_failure_none(database: Database) -> None:
    woken: list[str] = []
    database.on_wake("inbox", lambda: woken.append("inbox"))
    database.on_wake("timers", lambda: woken.append("timers"))

    def fail(uow: SqlUnitOfWork) -> None:
        uow.wake_on_commit("timers")
        raise Refused

    with pytest.raises(Refused):
        database.run(fail)
    database.run(lambda uow: uow.wake_on_commit("inbox"))
    database.close()
    assert woken == ["inbox"]


def test_a_listener_that_fails_harms_neither_the_job_nor_the_next_listener(
    database: Database,
) -> None:
    woken = threading.Event()

    def fail() -> None:
        raise Refused

    database.on_wake("inbox", fail)
    database.on_wake("inbox", woken.set)

    def work(uow: SqlUnitOfWork) -> str:
        uow.wake_on_commit("inbox")
        return "done"

    assert database.run(work) == "done"
    assert woken.wait(WAIT)


def test_a_commit_wakes_other_processes(postgres_tables: str) -> None:
    here, there = Database(postgres_tables), Database(postgres_tables)
    heard: list[str] = []
    woken, ready = threading.Event(), threading.Event()

    def wake(loop: str) -> None:
        heard.append(loop)
        (woken if loop == "inbox" else ready).set()

    wakeups = PostgresWakeups(postgres_tables, wake)
    wakeups.start()
    try:
        # The listener connects in its own time; what is said before that is not meant for it.
        for _ in range(100):
            there.run(lambda uow: uow.wake_on_commit("hello"))
            if ready.wait(0.05):
                break
        there.run(lambda uow: uow.wake_on_commit("inbox"))
        assert woken.wait(WAIT)
        assert set(heard) == {"hello", "inbox"}
    finally:
        wakeups.stop()
        here.close()
        there.close()


# --- time ---

AWARE = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moment=AWARE)
def test_a_time_comes_back_to_the_microsecond_in_utc(database: Database, moment: datetime) -> None:
    def work(uow: SqlUnitOfWork) -> datetime | None:
        uow.connection.execute(budgets.delete())
        uow.connection.execute(insert(budgets).values(key="k", starts_at=moment, spent=1))
        return uow.connection.execute(select(budgets.c.starts_at)).scalar()

    stored = database.run(work)
    assert stored is not None
    assert stored == moment
    assert stored.tzinfo is UTC


def test_a_naive_time_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="time zone"):
        database.run(
            lambda uow: uow.connection.execute(
                insert(budgets).values(key="k", starts_at=naive, spent=1)
            )
        )


def test_times_compare_as_times(database: Database) -> None:
    def work(uow: SqlUnitOfWork) -> int:
        row = {"key": "k", "spent": 1}
        for n in range(3):
            moment = NOW + timedelta(microseconds=n)
            uow.connection.execute(insert(budgets).values(starts_at=moment, **row))
        query = select(budgets).where(budgets.c.starts_at > NOW)
        return len(uow.connection.execute(query).all())

    assert database.run(work) == 2
