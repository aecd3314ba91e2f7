"""Quiet hours by a person's clock, in the nights when clocks change, too."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.quiet import QuietHours, next_hour, next_time, quiet_until, read_hours, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(begins=time(22), ends=time(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        ("22:00-07:00", "2026-01-10T20:59:59", None),
        ("22:00-07:00", "2026-01-10T21:00", "2026-01-11T06:00"),
        ("22:00-07:00", "2026-01-11T05:59", "2026-01-11T06:00"),
        ("22:00-07:00", "2026-01-11T06:00", None),
        ("12:00-13:30", "2026-01-10T11:15", "2026-01-10T12:30"),
        # Clocks go forward on 29 March at 01:00 UTC: the night has an hour less.
        ("22:00-07:00", "2026-03-28T21:30", "2026-03-29T05:00"),
        # They go back on 25 October at 01:00 UTC: it has one more.
        ("22:00-07:00", "2026-10-24T20:30", "2026-10-25T06:00"),
        # An end that clocks leap over, and one that they show twice.
        ("22:00-02:30", "2026-03-28T23:00", "2026-03-29T01:00"),
        ("22:00-02:30", "2026-10-24T23:00", "2026-10-25T01:30"),
        ("22:00-02:30", "2026-10-25T00:45", "2026-10-25T01:30"),
        # A beginning that they leap over, and one that they show twice.
        ("02:30-05:00", "2026-03-29T00:59", None),
        ("02:30-05:00", "2026-03-29T01:00", "2026-03-29T03:00"),
        ("02:30-05:00", "2026-10-25T00:30", "2026-10-25T04:00"),
    ],
)
def test_quiet_hours(hours: str, now: str, ends: str | None) -> None:
    span = read_hours(hours)
    assert span is not None
    assert quiet_until(span, BERLIN, utc(now)) == (utc(ends) if ends else None)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001 - made aware below
def test_after_quiet_hours_it_is_not_quiet(at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    ends = quiet_until(NIGHT, BERLIN, now)
    if ends is not None:
        assert now < ends <= now + timedelta(hours=10)
        assert quiet_until(NIGHT, BERLIN, ends) is None
        assert ends.astimezone(BERLIN).time() == time(7)
    else:
        assert time(7) <= now.astimezone(BERLIN).time() < time(22)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001 - made aware below
def test_the_next_digest_is_ahead_and_within_a_day(at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    assert now < next_time(time(8), BERLIN, now) <= now + timedelta(hours=25)
    assert now < next_hour(BERLIN, now) <= now + timedelta(hours=1)


def test_a_full_hour_is_that_of_the_persons_clock() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    assert next_hour(kolkata, utc("2026-01-10T11:12")) == utc("2026-01-10T11:30")


def test_a_zone_that_nobody_knows_is_the_desks() -> None:
    assert zone_of("Mars/Olympus", otherwise="Europe/Berlin") == BERLIN
    assert read_hours("off") is None
