"""``replydesk serve``: the service, until it is asked to end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from functools import partial

import structlog

from bot.cli.logs import set_up_logs
from bot.cli.opening import opening_faults
from bot.cli.output import Flag
from bot.service import Core, Service
from bot.settings import find_file, load
from storage.migrate import current_revision

log = structlog.get_logger()

#: Supervisors often signal the process and then its group: within so many seconds that is one.
_ONE_REQUEST = 1.0


def serve(*, migrate: Flag = False) -> None:
    """Take mail, understand it, answer, until SIGTERM or Ctrl-C.

    What is under way is finished first; a second signal ends it at once, and nothing is lost then
    either.

    Args:
        migrate: Bring an older PostgreSQL schema up to date. Without it the service refuses to
            start there, because other hosts may still run the older version; SQLite has one
            service only and is brought up to date anyway.
    """
    settings = load()
    set_up_logs()
    core = Core(settings)
    try:
        with opening_faults():
            make_ready(core, migrate=migrate)
        asyncio.run(run_until_asked(core))
    finally:
        core.close()


def make_ready(core: Core, *, migrate: bool) -> None:
    """Bring schema and configuration into the database; raises ConfigurationError."""
    if core.database.shared and not migrate and current_revision(core.database.engine) is not None:
        core.require_schema()
    core.prepare()


async def run_until_asked(core: Core, *, ready: Callable[[Service], None] | None = None) -> None:
    """Run a service until a signal comes; `ready` is called once it takes mail."""
    service = Service(core)
    if file := find_file(None):
        service.watch(file)
    loop = asyncio.get_running_loop()

    asked_at = 0.0

    def ask(number: int) -> None:
        nonlocal asked_at
        if not asked_at:
            asked_at = loop.time()
            log.info("the service ends", signal=signal.Signals(number).name)
            service.stop()
        elif loop.time() - asked_at > _ONE_REQUEST:
            loop.remove_signal_handler(number)
            signal.raise_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask, number)
    loop.add_signal_handler(
        signal.SIGHUP,
        lambda: loop.run_in_executor(None, partial(service.look_at_configuration, anyway=True)),
    )
    running = asyncio.create_task(service.run())
    waiting = asyncio.create_task(service.ready.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not running.done():
        log.info("the service takes mail", data=str(core.settings.desk.data.absolute()))
        if ready is not None:
            ready(service)
    await running
    log.info("the service has ended")
