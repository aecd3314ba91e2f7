"""One service in a thread and an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress

from bot.service import Core, Service


class ServiceThread:
    """Starts once and ends once."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._service: Service | None = None

    def start(self, *, within: float) -> None:
        """Return when the doors are open; raise what kept them shut, with nothing left running."""
        self._thread.start()
        try:
            self._started.result(timeout=within)
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Ask the service to end and wait until it has."""
        loop, service = self._loop, self._service
        if loop is not None and service is not None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(service.stop)
        if self._thread.ident is not None:
            self._thread.join(timeout=30)
        assert not self._thread.is_alive(), "the service did not end"

    @property
    def ports(self) -> list[int]:
        """The ports of its listeners."""
        return self.service.ports

    @property
    def service(self) -> Service:
        """The service itself, once it has started."""
        assert self._service is not None
        return self._service

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._service = Service(self._core)
        running = asyncio.create_task(self._service.run())
        ready = asyncio.create_task(self._service.ready.wait())
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if not running.done():
            self._started.set_result(None)
        await running
