"""The inbox as a queue: one holder a row, in order, and nothing is lost on the way."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.errors import LostClaim
from bot.ports import Evidence
from storage.blobs import FolderBlobs
from storage.tables import inbox
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.conftest import OpenDatabase
from tests.contract.store import MINUTE, NOW, Store, arrival, names


def test_claimed_oldest_first_up_to_the_limit(store: Store) -> None:
    store.accept(*(arrival(name, at=NOW - n * MINUTE) for n, name in enumerate("abcd")))
    assert names(store.claim(limit=3)) == ["d", "c", "b"]
    assert names(store.claim(limit=3)) == ["a"]
    assert store.claim() == []


def test_nothing_is_claimed_before_its_time(store: Store) -> None:
    store.accept(arrival("a", at=NOW + MINUTE))
    assert store.claim(now=NOW) == []
    assert names(store.claim(now=NOW + MINUTE)) == ["a"]


def test_a_message_tried_before_comes_first_and_alone(store: Store) -> None:
    store.accept(*(arrival(name) for name in "abc"))
    store.claim()
    store.database.run(lambda uow: uow.inbox.release(holder="one"))
    store.accept(arrival("fresh-1"), arrival("fresh-2"))
    alone = [store.claim() for _ in range(3)]
    assert [names(batch) for batch in alone] == [["a"], ["b"], ["c"]]
    assert [message.attempts for batch in alone for message in batch] == [2, 2, 2]
    assert names(store.claim()) == ["fresh-1", "fresh-2"]


def test_evidence_is_kept_and_an_older_row_has_none(store: Store) -> None:
    found = (
        Evidence(method="dkim", result="pass", domain="example.org", aligned=True),
        Evidence(method="arc", result="pass", statement="mx.example.org; dmarc=pass"),
    )
    plain = arrival("a")
    store.accept(replace(plain, envelope=replace(plain.envelope, evidence=found)), arrival("b"))

    def forget(uow: SqlUnitOfWork) -> None:
        older: dict[str, object] = {
            "transport": "smtp",
            "sender": "",
            "recipients": [],
            "peer": "",
            "login": None,
        }
        change = update(inbox).where(inbox.c.external_id == "b").values(envelope=older)
        uow.connection.execute(change)

    store.database.run(forget)
    assert [message.envelope.evidence for message in store.claim()] == [found, ()]


def test_a_finished_message_keeps_its_verdict(store: Store) -> None:
    person = store.person("Ann")
    ticket = store.ticket(person)
    store.accept(arrival("a"))
    (message,) = store.claim()
    store.database.run(
        lambda uow: uow.inbox.finish(
            message.id,
            holder="one",
            state="done",
            verdict={"rule": "signed_reply_address", "list": [1, None], "word": "ü"},
            ticket_id=ticket.id,
            reason="why",
        )
    )
    (row,) = store.database.read(lambda uow: uow.inbox.of_ticket(ticket.id))
    assert (row["state"], row["claimed_by"], row["reason"]) == ("done", None, "why")
    assert row["verdict"] == {
        "rule": "signed_reply_address",
        "list": [1, None],
        "word": "ü",
    }


def test_a_message_to_retry_waits_for_its_time(store: Store) -> None:
    store.accept(arrival("a"))
    (message,) = store.claim()
    store.retry(message.id, at=NOW + MINUTE, reason="Oops")
    assert store.claim() == []
    (again,) = store.claim(now=NOW + MINUTE)
    assert (again.attempts, store.rows(inbox)[0]["reason"]) == (2, "Oops")


def test_a_try_that_does_not_count_was_none(store: Store) -> None:
    store.accept(arrival("a"), arrival("b"))
    for message in store.claim():
        store.retry(message.id, at=NOW, reason="disk full", counted=False)
    assert [message.attempts for message in store.claim()] == [1, 1]


@pytest.mark.parametrize("loss", ["released", "finished", "another's", "unknown"])
def test_a_lost_claim_raises_and_changes_nothing(store: Store, loss: str) -> None:
    store.accept(arrival("a"))
    (message,) = store.claim()
    number, holder = message.id, "one"
    if loss == "released":
        store.database.run(lambda uow: uow.inbox.release(holder="one"))
    elif loss == "finished":
        store.finish(number)
    elif loss == "another's":
        holder = "two"
    else:
        number += 1
    before = store.rows(inbox)
    with pytest.raises(LostClaim):
        store.finish(number, holder=holder, state="dead")
    with pytest.raises(LostClaim):
        store.database.run(
            lambda uow: uow.inbox.retry(number, holder=holder, at=NOW, reason="late")
        )
    assert store.rows(inbox) == before


def test_release_gives_back_only_ones_own(store: Store) -> None:
    store.accept(arrival("a"), arrival("b", at=NOW + MINUTE))
    store.claim("one")
    store.claim("two", now=NOW + MINUTE)
    store.database.run(lambda uow: uow.inbox.release(holder="one"))
    assert store.states() == ["new", "claimed"]


@pytest.mark.parametrize("state", ["aside", "held", "dead"])
def test_what_waits_for_a_person_is_listed_and_can_be_replayed(store: Store, state: str) -> None:
    store.accept(arrival("a"))
    (message,) = store.claim()
    store.finish(message.id, state=state)
    (listed,) = store.database.read(lambda uow: uow.inbox.waiting())
    assert (listed["id"], listed["state"]) == (message.id, state)
    later = NOW + MINUTE
    assert store.replay(message.id, now=later)
    assert not store.replay(message.id, now=later)
    assert store.claim() == []
    (again,) = store.claim(now=later)
    assert (again.attempts, again.envelope.vouched, again.raw) == (1, False, message.raw)


def test_a_message_that_was_done_is_not_replayed(store: Store) -> None:
    store.accept(arrival("a"))
    (message,) = store.claim()
    assert not store.replay(message.id)
    store.finish(message.id)
    assert not store.replay(message.id)


def test_what_could_not_be_taken_is_listed_once_with_its_head(store: Store) -> None:
    for _ in range(2):
        store.database.run(
            lambda uow: uow.inbox.set_aside(
                channel="email",
                external_id="imap:1",
                reason="too large",
                head=b"From: ann",
                size=10**9,
                now=NOW,
            )
        )
    (row,) = store.database.read(lambda uow: uow.inbox.waiting())
    assert (row["state"], row["reason"], row["size"]) == ("dead", "too large", 10**9)
    raw = store.database.read(lambda uow: uow.inbox.raw(row["id"], store.blobs))
    assert raw == b"From: ann"
    assert store.claim() == []


def test_two_holders_never_get_the_same_message(
    open_database: OpenDatabase, blobs: FolderBlobs
) -> None:
    stores = [Store(database=open_database(), blobs=blobs) for _ in range(3)]
    stores[0].accept(*(arrival(f"mail-{n}") for n in range(120)))
    start = threading.Barrier(6)

    def take(worker: int) -> list[int]:
        start.wait()
        found: list[int] = []
        while batch := stores[worker % 3].claim(f"holder-{worker}", limit=7):
            assert len(batch) <= 7
            found += [message.id for message in batch]
        return found

    with ThreadPoolExecutor(6) as pool:
        taken = Counter(number for batch in pool.map(take, range(6)) for number in batch)
    assert len(taken) == 120
    assert set(taken.values()) == {1}


def test_two_holders_never_get_the_same_retried_message(
    open_database: OpenDatabase, blobs: FolderBlobs
) -> None:
    stores = [Store(database=open_database(), blobs=blobs) for _ in range(2)]
    stores[0].accept(*(arrival(f"mail-{n}") for n in range(20)))
    stores[0].claim("gone")
    stores[0].database.run(lambda uow: uow.inbox.release(holder="gone"))

    def take(worker: int) -> list[int]:
        found: list[int] = []
        while batch := stores[worker % 2].claim(f"holder-{worker}"):
            assert len(batch) == 1
            found.append(batch[0].id)
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = [number for batch in pool.map(take, range(4)) for number in batch]
    assert len(taken) == len(set(taken))
    while rest := stores[0].claim():
        taken += [message.id for message in rest]
    assert sorted(taken) == sorted({*taken})
    assert len(taken) == 20


@pytest.mark.parametrize(
    ("sender", "authentication", "state", "vouched", "proven"),
    [
        ("ann@example.com", "pass", "done", False, True),
        ("ann@example.com", "pass", "partial", False, True),
        ("ann@example.com", "pass", "done", True, False),
        ("ann@example.com", "none", "done", False, False),
        ("ann@example.com", "pass", "held", False, False),
        ("vera@example.com", "pass", "done", False, False),
    ],
)
def test_whether_an_address_was_proven_in_a_ticket(
    store: Store, sender: str, authentication: str, state: str, *, vouched: bool, proven: bool
) -> None:
    ticket = store.ticket(store.person("Ann"))
    store.accept(arrival("a"))
    values = {
        "ticket_id": ticket.id,
        "state": state,
        "verdict": {"from": sender, "authentication": authentication},
        "envelope": {"vouched": vouched},
    }
    store.database.run(lambda uow: uow.connection.execute(update(inbox).values(values)))

    def was_proven(number: int) -> bool:
        return store.database.read(lambda uow: uow.inbox.was_proven(number, "ann@example.com"))

    assert was_proven(ticket.id) is proven
    assert not was_proven(ticket.id + 1)
