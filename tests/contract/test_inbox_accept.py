"""Hop 1's promise: what was accepted is stored once, whoever else was accepted beside it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.errors import NotFound, StorageAway
from bot.ports import Accepted, Arrival, Envelope
from storage.acceptor import Acceptor
from storage.arrivals import INLINE_LIMIT
from storage.blobs import FolderBlobs
from storage.database import Database
from storage.tables import inbox, raw_messages
from tests.contract.conftest import OpenDatabase
from tests.contract.store import MINUTE, NOW, Store, arrival


def test_a_message_comes_back_as_it_came(store: Store) -> None:
    raw = bytes(range(256)) * 3
    (accepted,) = store.accept(arrival("one", raw=raw))
    (message,) = store.claim()
    assert not accepted.duplicate
    assert message.id == accepted.inbox_id
    assert (message.raw, message.received_at, message.attempts) == (raw, NOW, 1)
    assert message.envelope == arrival("one").envelope


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(transport="imap", sender=None, peer="imap.example.com"),
        Envelope(transport="smtp", sender="", recipients=("a@x", "b@x"), login="ann@example.com"),
    ],
)
def test_an_envelope_comes_back_as_it_came(store: Store, envelope: Envelope) -> None:
    store.accept(replace(arrival("one"), envelope=envelope))
    (message,) = store.claim()
    assert message.envelope == envelope


def test_the_same_message_again_is_counted_and_stored_once(store: Store) -> None:
    (first,) = store.accept(arrival("one", raw=b"first"))
    for _ in range(3):
        (again,) = store.accept(arrival("one", raw=b"another copy"))
        assert again == Accepted(inbox_id=first.inbox_id, duplicate=True)
    (row,) = store.rows(inbox)
    assert row["copies"] == 3
    assert [message.raw for message in store.claim()] == [b"first"]


def test_the_same_message_on_another_channel_is_another(store: Store) -> None:
    store.accept(arrival("one"), replace(arrival("one"), channel="slack"))
    assert len(store.claim()) == 2


def test_copies_in_one_batch_are_answered_in_order_and_counted(store: Store) -> None:
    answers = store.accept(arrival("b"), arrival("a"), arrival("b"), arrival("b"))
    assert [answer.duplicate for answer in answers] == [False, False, True, True]
    assert answers[0].inbox_id == answers[2].inbox_id == answers[3].inbox_id
    store.accept(arrival("b"), arrival("b"))
    assert {row["external_id"]: row["copies"] for row in store.rows(inbox)} == {"a": 0, "b": 4}


def test_a_finished_message_does_not_come_to_life_again(store: Store) -> None:
    store.accept(arrival("one"))
    (message,) = store.claim()
    store.finish(message.id)
    store.accept(arrival("one"))
    assert store.claim() == []
    assert store.states() == ["done"]


def test_many_threads_and_processes_store_each_message_once(
    open_database: OpenDatabase, blobs: FolderBlobs
) -> None:
    acceptors = [Acceptor(open_database(), blobs) for _ in range(2)]
    start = threading.Barrier(8)

    def bring(worker: int) -> list[Accepted]:
        start.wait()
        acceptor = acceptors[worker % 2]
        return [acceptor.accept_blocking(arrival(f"mail-{n}")) for n in range(25)]

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for found in pool.map(bring, range(8)) for answer in found]
    fresh = [answer.inbox_id for answer in answers if not answer.duplicate]
    assert len(fresh) == len(set(fresh)) == 25
    assert {answer.inbox_id for answer in answers} == set(fresh)
    store = Store(database=open_database(), blobs=blobs)
    assert [row["copies"] for row in store.rows(inbox)] == [7] * 25
    assert len(store.rows(raw_messages)) == 25


async def test_concurrent_arrivals_share_commits(database: Database, blobs: FolderBlobs) -> None:
    acceptor = Acceptor(database, blobs)
    commits = Counter[str]()
    database.on_wake("inbox", lambda: commits.update(["commit"]))
    answers = await asyncio.gather(*(acceptor.accept(arrival(f"m{n}")) for n in range(200)))
    assert sorted(answer.inbox_id for answer in answers) == sorted({a.inbox_id for a in answers})
    assert 0 < commits["commit"] < 100


async def test_a_peer_that_hangs_up_harms_nobody_else(
    database: Database, blobs: FolderBlobs
) -> None:
    acceptor = Acceptor(database, blobs)
    free = threading.Event()
    blockers = [database.submit(lambda _uow: free.wait(10)) for _ in range(8)]
    waiting = [asyncio.create_task(acceptor.accept(arrival(f"m{n}"))) for n in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0.01)
    free.set()
    others = await asyncio.wait_for(asyncio.gather(*waiting[1:]), 10)
    assert not any(answer.duplicate for answer in others)
    assert all(blocker.result(10) for blocker in blockers)


def unstorable(name: str) -> Arrival:
    """No database takes half a character; the channels never hand in such a thing."""
    return replace(arrival(name), external_id=f"{name}\udc80")


async def test_one_message_that_cannot_be_stored_takes_no_other_along(
    database: Database, blobs: FolderBlobs
) -> None:
    acceptor = Acceptor(database, blobs)
    arrivals = [arrival("a"), unstorable("b"), arrival("c")]
    answers = await asyncio.gather(
        *(acceptor.accept(one) for one in arrivals), return_exceptions=True
    )
    assert [isinstance(answer, Accepted) for answer in answers] == [True, False, True]
    assert not isinstance(answers[1], StorageAway)
    assert len(Store(database=database, blobs=blobs).claim()) == 2


async def test_after_closing_everybody_is_asked_to_come_again(
    database: Database, blobs: FolderBlobs
) -> None:
    acceptor = Acceptor(database, blobs)
    database.close()
    for name in "ab":
        with pytest.raises(StorageAway):
            await acceptor.accept(arrival(name))


# --- large messages ---


def test_a_large_message_lies_beside_the_tables(store: Store) -> None:
    large = b"x" * (INLINE_LIMIT + 1)
    store.accept(arrival("small", raw=large[1:]), arrival("large", raw=large, at=NOW + MINUTE))
    small_row, large_row = sorted(store.rows(raw_messages), key=lambda row: row["raw"] is None)
    assert (small_row["blob"], large_row["raw"]) == (None, None)
    assert store.blobs.get(str(large_row["blob"])) == large
    claimed = store.claim(now=NOW + MINUTE)
    assert [message.raw for message in claimed] == [large[1:], large]
    assert store.database.read(lambda uow: uow.inbox.raw(claimed[1].id, store.blobs)) == large


def test_a_lost_blob_buries_its_own_message_only(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    large = b"x" * (INLINE_LIMIT + 1)
    elsewhere = FolderBlobs(tmp_path_factory.mktemp("elsewhere"))
    store.database.run(lambda uow: uow.inbox.accept([arrival("large", raw=large)], elsewhere))
    store.accept(arrival("small", at=NOW + MINUTE))
    assert [message.external_id for message in store.claim(now=NOW + MINUTE)] == ["small"]
    (lost,) = store.database.read(lambda uow: uow.inbox.waiting())
    assert lost["state"] == "dead"
    assert "missing" in lost["reason"]
    # Somebody brings the blob back from a backup.
    store.blobs.put(large)
    assert store.database.run(lambda uow: uow.inbox.replay(lost["id"], now=NOW))
    assert [message.raw for message in store.claim()] == [large]


def test_the_raw_text_of_no_message_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.database.read(lambda uow: uow.inbox.raw(99, store.blobs))
