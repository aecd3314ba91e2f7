"""The loop of hop 3: claim due deliveries, look again, render, send once, record the fate.

Retry, backoff and order live here and nowhere else. Several deliveries are under way at once, but
never two of one conversation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot import actions
from bot.clearance import with_standing
from bot.errors import LostClaim, StorageAway
from bot.house import House
from bot.outgoing import build
from bot.ports import (
    Channel,
    DueDelivery,
    Outgoing,
    Refused,
    SendResult,
    Sent,
    TryLater,
    UnitOfWork,
)
from bot.questions import with_answer
from bot.second_look import living
from threading_engine.bounce_causes import by_status

T = TypeVar("T")
log = structlog.get_logger()

#: Deliveries under way at once.
AT_ONCE = 32
#: Waits after the first, second, … failed try; the last repeats until `GIVE_UP_AFTER`.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60))
#: The least time between two claims. Under load it lets several deliveries share one commit; a
#: single one is claimed at once.
PACE_SECONDS = 0.01
#: Tries over about this long; then the desk is told that nothing arrived.
GIVE_UP_AFTER = timedelta(days=2)


class AsyncStore(Protocol):
    """The part of the database that this loop uses."""

    async def run_async(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run a job and wait for its commit."""
        ...


class Dispatcher:
    """Sends what is due through the channels."""

    def __init__(
        self,
        *,
        store: AsyncStore,
        channels: dict[str, Channel],
        house: House,
        holder: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._channels = channels
        #: What every message has in common; another one when the configuration changes.
        self.house = house
        self._holder = holder
        self._clock = clock
        self._under_way: set[asyncio.Task[None]] = set()
        #: Set by whoever knows of new work, and by every delivery that ends.
        self.wake = asyncio.Event()

    async def start_due(self) -> int:
        """Claim and start what is due and finds a place; return how many were started."""
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 0
        due = await self._store.run_async(partial(self._claim, room))
        for delivery in due:
            task = asyncio.create_task(self._deliver(delivery))
            self._under_way.add(task)
            task.add_done_callback(self._ended)
        return len(due)

    def _claim(self, room: int, uow: UnitOfWork) -> list[DueDelivery]:
        now = self._clock()
        found = uow.deliveries.claim(
            limit=room,
            holder=self._holder,
            now=now,
            details=self.house.renderer.wants_details,
        )
        stood = (with_standing(uow, due, now=now) for due in found)
        return [with_answer(uow, due, now=now) for due in stood]

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery could not be recorded", reason=str(error), exc_info=error)

    async def _deliver(self, due: DueDelivery) -> None:
        alive, left_out = living(due)
        if left_out:
            await self._record(partial(self._left_out, due, left_out))
        if alive is None:
            return
        due = alive
        try:
            outgoing = build(due, self.house)
            result = await self._channels[due.person.channel].send(outgoing)
        except Exception as error:
            log.warning("delivery failed", delivery=due.id, exc_info=error)
            await self._record(partial(self._later, due, f"{type(error).__name__}: {error}", None))
            return
        await self._record(self._fate(due, outgoing, result))

    async def _record(self, work: Callable[[UnitOfWork], None]) -> None:
        """Write a fate, however long storage is away: what was sent must not be sent again."""
        wait = 0.2
        while True:
            try:
                await self._store.run_async(work)
            except StorageAway as away:
                log.warning("a delivery's fate waits for storage", reason=str(away))
                await asyncio.sleep(wait)
                wait = min(wait * 2, 10)
            except LostClaim as lost:
                log.warning("a delivery was taken over meanwhile", reason=str(lost))
                return
            else:
                return

    def _fate(
        self, due: DueDelivery, outgoing: Outgoing, result: SendResult
    ) -> Callable[[UnitOfWork], None]:
        match result:
            case Sent():
                return partial(self._sent, due, outgoing.message_id, result.response)
            case TryLater():
                return partial(self._later, due, result.reason, result.after)
            case Refused():
                return partial(self._refused, due, result)

    def _sent(self, due: DueDelivery, message_id: str, response: str, uow: UnitOfWork) -> None:
        uow.deliveries.sent(
            due.id,
            holder=self._holder,
            at=self._clock(),
            message_id=message_id,
            response=response,
        )

    def _later(
        self, due: DueDelivery, reason: str, after: timedelta | None, uow: UnitOfWork
    ) -> None:
        wait = BACKOFF[min(due.attempts, len(BACKOFF)) - 1]
        at = self._clock() + max(wait, after or timedelta())
        if at - due.at > GIVE_UP_AFTER and due.attempts > len(BACKOFF):
            self._refused(
                due, Refused(reason=f"given up after {due.attempts} tries: {reason}"), uow
            )
            return
        uow.deliveries.retry(due.id, holder=self._holder, at=at, reason=reason)

    def _left_out(self, due: DueDelivery, reasons: dict[int, str], uow: UnitOfWork) -> None:
        """What makes no sense any more ends; without its lead the rest is due anew."""
        for part in (due, *due.companions):
            if part.id in reasons:
                self._cancelled(part, reasons[part.id], uow)
        if due.id in reasons and due.companions:
            uow.deliveries.unbind(due.id, holder=self._holder)

    def _cancelled(self, due: DueDelivery, reason: str, uow: UnitOfWork) -> None:
        uow.deliveries.cancel(due.id, holder=self._holder, reason=reason)
        found = None if due.person.reachable else uow.deliveries.find(due.id)
        if found is not None:
            actions.send_elsewhere(uow, found, now=self._clock())

    def _refused(self, due: DueDelivery, result: Refused, uow: UnitOfWork) -> None:
        actions.record_failure(
            uow,
            due.id,
            reason=result.reason,
            code=result.code,
            dead=_is_dead(result.code),
            rule="refused_by_next_hop",
            now=self._clock(),
        )


def _is_dead(code: str) -> bool:
    """Whether a refusal speaks of the receiver's address itself, and not of ours (5.1.7, 5.1.8)."""
    cause = by_status(code) if code.startswith("5.") else None
    return cause is not None and cause.permanent


async def deliver_forever(
    dispatcher: Dispatcher,
    *,
    next_due: Callable[[], Awaitable[datetime | None]],
    clock: Callable[[], datetime],
    stop: asyncio.Event,
) -> None:
    """Run until `stop` is set: after every wake-up, and when the next delivery falls due."""
    while not stop.is_set():
        dispatcher.wake.clear()
        try:
            started = await dispatcher.start_due()
            pause = 0.0 if started else _pause(await next_due(), clock())
            await asyncio.sleep(PACE_SECONDS)
        except StorageAway as away:
            log.warning("deliveries wait for storage", reason=str(away))
            pause = 1.0
        if pause:
            try:
                await asyncio.wait_for(dispatcher.wake.wait(), pause)
            except TimeoutError:
                continue
    await dispatcher.settle()


def _pause(due_at: datetime | None, now: datetime) -> float:
    """Seconds until the next delivery, at most as long as a lost wake-up may cost."""
    longest = 5.0
    if due_at is None:
        return longest
    return min(max((due_at - now).total_seconds(), 0.2), longest)
