"""Deliveries: each once, in order within a conversation, with their fate."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from bot.actions import record_failure
from bot.desk.people import Person
from bot.desk.ticket import File, Ticket, Visibility
from bot.errors import LostClaim
from bot.ports import PastDelivery
from storage.blobs import FolderBlobs
from storage.due import THREAD_LENGTH
from storage.tables import deliveries
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.conftest import OpenDatabase
from tests.contract.store import MINUTE, NOW, Store, arrival


@pytest.fixture
def ann(store: Store) -> Person:
    return store.person("Ann")


@pytest.fixture
def ticket(store: Store, ann: Person) -> Ticket:
    return store.ticket(ann)


def test_a_notification_is_queued_once(store: Store, ann: Person, ticket: Ticket) -> None:
    event = store.say(ticket, ann)
    for _ in range(3):
        store.notify(event, ann)
    store.notify(event, ann, notification="copy")
    assert len(store.rows(deliveries)) == 2


def test_a_due_delivery_brings_everything_along(store: Store, ann: Person, ticket: Ticket) -> None:
    tess = store.person("Tess", technician=True)
    file = File(
        name="grün.pdf",
        content_type="application/pdf",
        size=5_000_000_000,
        sha256="ab" * 32,
        content_id=None,
        inline=False,
        blocked=True,
    )
    event = store.say(
        ticket,
        tess,
        "Zwölf ☃ 𝄞",
        html="<b>x</b>",
        files=(file, replace(file, name="second")),
        visibility=Visibility.INTERNAL,
    )
    store.notify(event, ann)
    (due,) = store.due()
    assert (due.notification, due.role, due.attempts, due.at) == ("reply", "requester", 1, NOW)
    assert (due.person, due.requester, due.ticket, due.event) == (ann, ann, ticket, event)
    assert due.workunit is not None
    assert due.workunit.files == (file, replace(file, name="second"))
    assert (due.workunit.text, due.workunit.visibility) == ("Zwölf ☃ 𝄞", Visibility.INTERNAL)
    assert (due.actor_name, due.actor_is_technician, due.owner_name) == ("Tess", True, "")
    assert (due.group.name, due.queue.address) == ("Service Desk", "desk@example.org")
    assert (due.message_id, due.thread) == (None, ())


def test_a_conversation_is_delivered_in_order(store: Store, ann: Person, ticket: Ticket) -> None:
    for word in ("one", "two", "three"):
        store.notify(store.say(ticket, ann, word), ann)
    heard: list[str] = []
    for _ in range(3):
        (due,) = store.due()
        assert store.due("two") == []
        assert due.workunit is not None
        heard.append(due.workunit.text)
        store.sent(due.id)
    assert heard == ["one", "two", "three"]


def test_other_people_and_tickets_do_not_wait(store: Store, ann: Person, ticket: Ticket) -> None:
    bob, other = store.person("Bob"), store.ticket(ann)
    store.notify(store.say(ticket, ann), ann, bob)
    store.notify(store.say(other, ann), ann)
    assert len(store.due()) == 3


def test_what_waits_for_a_retry_is_not_overtaken(store: Store, ann: Person, ticket: Ticket) -> None:
    store.notify(store.say(ticket, ann, "one"), ann)
    store.notify(store.say(ticket, ann, "two"), ann)
    (due,) = store.due()
    later = NOW + 10 * MINUTE
    store.database.run(
        lambda uow: uow.deliveries.retry(due.id, holder="one", at=later, reason="greylisted")
    )
    assert store.due() == []
    # Nor does the loop look again and again for the one behind it.
    assert store.database.read(lambda uow: uow.deliveries.next_due()) == later
    (again,) = store.due(now=later)
    assert (again.id, again.attempts) == (due.id, 2)


@pytest.mark.parametrize("fate", ["cancelled", "refused"])
def test_an_end_of_any_kind_lets_the_next_go(
    store: Store, ann: Person, ticket: Ticket, fate: str
) -> None:
    store.notify(store.say(ticket, ann, "one"), ann)
    store.notify(store.say(ticket, ann, "two"), ann)
    (due,) = store.due()
    if fate == "cancelled":
        store.database.run(
            lambda uow: uow.deliveries.cancel(due.id, holder="one", reason="nobody cares")
        )
    else:
        store.database.run(
            lambda uow: uow.deliveries.refuse(due.id, reason="no such user", code="5.1.1")
        )
    assert store.fates()[0] == (fate, 1)
    (following,) = store.due()
    assert following.id > due.id


def test_the_next_delivery_due(store: Store, ann: Person, ticket: Ticket) -> None:
    def read_next() -> object:
        return store.database.read(lambda uow: uow.deliveries.next_due())

    assert read_next() is None
    event = store.say(ticket, ann)
    store.notify(event, ann, at=NOW + MINUTE)
    assert read_next() == NOW + MINUTE
    store.notify(event, store.person("Bob"), at=NOW)
    assert read_next() == NOW
    store.due(now=NOW + MINUTE)
    assert read_next() is None


def test_a_delivery_is_refused_once(store: Store, ann: Person, ticket: Ticket) -> None:
    event = store.say(ticket, ann)
    store.notify(event, ann)
    (due,) = store.due()
    store.sent(due.id)

    def refuse() -> bool:
        return store.database.run(
            lambda uow: uow.deliveries.refuse(due.id, reason="it came back", code="5.2.2")
        )

    assert refuse()
    assert not refuse()
    assert store.database.read(lambda uow: uow.deliveries.find(due.id)) == PastDelivery(
        id=due.id,
        ticket_id=ticket.id,
        event_id=event.id,
        notification="reply",
        role="requester",
        person_id=ann.id,
        identity_id=ann.identity_id,
        channel="email",
        address=ann.address,
        reachable=True,
        workunit_id=event.workunit_id,
    )
    (listed,) = store.database.read(lambda uow: uow.deliveries.refused())
    assert (listed["address"], listed["code"], listed["reason"]) == (
        ann.address,
        "5.2.2",
        "it came back",
    )
    assert store.database.run(lambda uow: uow.deliveries.replay(due.id, now=NOW))
    assert not store.database.run(lambda uow: uow.deliveries.replay(due.id, now=NOW))
    assert [again.attempts for again in store.due()] == [1]


def test_an_unknown_delivery_is_refused_in_silence(store: Store) -> None:
    refused = store.database.run(lambda uow: uow.deliveries.refuse(7, reason="?", code=""))
    assert not refused
    assert store.database.read(lambda uow: uow.deliveries.find(7)) is None


def test_a_report_is_kept_once_a_mail_and_kind(store: Store, ann: Person, ticket: Ticket) -> None:
    store.notify(store.say(ticket, ann), ann)
    (due,) = store.due()
    one, two = (accepted.inbox_id for accepted in store.accept(arrival("1"), arrival("2")))

    def report(uow: SqlUnitOfWork) -> None:
        for inbox_id, kind in ((one, "delayed"), (one, "delayed"), (two, "delayed"), (two, "read")):
            uow.reports.add(
                due.id, inbox_id=inbox_id, kind=kind, reason="later", code="4.4.1", at=NOW
            )

    store.database.run(report)
    rows = store.database.read(lambda uow: uow.reports.of_ticket(ticket.id))
    assert [(row["inbox_id"], row["kind"]) for row in rows] == [
        (one, "delayed"),
        (two, "delayed"),
        (two, "read"),
    ]
    assert {(row["delivery_id"], row["reason"], row["code"], row["at"]) for row in rows} == {
        (due.id, "later", "4.4.1", NOW)
    }


def test_a_lost_claim_raises_and_changes_nothing(store: Store, ann: Person, ticket: Ticket) -> None:
    store.notify(store.say(ticket, ann), ann)
    (due,) = store.due("one")
    store.database.run(lambda uow: uow.deliveries.release(holder="two"))
    assert store.fates() == [("claimed", 1)]
    store.database.run(lambda uow: uow.deliveries.release(holder="one"))
    store.due("two")
    before = store.rows(deliveries)
    with pytest.raises(LostClaim):
        store.sent(due.id, holder="one")
    with pytest.raises(LostClaim):
        store.database.run(
            lambda uow: uow.deliveries.retry(due.id, holder="one", at=NOW, reason="late")
        )
    with pytest.raises(LostClaim):
        store.database.run(lambda uow: uow.deliveries.cancel(due.id, holder="one", reason="late"))
    assert store.rows(deliveries) == before


def test_two_holders_never_get_the_same_delivery(
    open_database: OpenDatabase, blobs: FolderBlobs
) -> None:
    stores = [Store(database=open_database(), blobs=blobs) for _ in range(2)]
    people = [stores[0].person(f"p{n}") for n in range(30)]
    ticket = stores[0].ticket(people[0])
    for _ in range(2):
        stores[0].notify(stores[0].say(ticket, people[0]), *people)
    start = threading.Barrier(4)

    def take(worker: int) -> list[int]:
        start.wait()
        holder, found = f"holder-{worker}", list[int]()
        while batch := stores[worker % 2].due(holder, limit=5):
            assert len(batch) <= 5
            assert len({due.person.id for due in batch}) == len(batch)
            for due in batch:
                stores[worker % 2].sent(due.id, holder=holder)
            found += [due.id for due in batch]
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = Counter(number for batch in pool.map(take, range(4)) for number in batch)
    taken.update(due.id for due in stores[0].due())
    assert set(taken.values()) == {1}


def test_where_no_mail_goes_out_the_news_of_it_breeds_no_more(store: Store, ann: Person) -> None:
    """Two technicians and a server that refuses everything must not fill the database."""
    for name in ("Tess", "Tom"):
        store.database.run(partial(employ, f"{name.lower()}@example.com"))
    ticket = store.ticket(ann)
    store.notify(store.say(ticket, ann), ann)
    for _ in range(5):
        for due in store.due():
            store.database.run(partial(fail, due.id))
    assert [row["notification"] for row in store.rows(deliveries)] == [
        "reply",
        "undeliverable",
        "undeliverable",
    ]


def employ(address: str, uow: SqlUnitOfWork) -> None:
    group = uow.people.put_group("Service Desk")
    uow.people.put_technician(name="", address=address, language="", group_ids=[group], at=NOW)


def fail(delivery_id: int, uow: SqlUnitOfWork) -> None:
    record_failure(
        uow, delivery_id, reason="we relay nothing", code="5.7.1", dead=False, rule="test", now=NOW
    )


# --- threads ---


def test_a_person_sees_their_own_thread(store: Store, ann: Person, ticket: Ticket) -> None:
    bob = store.person("Bob")
    store.notify(store.say(ticket, ann, message_id="ann-1@example.com"), bob)
    (to_bob,) = store.due()
    assert to_bob.thread == ()
    store.sent(to_bob.id, message_id="to-bob-1@example.org")
    store.notify(
        store.say(ticket, bob, message_id="bob-1@example.com", at=NOW + MINUTE),
        ann,
        bob,
        at=NOW + MINUTE,
    )
    by_person = {due.person.name: due.thread for due in store.due(now=NOW + MINUTE)}
    assert by_person == {
        "Ann": ("ann-1@example.com",),
        "Bob": ("to-bob-1@example.org", "bob-1@example.com"),
    }


def test_a_long_thread_keeps_its_first_and_its_newest_ids(
    store: Store, ann: Person, ticket: Ticket
) -> None:
    for n in range(THREAD_LENGTH + 5):
        event = store.say(ticket, ann, message_id=f"m{n}@example.com", at=NOW + n * MINUTE)
    store.notify(event, ann)
    (due,) = store.due()
    assert len(due.thread) == THREAD_LENGTH + 1
    assert due.thread[:2] == ("m0@example.com", "m5@example.com")
    assert due.thread[-1] == f"m{THREAD_LENGTH + 4}@example.com"


def test_a_repeated_try_keeps_its_message_id(store: Store, ann: Person, ticket: Ticket) -> None:
    store.notify(store.say(ticket, ann), ann)
    (due,) = store.due()
    store.sent(due.id, message_id="kept@example.org")
    store.database.run(lambda uow: uow.deliveries.refuse(due.id, reason="back", code=""))
    store.database.run(lambda uow: uow.deliveries.replay(due.id, now=NOW))
    assert [again.message_id for again in store.due()] == ["kept@example.org"]


def test_somebody_new_in_copy_gets_the_first_public_words(
    store: Store, ann: Person, ticket: Ticket
) -> None:
    tess, vendor = store.person("Tess", technician=True), store.person("Vendor")
    store.say(ticket, tess, "a secret", visibility=Visibility.INTERNAL)
    store.say(ticket, ann, "the request")
    store.notify(store.say(ticket, tess, "please help"), vendor, ann, notification="copy")
    backgrounds = {due.person.name: due.background for due in store.due()}
    assert backgrounds["Vendor"] is not None
    assert backgrounds["Vendor"].text == "the request"


def test_whom_deliveries_were_for(store: Store, ann: Person, ticket: Ticket) -> None:
    vera, words = store.person("Vera"), store.say(ticket, ann)
    other = store.say(ticket, ann, "other")
    store.notify(words, vera)
    (due,) = store.due()

    def receivers(*ids: int) -> set[int]:
        return store.database.read(lambda uow: uow.deliveries.receivers(ids))

    def was_told(person: Person, workunit_id: int | None) -> bool:
        return store.database.read(
            lambda uow: uow.deliveries.was_told(person.id, workunit_id=workunit_id or 0)
        )

    assert receivers(due.id, 2**50) == {vera.id}
    assert receivers() == set()
    assert was_told(vera, words.workunit_id)
    assert not was_told(ann, words.workunit_id)
    assert not was_told(vera, other.workunit_id)
