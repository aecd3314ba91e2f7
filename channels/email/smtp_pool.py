"""Connections to the mail server that takes our mail: opened, kept for a while, given back."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
)

from bot.errors import ConfigurationError
from channels.email.header_lines import one_line

_START_TLS: dict[str, bool | None] = {"starttls": True, "opportunistic": None}


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderOptions:
    """The mail server that takes our mail, and how much of it we use."""

    host: str
    port: int = 587
    #: ``implicit`` from the first byte, ``starttls`` or nothing, ``opportunistic``: by STARTTLS
    #: where it is offered and then without checking who answers, or ``none``.
    tls: Literal["implicit", "starttls", "opportunistic", "none"] = "starttls"
    #: Check the server's certificate; opportunistic TLS never does.
    verify: bool = True
    #: PEM file of the authority that signed it; None trusts the system's.
    authority: Path | None = None
    #: Login, or None for a server that knows us by our address.
    user: str | None = None
    password: str = field(default="", repr=False)
    #: Our name in EHLO.
    helo: str = "localhost"
    #: Connections open at once.
    connections: int = 8
    #: Mails on their way to one recipient domain at once.
    per_domain: int = 4
    #: Mails sent over one connection before it is replaced.
    mails_per_connection: int = 100
    #: Seconds an unused connection is kept.
    idle_seconds: float = 30.0
    #: Seconds for connecting, and for each answer of the greeting.
    connect_timeout: float = 30.0
    #: Seconds for the answer to one command.
    command_timeout: float = 120.0
    #: Seconds for the transfer of one mail and the final answer (RFC 5321 section 4.5.3.2.6).
    data_timeout: float = 600.0

    def __post_init__(self) -> None:
        if self.user is not None and self.tls == "opportunistic":
            raise ConfigurationError(
                "mail sender: with opportunistic TLS anyone in between can have the password; "
                "set tls to starttls or implicit"
            )

    def tls_context(self) -> ssl.SSLContext:
        """The client's side of TLS."""
        try:
            context = ssl.create_default_context(cafile=self.authority)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"mail sender: cannot use the authority {self.authority}: {error}"
            ) from error
        if not self.verify or self.tls == "opportunistic":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class ConnectionFailure(Exception):
    """No mail went over the connection; the text says why in words."""


@dataclass(kw_only=True, slots=True)
class Connection:
    """One open connection and what it has done."""

    client: SMTP
    #: Mails that went over it.
    used: int = 0
    #: The loop's time when it was given back.
    idle_since: float = 0.0


class ConnectionPool:
    """At most ``options.connections`` connections; the newest is used first, so the rest expire."""

    def __init__(self, options: SenderOptions) -> None:
        self._options = options
        self._tls = options.tls_context()
        self._slots = asyncio.Semaphore(options.connections)
        self._idle: list[Connection] = []
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """The right to hold one connection."""
        async with self._slots:
            yield

    async def take(self) -> Connection:
        """A connection that was used before, or a new one. Raises ConnectionFailure."""
        while self._idle:
            connection = self._idle.pop()
            if connection.client.is_connected:
                return connection
        return await self.open()

    async def open(self) -> Connection:
        """A new connection, greeted and logged in. Raises ConnectionFailure."""
        options = self._options
        client = SMTP(
            hostname=options.host,
            port=options.port,
            local_hostname=options.helo,
            use_tls=options.tls == "implicit",
            start_tls=_START_TLS.get(options.tls, False),
            tls_context=self._tls,
            username=options.user,
            password=options.password or None,
            timeout=options.connect_timeout,
        )
        try:
            await client.connect()
            await _greet(client)
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            raise ConnectionFailure(self._explained(error)) from error
        return Connection(client=client)

    def give(self, connection: Connection) -> None:
        """Back for the next mail, or closed where it is worn out."""
        connection.used += 1
        worn = connection.used >= self._options.mails_per_connection
        if worn or self._closed or not connection.client.is_connected:
            _part(connection)
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = loop.call_later(self._options.idle_seconds, self._expire)

    def close(self) -> None:
        """Close what is unused now, and what is in use when it is given back."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        while self._idle:
            _part(self._idle.pop())

    def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        oldest = loop.time() - self._options.idle_seconds
        while self._idle and self._idle[0].idle_since <= oldest:
            _part(self._idle.pop(0))
        self._sweep = None
        if self._idle:
            self._sweep = loop.call_at(
                self._idle[0].idle_since + self._options.idle_seconds, self._expire
            )

    def _explained(self, error: Exception) -> str:
        where = f"{self._options.host}:{self._options.port}"
        if isinstance(error, SMTPAuthenticationError):
            return f"{where} does not accept our login: {answer_text(error.code, error.message)}"
        if isinstance(error, SMTPResponseException):
            return f"{where} does not serve us: {answer_text(error.code, error.message)}"
        if isinstance(error, ssl.SSLError):
            return f"TLS with {where} fails: {error_text(error)}"
        return f"no connection to {where}: {error_text(error)}"


class DomainTurns:
    """Lets so many at once through for each recipient domain."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._present: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, domain: str) -> AsyncIterator[None]:
        """Wait for a place; domains that nobody waits for are forgotten."""
        gate = self._gates.setdefault(domain, asyncio.Semaphore(self._width))
        self._present[domain] += 1
        try:
            async with gate:
                yield
        finally:
            self._present[domain] -= 1
            if not self._present[domain]:
                del self._present[domain], self._gates[domain]


def answer_text(code: int, message: str) -> str:
    """A server's answer on one line, bounded, whatever bytes it held."""
    return f"{code} {one_line(message)}"[:500]


def error_text(error: Exception) -> str:
    """What the client library says of a failure, on one line, bounded."""
    return (one_line(str(error)) or type(error).__name__)[:500]


async def _greet(client: SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


def _part(connection: Connection) -> None:
    """Say QUIT without waiting for the answer, and close."""
    client = connection.client
    with suppress(SMTPException, OSError, RuntimeError):
        if client.protocol is not None:
            client.protocol.write(b"QUIT\r\n")
    client.close()
