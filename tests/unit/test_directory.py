"""The desk's addresses: plus details, case, queues with a plus of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.people import Queue
from bot.directory import Directory
from tests.cost import within


def queue(number: int, address: str) -> Queue:
    return Queue(id=number, channel="email", address=address, name="", group_id=1)


DESK = Directory(
    [
        queue(1, "desk@example.org"),
        queue(2, "Network@Example.org"),
        queue(3, "desk+vip@example.org"),
        queue(4, "desk@other.example"),
    ]
)


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("desk@example.org", 1),
        ("DESK@EXAMPLE.ORG", 1),
        ("desk+t.1.2.k2abc@example.org", 1),
        ("desk+a+b@example.org", 1),
        ("desk+@example.org", 1),
        ("network@example.org", 2),
        ("desk+vip@example.org", 3),
        ("desk+vip+t.1.2.k2abc@example.org", 3),
        ("desk+vipx@example.org", 1),
        ("desk@other.example", 4),
        ("desk@elsewhere.example", None),
        ("desktop@example.org", None),
        ("+desk@example.org", None),
        ("@example.org", None),
        ("desk", None),
        ("", None),
        ("desk@example.org@evil.example", None),
    ],
)
def test_the_queue_behind_an_address(address: str, number: int | None) -> None:
    found = DESK.queue_at(address)
    assert (found.id if found else None) == number
    assert DESK.knows(address) is (number is not None)


def test_our_addresses_are_lower_cased() -> None:
    assert DESK.addresses == {
        "desk@example.org",
        "network@example.org",
        "desk+vip@example.org",
        "desk@other.example",
    }


@pytest.mark.parametrize(
    ("addresses", "number"),
    [
        (["ann@example.com", "network+x@example.org", "desk@example.org"], 2),
        (["ann@example.com"], 1),
        ([], 1),
    ],
)
def test_the_first_address_of_ours_decides_else_the_first_queue(
    addresses: list[str], number: int
) -> None:
    assert DESK.queue_for(addresses).id == number


@given(st.text())
def test_any_address_is_looked_up(address: str) -> None:
    DESK.queue_at(address)
    DESK.queue_at(f"{address}@example.org")


@pytest.mark.parametrize("address", ["+" * 300_000 + "@example.org", "a+" * 100_000 + "@x"])
def test_long_addresses_are_looked_up_at_once(address: str) -> None:
    assert within(1, lambda: DESK.queue_at(address)) is None
