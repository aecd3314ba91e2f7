"""People, their addresses, groups and queues, and what the configuration makes of them."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from bot.desk.people import Person
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.store import NOW, Store


def put_technician(store: Store, name: str, address: str, *groups: str, language: str = "") -> None:
    def work(uow: SqlUnitOfWork) -> None:
        numbers = [uow.people.put_group(group) for group in groups]
        uow.people.put_technician(
            name=name, address=address, language=language, group_ids=numbers, at=NOW
        )

    store.database.run(work)


def find(store: Store, address: str) -> Person | None:
    return store.database.read(lambda uow: uow.people.find("email", address))


def staff(store: Store, group: str) -> list[str]:
    def work(uow: SqlUnitOfWork) -> list[str]:
        return [person.name for person in uow.people.staff(uow.people.put_group(group))]

    return store.database.run(work)


def called(store: Store, name: str) -> list[str]:
    found = store.database.read(lambda uow: uow.people.find_technician(name))
    return [person.name for person in found]


def test_a_person_is_found_by_address_and_added_once(store: Store) -> None:
    ann = store.person("Ann")
    assert find(store, "ann@example.com") == ann
    assert find(store, "nobody@example.com") is None
    again = store.database.run(
        lambda uow: uow.people.add(
            name="Impostor", channel="email", address="ann@example.com", at=NOW, technician=True
        )
    )
    assert again == ann
    assert store.database.read(lambda uow: uow.people.get(ann.id)) == ann
    assert store.database.read(lambda uow: uow.people.get(999)) is None


def test_an_address_of_another_channel_is_another(store: Store) -> None:
    store.person("Ann")
    assert store.database.read(lambda uow: uow.people.find("slack", "ann@example.com")) is None


def test_a_person_is_reached_where_they_can_be_reached(store: Store) -> None:
    ann = store.person("Ann")

    def move(uow: SqlUnitOfWork) -> Person | None:
        uow.people.add_identity(ann.id, channel="email", address="ann@home.example")
        uow.people.set_reachable(ann.identity_id, reachable=False)
        return uow.people.get(ann.id)

    moved = store.database.run(move)
    assert moved is not None
    assert (moved.id, moved.address, moved.reachable) == (ann.id, "ann@home.example", True)
    old = find(store, "ann@example.com")
    assert old is not None
    assert not old.reachable


def test_where_our_mail_was_called_spam(store: Store) -> None:
    ann = store.person("Ann")
    for at, complained in ((NOW, True), (None, False)):
        store.database.run(partial(_complain, ann, at))
        (found,) = store.database.read(lambda uow: uow.people.identities(ann.id))
        assert found.complained is complained


def _complain(person: Person, at: datetime | None, uow: SqlUnitOfWork) -> None:
    uow.people.set_complained(person.identity_id, at=at)


def test_the_staff_of_a_group(store: Store) -> None:
    put_technician(store, "Tess", "tess@example.com", "Network", "Printers")
    put_technician(store, "Tom", "tom@example.com", "Network")
    assert (staff(store, "Network"), staff(store, "Printers")) == (["Tess", "Tom"], ["Tess"])
    put_technician(store, "Tess T.", "tess@example.com", "Printers", language="de")
    assert (staff(store, "Network"), staff(store, "Printers")) == (["Tom"], ["Tess T."])
    tess = find(store, "tess@example.com")
    assert tess is not None
    assert (tess.language, tess.technician) == ("de", True)


def test_unreachable_staff_is_not_told(store: Store) -> None:
    put_technician(store, "Tess", "tess@example.com", "Network")
    tess = find(store, "tess@example.com")
    assert tess is not None
    store.database.run(lambda uow: uow.people.set_reachable(tess.identity_id, reachable=False))
    assert staff(store, "Network") == []


def test_somebody_known_becomes_a_technician(store: Store) -> None:
    ann = store.person("Ann")
    put_technician(store, "Ann A.", ann.address, "Network")
    known = find(store, ann.address)
    assert known is not None
    assert (known.id, known.name, known.technician) == (ann.id, "Ann A.", True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Tess", ["Tess"]),
        ("tess t", ["Tess Turner"]),
        ("TES", ["Tess", "Tess Turner"]),
        ("tom@", ["Tom"]),
        ("TOM@EXAMPLE.COM", ["Tom"]),
        ("özlem", ["Özlem"]),
        ("ÖZ", ["Özlem"]),
        ("%", []),
        ("_om", []),
        ("\\", []),
        ("Ann", []),
    ],
)
def test_technicians_are_found_by_name_or_address(
    store: Store, words: str, expected: list[str]
) -> None:
    store.person("Ann")
    put_technician(store, "Tess", "a1@example.com", "Network")
    put_technician(store, "Tess Turner", "a2@example.com", "Network")
    put_technician(store, "Tom", "tom@example.com", "Network")
    put_technician(store, "Özlem", "o@example.com", "Network")
    assert called(store, words) == expected


def test_a_technician_with_two_addresses_is_one(store: Store) -> None:
    put_technician(store, "Tess", "tess@example.com", "Network")
    tess = find(store, "tess@example.com")
    assert tess is not None
    store.database.run(
        lambda uow: uow.people.add_identity(tess.id, channel="email", address="tess@home.example")
    )
    assert called(store, "te") == ["Tess"]
    assert staff(store, "Network") == ["Tess"]
    assert len(store.database.read(lambda uow: uow.people.everyone(technicians=True))) == 2


def test_queues_are_put_once_and_changed(store: Store) -> None:
    def put(name: str, *, takes: bool) -> None:
        store.database.run(
            lambda uow: uow.people.put_queue(
                channel="email",
                address="desk@example.org",
                name=name,
                group_id=uow.people.put_group("Network"),
                takes_automatic=takes,
            )
        )

    put("Desk", takes=False)
    put("Service", takes=True)
    (queue,) = store.database.read(lambda uow: uow.people.queues())
    assert (queue.name, queue.takes_automatic, queue.address) == (
        "Service",
        True,
        "desk@example.org",
    )
    assert [group.name for group in store.database.read(lambda uow: uow.people.groups())] == [
        "Network"
    ]
