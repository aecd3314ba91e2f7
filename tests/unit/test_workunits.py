"""Time and money of workunits."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.people import Person
from bot.desk.workunits import (
    NOTHING,
    Booking,
    Profile,
    WorkunitRules,
    clock,
    money,
    read_minutes,
    read_moment,
)

TESS = Person(
    id=1,
    name="Tess",
    language="",
    technician=True,
    identity_id=1,
    channel="email",
    address="tess@example.org",
)
RULES = WorkunitRules(
    profiles=(
        Profile(name="remote", hourly_rate=8000),
        Profile(name="on site", hourly_rate=9500),
        Profile(name="night", hourly_rate=20000),
    ),
    default_profile="remote",
    groups={"Field": "on site"},
)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("0:30", 30),
        ("1:05", 65),
        ("1.5h", 90),
        ("1,25 h", 75),
        ("2h", 120),
        ("45m", 45),
        ("45 min", 45),
        ("0", 0),
    ],
)
def test_times_as_people_write_them(text: str, minutes: int) -> None:
    assert read_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "30", "1:60", "h", "1.5", "-1h", "999h", "1:30:00", "x" * 99])
def test_what_is_no_time_says_the_right_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"0:30, 1.5h and 45m are|more than a month"):
        read_minutes(text)


@given(st.integers(0, 40_000))
def test_a_time_is_read_as_it_is_written(minutes: int) -> None:
    assert read_minutes(clock(minutes)) == minutes


def test_a_moment_is_in_the_desks_zone() -> None:
    moment = read_moment("2026-11-20 14:30", ZoneInfo("Europe/Berlin"))
    assert moment.astimezone(UTC) == datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
    assert read_moment("2026-11-20", ZoneInfo("UTC")).hour == 0


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-11-31 10:00", "20.11.2026"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no moment"):
        read_moment(text, ZoneInfo("UTC"))


def test_the_nearest_profile_counts() -> None:
    assert RULES.usual(TESS, "Desk") == Booking(minutes=15, profile="remote", hourly_rate=8000)
    assert RULES.usual(TESS, "Field").profile == "on site"
    own = WorkunitRules(
        profiles=RULES.profiles, groups=RULES.groups, technicians={TESS.address: "night"}
    )
    assert own.usual(TESS, "Field").hourly_rate == 20000
    assert RULES.priced(Booking(minutes=60, profile="ON SITE"), TESS, "").hourly_rate == 9500
    with pytest.raises(ValueError, match="remote, on site, night"):
        RULES.profile("off site")


def test_a_desk_that_books_nothing_books_nothing() -> None:
    assert WorkunitRules(default_minutes=0).usual(TESS, "") == NOTHING


def test_money_in_words() -> None:
    assert money(9505, "EUR") == "95.05 EUR"
