"""One logged-in IMAP connection: the typed adapter around imapclient.

Errors are imapclient's own (`IMAPClientError`, its subclass `IMAPClientAbortError` for a lost
connection) and OSError; the caller drops the session on any of them and opens another.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from threading import Event
from time import monotonic
from typing import Any

from imapclient import DELETED, FLAGGED, SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from channels.email.imap_options import MailboxOptions, Password
from channels.email.oauth import AccessTokens, Exchange

_MOST_HEAD_BYTES = 65536


class IdleRefused(Exception):
    """The server offers IDLE and does not do it; the connection is of no more use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """The folder's answer to SELECT."""

    #: Changes when the server has given the UIDs anew (RFC 3501 section 2.3.1.1).
    uidvalidity: int
    #: Every mail that is there has a smaller UID.
    uidnext: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of a mail before it is fetched."""

    uid: int
    #: RFC822.SIZE, bytes.
    size: int
    #: INTERNALDATE, aware: when the mailbox got it. None when unreadable.
    arrived_at: datetime | None
    #: Whether nobody has read it (no \\Seen).
    unread: bool


class _Client(IMAPClient):
    """Looks once into the read buffer after IDLE began, before it waits for the socket.

    A mail that came between our last command and IDLE is announced right behind the server's
    "+ idling", often in the same packet: both are then read from the socket at once, the
    announcement stays in the buffer, and waiting for the socket would miss it until the renewal.
    """

    _look_first = False

    def idle(self) -> None:
        super().idle()
        self._look_first = True

    def _poll_socket(self, sock: object, timeout: float | None = None) -> object:
        if self._look_first:
            self._look_first = False
            return True
        return super()._poll_socket(sock, timeout)  # type: ignore[no-untyped-call]


class Session:
    """A connection that is logged in; for one thread, except `break_off`."""

    def __init__(self, client: _Client, options: MailboxOptions) -> None:
        self._client: Any = client  # most of imapclient has no types
        self._options = options

    def log_in(self, tokens: AccessTokens | None) -> None:
        """Encrypt where asked, log in, and make sure that a folder to move to is there."""
        options = self._options
        if options.tls == "starttls":
            self._client.starttls(options.tls_context())
        if isinstance(options.auth, Password):
            self._client.login(options.user, options.auth.password)
        elif tokens is not None:
            self._log_in_with_token(tokens)
        if options.afterwards == "move" and not self._client.folder_exists(options.move_to):
            self._client.create_folder(options.move_to)

    def _log_in_with_token(self, tokens: AccessTokens) -> None:
        try:
            self._authenticate(tokens.current())
        except LoginError:
            # Expired early or revoked: worth exactly one new token.
            tokens.forget()
            self._authenticate(tokens.current())

    def _authenticate(self, token: str) -> None:
        exchange = Exchange(self._options.user, token)
        try:
            self._client.sasl_login("XOAUTH2", exchange)
        except LoginError as error:
            raise LoginError(f"{exchange.refusal or 'no reason given'}; {error}") from None

    @property
    def can_idle(self) -> bool:
        """Whether the server offers IDLE (RFC 2177)."""
        return bool(self._client.has_capability("IDLE"))

    def look(self) -> Look:
        """Select the folder, again each time.

        Only SELECT gives UIDVALIDITY and UIDNEXT together, on every server, after which nothing
        is unannounced: what comes later is reported by IDLE or by the next look.
        """
        found = self._client.select_folder(self._options.folder)
        uidnext = found.get(b"UIDNEXT")
        if uidnext is None:  # RFC 3501 section 6.3.1 lets old servers leave it out.
            uidnext = max(self._client.search("ALL"), default=0) + 1
        return Look(uidvalidity=found.get(b"UIDVALIDITY", 0), uidnext=uidnext)

    def uids(self, first: int, last: int, *, unread_or_since: date | None = None) -> list[int]:
        """The UIDs that exist between two, ascending, both included.

        With a date only those of mails that nobody has read or that arrived on that day or later.
        """
        if first > last:
            return []
        wanted: list[object] = ["UID", f"{first}:{last}"]
        if unread_or_since is not None:
            wanted += ["OR", "UNSEEN", "SINCE", unread_or_since]
        return sorted(uid for uid in self._client.search(wanted) if first <= uid <= last)

    def facts(self, uids: Sequence[int]) -> list[Facts]:
        """Size, date and reading state of those mails that still exist, in the order given."""
        answer = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
        return [
            Facts(
                uid=uid,
                size=answer[uid][b"RFC822.SIZE"],
                arrived_at=answer[uid].get(b"INTERNALDATE"),
                unread=SEEN not in answer[uid].get(b"FLAGS", ()),
            )
            for uid in uids
            if b"RFC822.SIZE" in answer.get(uid, {})
        ]

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes | IMAPClientError]:
        """The raw mails without marking them seen; one that vanished meanwhile is left out.

        A mail that the server cannot read itself fails the whole command. Then each is asked for
        alone, and that one has the server's error as its value.
        """
        try:
            answer = self._client.fetch(uids, ["BODY.PEEK[]"])
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if len(uids) == 1:
                return {uids[0]: error}
            return {uid: got for one in uids for uid, got in self.fetch([one]).items()}
        bodies = {uid: values.get(b"BODY[]") for uid, values in answer.items()}
        return {uid: body for uid, body in bodies.items() if body is not None}

    def head(self, uid: int) -> bytes:
        """The mail's header fields, at most 64 kB; empty when the server cannot give them."""
        try:
            answer = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{_MOST_HEAD_BYTES}>"])
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return b""
        return answer.get(uid, {}).get(b"BODY[HEADER]<0>") or b""

    def flag(self, uid: int) -> None:
        """Put a star on a mail that was not taken, so that a person sees it."""
        self._client.add_flags([uid], [FLAGGED], silent=True)

    def finish(self, uids: Sequence[int]) -> None:
        """Do with mails that the inbox has what the options say."""
        match self._options.afterwards:
            case "seen":
                self._client.add_flags(uids, [SEEN], silent=True)
            case "delete":
                self._expunge(uids)
            case "move" if self._client.has_capability("MOVE"):
                self._client.move(uids, self._options.move_to)
            case "move":
                self._client.copy(uids, self._options.move_to)
                self._expunge(uids)

    def _expunge(self, uids: Sequence[int]) -> None:
        """Remove these mails alone.

        Without UIDPLUS (RFC 4315) EXPUNGE would also remove what a person has marked as deleted
        and may want back, so there ours stay marked until that person's program cleans up.
        """
        self._client.add_flags(uids, [DELETED], silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    def idle(self, stopping: Event) -> None:
        """Wait until the folder changes, the renewal is due or the connection is broken off.

        Begins no wait when ``stopping`` is set, and says no good-bye to the server then.
        """
        try:
            self._client.idle()
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise IdleRefused(str(error)) from error
        if not _news(self._client.idle_check(timeout=0)):
            self._idle_until(monotonic() + self._options.idle_renew.total_seconds(), stopping)
        if not stopping.is_set():
            # Asks for an answer: on a connection that died silently this is what times out.
            self._client.idle_done()

    def _idle_until(self, end: float, stopping: Event) -> None:
        while not stopping.is_set() and (left := end - monotonic()) > 0:
            answers = self._client.idle_check(timeout=left)
            # Nothing before the time is up means a closed connection: it is always readable, and
            # imapclient hides the end of the stream here. Waiting on would spin; DONE finds out.
            if not answers or _news(answers):
                return

    def close(self) -> None:
        """Close without LOGOUT, whose answer a dead connection would make us wait for."""
        with suppress(OSError, IMAPClientError):
            self._client.shutdown()

    def break_off(self) -> None:
        """From another thread: make whatever the session waits for fail now."""
        with suppress(OSError, ValueError):
            self._client.socket().shutdown(socket.SHUT_RDWR)


def connect(options: MailboxOptions, tokens: AccessTokens | None) -> Session:
    """Open a connection and log in; ``tokens`` where the options say OAuth.

    Raises imapclient's LoginError, `channels.email.oauth.NoAccessToken` and what a session raises.
    """
    client = _Client(
        options.host,
        port=options.port,
        ssl=options.tls == "implicit",
        ssl_context=options.tls_context() if options.tls == "implicit" else None,
        timeout=SocketTimeout(  # type: ignore[arg-type]  # the annotation forgets it
            options.connect_timeout.total_seconds(), options.read_timeout.total_seconds()
        ),
    )
    client.normalise_times = False  # keeps INTERNALDATE aware
    session = Session(client, options)
    try:
        session.log_in(tokens)
    except BaseException:
        session.close()
        raise
    return session


def _news(answers: Sequence[Any]) -> bool:
    """Whether an IDLE answer tells of mails: ``(5, b'EXISTS')``, not ``(b'OK', b'Still here')``."""
    return any(len(answer) > 1 and answer[1] == b"EXISTS" for answer in answers)
