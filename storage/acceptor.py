"""Hop 1's last step: arrivals that wait together are stored by one statement and one commit."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass

from bot.errors import StorageAway
from bot.ports import Accepted, Arrival, Blobs
from storage.database import Database
from storage.unit_of_work import SqlUnitOfWork


@dataclass(frozen=True, slots=True)
class _Waiting:
    arrival: Arrival
    future: Future[Accepted]


class Acceptor:
    """Stores raw messages; every answer comes after the commit that holds its message."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []

    async def accept(self, arrival: Arrival) -> Accepted:
        """Store one message; raises StorageAway when that cannot be done now."""
        return await asyncio.wrap_future(self._submit(arrival))

    def accept_blocking(self, arrival: Arrival) -> Accepted:
        """The same for a thread."""
        return self._submit(arrival).result()

    def _submit(self, arrival: Arrival) -> Future[Accepted]:
        waiting = _Waiting(arrival, Future())
        with self._lock:
            self._waiting.append(waiting)
            first = len(self._waiting) == 1
        if first:
            self._store()
        return waiting.future

    def _store(self) -> None:
        """Queue one job that takes whatever has gathered by the time a writer is free."""
        taken: list[_Waiting] = []

        def store(unit: SqlUnitOfWork) -> list[Accepted]:
            with self._lock:
                taken.extend(self._waiting)
                self._waiting.clear()
            return unit.inbox.accept([waiting.arrival for waiting in taken], self._blobs)

        def answer(job: Future[list[Accepted]]) -> None:
            error = job.exception()
            if error is None:
                for waiting, accepted in zip(taken, job.result(), strict=True):
                    if _is_awaited(waiting):
                        waiting.future.set_result(accepted)
            elif len(taken) > 1 and not isinstance(error, StorageAway):
                # One of them cannot be stored, and its neighbours must not pay for it.
                for waiting in taken:
                    self._store_alone(waiting)
            else:
                self._fail(taken, error)

        self._database.submit(store).add_done_callback(answer)

    def _store_alone(self, waiting: _Waiting) -> None:
        def store(unit: SqlUnitOfWork) -> Accepted:
            return unit.inbox.accept([waiting.arrival], self._blobs)[0]

        def answer(job: Future[Accepted]) -> None:
            error = job.exception()
            if not _is_awaited(waiting):
                return
            if error is None:
                waiting.future.set_result(job.result())
            else:
                waiting.future.set_exception(error)

        self._database.submit(store).add_done_callback(answer)

    def _fail(self, taken: list[_Waiting], error: BaseException) -> None:
        """Tell everyone; when the job never ran, those are the ones still waiting."""
        with self._lock:
            if not taken:
                taken.extend(self._waiting)
                self._waiting.clear()
        for waiting in taken:
            if _is_awaited(waiting):
                waiting.future.set_exception(error)


def _is_awaited(waiting: _Waiting) -> bool:
    """Whether the channel still waits: a peer that hung up has taken its future along."""
    return waiting.future.set_running_or_notify_cancel()
