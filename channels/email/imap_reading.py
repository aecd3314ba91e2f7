"""What an IMAP mailbox holds that is new, and how it gets from there into the inbox.

    look (SELECT) ─▶ new UIDs? ─▶ fetch a batch ─▶ accept each ─▶ mark the accepted
         ▲               │ none: done                                  │
         └─────────────────────── keep the cursor ◀────────────────────┘

The order of the last three steps is the promise: a mail is marked only when the inbox has it, and
the cursor passes it only when it is marked. A crash in between fetches it again, and the inbox
recognises its fingerprint.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event
from typing import Protocol

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from bot.ports import AcceptBlocking, Arrival, Envelope
from channels.email.fingerprint import fingerprint
from channels.email.imap_options import MailboxOptions
from channels.email.imap_session import Facts, Look, Session

#: One SEARCH answer is one line, and imaplib gives up on lines above a megabyte.
_WINDOW = 50_000
#: A server may fail to give a mail for a passing reason; after so many tries it is set aside.
_FETCH_TRIES = 5
_RETURN_PATH = re.compile(rb"^return-path:[ \t]*<([^<>\n]*)>", re.IGNORECASE | re.MULTILINE)
_RETURN_PATH_WITHIN = 8192


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far a folder has been read. Losing it costs fetching again, never a doubled mail."""

    #: The numbering that the UIDs belong to.
    uidvalidity: int
    #: Every mail up to this UID was taken, set aside or left out on purpose.
    last_uid: int = 0
    #: Mails below this UID may be from before the desk; see `counts`.
    unread_below: int = 0
    #: When the desk first read a mailbox whose older mails count only while unread, aware; None
    #: where all mails count.
    first_read_at: datetime | None = None


class Cursors(Protocol):
    """Keeps the cursors between runs."""

    def load(self, mailbox: str) -> Cursor | None:
        """The cursor of the mailbox with this name, or None before its first start."""
        ...

    def save(self, mailbox: str, cursor: Cursor) -> None:
        """Replace it; raises `bot.errors.StorageAway` when that is impossible now."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class SetAside:
    """A mail that stays in the mailbox, starred, because it could not be taken."""

    mailbox: str
    uidvalidity: int
    uid: int
    #: RFC822.SIZE, bytes.
    size: int
    #: Why, for a person.
    reason: str
    #: Its header fields, at most 64 kB; may be empty.
    head: bytes


#: Records such a mail; raises `bot.errors.StorageAway` when that is impossible now. The same mail
#: may be handed in again after a crash.
SetAsideBlocking = Callable[[SetAside], None]


def counts(cursor: Cursor, mail: Facts) -> bool:
    """Whether a mail is for the desk, or lay there read before the desk came.

    The UID tells it exactly as long as the numbering holds. Afterwards every mail has a new UID,
    and the day it arrived keeps years of old mails from becoming tickets.
    """
    return (
        mail.uid >= cursor.unread_below
        or mail.unread
        or cursor.first_read_at is None
        or mail.arrived_at is None
        or mail.arrived_at >= cursor.first_read_at
    )


class Reading:
    """Takes what is new in one mailbox; errors of the server, the network or storage pass through.

    ``progress`` is called whenever the mailbox is known to be read up to some point, ``complain``
    with an error that needs a person but not a new connection.
    """

    def __init__(
        self,
        options: MailboxOptions,
        *,
        accept: AcceptBlocking,
        set_aside: SetAsideBlocking,
        cursors: Cursors,
        now: Callable[[], datetime],
        stopping: Event,
        progress: Callable[[], None],
        complain: Callable[[Exception], None],
    ) -> None:
        self._options = options
        self._accept = accept
        self._set_aside = set_aside
        self._cursors = cursors
        self._now = now
        self._stopping = stopping
        self._progress = progress
        self._complain = complain
        self._fetch_failures: Counter[int] = Counter()

    def read(self, session: Session) -> None:
        """Take what is new until a look finds nothing, or until the stop."""
        while not self._stopping.is_set():
            look = session.look()
            cursor = self._cursor(look)
            if cursor.last_uid == look.uidnext - 1:
                self._progress()
                return
            self._take(session, cursor, min(look.uidnext - 1, cursor.last_uid + _WINDOW))

    def _cursor(self, look: Look) -> Cursor:
        kept = self._cursors.load(self._options.name)
        if kept is None:
            fresh = _from_the_start(
                look, self._now() if self._options.first_read == "unread" else None
            )
            # Kept before anything is taken: a mail that comes from now on counts even when a
            # person reads it first and we crash meanwhile.
            self._cursors.save(self._options.name, fresh)
            return fresh
        if kept.uidvalidity != look.uidvalidity or kept.last_uid >= look.uidnext:
            # The UIDs were given anew, or the server went back to a backup.
            # INTERNALDATE has whole seconds: what came in the desk's first second must count now.
            since = kept.first_read_at and kept.first_read_at.replace(microsecond=0)
            return _from_the_start(look, since)
        return kept

    def _take(self, session: Session, cursor: Cursor, end: int) -> None:
        """Take the mails after the cursor up to the UID ``end``."""
        uids = _wanted(session, cursor, end)
        for at in range(0, len(uids), self._options.batch_mails):
            facts = session.facts(uids[at : at + self._options.batch_mails])
            for batch in self._batches([mail for mail in facts if counts(cursor, mail)]):
                self._take_batch(session, cursor, batch)
                if self._stopping.is_set():
                    return
                cursor = replace(cursor, last_uid=batch[-1].uid)
                self._cursors.save(self._options.name, cursor)
                self._progress()
        self._cursors.save(self._options.name, replace(cursor, last_uid=end))

    def _batches(self, facts: list[Facts]) -> Iterator[list[Facts]]:
        """Group mails so that one batch fits in memory; a mail that never does stands alone."""
        batch: list[Facts] = []
        room = self._options.batch_bytes
        for mail in facts:
            if batch and mail.size > room:
                yield batch
                batch, room = [], self._options.batch_bytes
            batch.append(mail)
            room -= mail.size
        if batch:
            yield batch

    def _take_batch(self, session: Session, cursor: Cursor, batch: list[Facts]) -> None:
        """Accept each mail; whatever stops this, the accepted ones are marked."""
        limit = self._options.largest_mail
        raws = session.fetch([mail.uid for mail in batch if mail.size <= limit])
        accepted: list[int] = []
        try:
            for mail in batch:
                if self._stopping.is_set():
                    return
                raw = raws.get(mail.uid)
                if mail.size > limit:
                    self._leave(session, cursor, mail, f"larger than {limit} bytes")
                elif isinstance(raw, bytes):
                    self._accept(self._arrival(raw, mail))
                    accepted.append(mail.uid)
                elif raw is not None:
                    self._give_up(session, cursor, mail, raw)
        finally:
            self._finish(session, accepted)

    def _arrival(self, raw: bytes, mail: Facts) -> Arrival:
        """The time is the mailbox's own, so that it is the same when the mail is fetched again."""
        now = self._now()
        received_at = min(mail.arrived_at or now, now)
        return Arrival(
            channel="email",
            external_id=fingerprint(raw, received_at=received_at),
            raw=raw,
            envelope=Envelope(
                transport="imap",
                sender=_return_path(raw),
                recipients=self._options.desk_addresses,
                peer=self._options.host,
            ),
            received_at=received_at,
        )

    def _finish(self, session: Session, uids: list[int]) -> None:
        try:
            if uids:
                session.finish(uids)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            # The inbox has them; a full or missing target folder must not stop the next mail.
            self._complain(error)

    def _give_up(
        self, session: Session, cursor: Cursor, mail: Facts, error: IMAPClientError
    ) -> None:
        self._fetch_failures[mail.uid] += 1
        if self._fetch_failures[mail.uid] < _FETCH_TRIES:
            raise error
        self._leave(session, cursor, mail, f"the mail server cannot give it: {error}")
        del self._fetch_failures[mail.uid]

    def _leave(self, session: Session, cursor: Cursor, mail: Facts, reason: str) -> None:
        self._set_aside(
            SetAside(
                mailbox=self._options.name,
                uidvalidity=cursor.uidvalidity,
                uid=mail.uid,
                size=mail.size,
                reason=reason,
                head=session.head(mail.uid),
            )
        )
        session.flag(mail.uid)


def _from_the_start(look: Look, first_read_at: datetime | None) -> Cursor:
    return Cursor(
        uidvalidity=look.uidvalidity,
        unread_below=0 if first_read_at is None else look.uidnext,
        first_read_at=first_read_at,
    )


def _wanted(session: Session, cursor: Cursor, end: int) -> list[int]:
    first = cursor.last_uid + 1
    if cursor.first_read_at is None:
        return session.uids(first, end)
    # SEARCH knows days only and not whose; `counts` looks at the hour of what this lets through.
    since = cursor.first_read_at.date() - timedelta(days=1)
    old = session.uids(first, min(end, cursor.unread_below - 1), unread_or_since=since)
    return old + session.uids(max(first, cursor.unread_below), end)


def _return_path(raw: bytes) -> str | None:
    """MAIL FROM as the delivering server kept it (RFC 5321 section 4.4); empty for a bounce."""
    head = raw[:_RETURN_PATH_WITHIN].replace(b"\r", b"").partition(b"\n\n")[0]
    found = _RETURN_PATH.search(head)
    return found[1].decode(errors="replace") if found else None
