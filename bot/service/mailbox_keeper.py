"""Each mailbox is read by one process at a time, and somebody hears when it is not read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import structlog

from bot.service.core import Core
from bot.service.mailboxes import mailbox_options, open_mailbox
from bot.settings import MailboxSection
from channels.email.imap_in import Mailbox
from storage.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()


class MailboxKeeper:
    """Starts the readers whose lease this process holds, and stops those it has lost.

    Two readers at once, as after a process slept through the end of its lease, do no harm: the
    inbox knows a message that comes twice. The lease saves the work, not the ticket.
    """

    def __init__(self, core: Core, *, ttl: timedelta) -> None:
        """Raises ConfigurationError when a mailbox makes no sense."""
        self._core = core
        self._ttl = ttl
        self._sections = core.settings.mailboxes
        for section in self._sections:
            mailbox_options(section)
        self._reading: dict[str, Mailbox] = {}
        self._alarmed: set[str] = set()
        #: A heartbeat that overtakes the end would start a reader that nobody stops.
        self._turn = asyncio.Lock()
        self._closed = False

    async def look_after(self) -> None:
        """Renew the leases, start and stop readers, raise and withdraw alarms."""
        async with self._turn:
            for section in self._sections if not self._closed else ():
                if await self._holds(section):
                    self._read(section)
                else:
                    await self._leave(section.name)

    async def close(self) -> None:
        """Stop every reader and give its lease back, for good."""
        holder = self._core.holder
        async with self._turn:
            self._closed = True
            names = list(self._reading)
            await asyncio.gather(*map(self._leave, names))
            for name in names:
                await self._core.database.run_async(partial(_drop, f"mailbox:{name}", holder))

    async def _holds(self, section: MailboxSection) -> bool:
        now, holder = self._core.clock(), self._core.holder
        fence = await self._core.database.run_async(
            lambda uow: uow.house.take_lease(
                f"mailbox:{section.name}", holder=holder, now=now, ttl=self._ttl
            )
        )
        return fence is not None

    def _read(self, section: MailboxSection) -> None:
        if section.name not in self._reading:
            self._reading[section.name] = mailbox = open_mailbox(self._core, section)
            mailbox.start()
        reason = self._reading[section.name].overdue(self._core.clock())
        if reason and section.name not in self._alarmed:
            log.error("mailbox is not read", mailbox=section.name, reason=reason)
            self._alarmed.add(section.name)
        elif not reason:
            self._alarmed.discard(section.name)

    async def _leave(self, name: str) -> None:
        mailbox = self._reading.pop(name, None)
        if mailbox is not None:
            await asyncio.to_thread(mailbox.stop)


def _drop(name: str, holder: str, uow: SqlUnitOfWork) -> None:
    uow.house.drop_lease(name, holder=holder)
