"""One database, written by few threads that put many waiting jobs into one commit.

A job is a function from a unit of work to a value. Its future is set only after the commit, so
whoever waits for it may tell the world. On SQLite one thread writes, and the jobs that arrived
while the disk was busy share the next commit; on PostgreSQL several threads write and the server
groups the commits itself.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.errors import StorageAway
from storage.engines import Engines, open_engines
from storage.unit_of_work import SqlUnitOfWork

T = TypeVar("T")
Work = Callable[[SqlUnitOfWork], T]


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[SqlUnitOfWork], Any]
    future: Future[Any]


class Database:
    """The desk's database: `submit`, `run` or `run_async` to write, `read` to look."""

    def __init__(self, url: str) -> None:
        self._engines: Engines = open_engines(url)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._closed = False
        self._writers = [
            threading.Thread(target=self._write, name=f"writer-{n}", daemon=True)
            for n in range(self._engines.writers)
        ]
        for writer in self._writers:
            writer.start()

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and backups."""
        return self._engines.write

    @property
    def shared(self) -> bool:
        """True when other processes may work on the same database."""
        return self._engines.shared

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue a job; the future has its value after the commit.

        It raises what the job raised, or `StorageAway` when the database does not take writes.
        """
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(StorageAway("the desk is shutting down"))
        else:
            self._jobs.put(_Job(work, future))
        return future

    def run(self, work: Work[T]) -> T:
        """Run a job and wait for its commit. Not from the event loop."""
        return self.submit(work).result()

    async def run_async(self, work: Work[T]) -> T:
        """Run a job and wait for its commit without blocking the event loop."""
        return await asyncio.wrap_future(self.submit(work))

    def read(self, work: Work[T]) -> T:
        """Run a job that only reads, in the calling thread, beside the writers."""
        with _storage_faults(), self._engines.read.connect() as connection:
            return work(SqlUnitOfWork(connection))

    def on_wake(self, loop: str, listener: Callable[[], None]) -> None:
        """Call `listener`, from some thread, when a commit has work for this loop."""
        self._listeners.setdefault(loop, []).append(listener)

    def wake(self, loop: str) -> None:
        """Call the listeners of a loop now."""
        for listener in self._listeners.get(loop, ()):
            listener()

    def close(self) -> None:
        """Finish what is queued, then give the connections back."""
        if self._closed:
            return
        self._closed = True
        for _ in self._writers:
            self._jobs.put(None)
        for writer in self._writers:
            writer.join()
        self._engines.dispose()

    def _write(self) -> None:
        connection: Connection | None = None
        while jobs := self._take():
            try:
                with _storage_faults():
                    connection = connection or self._engines.write.connect()
                    self._commit(connection, jobs)
            except Exception as error:  # noqa: BLE001 - a worker's edge: every waiting job must hear
                _fail(jobs, error)
                if isinstance(error, StorageAway):
                    _discard(connection)
                    connection = None
        _discard(connection)

    def _take(self) -> list[_Job]:
        first = self._jobs.get()
        jobs = [first] if first else []
        while jobs and len(jobs) < self._engines.group:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
        return jobs

    def _commit(self, connection: Connection, jobs: list[_Job]) -> None:
        """Run the jobs in one transaction, each in a savepoint of its own when there are several."""
        unit = SqlUnitOfWork(connection)
        jobs = [job for job in jobs if job.future.set_running_or_notify_cancel()]
        with self._engines.transaction(connection):
            if len(jobs) == 1:
                done = [(jobs[0], jobs[0].work(unit))]
            else:
                done = [outcome for job in jobs for outcome in _attempt(job, unit)]
            self._engines.announce(connection, unit.wakes)
        for loop in unit.wakes:
            self.wake(loop)
        for job, value in done:
            job.future.set_result(value)


def _attempt(job: _Job, unit: SqlUnitOfWork) -> Iterator[tuple[_Job, object]]:
    """Yield the job with its value, or undo it without its neighbours and yield nothing."""
    try:
        with unit.savepoint():
            value = job.work(unit)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - a worker's edge: the job's caller gets it
        job.future.set_exception(error)
    else:
        yield job, value


@contextmanager
def _storage_faults() -> Iterator[None]:
    """A full disk, a lock that never opens and a lost server are all "try again later"."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StorageAway(f"the database does not answer: {error.orig}") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StorageAway(f"the database went away: {error.orig}") from error
        raise


def _fail(jobs: list[_Job], error: Exception) -> None:
    for job in jobs:
        if not job.future.done():
            job.future.set_exception(error)


def _discard(connection: Connection | None) -> None:
    """Close without trusting the connection's state."""
    if connection is not None:
        connection.invalidate()
        connection.close()
