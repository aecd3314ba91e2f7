"""What the tests of IMAP reading share: an inbox in memory and a person's own mail program."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from imapclient import IMAPClient

from bot.errors import StorageAway
from bot.ports import Accepted, Arrival
from channels.email.imap_in import Mailbox
from channels.email.imap_options import MailboxOptions, Password
from channels.email.imap_reading import Cursor, SetAside
from channels.email.oauth import TokenStore
from tests.servers.dovecot import Dovecot

#: Waits short enough for a test, and no TLS on this machine.
QUICK: dict[str, Any] = {
    "tls": "none",
    "retry_first": timedelta(milliseconds=20),
    "retry_longest": timedelta(milliseconds=100),
    "desk_addresses": ("desk@help.example",),
}


def mail(number: int, *, body: str = "It does not print.") -> bytes:
    """A mail unlike the others."""
    return (
        f"From: Ada <ada@customer.example>\r\nSubject: Printer {number}\r\n"
        f"Date: Mon, 2 Mar 2026 10:{number % 60:02}:00 +0000\r\n"
        f"Message-ID: <{number}@customer.example>\r\n\r\n{body}\r\n"
    ).encode()


def now() -> datetime:
    """The time on the wall."""
    return datetime.now(UTC)


def until(condition: Callable[[], object], *, seconds: float = 5.0) -> float:
    """Wait for it; the seconds it took. Fails when it does not come."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(0.005)
    return time.monotonic() - begun


class MemoryInbox:
    """Accepts what comes and keeps it in order."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.left: list[SetAside] = []
        #: Raised instead of accepting, while set.
        self.trouble: Exception | None = None
        #: How many it takes before it is full.
        self.room = 1_000_000
        self._lock = Lock()

    def accept(self, arrival: Arrival) -> Accepted:
        if self.trouble is not None:
            raise self.trouble
        if len(self.arrivals) >= self.room:
            raise StorageAway("the disk is full")
        with self._lock:
            known = arrival.external_id in {one.external_id for one in self.arrivals}
            self.arrivals.append(arrival)
            return Accepted(inbox_id=len(self.arrivals), duplicate=known)

    def subjects(self) -> list[int]:
        """The numbers of the mails that came."""
        return [int(one.raw.split(b"Printer ")[1].split()[0]) for one in self.arrivals]


class MemoryCursors:
    """Keeps cursors as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, Cursor] = {}

    def load(self, mailbox: str) -> Cursor | None:
        return self.kept.get(mailbox)

    def save(self, mailbox: str, cursor: Cursor) -> None:
        self.kept[mailbox] = cursor


class Desk:
    """One user's mailbox on the server, as the desk and as a person sees it."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self.dovecot = dovecot
        self.user = user
        self.inbox = MemoryInbox()
        self.cursors = MemoryCursors()

    def deliver(self, *numbers: int) -> None:
        for number in numbers:
            self.dovecot.deliver(self.user, mail(number))

    def options(self, **changed: object) -> MailboxOptions:
        values: dict[str, object] = {
            "name": self.user,
            "host": self.dovecot.host,
            "port": self.dovecot.imap_port,
            "user": self.user,
            "auth": Password(password=self.dovecot.password),
        }
        everything: dict[str, Any] = {**QUICK, **values, **changed}
        return MailboxOptions(**everything)

    def mailbox(self, *, tokens: TokenStore | None = None, **changed: object) -> Mailbox:
        return Mailbox(
            self.options(**changed),
            accept=self.inbox.accept,
            set_aside=self.inbox.left.append,
            cursors=self.cursors,
            tokens=tokens,
            now=now,
            random=lambda: 0.5,
        )

    @contextmanager
    def reading(self, *, tokens: TokenStore | None = None, **changed: object) -> Iterator[Mailbox]:
        """The desk reads the mailbox meanwhile."""
        mailbox = self.mailbox(tokens=tokens, **changed)
        mailbox.start()
        try:
            yield mailbox
        finally:
            assert mailbox.stop()

    @contextmanager
    def person(self, folder: str = "INBOX") -> Iterator[Any]:
        """A person's mail program with the folder open."""
        client: Any = IMAPClient(self.dovecot.host, self.dovecot.imap_port, ssl=False)
        with client:
            client.login(self.user, self.dovecot.password)
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.select_folder(folder)
            yield client

    def flags(self, folder: str = "INBOX") -> list[set[bytes]]:
        """The flags of every mail in the folder, in order."""
        with self.person(folder) as client:
            found = client.get_flags(client.search())
            return [set(found[uid]) - {b"\\Recent"} for uid in sorted(found)]
