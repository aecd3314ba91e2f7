"""A real SMTP server that takes mail from the product and answers as a test tells it to."""

from __future__ import annotations

import asyncio
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Stage = Literal["MAIL", "RCPT", "DATA"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CapturedMail:
    """One mail whose data came in."""

    #: The envelope's sender, empty for a bounce.
    sender: str
    #: The envelope's recipients that were not refused, in order.
    recipients: tuple[str, ...]
    #: The bytes after dot-unstuffing, lines ending in CR LF.
    data: bytes
    #: The name the client greeted with.
    helo: str
    #: The options of MAIL FROM, such as ``SMTPUTF8`` or ``BODY=8BITMIME``.
    options: tuple[str, ...]
    #: The user who logged in, or None.
    user: str | None
    #: Whether the connection was encrypted.
    encrypted: bool
    #: The answer given after the data; empty when the connection was dropped instead.
    answer: str

    @property
    def accepted(self) -> bool:
        """Whether the client was told that the mail is taken."""
        return self.answer.startswith("2")


@dataclass(kw_only=True, slots=True)
class _Reaction:
    """What to do at a stage instead of accepting."""

    stage: Stage
    recipient: str | None
    answer: str | None
    drop: bool
    delay_seconds: float
    #: How often it still applies; None for ever.
    times: int | None

    def applies(self, stage: Stage, recipients: list[str]) -> bool:
        return (
            self.stage == stage
            and self.times != 0
            and (self.recipient is None or self.recipient in recipients)
        )


class SmtpSink:
    """A server on a free port of 127.0.0.1 with a thread and a loop of its own.

    ``credentials`` are the user and password it demands; ``certificate`` is the PEM file, key
    included, that makes it offer STARTTLS.
    """

    def __init__(
        self, *, credentials: tuple[str, str] | None = None, certificate: Path | None = None
    ) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self._credentials = credentials
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._tls.load_cert_chain(certificate)
        self._attempts: list[CapturedMail] = []
        self._reactions: list[_Reaction] = []
        self._arrival = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="smtp-sink", daemon=True
        )
        self._server: asyncio.Server | None = None

    def start(self) -> SmtpSink:
        """Listen; ``port`` says where."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=10)
        return self

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(self._protocol, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _protocol(self) -> SMTP:
        return SMTP(
            _Handler(self),
            hostname="sink.example",
            enable_SMTPUTF8=True,
            data_size_limit=64 * 1024 * 1024,
            authenticator=self._authenticate,
            tls_context=self._tls,
            auth_require_tls=self._tls is not None,
            auth_required=self._credentials is not None,
            loop=self._loop,
        )

    def close(self) -> None:
        """Stop listening, drop every connection and end the thread."""
        asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _shut_down(self) -> None:
        if self._server is not None:
            self._server.close()
        others = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def react(
        self,
        stage: Stage,
        answer: str | None = None,
        *,
        recipient: str | None = None,
        times: int | None = None,
        drop: bool = False,
        delay_seconds: float = 0.0,
    ) -> None:
        """Do something else than accept at a stage: answer, drop the connection, or only wait.

        ``answer`` is a whole reply line such as ``550 5.1.1 Unknown``. ``recipient`` narrows it to
        mails for that address, ``times`` to the first so many; the first reaction that applies
        wins. A drop at ``DATA`` comes after the last byte: the client cannot know what became of
        its mail.
        """
        with self._arrival:
            self._reactions.append(
                _Reaction(
                    stage=stage,
                    recipient=recipient,
                    answer=answer,
                    drop=drop,
                    delay_seconds=delay_seconds,
                    times=times,
                )
            )

    def clear(self) -> None:
        """Forget every mail and every reaction."""
        with self._arrival:
            self._attempts.clear()
            self._reactions.clear()

    @property
    def attempts(self) -> list[CapturedMail]:
        """Every mail whose data came in, whatever the answer was."""
        with self._arrival:
            return list(self._attempts)

    @property
    def mails(self) -> list[CapturedMail]:
        """The mails that were accepted."""
        return [mail for mail in self.attempts if mail.accepted]

    def wait_for(self, count: int, timeout: float = 10.0) -> list[CapturedMail]:
        """Wait until at least ``count`` mails were accepted, and give all; fail after ``timeout``.

        It blocks the thread: a test that sends from its own loop says
        ``await asyncio.to_thread(smtp_sink.wait_for, 1)``.
        """
        with self._arrival:
            self._arrival.wait_for(lambda: self._count_accepted() >= count, timeout)
        mails = self.mails
        assert len(mails) >= count, f"{len(mails)} of {count} mails after {timeout} s: {mails!r}"
        return mails

    def _count_accepted(self) -> int:
        return sum(mail.accepted for mail in self._attempts)

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        wanted = self._credentials
        given = (data.login, data.password) if isinstance(data, LoginPassword) else None
        success = wanted is None or given == tuple(word.encode() for word in wanted)
        user = given[0].decode("utf-8", "replace") if given else None
        return AuthResult(success=success, handled=False, auth_data=user)

    def _take_reaction(self, stage: Stage, recipients: list[str]) -> _Reaction | None:
        with self._arrival:
            for reaction in self._reactions:
                if reaction.applies(stage, recipients):
                    if reaction.times is not None:
                        reaction.times -= 1
                    return reaction
        return None

    async def _answer(self, server: SMTP, stage: Stage, recipients: list[str]) -> str:
        """The reply line of the stage; empty after the connection was dropped."""
        reaction = self._take_reaction(stage, recipients)
        if reaction is None:
            return "250 2.0.0 OK"
        await asyncio.sleep(reaction.delay_seconds)
        if reaction.drop:
            cast("asyncio.Transport", server.transport).abort()
            return ""
        return reaction.answer or "250 2.0.0 OK"

    def _capture(self, mail: CapturedMail) -> None:
        with self._arrival:
            self._attempts.append(mail)
            self._arrival.notify_all()


class _Handler:
    """The hooks that aiosmtpd calls; each asks the sink what to answer."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_MAIL(  # noqa: N802  # aiosmtpd looks the hook up by this name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._sink._answer(server, "MAIL", [])
        if answer.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802  # the same
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = await self._sink._answer(server, "RCPT", [address])
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802  # the same
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await self._sink._answer(server, "DATA", envelope.rcpt_tos)
        self._sink._capture(
            CapturedMail(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                data=bytes(envelope.original_content or b""),
                helo=session.host_name or "",
                options=tuple(envelope.mail_options),
                user=session.auth_data if isinstance(session.auth_data, str) else None,
                encrypted=session.ssl is not None,
                answer=answer,
            )
        )
        return answer
