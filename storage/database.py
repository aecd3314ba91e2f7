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
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine

from bot.desk.policy import Policy
from bot.errors import StorageAway
from storage.engines import Engines, open_engines
from storage.faults import DatabaseAway, database_faults
from storage.unit_of_work import SqlUnitOfWork

T = TypeVar("T")
Work = Callable[[SqlUnitOfWork], T]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[SqlUnitOfWork], Any]
    future: Future[Any]


class Database:
    """The desk's database: `submit`, `run` or `run_async` to write, `read` to look."""

    def __init__(self, url: str) -> None:
        #: The rules that the next transaction works by.
        self.policy = Policy()
        #: Called at the end of every job, inside its savepoint: what follows from its events.
        self.follow_up: Callable[[SqlUnitOfWork], None] = _nothing_follows
        self._engines: Engines = open_engines(url)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._closed = False
        #: Nothing is queued behind the end of the queue, where no writer would find it.
        self._door = threading.Lock()
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
        with self._door:
            if not self._closed:
                self._jobs.put(_Job(work, future))
                return future
        future.set_exception(StorageAway("the desk is shutting down"))
        return future

    def run(self, work: Work[T]) -> T:
        """Run a job and wait for its commit. Not from the event loop."""
        return self.submit(work).result()

    async def run_async(self, work: Work[T]) -> T:
        """Run a job and wait for its commit without blocking the event loop."""
        return await asyncio.wrap_future(self.submit(work))

    def read(self, work: Work[T]) -> T:
        """Run a job that only reads, in the calling thread, beside the writers."""
        with database_faults(), self._engines.read.connect() as connection:
            return work(SqlUnitOfWork(connection, policy=self.policy))

    def on_wake(self, loop: str, listener: Callable[[], None]) -> None:
        """Call `listener`, from some thread, when a commit has work for this loop."""
        self._listeners.setdefault(loop, []).append(listener)

    def wake(self, loop: str) -> None:
        """Call the listeners of a loop now; one that fails harms nobody else."""
        for listener in self._listeners.get(loop, ()):
            try:
                listener()
            except Exception:
                log.exception("a wake-up failed", loop=loop)

    def close(self) -> None:
        """Finish what is queued, then give the connections back."""
        with self._door:
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
                with database_faults():
                    connection = connection or self._engines.write.connect()
                    self._commit(connection, jobs)
            except Exception as error:  # noqa: BLE001 - a worker's edge: every waiting job must hear
                _fail(jobs, error)
                if isinstance(error, DatabaseAway):
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
        unit = SqlUnitOfWork(connection, policy=self.policy)
        jobs = [job for job in jobs if job.future.set_running_or_notify_cancel()]
        with self._engines.transaction(connection):
            if len(jobs) == 1:
                done = [(jobs[0], self._do(jobs[0], unit))]
            else:
                done = [outcome for job in jobs for outcome in self._attempt(job, unit)]
            self._engines.announce(connection, unit.wakes)
        for job, value in done:
            job.future.set_result(value)
        for loop in unit.wakes:
            self.wake(loop)

    def _do(self, job: _Job, unit: SqlUnitOfWork) -> object:
        unit.recorded.clear()
        value: object = job.work(unit)
        self.follow_up(unit)
        return value

    def _attempt(self, job: _Job, unit: SqlUnitOfWork) -> Iterator[tuple[_Job, object]]:
        """Yield the job with its value, or undo it without its neighbours and yield nothing."""
        try:
            with unit.savepoint():
                value = self._do(job, unit)
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - a worker's edge: the job's caller gets it
            job.future.set_exception(error)
        else:
            yield job, value


def _nothing_follows(_unit: SqlUnitOfWork) -> None:
    pass


def _fail(jobs: list[_Job], error: Exception) -> None:
    for job in jobs:
        if job.future.done():
            continue
        # Without a connection no job ran, and a caller may be giving up at this moment.
        if job.future.running() or job.future.set_running_or_notify_cancel():
            job.future.set_exception(error)


def _discard(connection: Connection | None) -> None:
    """Close without trusting the connection's state."""
    if connection is not None:
        connection.invalidate()
        connection.close()
