"""What tickets are to each other, as far as no storage is needed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.people import Person
from bot.desk.relations import (
    AssetKind,
    Link,
    Relation,
    are_of_one_house,
    closes_circle,
    in_words,
    read_tags,
)


def person(number: int, address: str, **more: object) -> Person:
    return Person(
        id=number,
        name="",
        language="",
        technician=False,
        identity_id=number,
        channel="email",
        address=address,
        **more,  # type: ignore[arg-type]  # a person's fields
    )


def test_a_link_has_a_name_at_either_end() -> None:
    link = Link(ticket_id=2, other_id=1, relation=Relation.CHILD)
    assert link.seen_from(2) == ("parent", 1)
    assert link.seen_from(1) == ("child", 2)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=40))
def test_links_that_close_no_circle_make_a_forest(wanted: list[tuple[int, int]]) -> None:
    above: dict[int, int] = {}
    for below, parent in wanted:
        if below not in above and not closes_circle(below, parent, above.get):
            above[below] = parent
    for start in above:
        at, steps = start, 0
        while at in above:
            at, steps = above[at], steps + 1
            assert steps <= 8
        assert at not in above


def test_a_circle_that_is_there_already_ends() -> None:
    assert not closes_circle(9, 1, {1: 2, 2: 1}.get)


def test_tags_are_kept_in_one_form() -> None:
    assert read_tags("VPN  #vip,vpn Straße") == ("vpn", "vip", "strasse")


@given(st.text())
def test_any_words_are_tags_or_none(text: str) -> None:
    try:
        tags = read_tags(text)
    except ValueError:
        return
    assert read_tags(" ".join(tags)) == tags


def test_an_asset_has_an_address_where_one_is_configured() -> None:
    kind = AssetKind(name="asset", url="https://cmdb.example/{reference}/x")
    assert kind.link_to("PC/1 2&3") == "https://cmdb.example/PC%2F1%202%263/x"
    assert AssetKind(name="room").link_to("2.17") == ""


ANN = person(1, "ann@customer.example")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (person(1, "ann@home.example", independent=True), True),
        (person(2, "bea@customer.example"), True),
        (person(2, "bea@elsewhere.example"), False),
        (person(2, "bea@customer.example", independent=True), False),
        (person(2, "bea@customer.example", company_id=3), False),
    ],
)
def test_whose_requesters_may_read_each_others_words(other: Person, *, same: bool) -> None:
    assert are_of_one_house(ANN, other) is same
    assert are_of_one_house(other, ANN) is same


def test_a_company_outweighs_the_domain() -> None:
    one = person(1, "ann@a.example", company_id=3)
    assert are_of_one_house(one, person(2, "bea@b.example", company_id=3))
    assert not are_of_one_house(one, person(2, "bea@a.example", company_id=4))


def test_numbers_in_words() -> None:
    assert in_words([7, 3, 5, 6, 3]) == "3, 5-7"
    assert in_words([]) == ""
