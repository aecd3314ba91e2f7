"""Hop 1's last step: arrivals that wait together are stored by one statement and one commit."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass

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
            if error is not None:
                self._fail(taken, error)
                return
            for waiting, accepted in zip(taken, job.result(), strict=True):
                waiting.future.set_result(accepted)

        self._database.submit(store).add_done_callback(answer)

    def _fail(self, taken: list[_Waiting], error: BaseException) -> None:
        """Tell everyone; when the job never ran, those are the ones still waiting."""
        with self._lock:
            if not taken:
                taken.extend(self._waiting)
                self._waiting.clear()
        for waiting in taken:
            waiting.future.set_exception(error)
