"""Good or bad: what counts, for how long, and who may read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.people import Person
from bot.desk.satisfaction import (
    MOST_COMMENT,
    Rating,
    Satisfaction,
    day_of,
    is_good,
    may_read,
    plain_comment,
)
from channels.http.languages import preferred
from tests.cost import within

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANN = Person(
    id=11, name="Ann", language="", technician=False, identity_id=21, channel="email", address="a@x"
)
TESS = replace(ANN, id=12, technician=True)
QUINN = replace(ANN, id=13, technician=True, quality=True)
RATING = Rating(ticket_id=7, person_id=ANN.id, owner_id=TESS.id, good=False, comment="", at=NOW)


@pytest.mark.parametrize(
    ("stars", "good"), [(1, False), (2, False), (3, True), (4, True), (5, True)]
)
def test_the_stars_of_old_mails_still_count(stars: int, good: bool) -> None:  # noqa: FBT001 - a case
    assert is_good(stars) is good


@pytest.mark.parametrize(
    ("reader", "may"),
    [
        (ANN, True),
        (QUINN, True),
        (TESS, False),
        (replace(TESS, quality=True), False),
        (replace(TESS, administrator=True), False),
        (replace(TESS, id=14), False),
        (replace(QUINN, deactivated_at=NOW), False),
    ],
)
def test_only_the_requester_and_quality_staff_read_a_rating(reader: Person, may: bool) -> None:  # noqa: FBT001 - a case
    assert may_read(RATING, reader) is may


def test_the_last_day_is_one_of_utc() -> None:
    west = NOW.astimezone(timezone(timedelta(hours=-11)))
    for closed_at in (NOW, west):
        last = day_of(Satisfaction(days=30).last_day(closed_at))
        assert last is not None
        assert last.isoformat() == "2026-04-01"
    assert day_of(36**13) is None


def test_a_group_can_be_left_out() -> None:
    satisfaction = Satisfaction(groups_off=frozenset({"Office"}))
    assert satisfaction.asks("Network")
    assert not satisfaction.asks("Office")
    assert not Satisfaction(enabled=False).asks("Network")


@given(st.text(max_size=3 * MOST_COMMENT))
def test_a_comment_is_bounded_and_steers_nothing(text: str) -> None:
    kept = plain_comment(text)
    assert len(kept) <= MOST_COMMENT
    assert all(c == "\n" or c.isprintable() for c in kept)
    assert plain_comment(kept) == kept


def test_a_comment_keeps_its_lines() -> None:
    assert plain_comment(" One.\r\n\r\nTwo\x00\u202e. ") == "One.\n\nTwo."


@pytest.mark.parametrize(
    ("field", "languages"),
    [
        ("", ()),
        ("de-AT, de;q=0.8, en;q=0.9", ("de-at", "en", "de")),
        ("fr;q=0, *;q=0.5, en", ("en",)),
        ("de;q=x, en;level=1", ("en",)),
        ("../etc, <b>, de", ("de",)),
    ],
)
def test_the_best_language_comes_first(field: str, languages: tuple[str, ...]) -> None:
    assert preferred(field) == languages


def test_a_field_of_a_million_languages_is_cut() -> None:
    assert len(within(0.1, lambda: preferred("de," * 1_000_000))) <= 20
