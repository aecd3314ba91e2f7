"""Who gets a new ticket."""

from __future__ import annotations

import pytest

from bot.desk.assignment import Assignment, Bench, Seat, choose
from bot.desk.people import Person


def seat(number: int, taker: int | None = None) -> Seat:
    person = Person(
        id=taker or number,
        name=f"T{number}",
        language="",
        technician=True,
        identity_id=taker or number,
        channel="email",
        address=f"t{number}@example.org",
    )
    return Seat(id=number, taker=person)


SEATS = (seat(2), seat(5), seat(9))


def chosen(assignment: Assignment, bench: Bench) -> int | None:
    found = choose(assignment, bench)
    return found.taker.id if found else None


@pytest.mark.parametrize(
    ("last", "next_one"), [(None, 2), (2, 5), (5, 9), (9, 2), (3, 5), (11, 2), (0, 2)]
)
def test_turns_go_round_and_survive_those_who_left(last: int | None, next_one: int) -> None:
    assert chosen(Assignment.ROUND_ROBIN, Bench(seats=SEATS, last_id=last)) == next_one


def test_the_fewest_open_tickets_win_and_equals_take_turns() -> None:
    counts = {2: 4, 5: 1, 9: 1}
    assert chosen(Assignment.LEAST_OPEN, Bench(seats=SEATS, open_tickets=counts)) == 5
    again = Bench(seats=SEATS, open_tickets=counts, last_id=5)
    assert chosen(Assignment.LEAST_OPEN, again) == 9


def test_the_open_tickets_of_a_deputy_are_the_deputys() -> None:
    seats = (seat(2, taker=9), seat(5), seat(9))
    counts = {2: 0, 5: 1, 9: 7}
    assert chosen(Assignment.LEAST_OPEN, Bench(seats=seats, open_tickets=counts)) == 5


def test_only_a_leader_who_can_take_it_gets_it() -> None:
    assert chosen(Assignment.LEADER, Bench(seats=SEATS, leader_id=5)) == 5
    assert chosen(Assignment.LEADER, Bench(seats=SEATS, leader_id=7)) is None
    assert chosen(Assignment.LEADER, Bench(seats=SEATS)) is None


@pytest.mark.parametrize("assignment", Assignment)
def test_where_nobody_works_nobody_gets_it(assignment: Assignment) -> None:
    assert chosen(assignment, Bench(seats=())) is None
    assert chosen(Assignment.NOBODY, Bench(seats=SEATS, leader_id=2)) is None
