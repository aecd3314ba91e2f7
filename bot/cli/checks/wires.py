"""Checks of the wires: our ports, the mail server that takes our mail, the mailboxes we read."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from imapclient.exceptions import IMAPClientError, LoginError

from bot.cli.checks.finding import Desk, Finding, ok, warning, wrong
from bot.errors import ConfigurationError, ReplydeskError
from bot.service.core import utc_now
from bot.service.mailboxes import StoredTokens, mailbox_options
from bot.service.wires import listener_options, sender_options
from bot.settings import ListenerSection, MailboxSection
from channels.email.imap_options import MailboxOptions
from channels.email.imap_session import connect
from channels.email.oauth import AccessTokens, OAuth
from channels.email.smtp_pool import ConnectionFailure, ConnectionPool, SenderOptions
from storage.database import Database
from storage.records import processes_alive

_PATIENCE = 10.0


def listeners(desk: Desk) -> Iterator[Finding]:
    """Every port is free or ours, every certificate can be used and still holds."""
    if not desk.settings.listeners and not desk.settings.mailboxes:
        yield warning(
            "listeners", "no mail can arrive except by 'replydesk accept'", "add [[listeners]]"
        )
    running = desk.database is not None and _is_running(desk.database)
    for number, section in enumerate(desk.settings.listeners):
        about = f"listeners[{number}]"
        try:
            listener_options(section).tls_context()
        except ConfigurationError as error:
            yield wrong(about, str(error), "correct certificate and key: both are PEM files")
        yield _door(about, section, running=running)


def _is_running(database: Database) -> bool:
    """Whether a service on this host said within the last seconds that it lives."""
    host = f"{socket.gethostname()}:"
    alive = database.read(lambda uow: processes_alive(uow.connection, now=datetime.now(UTC)))
    return any(holder.startswith(host) for holder in alive)


def _door(about: str, section: ListenerSection, *, running: bool) -> Finding:
    protocol = section.protocol.upper()
    if section.socket is None:
        return _port(about, section.host, section.port, protocol, running=running)
    return _tried(
        about, str(section.socket), protocol, partial(_try_socket, section.socket), running
    )


def _port(about: str, host: str, port: int, use: str, *, running: bool) -> Finding:
    return _tried(about, f"{host}:{port}", use, partial(_try_port, host, port), running)


def _tried(about: str, where: str, use: str, take: Callable[[], None], running: bool) -> Finding:  # noqa: FBT001 - called here alone
    try:
        take()
    except OSError as error:
        if running and error.errno == errno.EADDRINUSE:
            return ok(about, f"{where} is held, and our service is running")
        fix = _HELP.get(error.errno or 0, "correct host, port or socket")
        return wrong(about, f"{where} cannot be had: {error.strerror or error}", fix)
    return ok(about, f"{where} is free for {use}")


_HELP = {
    errno.EADDRINUSE: "end the program that holds it (ss -ltnp tells), or choose another",
    errno.EACCES: "ports below 1024 need CAP_NET_BIND_SERVICE, sockets a folder we may write in",
    errno.EADDRNOTAVAIL: "this machine has no such address; 0.0.0.0 takes all it has",
}


def _try_port(host: str, port: int) -> None:
    """Bind as the service will; raises OSError."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _try_socket(path: Path) -> None:
    """See whether a socket file could be made there, or somebody answers at it."""
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, f"the folder {path.parent} takes no files")
    with socket.socket(socket.AF_UNIX) as probe:
        if path.exists() and probe.connect_ex(str(path)) == 0:
            raise OSError(errno.EADDRINUSE, "somebody answers there")


def http(desk: Desk) -> Iterator[Finding]:
    """The port of our pages is free or ours, and links lead to it."""
    section = desk.settings.http
    if not section.enabled:
        yield ok("http", "closed by http.enabled; people say how it went by mail")
        return
    running = desk.database is not None and _is_running(desk.database)
    yield _port("http", section.host, section.port, "pages", running=running)
    if not section.reachable_url and desk.settings.satisfaction.enabled:
        yield ok(
            "http.public_url",
            "without it no link leads to the pages; people say how it went by mail",
        )


def outgoing(desk: Desk) -> Iterator[Finding]:
    """The mail server that takes our mail answers, encrypts as asked and knows our login."""
    section = desk.settings.smtp_out
    if section.outbox is not None:
        yield warning(
            "smtp_out.outbox",
            f"no mail is sent, all of it is written to {section.outbox}",
            "leave the key out once people shall get mail",
        )
        return
    where = f"{section.host}:{section.port}"
    try:
        options = replace(sender_options(section), connect_timeout=_PATIENCE)
        how = asyncio.run(_greet(options))
    except (ConnectionFailure, ConfigurationError) as error:
        yield wrong("smtp_out", str(error), "set host, port, tls, user and password of smtp_out")
    else:
        yield ok("smtp_out", f"{where} takes our mail{how}")


async def _greet(options: SenderOptions) -> str:
    pool = ConnectionPool(options)
    try:
        connection = await pool.open()
        encrypted = connection.client.get_transport_info("ssl_object") is not None
        pool.give(connection)
    finally:
        pool.close()
    login = f", login as {options.user}" if options.user else ", without login"
    return f" {'over TLS' if encrypted else 'in clear'}{login}"


def mailboxes(desk: Desk) -> Iterator[Finding]:
    """Every mailbox lets us in and has the folder that is read."""
    for number, section in enumerate(desk.settings.mailboxes):
        about = f"mailboxes[{number}]"
        where = f"{section.user} at {section.host}:{section.port}"
        try:
            count = _look(section, desk)
        except LoginError as error:
            fix = "set user and password, or the OAuth keys, of this mailbox"
            yield wrong(about, f"{where} refuses the login: {_plain(error)}", fix)
        except (IMAPClientError, OSError, ReplydeskError) as error:
            fix = "set host, port, tls and folder of this mailbox"
            yield wrong(about, f"{where} cannot be read: {_plain(error)}", fix)
        else:
            yield ok(about, f"{where} lets us in, the next mail in {section.folder} is {count}")


def _look(section: MailboxSection, desk: Desk) -> int:
    options = replace(
        mailbox_options(section),
        connect_timeout=timedelta(seconds=_PATIENCE),
        read_timeout=timedelta(seconds=_PATIENCE),
    )
    session = connect(options, _tokens(options, section, desk))
    try:
        return session.look().uidnext
    finally:
        session.close()


def _tokens(options: MailboxOptions, section: MailboxSection, desk: Desk) -> AccessTokens | None:
    """Fresh access tokens; a refresh token that the provider replaces must be kept at once."""
    if not isinstance(options.auth, OAuth):
        return None
    if desk.database is None:
        raise ConfigurationError("OAuth can be tried once the service has made its database")
    store = StoredTokens(desk.database, utc_now, {section.name: section.refresh_token})
    return AccessTokens(options.auth, store, now=utc_now)


def _plain(error: Exception) -> str:
    """What a library says, without the marks of bytes that imapclient leaves in its texts."""
    return str(error).removeprefix("b'").removesuffix("'")
