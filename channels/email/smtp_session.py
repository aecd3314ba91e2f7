# ruff: noqa: N802 -- aiosmtpd finds commands and hooks by these names.
"""One SMTP session: aiosmtpd's protocol with our rules about who, how much and what for.

aiosmtpd reads commands; replaced are its reading of addresses, of the mail text and of logins.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

import structlog
from aiosmtpd.smtp import SMTP, Session, TLSSetupException, syntax
from aiosmtpd.smtp import Envelope as Transaction

from bot.errors import StorageAway
from bot.ports import Envelope
from channels.email.dotted import DottedText
from channels.email.login import read_credentials
from channels.email.paths import NULL_PATH, read_path
from channels.email.reception import TRY_LATER, Reception

_log = structlog.get_logger(__name__)

_CLOSING = b"421 4.3.2 Service is shutting down, try again later"
_TIMED_OUT = b"421 4.4.2 Nothing heard for too long, closing"
_TOO_MANY_ERRORS = "421 4.7.0 Too many errors, closing"


class _Hooks:
    """The decisions aiosmtpd asks for; all state is in the session."""

    async def handle_EHLO(
        self, server: SmtpSession, session: Session, _: Transaction, host: str, replies: list[str]
    ) -> list[str]:
        session.host_name = host
        wanted = [line for line in replies if server.offers_auth or not line.startswith("250-AUTH")]
        return [wanted[0], "250-PIPELINING", *wanted[1:]]

    async def handle_AUTH(
        self, server: SmtpSession, session: Session, _: Transaction, arguments: list[str]
    ) -> str | None:
        credentials = await read_credentials(server, arguments)
        if credentials is None:
            return None
        login, password = credentials
        check = server.reception.options.login
        if check is None or not await asyncio.to_thread(check, login, password):
            _log.warning("smtp_login_failed", peer=server.peer, login=login)
            return server.count_error("535 5.7.8 Authentication credentials invalid")
        session.authenticated = True
        session.auth_data = login  # type: ignore[assignment]  # aiosmtpd says None only.
        return "235 2.7.0 Authentication successful"

    async def handle_MAIL(
        self,
        server: SmtpSession,
        _: Session,
        transaction: Transaction,
        address: str,
        parameters: list[str],
    ) -> str:
        if not address.isascii() and not transaction.smtp_utf8:
            return "553 5.6.7 The address needs SMTPUTF8"
        reception = server.reception
        put_off = reception.book.begin_mail(server.peer, reception.now())
        if put_off:
            return put_off
        transaction.mail_from = address
        transaction.mail_options.extend(parameters)
        return "250 2.1.0 Sender OK"

    async def handle_RCPT(
        self, server: SmtpSession, _: Session, transaction: Transaction, address: str, __: list[str]
    ) -> str:
        reception = server.reception
        if not reception.knows_recipient(address):
            return server.count_error("550 5.1.1 No such recipient here")
        if len(transaction.rcpt_tos) >= reception.options.max_recipients:
            return "452 4.5.3 Too many recipients"
        transaction.rcpt_tos.append(address)
        return "250 2.1.5 Recipient OK"


_HOOKS = _Hooks()


class SmtpSession(SMTP):
    """One connection, from the greeting to its end."""

    # aiosmtpd sets both before it reads the first command, and never takes them away.
    session: Session
    envelope: Transaction

    #: The reader's bound; it must be as large as a socket read, or reading stops and starts again.
    line_length_limit = 256 * 1024
    transport_name = "smtp"

    def __init__(self, reception: Reception, sessions: set[SmtpSession]) -> None:
        options = reception.options
        # aiosmtpd keeps this table on the class, where every new connection clears it; 2048 has
        # room for a login in base64 and for a signed sender.
        self.command_size_limits = defaultdict(lambda: 2048)
        super().__init__(
            _HOOKS,
            hostname=options.hostname,
            ident="Replydesk",
            data_size_limit=options.max_size,
            enable_SMTPUTF8=True,
            tls_context=None if options.implicit_tls else reception.tls_context,
            require_starttls=options.require_tls,
            auth_require_tls=not (options.implicit_tls or options.auth_without_tls),
            auth_exclude_mechanism=() if options.login else ("LOGIN", "PLAIN"),
            timeout=options.command_timeout,
            loop=asyncio.get_running_loop(),
        )
        self.reception = reception
        self.offers_auth = options.login is not None
        #: The peer's IP address or ``unix``.
        self.peer = ""
        self._sessions = sessions
        self._errors = 0
        self._text: DottedText | None = None
        self._text_ended: asyncio.Future[None] | None = None
        self._in_data = False
        self._dismissed = False

    # --- the life of the connection ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit the peer; called a second time after STARTTLS."""
        if self._original_transport is not None:
            super().connection_made(transport)
            return
        peername = transport.get_extra_info("peername")
        self.peer = str(peername[0]) if isinstance(peername, tuple) else "unix"
        refusal = self.reception.book.admit(self.peer)
        if refusal:
            _turn_away(transport, refusal)
            return
        self._sessions.add(self)
        super().connection_made(transport)
        if self._handler_coroutine is not None:
            # A connection that is lost in the middle of STARTTLS is reported to nobody.
            self._handler_coroutine.add_done_callback(self._leave)

    def connection_lost(self, error: Exception | None) -> None:
        """End with the connection."""
        super().connection_lost(error)
        self._leave()

    def _leave(self, task: asyncio.Task[None] | None = None) -> None:
        """Strike the peer off the books, once, whichever ends first: its task or its connection."""
        if self in self._sessions:
            self._sessions.remove(self)
            self.reception.book.leave(self.peer)
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        if task is not None and not task.cancelled():
            # A connection that was reset is no news.
            task.exception()

    def data_received(self, data: bytes) -> None:
        """Commands go to the reader; the text of a mail is collected without waking anyone."""
        if self._text is not None and self._text_ended is not None:
            rest = self._text.feed(data)
            if rest is None:
                return
            self._text = None
            if not self._text_ended.done():
                self._text_ended.set_result(None)
            data = rest
        if data:
            super().data_received(data)

    def dismiss(self) -> None:
        """End politely: a mail that is being transferred gets its answer first."""
        self._dismissed = True
        if not self._in_data:
            self.hang_up(_CLOSING)

    def hang_up(self, reply: bytes) -> None:
        """Say a last word and close."""
        if self._handler_coroutine is None:
            return
        if not self._writer.is_closing() and not self._in_handshake:
            self._writer.write(reply + b"\r\n")
        self._writer.close()
        self._handler_coroutine.cancel()

    @property
    def _in_handshake(self) -> bool:
        return self._tls_protocol is not None and self.session.ssl is None

    def abort(self) -> None:
        """Close without a word."""
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.Transport):
            transport.abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    async def push(self, status: str | bytes) -> None:
        """Send a reply; 421 is the last one (RFC 5321 section 3.8)."""
        reply = status.encode("utf-8", "replace") if isinstance(status, str) else status
        if reply.startswith(b"421"):
            self.hang_up(reply)
            await asyncio.sleep(0)
        else:
            await super().push(reply)

    def _timeout_cb(self) -> None:
        self.hang_up(_TIMED_OUT)

    def count_error(self, reply: str) -> str:
        """The reply, or the last word for a peer that guesses addresses or passwords."""
        self._errors += 1
        return reply if self._errors < self.reception.options.max_errors else _TOO_MANY_ERRORS

    async def handle_exception(self, error: Exception) -> str:
        """No fault of ours may bounce a mail or show its text to a stranger."""
        if isinstance(error, TLSSetupException):
            _log.info("smtp_tls_failed", peer=self.peer, reason=repr(error.__cause__))
        elif isinstance(error, StorageAway):
            _log.warning("mail_put_off", peer=self.peer, reason=str(error))
        else:
            _log.error("smtp_session_failed", peer=self.peer, exc_info=error)
        return TRY_LATER

    # --- commands ---

    async def check_auth_needed(self, _: str) -> bool:
        """Answer 530 where a login is asked for."""
        if not self.reception.options.auth_required or self.session.authenticated:
            return False
        await self.push("530 5.7.0 Authentication required")
        return True

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return read_path(arg) or (None, None)

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str) -> None:
        """Shake hands. A peer that goes away meanwhile looks to aiosmtpd as if it had succeeded."""
        if self._tls_protocol is not None:
            await self.push("503 5.5.1 TLS is already in use")
            return
        await super().smtp_STARTTLS(arg)
        if self._in_handshake:
            self.hang_up(b"")

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:
        """Take one mail and answer for it."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Need a recipient first")
        elif arg:
            await self.push("501 5.5.4 DATA takes no argument")
        else:
            await self._take_mail(self.envelope)

    async def _take_mail(self, transaction: Transaction) -> None:
        self._in_data = True
        self._reset_timeout(self.reception.options.data_timeout)
        text = await self._receive_text()
        self._reset_timeout(self.reception.options.data_timeout)
        if text.too_large:
            status = "552 5.3.4 The message is larger than this server takes"
        else:
            status = await self.reception.store(
                text.raw(), self._envelope(transaction), helo=self.session.host_name or ""
            )
        self.envelope = self._create_envelope()
        self._reset_timeout()
        await self.answer_mail(status, transaction)
        self._in_data = False
        if self._dismissed:
            await self.push(_CLOSING)

    async def _receive_text(self) -> DottedText:
        text = self._text = DottedText(self.reception.options.max_size)
        ended = self._text_ended = self.loop.create_future()
        # A client that does not wait for 354 has text in the reader already; as long as there is
        # some, reading it does not wait, so nothing can overtake it.
        if self._reader._buffer:  # type: ignore[attr-defined]  # noqa: SLF001 -- the only way to peek.
            self.data_received(await self._reader.read(sys.maxsize))
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        await ended
        return text

    def _envelope(self, transaction: Transaction) -> Envelope:
        sender = transaction.mail_from or ""
        return Envelope(
            transport=self.transport_name,
            sender="" if sender == NULL_PATH else sender,
            recipients=tuple(transaction.rcpt_tos),
            peer=self.peer,
            login=self.session.auth_data if self.session.authenticated else None,
        )

    async def answer_mail(self, status: str, transaction: Transaction) -> None:  # noqa: ARG002 -- LMTP needs it.
        """Answer for a mail whose text has come."""
        await self.push(status)


def _turn_away(transport: asyncio.BaseTransport, refusal: str) -> None:
    if isinstance(transport, asyncio.Transport):
        transport.set_protocol(asyncio.Protocol())
        transport.write(refusal.encode("ascii") + b"\r\n")
    transport.close()
