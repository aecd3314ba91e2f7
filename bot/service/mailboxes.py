"""IMAP mailboxes and the storage they need: cursors, refresh tokens, mails that stay behind."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from bot.service.core import Core
from bot.settings import MailboxSection
from channels.email.imap_in import Mailbox
from channels.email.imap_options import MailboxOptions, Password
from channels.email.imap_reading import Cursor, SetAside
from channels.email.oauth import OAuth
from storage.database import Database


class StoredCursors:
    """Implements the mailbox reader's `Cursors`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def load(self, mailbox: str) -> Cursor | None:
        """The cursor of the mailbox with this name, or None before its first start."""
        values = self._core.database.run(lambda uow: uow.house.cursor(mailbox))
        return Cursor(**values) if values else None

    def save(self, mailbox: str, cursor: Cursor) -> None:
        """Replace it."""
        self._core.database.run(lambda uow: uow.house.save_cursor(mailbox, asdict(cursor)))


class StoredTokens:
    """Implements the mailbox reader's `TokenStore`; the configured token is only the first."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], first: dict[str, str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._first = first

    def load(self, name: str) -> str | None:
        """The newest refresh token, or the configured one."""
        kept = self._database.run(lambda uow: uow.house.refresh_token(name))
        return kept or self._first.get(name) or None

    def save(self, name: str, token: str) -> None:
        """Replace it; durable when this returns."""
        now = self._clock()
        self._database.run(lambda uow: uow.house.save_refresh_token(name, token, now=now))


def open_mailbox(core: Core, section: MailboxSection) -> Mailbox:
    """A reader for one mailbox, not yet started; raises ConfigurationError."""
    first = {section.name: section.refresh_token}

    def set_aside(mail: SetAside) -> None:
        core.database.run(
            lambda uow: uow.inbox.set_aside(
                channel="email",
                external_id=f"imap:{mail.mailbox}:{mail.uidvalidity}:{mail.uid}",
                reason=f"{mail.reason}; it stays in the mailbox {mail.mailbox}, starred",
                head=mail.head,
                size=mail.size,
                now=core.clock(),
            )
        )

    return Mailbox(
        mailbox_options(section),
        accept=core.acceptor.accept_blocking,
        set_aside=set_aside,
        cursors=StoredCursors(core),
        tokens=StoredTokens(core.database, core.clock, first),
        now=core.clock,
        random=random.random,
    )


def mailbox_options(section: MailboxSection) -> MailboxOptions:
    """The reader's options; raises ConfigurationError where they make no sense."""
    auth = (
        OAuth(
            token_url=section.token_url,
            client_id=section.client_id,
            client_secret=section.client_secret,
            refresh_token=section.name,
            scope=section.scope,
        )
        if section.token_url
        else Password(password=section.password)
    )
    return MailboxOptions(
        name=section.name,
        host=section.host,
        port=section.port,
        tls=section.tls,
        user=section.user,
        auth=auth,
        desk_addresses=section.addresses,
        folder=section.folder,
        afterwards=section.afterwards,
        move_to=section.move_to,
        first_read=section.first_read,
        alarm_after=timedelta(minutes=section.alarm_after_minutes),
    )
