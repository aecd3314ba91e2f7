"""The HTTP port: uvicorn inside the service's own loop, bounded, without a log of its own."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import ConfigurationError
from channels.http.app import App
from channels.http.pages import Pages

log = structlog.get_logger()

#: Connections at once; further ones hear 503.
MOST_CONNECTIONS = 200
#: Bytes of a request's line and fields.
MOST_HEAD = 16 * 1024
#: Seconds in which a connection must ask for something.
PATIENCE = 20.0
#: Seconds for what is under way when the service ends.
_LAST_SECONDS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpOptions:
    """Where to listen."""

    host: str
    #: 0 lets the system choose.
    port: int


class HttpPort:
    """Answers from `start` until `close`."""

    def __init__(self, options: HttpOptions, pages: Pages) -> None:
        self._options = options
        self._app = App(pages)
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        #: The port that is open; 0 before.
        self.port = 0

    async def start(self) -> None:
        """Open the port; raises ConfigurationError where it cannot be had."""
        # Whatever scanners send it would be a warning each.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        door = _listen(self._options)
        self.port = door.getsockname()[1]
        configuration = uvicorn.Config(
            self._app.asgi,
            http=_Impatient,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            # Nothing here depends on who asks or by which name.
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            h11_max_incomplete_event_size=MOST_HEAD,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=_LAST_SECONDS,
        )
        self._server = _Server(configuration)
        self._serving = asyncio.create_task(self._server.serve(sockets=[door]))
        opened = asyncio.create_task(self._server.opened.wait())
        await asyncio.wait({self._serving, opened}, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        log.info("http port started", host=self._options.host, port=self.port)

    async def close(self) -> None:
        """Close it; what is under way has a few seconds."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            with suppress(asyncio.CancelledError):
                await self._serving
        self._app.close()


class _Server(uvicorn.Server):
    """Leaves the process's signals to the service, which ends every door itself."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        #: Set once it answers.
        self.opened = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.opened.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class _Impatient(H11Protocol):
    """Closes a connection that does not come to the point; uvicorn would wait for ever.

    And logs no requests: the path is a secret.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the parent
        super().connection_made(transport)
        # The configuration's `access_log` counts only where uvicorn sets up logging itself.
        self.access_log = False
        self._seen: object = None
        self._watch = self.loop.call_later(PATIENCE, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Close, unless a request is under way or was finished since the last look."""
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy and self.cycle is self._seen:
            self.transport.close()
            return
        self._seen = self.cycle
        self._watch = self.loop.call_later(PATIENCE, self._look)


def _listen(options: HttpOptions) -> socket.socket:
    where = f"{options.host}:{options.port}"
    try:
        found = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, _, _, address = found[0]
        door = socket.socket(family, kind)
    except OSError as error:
        raise ConfigurationError(f"http: cannot listen on {where}: {error}") from None
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(128)
        door.setblocking(False)
    except OSError as error:
        door.close()
        raise ConfigurationError(
            f"http: cannot listen on {where}: {error.strerror or error}; "
            "choose another http.port, or close it by http.enabled = false"
        ) from None
    return door
