"""Leases, orphans, budgets, timers, keys, cursors and tokens."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from bot.desk.limits import Budget
from bot.ports import DueTimer
from bot.timers import AGAIN_AFTER, run_due_timers
from storage.blobs import FolderBlobs
from storage.records import overdrawn
from storage.tables import leases
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.conftest import OpenDatabase
from tests.contract.store import MINUTE, NOW, Store, arrival

TTL = timedelta(seconds=20)


def take(store: Store, holder: str, *, now: datetime = NOW, name: str = "mailbox") -> int | None:
    return store.database.run(
        lambda uow: uow.house.take_lease(name, holder=holder, now=now, ttl=TTL)
    )


# --- leases ---


def test_a_lease_has_one_holder_until_it_runs_out(store: Store) -> None:
    assert take(store, "one") == 1
    assert take(store, "two") is None
    assert take(store, "two", now=NOW + TTL - timedelta(microseconds=1)) is None
    assert take(store, "two", now=NOW + TTL) == 2
    assert take(store, "one", now=NOW + TTL) is None


def test_a_renewed_lease_keeps_its_number(store: Store) -> None:
    assert [take(store, "one", now=NOW + n * TTL / 2) for n in range(4)] == [1, 1, 1, 1]
    assert take(store, "two", now=NOW + TTL) is None


def test_the_fencing_number_never_falls(store: Store) -> None:
    def drop(holder: str) -> None:
        store.database.run(lambda uow: uow.house.drop_lease("mailbox", holder=holder))

    assert take(store, "one") == 1
    drop("two")
    assert take(store, "two") is None
    drop("one")
    assert take(store, "two") == 2
    drop("two")
    assert take(store, "three") == 3


def test_of_many_takers_one_gets_the_lease(open_database: OpenDatabase, blobs: FolderBlobs) -> None:
    stores = [Store(database=open_database(), blobs=blobs) for _ in range(3)]
    start = threading.Barrier(6)

    def run(worker: int) -> int | None:
        start.wait()
        return take(stores[worker % 3], f"holder-{worker}")

    with ThreadPoolExecutor(6) as pool:
        fences = [fence for fence in pool.map(run, range(6)) if fence is not None]
    assert fences == [1]


# --- orphans ---


def orphans(store: Store, now: datetime) -> int:
    return store.database.run(lambda uow: uow.house.release_orphans(now=now))


def test_rows_of_the_dead_come_back_and_of_the_living_do_not(store: Store) -> None:
    ann = store.person("Ann")
    store.notify(store.say(store.ticket(ann), ann), ann)
    store.accept(arrival("a"), arrival("b", at=NOW + MINUTE))
    take(store, "dead", name="process:dead")
    store.claim("dead")
    store.due("dead")
    later = NOW + MINUTE
    take(store, "alive", name="process:alive", now=later)
    store.claim("alive", now=later)
    assert orphans(store, NOW + TTL - timedelta(seconds=1)) == 0
    assert orphans(store, later) == 2
    assert store.states() == ["new", "claimed"]
    assert store.fates() == [("due", 1)]
    assert orphans(store, later) == 0
    assert [row["name"] for row in store.rows(leases)] == ["process:alive"]


def test_rows_of_a_process_without_a_lease_come_back(store: Store) -> None:
    store.accept(arrival("a"))
    store.claim("never heard of")
    assert orphans(store, NOW) == 1


def test_a_lease_on_something_else_keeps_nobody_alive(store: Store) -> None:
    store.accept(arrival("a"))
    take(store, "one", name="mailbox")
    store.claim("one")
    assert orphans(store, NOW) == 1
    assert take(store, "two") is None


def test_a_database_for_one_process_forgets_the_others(store: Store) -> None:
    for holder in ("one", "two"):
        take(store, holder, name=f"process:{holder}")
    take(store, "two", name="mailbox")
    store.database.run(lambda uow: uow.house.drop_other_processes(holder="one"))
    assert {row["name"] for row in store.rows(leases)} == {"process:one", "mailbox"}


# --- budgets ---

TEN = Budget(name="ten minutes", window=timedelta(minutes=10), limit=2)
DAY = Budget(name="a day", window=timedelta(days=1), limit=3)


def spend(store: Store, *budgets: Budget, who: str = "ann", now: datetime = NOW) -> bool:
    return store.database.run(lambda uow: uow.budgets.spend(who, budgets, now=now))


def test_a_budget_is_used_up_and_comes_back_with_the_next_window(store: Store) -> None:
    assert [spend(store, TEN) for _ in range(4)] == [True, True, False, False]
    assert spend(store, TEN, who="bob")
    end_of_window = NOW.replace(minute=9, second=59, microsecond=999_999)
    assert not spend(store, TEN, now=end_of_window)
    assert spend(store, TEN, now=end_of_window + timedelta(microseconds=1))


def test_every_budget_must_have_room(store: Store) -> None:
    def at(window: int) -> bool:
        return spend(store, TEN, DAY, now=NOW + window * TEN.window)

    assert [at(0), at(1), at(2), at(3)] == [True, True, True, False]


def test_how_far_each_budget_is_overdrawn(store: Store) -> None:
    one = Budget(name="one", window=timedelta(hours=1), limit=1)

    def draw() -> list[int]:
        claims = (("ann", one), ("bob", TEN), ("everybody", one))
        return store.database.run(lambda uow: uow.budgets.overdraw(claims, now=NOW))

    assert [draw() for _ in range(3)] == [[0, 0, 0], [1, 0, 1], [2, 1, 2]]


def test_budgets_beyond_their_limit_are_listed(store: Store) -> None:
    for _ in range(4):
        spend(store, TEN, who="one")
    spend(store, TEN, who="two")
    found = store.database.read(
        lambda uow: overdrawn(uow.connection, TEN, since=NOW - timedelta(days=1))
    )
    assert found == [("one", TEN.starts_at(NOW), 2)]


def test_old_windows_are_forgotten(store: Store) -> None:
    spend(store, TEN)
    spend(store, TEN, now=NOW + TEN.window)
    store.database.run(lambda uow: uow.budgets.forget(before=NOW))
    assert spend(store, TEN)
    assert [spend(store, TEN, now=NOW + TEN.window) for _ in range(2)] == [True, False]


def test_many_spenders_do_not_overdraw(open_database: OpenDatabase, blobs: FolderBlobs) -> None:
    stores = [Store(database=open_database(), blobs=blobs) for _ in range(2)]
    wide = Budget(name="wide", window=timedelta(hours=1), limit=20)
    with ThreadPoolExecutor(4) as pool:
        allowed = list(pool.map(lambda n: spend(stores[n % 2], wide), range(40)))
    assert sum(allowed) == 20


# --- timers ---


def set_timer(store: Store, ticket_id: int, due_at: datetime, kind: str = "auto-close") -> None:
    store.database.run(
        lambda uow: uow.timers.set(ticket_id=ticket_id, kind=kind, due_at=due_at, reason="why")
    )


def take_due(store: Store, now: datetime = NOW, limit: int = 9) -> list[DueTimer]:
    return store.database.run(lambda uow: uow.timers.take_due(limit=limit, now=now))


def test_timers_are_taken_in_order_when_they_are_due(store: Store) -> None:
    ann = store.person("Ann")
    tickets = [store.ticket(ann).id for _ in range(3)]
    for n, ticket_id in enumerate(tickets):
        set_timer(store, ticket_id, NOW - n * MINUTE)
    set_timer(store, tickets[0], NOW + MINUTE, "reminder")
    assert store.database.read(lambda uow: uow.timers.next_due()) == NOW - 2 * MINUTE
    assert [timer.ticket_id for timer in take_due(store, limit=2)] == [tickets[2], tickets[1]]
    assert [(timer.ticket_id, timer.reason) for timer in take_due(store)] == [(tickets[0], "why")]
    assert take_due(store) == []
    assert store.database.read(lambda uow: uow.timers.next_due()) == NOW + MINUTE


def test_a_timer_set_again_is_moved_and_a_cleared_one_is_gone(store: Store) -> None:
    ticket_id = store.ticket(store.person("Ann")).id
    set_timer(store, ticket_id, NOW)
    set_timer(store, ticket_id, NOW + MINUTE)
    assert take_due(store) == []
    set_timer(store, ticket_id, NOW, "reminder")
    store.database.run(lambda uow: uow.timers.clear(ticket_id, "auto-close"))
    assert [timer.kind for timer in take_due(store, NOW + MINUTE)] == ["reminder"]


def test_timers_come_back_when_the_job_fails(store: Store) -> None:
    set_timer(store, store.ticket(store.person("Ann")).id, NOW)

    def fail(uow: SqlUnitOfWork) -> None:
        assert len(uow.timers.take_due(limit=9, now=NOW)) == 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.database.run(fail)
    assert len(take_due(store)) == 1


def test_two_processes_never_fire_the_same_timer(
    open_database: OpenDatabase, blobs: FolderBlobs
) -> None:
    stores = [Store(database=open_database(), blobs=blobs) for _ in range(2)]
    ann = stores[0].person("Ann")
    for _ in range(30):
        set_timer(stores[0], stores[0].ticket(ann).id, NOW)
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda n: take_due(stores[n % 2], limit=5), range(12)))
    fired = [timer.id for batch in batches for timer in batch]
    assert len(fired) == len(set(fired))
    fired += [timer.id for timer in take_due(stores[0], limit=99)]
    assert len(fired) == 30


def test_a_timer_that_fails_holds_up_no_other(store: Store) -> None:
    """A kind that this version does not know, say."""
    ann = store.person("Ann")
    bad, good = store.ticket(ann), store.ticket(ann)
    set_timer(store, bad.id, NOW - MINUTE, "from the future")
    set_timer(store, good.id, NOW)
    store.database.run(lambda uow: uow.tickets.change(good.id, status="resolved"))
    assert run_due_timers(store.database, now=NOW) == 2
    closed = store.database.read(lambda uow: uow.tickets.get(good.id))
    assert closed is not None
    assert closed.closed_at == NOW
    assert run_due_timers(store.database, now=NOW) == 0
    assert store.database.read(lambda uow: uow.timers.next_due()) == NOW + AGAIN_AFTER


# --- keys, cursors, tokens ---


def test_the_newest_signing_key_comes_first(store: Store) -> None:
    def add(uow: SqlUnitOfWork) -> None:
        for n, ident in enumerate(("k1", "k3", "k2")):
            uow.house.add_signing_key(ident, bytes([n]) * 32, now=NOW + n * MINUTE)

    store.database.run(add)
    keys = store.database.read(lambda uow: uow.house.signing_keys())
    assert keys == [("k2", b"\x02" * 32), ("k3", b"\x01" * 32), ("k1", b"\x00" * 32)]
    store.database.run(lambda uow: uow.house.keep_signing_keys(2))
    assert store.database.read(lambda uow: uow.house.signing_keys()) == keys[:2]


def test_a_mailbox_cursor_is_kept_and_moved(store: Store) -> None:
    values = {"uidvalidity": 2**32 - 1, "last_uid": 7, "unread_below": 3, "first_read_at": NOW}
    moved = {**values, "last_uid": 2**32 - 1, "first_read_at": None}

    def work(uow: SqlUnitOfWork) -> None:
        assert uow.house.cursor("office") is None
        for given in (values, moved):
            uow.house.save_cursor("office", given)
            assert uow.house.cursor("office") == given

    store.database.run(work)


def test_a_refresh_token_is_replaced(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> None:
        assert uow.house.refresh_token("office") is None
        for token in ("first", "second ☃"):
            uow.house.save_refresh_token("office", token, now=NOW)
            assert uow.house.refresh_token("office") == token

    store.database.run(work)
