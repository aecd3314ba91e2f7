"""One running service: its listeners, its loops, its heartbeat."""

from __future__ import annotations

import asyncio
import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

import structlog

from bot.delivery import PACE_SECONDS, Dispatcher, deliver_forever
from bot.errors import ConfigurationError
from bot.intake import BATCH, Intake
from bot.ports import Channel
from bot.scene import Desk
from bot.service.core import Core
from bot.service.mailbox_keeper import MailboxKeeper
from bot.service.reloading import Watch
from bot.service.wakeups import PostgresWakeups
from bot.service.wires import listener_options, mail_channel, webhook_channel
from bot.settings import Settings
from bot.timers import run_due_timers
from channels.email.smtp_in import MailListener
from storage.unit_of_work import SqlUnitOfWork

if TYPE_CHECKING:
    from channels.http.port import HttpPort

log = structlog.get_logger()

#: How often a process says that it is alive, and how long the others believe it.
HEARTBEAT = timedelta(seconds=5)
ALIVE_FOR = timedelta(seconds=20)
TIDY_EVERY = timedelta(hours=1)
#: The longest that a lost wake-up may delay anything.
LONGEST_NAP = 1.0
#: Seconds between two looks at the configuration file.
LOOK_EVERY = 2.0


class Service:
    """The desk at work. `run` returns after `stop`."""

    def __init__(self, core: Core, *, channels: dict[str, Channel] | None = None) -> None:
        self._core = core
        self._desk = desk = core.desk()
        self._intake = Intake(
            store=core.database,
            reader=core.reader(desk),
            desk=desk,
            blobs=core.blobs,
            holder=core.holder,
            clock=core.clock,
        )
        self._channels = channels or {
            "email": mail_channel(core.settings.smtp_out),
            "webhook": webhook_channel(lambda: core.settings.webhooks, core.clock),
        }
        self._dispatcher = Dispatcher(
            store=core.database,
            channels=self._channels,
            house=core.house(desk),
            holder=core.holder,
            clock=core.clock,
        )
        self._verifier = core.verifier()
        self._listeners = [
            MailListener(
                listener_options(section),
                accept=core.acceptor.accept,
                knows_recipient=self._knows,
                now=core.clock,
                gather=self._verifier.gather if self._verifier else None,
            )
            for section in core.settings.listeners
        ]
        self._http = _http_port(core, desk)
        self._mailboxes = MailboxKeeper(core, ttl=ALIVE_FOR)
        self._watch: Watch | None = None
        self._stop = asyncio.Event()
        self._inbox_work = threading.Event()
        self._stopping = threading.Event()
        self._alone: IO[str] | None = None
        self._wakeups: PostgresWakeups | None = None
        #: Set once every listener takes mail.
        self.ready = asyncio.Event()

    @property
    def ports(self) -> list[int]:
        """The TCP ports of the listeners, in the order of the configuration."""
        return [listener.port for listener in self._listeners]

    def adopt(self, settings: Settings) -> int:
        """Work by another configuration from now on, as far as no door has to change; its number.

        Everything that can be wrong with it is found before anything changes.
        """
        self._core.try_out(settings)
        number = self._core.put_in_force(settings)
        self._desk = desk = self._core.desk()
        self._intake.take(desk, self._core.reader(desk))
        self._dispatcher.house = self._core.house(desk)
        return number

    def watch(self, file: Path) -> None:
        """Adopt what this configuration file says, whenever it changes."""
        self._watch = Watch(file, settings=self._core.settings, adopt=self.adopt)

    def look_at_configuration(self, *, anyway: bool = False) -> bool:
        """Adopt the configuration file when it has changed; True when something took effect."""
        return self._watch is not None and self._watch.look(anyway=anyway)

    def _knows(self, address: str) -> bool:
        return self._desk.directory.knows(address)

    @property
    def http_port(self) -> int:
        """The TCP port of our pages; 0 where it is closed."""
        return self._http.port if self._http else 0

    def stop(self) -> None:
        """Ask the service to end; from the event loop's thread."""
        self._stop.set()

    async def run(self) -> None:
        """Take, understand and deliver until stopped, then finish what is under way."""
        self._keep_alone()
        self._listen_to_storage()
        await self._beat_once()
        intake = threading.Thread(target=self._understand, name="intake", daemon=True)
        intake.start()
        loops = [
            asyncio.create_task(self._deliver()),
            asyncio.create_task(self._beat()),
            asyncio.create_task(self._tidy()),
            asyncio.create_task(self._fire_timers()),
            asyncio.create_task(self._look_again()),
        ]
        try:
            await self._open_doors()
            self.ready.set()
            await self._stop.wait()
        finally:
            # A door that did not open ends the loops, too.
            self._stop.set()
            await self._close_doors()
            self._stopping.set()
            self._inbox_work.set()
            await asyncio.to_thread(intake.join)
            self._dispatcher.wake.set()
            await asyncio.gather(*loops, return_exceptions=True)
            await asyncio.gather(*(channel.close() for channel in self._channels.values()))
            self._sign_off()

    # --- doors ------------------------------------------------------------------------------------

    async def _open_doors(self) -> None:
        for listener in self._listeners:
            await listener.start()
        if self._http:
            await self._http.start()
        await self._mailboxes.look_after()

    async def _close_doors(self) -> None:
        await asyncio.gather(*(listener.close() for listener in self._listeners))
        if self._http:
            with _logged("http"):
                await self._http.close()
        if self._verifier:
            self._verifier.close()
        with _logged("mailboxes"):
            await self._mailboxes.close()

    def _keep_alone(self) -> None:
        """On SQLite one service at a time; the lock goes with the process, however it ends."""
        if self._core.database.shared:
            return
        path = self._core.settings.desk.data / "service.lock"
        self._alone = path.open("a")
        try:
            fcntl.flock(self._alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"another service works on {self._core.settings.desk.data}; "
                "several need PostgreSQL (desk.database)"
            ) from None
        self._core.database.run(
            lambda uow: uow.house.drop_other_processes(holder=self._core.holder)
        )

    # --- loops ------------------------------------------------------------------------------------

    def _listen_to_storage(self) -> None:
        loop = asyncio.get_running_loop()

        def wake_deliveries() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._dispatcher.wake.set)

        self._core.database.on_wake("inbox", self._inbox_work.set)
        self._core.database.on_wake("deliveries", wake_deliveries)
        if self._core.database.shared:
            url = self._core.settings.desk.url
            self._wakeups = PostgresWakeups(url, self._core.database.wake)
            self._wakeups.start()

    def _understand(self) -> None:
        """The intake's thread: a batch after every wake-up, and look anyway now and then."""
        while not self._stopping.is_set():
            self._inbox_work.clear()
            try:
                handled = self._intake.work()
                busy = handled > 0
                if handled < BATCH:
                    self._stopping.wait(PACE_SECONDS)
            except Exception as error:  # noqa: BLE001 - a loop's edge: it must go on
                busy = False
                log.warning("intake waits", reason=f"{type(error).__name__}: {error}")
                self._intake.give_back()
                self._stopping.wait(LONGEST_NAP)
            if not busy:
                self._inbox_work.wait(LONGEST_NAP)

    async def _deliver(self) -> None:
        await deliver_forever(
            self._dispatcher,
            next_due=self._next_delivery,
            clock=self._core.clock,
            stop=self._stop,
        )

    async def _next_delivery(self) -> datetime | None:
        read = self._core.database.read
        return await asyncio.to_thread(read, lambda uow: uow.deliveries.next_due())

    async def _fire_timers(self) -> None:
        while not await self._napped(LONGEST_NAP):
            with _logged("timers"):
                await asyncio.to_thread(run_due_timers, self._core.database, now=self._core.clock())

    async def _look_again(self) -> None:
        while not await self._napped(LOOK_EVERY):
            with _logged("configuration"):
                await asyncio.to_thread(self.look_at_configuration)

    async def _tidy(self) -> None:
        """Forget counters whose windows are over, and say how many mails wait for a decision."""

        def tidy(uow: SqlUnitOfWork) -> int:
            uow.budgets.forget(before=self._core.clock() - timedelta(days=2))
            return uow.held.count()

        ended = False
        while not ended:
            with _logged("tidy"):
                if waiting := await self._core.database.run_async(tidy):
                    log.warning("mails are held", count=waiting)
            ended = await self._napped(TIDY_EVERY.total_seconds())

    async def _beat(self) -> None:
        while not await self._napped(HEARTBEAT.total_seconds()):
            with _logged("heartbeat"):
                await self._beat_once()
                await self._mailboxes.look_after()

    async def _beat_once(self) -> None:
        """Say that this process is alive, and take over what the dead have left."""
        now, holder = self._core.clock(), self._core.holder

        def beat(uow: SqlUnitOfWork) -> int:
            uow.house.take_lease(f"process:{holder}", holder=holder, now=now, ttl=ALIVE_FOR)
            return uow.house.release_orphans(now=now)

        if await self._core.database.run_async(beat):
            self._inbox_work.set()
            self._dispatcher.wake.set()

    async def _napped(self, seconds: float) -> bool:
        """Wait; True when the service ends meanwhile."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
        return self._stop.is_set()

    def _sign_off(self) -> None:
        holder = self._core.holder
        if self._wakeups is not None:
            self._wakeups.stop()
        with _logged("sign-off"):
            self._core.database.run(
                lambda uow: uow.house.drop_lease(f"process:{holder}", holder=holder)
            )
        if self._alone is not None:
            self._alone.close()


def _http_port(core: Core, desk: Desk) -> HttpPort | None:
    """The port of our pages, or None; its libraries are loaded only where it is open."""
    section = core.settings.http
    if not section.enabled:
        return None
    from bot.service.pages import http_port

    return http_port(core, section, desk.keyring)


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """Let a loop outlive one bad round: note the failure and go on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - a loop's edge: it must go on
        log.warning("a round failed", loop=what, reason=f"{type(error).__name__}: {error}")
