"""Keeps one IMAP mailbox read, in a thread of its own, for as long as the desk runs.

    connect ─▶ read what is new ─▶ wait (IDLE, or poll) ─▶ read what is new ─▶ ...
       ▲                                                         │
       └──────────── wait, longer each time ◀── any error ◀──────┘

Nothing here is shared between mailboxes, so that a dead one stops no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event, Thread

import structlog
from imapclient.exceptions import LoginError

from bot.errors import ConfigurationError, StorageAway
from bot.ports import AcceptBlocking
from channels.email.imap_options import MailboxOptions
from channels.email.imap_reading import Cursors, Reading, SetAsideBlocking
from channels.email.imap_session import IdleRefused, Session, connect
from channels.email.oauth import AccessTokens, NoAccessToken, OAuth, TokenStore

_log = structlog.get_logger(__name__)

#: One refusal may be an accident of timing; after the second this mailbox is polled.
_IDLE_TRIES = 2
#: A stop waits this long for the current batch, then breaks the connection and waits half of it.
_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxStatus:
    """How a mailbox is doing; replaced as a whole, so that any thread may read it."""

    name: str
    connected: bool = False
    #: When the mailbox was last known to hold nothing new, or a batch of it was taken.
    last_read_at: datetime | None = None
    #: The last thing that went wrong, for a person; kept after it is over.
    last_error: str = ""
    last_error_at: datetime | None = None


class Mailbox:
    """One mailbox and its thread.

    ``now`` gives aware times, ``random`` numbers from 0 to 1 for the jitter of the waits, and
    ``tokens`` is needed only with OAuth (`bot.errors.ConfigurationError` without).
    """

    def __init__(
        self,
        options: MailboxOptions,
        *,
        accept: AcceptBlocking,
        set_aside: SetAsideBlocking,
        cursors: Cursors,
        tokens: TokenStore | None = None,
        now: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._options = options
        self._tokens = _access_tokens(options, tokens, now)
        self._now = now
        self._random = random
        self._stopping = Event()
        self._reading = Reading(
            options,
            accept=accept,
            set_aside=set_aside,
            cursors=cursors,
            now=now,
            stopping=self._stopping,
            progress=self._note_read,
            complain=self._note_error,
        )
        self._thread = Thread(target=self.run, name=f"imap {options.name}", daemon=True)
        self._session: Session | None = None
        self._idling = False
        self._failures = 0
        self._idle_refusals = 0
        self._started_at = now()
        self._status = MailboxStatus(name=options.name)

    @property
    def status(self) -> MailboxStatus:
        """How the mailbox is doing at this moment."""
        return self._status

    def overdue(self, now: datetime) -> str | None:
        """Why a person should look after this mailbox, or None while it is read."""
        status = self._status
        since = status.last_read_at or self._started_at
        if now - since <= self._options.alarm_after:
            return None
        minutes = int((now - since).total_seconds() // 60)
        news = status.last_error_at is not None and status.last_error_at >= since
        reason = status.last_error if news else "no error was reported"
        return f"mailbox {status.name} was not read for {minutes} minutes: {reason}"

    def start(self) -> None:
        """Read from now on, in a thread of its own; once."""
        self._started_at = self._now()
        self._thread.start()

    def stop(self) -> bool:
        """End within two seconds; False when the thread still hangs in ``accept`` or a connect.

        The thread is a daemon and holds nothing that is not recovered by reading again.
        """
        self._stopping.set()
        if self._thread.ident is None:
            return True
        if not self._idling:
            self._thread.join(_PATIENCE_SECONDS)
        if (session := self._session) is not None:
            session.break_off()
        self._thread.join(_PATIENCE_SECONDS / 2)
        return not self._thread.is_alive()

    def run(self) -> None:
        """Read until stopped; returns then and raises nothing."""
        while not self._stopping.is_set():
            try:
                self._serve()
            except Exception as error:  # noqa: BLE001 - the thread's edge: noted, then tried again
                if not self._stopping.is_set():
                    self._note_error(error)
                    self._stopping.wait(self._pause())

    def _serve(self) -> None:
        self._session = session = connect(self._options, self._tokens)
        try:
            self._status = replace(self._status, connected=True)
            while not self._stopping.is_set():
                self._reading.read(session)
                self._wait(session)
        finally:
            self._status = replace(self._status, connected=False)
            self._session = None
            session.close()

    def _wait(self, session: Session) -> None:
        if not (self._options.idle and self._idle_refusals < _IDLE_TRIES and session.can_idle):
            self._stopping.wait(self._options.poll_interval.total_seconds())
            return
        self._idling = True
        try:
            session.idle(self._stopping)
        except IdleRefused:
            self._idle_refusals += 1
            raise
        finally:
            self._idling = False
        self._idle_refusals = 0

    def _pause(self) -> float:
        """Seconds until the next try: doubling, with up to half left out by chance."""
        first = self._options.retry_first.total_seconds()
        longest = self._options.retry_longest.total_seconds()
        # The exponent is bounded because a year of failures would overflow a float.
        doubled = first * 2.0 ** min(self._failures, 20)
        self._failures += 1
        return min(doubled, longest) * (1 - self._random() / 2)

    def _note_error(self, error: Exception) -> None:
        text = f"{_KINDS.get(type(error), type(error).__name__)}: {error}"
        self._status = replace(self._status, last_error=text, last_error_at=self._now())
        _log.warning("mailbox trouble", mailbox=self._options.name, error=text)

    def _note_read(self) -> None:
        self._failures = 0
        self._status = replace(self._status, last_read_at=self._now())


#: What a person reads instead of the name of an exception.
_KINDS: dict[type[Exception], str] = {
    StorageAway: "the inbox takes nothing now",
    IdleRefused: "the server refused IDLE",
    LoginError: "the server refused the login",
    NoAccessToken: "no access token",
    TimeoutError: "the server does not answer",
}


def _access_tokens(
    options: MailboxOptions, store: TokenStore | None, now: Callable[[], datetime]
) -> AccessTokens | None:
    if not isinstance(options.auth, OAuth):
        return None
    if store is None:
        raise ConfigurationError(f"mailbox {options.name}: OAuth needs a place for refresh tokens")
    return AccessTokens(options.auth, store, now=now)
