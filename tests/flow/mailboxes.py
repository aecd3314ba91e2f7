"""Mailboxes of a real IMAP server as a desk reads them, and how mails get into them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from imapclient import IMAPClient

from tests.flow.letters import Letter
from tests.servers.dovecot import Dovecot

_numbers = itertools.count(1)

#: Seconds within which a waiting reader has a new mail.
_PATIENCE = 6.0


class Postbox:
    """One user's mailbox that nobody else has."""

    def __init__(self, dovecot: Dovecot, address: str) -> None:
        self._dovecot = dovecot
        self.user = f"desk-{next(_numbers)}"
        self.address = address

    def section(self, **changed: object) -> dict[str, Any]:
        """Its part of a desk's configuration."""
        return {
            "name": self.user,
            "host": self._dovecot.host,
            "port": self._dovecot.imap_port,
            "tls": "none",
            "user": self.user,
            "password": self._dovecot.password,
            "addresses": [self.address],
            **changed,
        }

    def put(self, letter: Letter) -> None:
        """Put a mail into it, as the mail server does, and leave it there."""
        self._dovecot.deliver(self.user, letter.raw, sender=letter.sender)

    def take(self, letter: Letter) -> None:
        """Put a mail into it and wait until the desk has read it."""
        self.put(letter)
        self.wait_until_read()

    def wait_until_read(self) -> None:
        """Return when no mail is unread; fails when somebody does not read."""
        until(lambda: not self.unread(), f"mails stay unread in {self.user}")

    def unread(self) -> int:
        """How many mails nobody has read."""
        client: Any = IMAPClient(self._dovecot.host, self._dovecot.imap_port, ssl=False)
        with client:
            client.login(self.user, self._dovecot.password)
            client.select_folder("INBOX", readonly=True)
            return len(client.search("UNSEEN"))


def until(happened: Callable[[], object], otherwise: str) -> None:
    """Wait for something; fails the test with a text when it does not come."""
    deadline = time.monotonic() + _PATIENCE
    while not happened():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.01)
