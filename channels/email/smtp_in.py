"""The listener that takes mail by SMTP or LMTP and says 250 once the inbox has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog

from bot.errors import ConfigurationError
from bot.ports import AcceptAsync, Gather, KnowsRecipient
from channels.email.lmtp import LmtpSession
from channels.email.reception import ListenerOptions, Reception
from channels.email.smtp_session import SmtpSession

__all__ = ["ListenerOptions", "MailListener"]

_log = structlog.get_logger(__name__)

_BACKLOG = 512
#: Peers are counted once they have shaken hands.
_HANDSHAKE_SECONDS = 20.0


class MailListener:
    """Takes mail on one port or Unix socket.

    ``accept`` stores a mail durably, ``knows_recipient`` says for whom there is a desk here: mail
    for anyone else is refused, so this can never be an open relay. ``now`` gives aware times.
    ``gather`` verifies a mail before it is stored; without it nothing is verified.
    """

    def __init__(
        self,
        options: ListenerOptions,
        *,
        accept: AcceptAsync,
        knows_recipient: KnowsRecipient,
        now: Callable[[], datetime],
        gather: Gather | None = None,
    ) -> None:
        self._options = options
        self._reception = Reception(
            options, accept=accept, knows_recipient=knows_recipient, now=now, gather=gather
        )
        self._session_class = LmtpSession if options.protocol == "lmtp" else SmtpSession
        self._sessions: set[SmtpSession] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen. Raises ConfigurationError when the address cannot be had."""
        try:
            self._server = await self._listen()
        except OSError as error:
            raise ConfigurationError(
                f"mail listener: cannot listen on {self._address()}: {error}"
            ) from error
        _log.info("mail_listener_started", protocol=self._options.protocol, address=self._address())

    @property
    def port(self) -> int:
        """The TCP port that is listened on; useful when the system chose it."""
        if self._server is None or self._options.socket_path is not None:
            return 0
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self, *, within: float = 10.0) -> None:
        """Stop listening and end the sessions: a word to each, then ``within`` seconds, then none.

        A mail that is being transferred may finish and gets its answer within that time.
        """
        if self._server is None:
            return
        self._server.close()
        for session in tuple(self._sessions):
            session.dismiss()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self._sessions:  # noqa: ASYNC110 -- once in a service's life.
                    await asyncio.sleep(0.02)
        for session in tuple(self._sessions):
            session.abort()
        # Transports report their end in the loop's next round.
        await asyncio.sleep(0)
        self._server = None
        if self._options.socket_path is not None:
            self._options.socket_path.unlink(missing_ok=True)

    async def _listen(self) -> asyncio.Server:
        options = self._options
        loop = asyncio.get_running_loop()
        tls: dict[str, Any] = {}
        if options.implicit_tls:
            tls = {"ssl": self._reception.tls_context, "ssl_handshake_timeout": _HANDSHAKE_SECONDS}
        if options.socket_path is None:
            return await loop.create_server(
                self._session, options.host, options.port, backlog=_BACKLOG, **tls
            )
        path = str(options.socket_path)
        server = await loop.create_unix_server(self._session, path, backlog=_BACKLOG, **tls)
        options.socket_path.chmod(options.socket_mode)
        return server

    def _session(self) -> SmtpSession:
        return self._session_class(self._reception, self._sessions)

    def _address(self) -> str:
        options = self._options
        return str(options.socket_path or f"{options.host}:{self.port or options.port}")
