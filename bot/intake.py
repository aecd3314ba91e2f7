"""The loop of hop 2: claim what waits in the inbox, read it, place it, finish it.

Reading is pure and happens outside any transaction. Placing happens in one transaction a batch, in
the order of arrival, with one savepoint a mail: a mail that cannot be handled is set aside with its
reason, and its neighbours go on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot import actions
from bot.actions import Words
from bot.decoration import judge_files
from bot.desk.entry import Authentication
from bot.desk.files import is_blocked
from bot.desk.ticket import File
from bot.errors import LostClaim, StorageAway, UnreadableMail
from bot.placing import NotYet, place
from bot.ports import Blobs, ClaimedMessage, UnitOfWork
from bot.reading import Reader, Reading
from bot.scene import Desk, Placed, Scene
from threading_engine.message import Attachment, Message

T = TypeVar("T")
log = structlog.get_logger()

#: Mails claimed at once. More would hold up those that arrive meanwhile.
BATCH = 32
#: How long a mail waits for those that it may answer.
WAIT_FOR_EARLIER = timedelta(seconds=1)
#: How long a mail waits when its attachments cannot be stored.
WAIT_FOR_BLOBS = timedelta(seconds=30)
#: A mail that failed this often is buried.
MOST_ATTEMPTS = 5


_Step = Callable[[UnitOfWork], None]


class Store(Protocol):
    """The part of the database that the loops use."""

    def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run a job and wait for its commit."""
        ...


class Intake:
    """Understands what the channels accepted."""

    def __init__(
        self,
        *,
        store: Store,
        reader: Reader,
        desk: Desk,
        blobs: Blobs,
        holder: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._reader = reader
        self._desk = desk
        #: What the next batch works with.
        self._next = (desk, reader)
        self._blobs = blobs
        self._holder = holder
        self._clock = clock
        #: True while rows may stand as ours that nobody works on.
        self._owing = False

    def take(self, desk: Desk, reader: Reader) -> None:
        """Work with another desk and reader from the next batch on."""
        self._next = (desk, reader)

    def work(self) -> int:
        """Handle one batch; return how many mails it had. Raises StorageAway."""
        self._desk, self._reader = self._next
        if self._owing:
            self._release()
        mails = self._store.run(
            lambda uow: uow.inbox.claim(
                limit=BATCH, holder=self._holder, now=self._clock(), blobs=self._blobs
            )
        )
        if mails:
            steps = [self._read(mail) for mail in mails]
            self._store.run(partial(self._act, list(zip(mails, steps, strict=True))))
        return len(mails)

    def give_back(self) -> None:
        """Make due again what this process claimed and could not finish, now or as soon as may be."""
        self._owing = True
        with suppress(StorageAway):
            self._release()

    def _release(self) -> None:
        self._store.run(lambda uow: uow.inbox.release(holder=self._holder))
        self._owing = False

    def _read(self, mail: ClaimedMessage) -> _Step:
        """Read one mail outside any transaction; give what is to be done inside one."""
        if mail.attempts > MOST_ATTEMPTS:
            return partial(self._bury, mail, f"handling it failed {MOST_ATTEMPTS} times")
        try:
            reading = self._reader.read(mail)
            files = self._files(reading.message)
            enclosed = self._files(reading.message.embedded)
        except UnreadableMail as unreadable:
            return partial(self._bury, mail, str(unreadable))
        except StorageAway as away:
            return partial(self._wait_for_blobs, mail, away)
        except Exception as error:  # noqa: BLE001 - a loop's edge: the failure is stored
            return partial(self._try_later, mail, error)
        return partial(self._place, reading, files, enclosed)

    def _act(self, work: list[tuple[ClaimedMessage, _Step]], uow: UnitOfWork) -> None:
        """One transaction for the batch, one savepoint a mail: one failure stays one failure."""
        for mail, step in work:
            try:
                with uow.savepoint():
                    step(uow)
            except StorageAway:
                raise
            except LostClaim as lost:
                log.warning("mail left to another process", inbox=mail.id, reason=str(lost))
            except Exception as error:  # noqa: BLE001 - a loop's edge: the failure is stored
                self._try_later(mail, error, uow)

    def _wait_for_blobs(self, mail: ClaimedMessage, away: StorageAway, uow: UnitOfWork) -> None:
        """A full disk is no fault of the mail's, so the try does not count."""
        log.warning("mail waits for storage", inbox=mail.id, reason=str(away))
        at = self._clock() + WAIT_FOR_BLOBS
        uow.inbox.retry(mail.id, holder=self._holder, at=at, reason=str(away), counted=False)

    def _try_later(self, mail: ClaimedMessage, error: Exception, uow: UnitOfWork) -> None:
        """What failed is tried again, and at last buried."""
        reason = f"{type(error).__name__}: {error}"
        log.warning("mail could not be handled", inbox=mail.id, reason=reason, exc_info=error)
        if mail.attempts >= MOST_ATTEMPTS:
            self._bury(mail, reason, uow)
            return
        at = self._clock() + timedelta(seconds=2**mail.attempts)
        uow.inbox.retry(mail.id, holder=self._holder, at=at, reason=reason)

    def _place(
        self,
        reading: Reading,
        files: tuple[File, ...],
        enclosed: tuple[File, ...],
        uow: UnitOfWork,
    ) -> None:
        mail, now = reading.claimed, self._clock()
        judged = judge_files(uow, reading, files)
        scene = Scene(
            uow=uow,
            desk=self._desk,
            reading=reading,
            files=judged.files,
            decoration=judged.rules,
            enclosed_files=enclosed,
            holder=self._holder,
            now=now,
        )
        try:
            placed = place(scene)
        except NotYet:
            uow.inbox.retry(
                mail.id,
                holder=self._holder,
                at=now + WAIT_FOR_EARLIER,
                reason="waits for an earlier mail",
            )
        else:
            self._finish(uow, mail, placed)

    def _finish(self, uow: UnitOfWork, mail: ClaimedMessage, placed: Placed) -> None:
        if placed.state == "held":
            log.info("a mail is held", inbox=mail.id, ticket=placed.ticket_id, reason=placed.reason)
        uow.inbox.finish(
            mail.id,
            holder=self._holder,
            state=placed.state,
            verdict=placed.verdict,
            ticket_id=placed.ticket_id,
            reason=placed.reason,
        )

    def _bury(self, mail: ClaimedMessage, reason: str, uow: UnitOfWork) -> None:
        """Keep a mail as dead; where its author is authenticated, they and the desk are told."""
        ticket_id = None
        try:
            with uow.savepoint():
                ticket_id = self._tell_of_unreadable(mail, reason, uow)
        except StorageAway:
            raise
        except Exception as error:
            # Whatever stopped the mail may stop the news of it, and it must still be laid to rest.
            log.warning("nobody was told of a dead mail", inbox=mail.id, exc_info=error)
        placed = Placed(
            state="dead", ticket_id=ticket_id, reason=reason, verdict={"entry": "unreadable"}
        )
        self._finish(uow, mail, placed)

    def _tell_of_unreadable(self, mail: ClaimedMessage, reason: str, uow: UnitOfWork) -> int | None:
        head = self._reader.read_headers(mail)
        if head is None or head[1].authentication is not Authentication.PASS:
            return None
        sender = head[0].sender
        if sender.address is None:
            return None
        author = uow.people.find("email", sender.address) or uow.people.add(
            name=sender.name, channel="email", address=sender.address, at=self._clock()
        )
        ticket = actions.open_ticket(
            uow,
            title=head[0].title[:200],
            queue=self._desk.directory.queue_for(mail.envelope.recipients),
            actor=author,
            # No workunit of the inbox row: that place is kept for the mail itself, once replayed.
            words=Words(text=f"This mail could not be read: {reason}"),
            acknowledge=False,
            unreadable=True,
            trusted=True,
            rule="unreadable",
            now=self._clock(),
        )
        return ticket.id

    def _files(self, message: Message | None) -> tuple[File, ...]:
        return tuple(self._file(a) for a in message.attachments) if message else ()

    def _file(self, attachment: Attachment) -> File:
        return File(
            name=attachment.name,
            content_type=attachment.content_type,
            size=len(attachment.data),
            sha256=self._blobs.put(attachment.data),
            content_id=attachment.content_id,
            inline=attachment.inline,
            blocked=is_blocked(attachment.name, attachment.data),
        )
