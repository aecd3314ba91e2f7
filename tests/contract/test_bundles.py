"""What goes along in one message: taken once, kept after a crash, recorded with its lead."""

from __future__ import annotations

import pytest

from bot.actions import record_failure
from bot.desk.people import Person
from bot.desk.ticket import Ticket
from storage.tables import deliveries
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.store import MINUTE, NOW, Store

LATER = NOW + 2 * MINUTE


@pytest.fixture
def ann(store: Store) -> Person:
    return store.person("Ann")


@pytest.fixture
def ticket(store: Store, ann: Person) -> Ticket:
    return store.ticket(ann)


def said(store: Store, ticket: Ticket, ann: Person, *words: str, **more: object) -> None:
    for word in words:
        store.notify(store.say(ticket, ann, word), ann, **{"bundle": "ticket", **more})  # type: ignore[arg-type]  # plain values


def carried(store: Store, **now: object) -> list[list[str]]:
    """The words of each message that is due, oldest first."""
    return [
        [part.workunit.text for part in sorted((due, *due.companions), key=lambda p: p.id) if part.workunit]
        for due in store.due(**now)  # type: ignore[arg-type]  # plain values
    ]  # fmt: skip


def test_what_is_due_together_goes_together(store: Store, ann: Person, ticket: Ticket) -> None:
    said(store, ticket, ann, "one", "two", "three", at=LATER)
    assert carried(store) == []
    assert carried(store, now=LATER) == [["one", "two", "three"]]
    assert carried(store, now=LATER) == []


def test_what_is_not_due_by_then_is_not_taken_along(
    store: Store, ann: Person, ticket: Ticket
) -> None:
    said(store, ticket, ann, "one")
    said(store, ticket, ann, "two", at=LATER)
    assert carried(store) == [["one"]]


def test_the_urgent_takes_along_what_waits(store: Store, ann: Person, ticket: Ticket) -> None:
    said(store, ticket, ann, "one", at=LATER)
    said(store, ticket, ann, "two", at=LATER, bundle="digest")
    said(store, ticket, ann, "closed", bundle="now")
    assert carried(store) == [["one", "two", "closed"]]


def test_what_goes_alone_is_not_held_up_by_what_waits(
    store: Store, ann: Person, ticket: Ticket
) -> None:
    said(store, ticket, ann, "one", at=LATER)
    said(store, ticket, ann, "done", bundle="")
    assert carried(store) == [["done"]]


def test_two_parts_of_one_person_share_no_message(
    store: Store, ann: Person, ticket: Ticket
) -> None:
    said(store, ticket, ann, "for the requester")
    said(store, ticket, ann, "for staff", role="staff")
    assert carried(store) == [["for the requester"]]


def test_a_digest_is_everything_that_is_due_to_an_address(
    store: Store, ann: Person, ticket: Ticket
) -> None:
    bob, other = store.person("Bob"), store.ticket(ann)
    said(store, ticket, ann, "one", bundle="digest", at=LATER)
    said(store, other, ann, "two", bundle="digest", at=LATER)
    said(store, other, ann, "tomorrow", bundle="digest", at=LATER + 60 * MINUTE)
    said(store, other, bob, "for Bob", bundle="digest", at=LATER)
    assert carried(store, now=LATER) == [["one", "two"], ["for Bob"]]


def test_after_a_crash_it_is_the_same_message_and_what_came_later_waits(
    store: Store, ann: Person, ticket: Ticket
) -> None:
    said(store, ticket, ann, "one", "two", at=LATER)
    (before,) = store.due(now=LATER)
    said(store, ticket, ann, "three", at=LATER)
    store.database.run(lambda uow: uow.deliveries.release(holder="one"))
    (again,) = store.due("two", now=LATER)
    assert again.id == before.id
    assert [part.id for part in again.companions] == [part.id for part in before.companions]
    assert store.due("three", now=LATER) == []
    store.sent(again.id, holder="two", message_id="m1@example.org")
    rows = store.rows(deliveries)
    assert [(row["state"], row["message_id"]) for row in rows] == [
        ("sent", "m1@example.org"),
        ("sent", "m1@example.org"),
        ("due", None),
    ]
    assert carried(store, now=LATER) == [["three"]]


def test_a_later_try_carries_the_same(store: Store, ann: Person, ticket: Ticket) -> None:
    said(store, ticket, ann, "one", "two", at=LATER)
    (first,) = store.due(now=LATER)
    said(store, ticket, ann, "three", at=LATER)
    again = LATER + MINUTE
    store.database.run(
        lambda uow: uow.deliveries.retry(first.id, holder="one", at=again, reason="greylisted")
    )
    assert carried(store, now=LATER) == []
    assert carried(store, now=again) == [["one", "two"]]


def test_an_urgent_one_comes_back_after_a_crash(store: Store, ann: Person, ticket: Ticket) -> None:
    said(store, ticket, ann, "one", at=LATER)
    said(store, ticket, ann, "closed", bundle="now")
    assert carried(store) == [["one", "closed"]]
    store.database.run(lambda uow: uow.deliveries.release(holder="one"))
    assert carried(store) == [["one", "closed"]]


def test_without_its_lead_the_rest_is_due_anew(store: Store, ann: Person, ticket: Ticket) -> None:
    said(store, ticket, ann, "one", "two", at=LATER)
    (due,) = store.due(now=LATER)

    def leave_out(uow: SqlUnitOfWork) -> None:
        uow.deliveries.cancel(due.id, holder="one", reason="nobody cares")
        uow.deliveries.unbind(due.id, holder="one")

    store.database.run(leave_out)
    assert carried(store, now=LATER) == [["two"]]


def test_a_bounce_is_about_all_that_it_carried(store: Store, ann: Person, ticket: Ticket) -> None:
    store.database.run(
        lambda uow: uow.people.add_identity(ann.id, channel="email", address="ann@home.example")
    )
    said(store, ticket, ann, "one", "two", at=LATER)
    (due,) = store.due(now=LATER)
    store.sent(due.id)
    store.database.run(
        lambda uow: record_failure(
            uow, due.id, reason="no such user", code="5.1.1", dead=True, rule="test", now=LATER
        )
    )
    assert [state for state, _ in store.fates()][:2] == ["refused", "refused"]
    (elsewhere,) = store.due(now=LATER)
    assert elsewhere.person.address == "ann@home.example"
    assert len(elsewhere.companions) == 1, "the same words, in one message again"


def test_a_refused_message_is_replayed_whole(store: Store, ann: Person, ticket: Ticket) -> None:
    said(store, ticket, ann, "one", "two", at=LATER)
    (due,) = store.due(now=LATER)
    store.database.run(
        lambda uow: [
            uow.deliveries.refuse(part.id, reason="no", code="5.1.1")
            for part in (due, *due.companions)
        ]
    )
    assert store.database.run(
        lambda uow: uow.deliveries.replay(due.companions[0].id, now=LATER + MINUTE)
    )
    assert carried(store, now=LATER + MINUTE) == [["one", "two"]]
