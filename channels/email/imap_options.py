"""How one IMAP mailbox is reached and what is done with its mails; checked when it is made."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from bot.errors import ConfigurationError
from channels.email.oauth import OAuth, is_loopback

#: RFC 2177: a server may log an idle client out after 30 minutes, so IDLE is renewed before 29.
_LONGEST_IDLE = timedelta(minutes=29)


@dataclass(frozen=True, kw_only=True, slots=True)
class Password:
    """Plain LOGIN."""

    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxOptions:
    """One mailbox; a value that makes no sense raises `bot.errors.ConfigurationError`."""

    #: What people call it, unique in the desk; the cursor is kept under this name.
    name: str
    host: str
    port: int = 993
    #: ``none`` only on this machine, or with ``plain_text_allowed``.
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    #: A file of certificate authorities instead of the system's, or None.
    ca_file: str | None = None
    #: Accept that the password crosses the network readable to all.
    plain_text_allowed: bool = False
    user: str
    auth: Password | OAuth
    #: The desk's addresses whose mail arrives here; at least one.
    desk_addresses: tuple[str, ...]
    folder: str = "INBOX"
    #: What happens to a mail once the inbox has it.
    afterwards: Literal["seen", "move", "delete"] = "seen"
    #: Target folder of ``move``.
    move_to: str = ""
    #: Which mails of a mailbox never read before are taken.
    first_read: Literal["unread", "all"] = "unread"
    #: How often to look where the server has no IDLE.
    poll_interval: timedelta = timedelta(minutes=1)
    idle: bool = True
    #: How long one IDLE lasts; also how long a silently dead connection stays unnoticed.
    idle_renew: timedelta = timedelta(minutes=5)
    connect_timeout: timedelta = timedelta(seconds=15)
    #: For one answer of the server.
    read_timeout: timedelta = timedelta(minutes=1)
    #: First and longest wait after an error; the waits between double.
    retry_first: timedelta = timedelta(seconds=1)
    retry_longest: timedelta = timedelta(minutes=2)
    #: Not read for so long is an alarm.
    alarm_after: timedelta = timedelta(minutes=15)
    #: A larger mail (RFC822.SIZE in bytes) is set aside without being fetched.
    largest_mail: int = 50_000_000
    #: Mails fetched with one command, and their bytes together (one mail may be larger).
    batch_mails: int = 100
    batch_bytes: int = 16_000_000

    def __post_init__(self) -> None:
        """Refuse what would leak a password, never alarm or never be taken."""
        for wrong, reason in (
            (
                self.tls == "none" and not (self.plain_text_allowed or is_loopback(self.host)),
                "tls = 'none' would send the password readable; use 'implicit' or 'starttls'",
            ),
            (not self.desk_addresses, "desk_addresses must name the address its mail is sent to"),
            (self.afterwards == "move" and not self.move_to, "move_to must name a folder"),
            (self.move_to == self.folder, "move_to must not be the folder that is read"),
            (
                not timedelta(0) < self.idle_renew < _LONGEST_IDLE,
                "idle_renew must be above 0 and below 29 minutes",
            ),
            (
                self.alarm_after <= max(self.idle_renew, self.poll_interval),
                "alarm_after must be longer than idle_renew and poll_interval",
            ),
            (
                min(self.batch_mails, self.batch_bytes, self.largest_mail) < 1,
                "batch_mails, batch_bytes and largest_mail must be positive",
            ),
        ):
            if wrong:
                raise ConfigurationError(f"mailbox {self.name}: {reason}")

    def tls_context(self) -> ssl.SSLContext:
        """Verifies the server's certificate and name, always."""
        return ssl.create_default_context(cafile=self.ca_file)
