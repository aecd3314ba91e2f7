"""How mail comes and goes, and whose word about it counts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.settings.values import Address, Section


class ListenerSection(Section):
    """A port or socket that takes mail."""

    protocol: Literal["smtp", "lmtp"] = "smtp"
    host: str = "127.0.0.1"
    port: int = Field(default=2525, ge=0, le=65535)
    socket: Path | None = None
    hostname: str = "localhost"
    certificate: Path | None = None
    key: Path | None = None
    implicit_tls: bool = False
    require_tls: bool = False
    #: Logins with their passwords; a login that is a mail address proves that author.
    users: dict[str, str] = Field(default_factory=dict)
    auth_required: bool = False
    max_size: int = Field(default=40 * 1024 * 1024, ge=1024)
    #: 0 for no bound.
    connections_per_peer: int = Field(default=50, ge=0)
    mails_per_minute: int = Field(default=600, ge=0)


class MailboxSection(Section):
    """An IMAP mailbox to read."""

    name: str
    host: str
    port: int = Field(default=993, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    user: str
    password: str = Field(default="", repr=False)
    #: For XOAUTH2 instead of a password.
    token_url: str = ""
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    scope: str = ""
    #: The first refresh token; later ones are kept in the database.
    refresh_token: str = Field(default="", repr=False)
    addresses: tuple[Address, ...]
    folder: str = "INBOX"
    afterwards: Literal["seen", "move", "delete"] = "seen"
    move_to: str = ""
    first_read: Literal["unread", "all"] = "unread"
    alarm_after_minutes: int = Field(default=15, ge=2)


class SmtpOutSection(Section):
    """The server that takes our mail."""

    #: Folder into which mails are written instead of being sent: for trying things out.
    outbox: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "opportunistic", "none"] = "opportunistic"
    user: str = ""
    password: str = Field(default="", repr=False)
    verify: bool = True
    #: Certificate authority as a PEM file instead of the system's.
    authority: Path | None = None
    #: Our name in EHLO.
    helo: str = "localhost"
    connections: int = Field(default=8, ge=1, le=100)
    #: Mails on their way to one recipient domain at once.
    per_domain: int = Field(default=4, ge=1, le=100)


class TrustSection(Section):
    """Whose word about senders counts."""

    #: Networks whose mail is taken as written by whom it says.
    senders: tuple[str, ...] = ()
    #: Networks of our relays, whose Authentication-Results are believed.
    relays: tuple[str, ...] = ()
    #: The names under which they write.
    authserv_ids: tuple[str, ...] = ()
    #: Verify DKIM, SPF, DMARC and ARC of what comes by SMTP and LMTP.
    verify: bool = True
    #: Name servers to ask, ``address`` or ``address:port``; the system's own when empty.
    resolvers: tuple[str, ...] = ()
    #: Forwarders whose ARC seals count, by their signing domain.
    arc_sealers: tuple[str, ...] = ()


class SealedSection(Section):
    """Signed and encrypted mail."""

    #: PEM files, each with a certificate and its private key, that open S/MIME mails.
    smime_keys: tuple[Path, ...] = ()
    smime_password: str = Field(default="", repr=False)
    #: PEM file of the authorities whose S/MIME certificates are trusted.
    smime_authorities: Path | None = None
    #: Folder of PGP keys: secret ones open mails, public ones prove signatures.
    pgp_keys: Path | None = None
    pgp_password: str = Field(default="", repr=False)
