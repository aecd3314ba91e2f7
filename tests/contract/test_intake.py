"""Hop 2 through bad days: storage that comes and goes, mails that fail, claims that are lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest

from bot.desk.entry import Authentication
from bot.directory import Directory
from bot.errors import LostClaim, StorageAway, UnreadableMail
from bot.intake import MOST_ATTEMPTS, WAIT_FOR_BLOBS, Intake
from bot.ports import ClaimedMessage, Envelope, UnitOfWork
from bot.reading import Reader, Reading
from bot.scene import Desk
from channels.email.authenticate import Trust, authenticate
from channels.email.decode import decode
from storage.blobs import FolderBlobs
from storage.database import Database
from storage.tables import inbox, tickets
from tests.contract.store import NOW, Store, arrival
from threading_engine.message import Message
from threading_engine.tokens import Keyring

T = TypeVar("T")
KEYS = Keyring({"k2": b"x" * 32})
MAIL = (
    b"From: Ann <ann@example.com>\r\nTo: desk@example.org\r\nMessage-ID: <%b@example.com>\r\n"
    b"Subject: %b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\n\r\nIt is broken.\r\n--x\r\nContent-Type: text/plain\r\n"
    b"Content-Disposition: attachment; filename=log.txt\r\n\r\n%b\r\n--x--\r\n"
)


def mail(name: str) -> bytes:
    return MAIL.replace(b"%b", name.encode())


class Unhappy(Exception):
    """A fault of ours."""


@dataclass
class Flaky:
    """The database, away whenever a test says so."""

    database: Database
    #: Which of the next jobs find it away.
    away: list[bool] = field(default_factory=list)

    def run(self, work: Callable[[UnitOfWork], T]) -> T:
        if self.away and self.away.pop(0):
            raise StorageAway("out for lunch")
        return self.database.run(work)


@dataclass
class FullDisk:
    """A blob folder whose disk is full while a test says so."""

    blobs: FolderBlobs
    full: bool = False

    def put(self, data: bytes) -> str:
        if self.full:
            raise StorageAway("no space left on device")
        return self.blobs.put(data)

    def get(self, sha256: str) -> bytes:
        return self.blobs.get(sha256)


@dataclass
class Bench:
    """An intake on a real database, and everything around it that may fail."""

    store: Store
    flaky: Flaky
    blobs: FullDisk
    intake: Intake
    now: datetime = NOW

    def accept(self, *names: str) -> None:
        self.store.accept(*(arrival(name, raw=mail(name)) for name in names))

    def work(self) -> int:
        """One round as the service's thread does it."""
        try:
            return self.intake.work()
        except Exception:  # noqa: BLE001 - so does the service
            self.intake.give_back()
            return 0

    def work_for(self, seconds: int) -> None:
        end = self.now + timedelta(seconds=seconds)
        while self.now < end:
            while self.work():
                pass
            self.now += timedelta(seconds=10)

    def waiting(self) -> list[str]:
        return [str(r["state"]) for r in self.store.database.read(lambda u: u.inbox.waiting())]


def read_or_fail(raw: bytes) -> Message:
    """Decode, but for mails whose subject asks for trouble."""
    message = decode(raw)
    if message.subject == "poison":
        raise Unhappy
    if message.subject == "unreadable" and b"\n\n" in raw.replace(b"\r\n", b"\n").rstrip():
        raise UnreadableMail("too many parts")
    return message


@pytest.fixture
def bench(store: Store) -> Bench:
    tess = store.person("Tess", technician=True)
    store.ticket(tess)  # makes the group and the queue
    directory = Directory(store.database.read(lambda uow: uow.people.queues()))
    trust = Trust.of(senders=["192.0.2.0/24"], relays=[], authserv_ids=[])
    flaky, blobs = Flaky(store.database), FullDisk(store.blobs)
    bench = Bench(store=store, flaky=flaky, blobs=blobs, intake=None)  # type: ignore[arg-type]  # set below
    bench.intake = Intake(
        store=flaky,
        reader=Reader(
            decode=read_or_fail,
            authenticate=partial(authenticate, trust=trust),
            keyring=KEYS,
            own_addresses=directory.addresses,
            loop_mark="",
        ),
        desk=Desk(directory=directory, keyring=KEYS),
        blobs=blobs,
        holder="one",
        clock=lambda: bench.now,
    )
    return bench


def test_mails_become_tickets(bench: Bench) -> None:
    bench.accept("a", "b")
    assert bench.work() == 2
    assert bench.store.states() == ["done", "done"]


def test_one_mail_that_fails_leaves_the_others_alone_and_is_buried_at_last(bench: Bench) -> None:
    bench.accept("a", "poison", "b")
    bench.work_for(100)
    assert sorted(bench.store.states()) == ["dead", "done", "done"]
    assert bench.store.claim() == []


def test_mails_claimed_when_storage_went_away_are_taken_up_again(bench: Bench) -> None:
    bench.accept("a", "b")
    # The claim works, the placing does not, nor does giving the mails back.
    bench.flaky.away = [False, True, True]
    assert bench.work() == 0
    assert bench.store.states() == ["claimed", "claimed"]
    bench.accept("c")
    bench.work_for(10)
    assert bench.store.states() == ["done", "done", "done"]


def test_a_long_outage_of_the_blob_folder_buries_nobody(bench: Bench) -> None:
    bench.accept("a", "b")
    bench.blobs.full = True
    bench.work_for(int(WAIT_FOR_BLOBS.total_seconds()) * (MOST_ATTEMPTS + 2))
    assert bench.store.states() == ["new", "new"]
    assert "no space left" in str(bench.store.rows(inbox)[0]["reason"])
    bench.blobs.full = False
    bench.work_for(2 * int(WAIT_FOR_BLOBS.total_seconds()))
    assert bench.store.states() == ["done", "done"]


def test_a_mail_taken_over_by_another_process_is_left_to_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.accept("a", "b")
    read = Reader.read

    def lose(reader: Reader, claimed: ClaimedMessage) -> Reading:
        # While this process reads, the others take it for dead.
        if claimed.external_id == "a":
            bench.store.database.run(lambda uow: uow.house.release_orphans(now=NOW))
            bench.store.claim("two", limit=1)
        return read(reader, claimed)

    monkeypatch.setattr(Reader, "read", lose)
    bench.work()
    rows = {str(row["external_id"]): row for row in bench.store.rows(inbox)}
    assert (rows["a"]["state"], rows["a"]["claimed_by"]) == ("claimed", "two")
    assert len(bench.store.rows(tickets)) == 1  # the fixture's own


def test_a_fence_is_an_error_of_its_own() -> None:
    """Were it an outage, the delivery loop would try to record a lost fate for ever."""
    assert not issubclass(LostClaim, StorageAway)


TRUSTED = Envelope(transport="smtp", recipients=("desk@example.org",), peer="192.0.2.7")


def test_an_unreadable_mail_can_be_replayed_again_and_again(bench: Bench) -> None:
    raw = mail("unreadable")
    bench.store.accept(replace(arrival("u", raw=raw), envelope=TRUSTED))
    for _ in range(3):
        bench.work_for(10)
        assert bench.waiting() == ["dead"]
        (row,) = bench.store.rows(inbox)
        assert row["ticket_id"] is not None
        assert bench.store.replay(int(str(row["id"])), now=bench.now)
    bench.accept("after")
    bench.work_for(10)
    assert bench.store.states() == ["dead", "done"]


def test_a_mail_whose_news_cannot_be_told_is_buried_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> tuple[Message, Authentication]:
        raise Unhappy

    monkeypatch.setattr(Reader, "read_headers", fail)
    bench.accept("unreadable", "a")
    bench.work_for(10)
    assert sorted(bench.store.states()) == ["dead", "done"]


def test_text_that_no_database_takes_stops_no_neighbour(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a decoder ever let half a character through."""
    read = Reader.read

    def spoil(reader: Reader, claimed: ClaimedMessage) -> Reading:
        reading = read(reader, claimed)
        if claimed.external_id == "bad":
            object.__setattr__(reading, "title", "half a \udc80 and a \x00")
        return reading

    monkeypatch.setattr(Reader, "read", spoil)
    bench.accept("a", "bad", "b")
    bench.work_for(100)
    assert sorted(bench.store.states()) == ["dead", "done", "done"]
