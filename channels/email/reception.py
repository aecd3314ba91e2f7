"""What all sessions of one SMTP or LMTP listener share: its options and the way into the inbox."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog

from bot.errors import ConfigurationError, StorageAway
from bot.ports import AcceptAsync, Arrival, Envelope, Gather, KnowsRecipient
from channels.email.fingerprint import fingerprint
from channels.email.peers import PeerBook, PeerLimits

_log = structlog.get_logger(__name__)

#: What a peer hears of any trouble on our side: it keeps the mail and tries again.
TRY_LATER = "451 4.3.0 Cannot take mail at the moment, try again later"


@dataclass(frozen=True, kw_only=True, slots=True)
class ListenerOptions:
    """Where and how one listener takes mail."""

    #: ``lmtp`` answers once for every recipient (RFC 2033); meant for a mail server in front.
    protocol: Literal["smtp", "lmtp"] = "smtp"
    host: str = "127.0.0.1"
    #: 0 lets the system choose.
    port: int = 2525
    #: Listen on this Unix socket instead of host and port.
    socket_path: Path | None = None
    #: Permission bits of the socket.
    socket_mode: int = 0o660
    #: Our name in the greeting.
    hostname: str = "localhost"
    #: PEM file of the certificate chain; it makes STARTTLS available.
    certificate: Path | None = None
    #: PEM file of its key; None when the certificate file holds both.
    key: Path | None = None
    #: Speak TLS from the first byte instead of STARTTLS.
    implicit_tls: bool = False
    #: Take no mail in clear.
    require_tls: bool = False
    #: Judges login and password, in a thread of its own; None switches AUTH off.
    login: Callable[[str, bytes], bool] | None = None
    #: Take mail only from those who have logged in.
    auth_required: bool = False
    #: Take passwords in clear: for a network that nobody else can hear.
    auth_without_tls: bool = False
    #: Bytes of one mail.
    max_size: int = 40 * 1024 * 1024
    #: Recipients of one mail.
    max_recipients: int = 100
    #: Unknown recipients and failed logins of one session.
    max_errors: int = 20
    #: Seconds of silence between commands.
    command_timeout: float = 300.0
    #: Seconds for the transfer of one mail, and again for storing it.
    data_timeout: float = 900.0
    limits: PeerLimits = field(default_factory=PeerLimits)

    def __post_init__(self) -> None:
        if self.certificate is None and (self.implicit_tls or self.require_tls):
            raise ConfigurationError(
                "mail listener: implicit_tls and require_tls need a certificate"
            )
        if self.login is None and self.auth_required:
            raise ConfigurationError("mail listener: auth_required needs users that may log in")

    def tls_context(self) -> ssl.SSLContext | None:
        """The server's side of TLS, or None without a certificate."""
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"mail listener: cannot use the certificate {self.certificate}: {error}"
            ) from error
        return context


class Reception:
    """One listener's shared desk: sessions come here with a mail and leave with a reply."""

    def __init__(
        self,
        options: ListenerOptions,
        *,
        accept: AcceptAsync,
        knows_recipient: KnowsRecipient,
        now: Callable[[], datetime],
        gather: Gather | None = None,
    ) -> None:
        self.options = options
        self.tls_context = options.tls_context()
        self.knows_recipient = knows_recipient
        self.now = now
        self.book = PeerBook(options.limits)
        self._accept = accept
        self._gather = gather

    async def store(self, raw: bytes, envelope: Envelope, *, helo: str) -> str:
        """Hand one mail to the inbox; the reply, 250 only once it is stored."""
        try:
            received_at = self.now()
            if self._gather is not None:
                envelope = replace(envelope, evidence=await self._gather(raw, envelope, helo))
            accepted = await self._accept(
                Arrival(
                    channel="email",
                    external_id=fingerprint(raw, received_at=received_at),
                    raw=raw,
                    envelope=envelope,
                    received_at=received_at,
                )
            )
        except StorageAway as error:
            _log.warning("mail_put_off", peer=envelope.peer, reason=str(error))
            return TRY_LATER
        except Exception:  # noqa: BLE001 -- whatever went wrong here is ours: the peer must keep the mail.
            _log.exception("mail_put_off", peer=envelope.peer)
            return TRY_LATER
        return f"250 2.0.0 Stored as {accepted.inbox_id}"
