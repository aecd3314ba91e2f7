"""Quiet hours and hours of digests: wall-clock times of a person, and the instants they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})")
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """From one time of the day to another, over midnight where the second is the earlier."""

    begins: time
    ends: time

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def read_hours(text: str) -> QuietHours | None:
    """``22:00-07:00`` as a value, None for an empty text or ``off``; raises ValueError with the form."""
    if text.strip().lower() in {"", "off"}:
        return None
    found = _HOURS.fullmatch(text.strip().lower())
    numbers = [int(number) for number in found.groups()] if found else [24] * 4
    try:
        begins, ends = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    except ValueError:
        raise ValueError(
            f"{text[:40]!r} is no span of hours such as 22:00-07:00; off for none"
        ) from None
    if begins == ends:
        raise ValueError("quiet hours begin and end at different times, as in 22:00-07:00")
    return QuietHours(begins=begins, ends=ends)


def zone_of(name: str, *, otherwise: str) -> ZoneInfo:
    """The zone of a person; the desk's where they have none, or one that nobody knows any more."""
    try:
        return ZoneInfo(name or otherwise)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(otherwise)


def quiet_until(hours: QuietHours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet hours end in which a moment lies (UTC), or None.

    In the night when clocks go forward the hours are shorter, in the other longer; an end that the
    clocks leap over is the leap itself, one that they show twice is the second.
    """
    today = now.astimezone(zone).date()
    over_midnight = hours.ends < hours.begins
    for day in (today - _DAY, today):
        begins = _first(datetime.combine(day, hours.begins), zone)
        last_day = day + _DAY if over_midnight else day
        ends = _last(datetime.combine(last_day, hours.ends), zone)
        if begins <= now < ends:
            return ends
    return None


def next_time(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The next moment (UTC) at which clocks of the zone show a time of the day."""
    today = now.astimezone(zone).date()
    candidates = (_first(datetime.combine(today + n * _DAY, at), zone) for n in (0, 1))
    return next((instant for instant in candidates if instant > now), now + _DAY)


def next_hour(zone: ZoneInfo, now: datetime) -> datetime:
    """The next full hour (UTC); in zones with odd minutes, theirs."""
    local = now.astimezone(zone)
    passed = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return now.astimezone(UTC) - passed + timedelta(hours=1)


def _first(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which clocks show this time, or have leapt over it."""
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    return instant if _shows(instant, wall, zone) else _leap(wall, zone)


def _last(wall: datetime, zone: ZoneInfo) -> datetime:
    """The same, and the second one where clocks show it twice."""
    instant = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return instant if _shows(instant, wall, zone) else _leap(wall, zone)


def _shows(instant: datetime, wall: datetime, zone: ZoneInfo) -> bool:
    return instant.astimezone(zone).replace(tzinfo=None) == wall


def _leap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which clocks leap over a time that they never show."""
    # Read with the offset from before the leap it lies after it, and the other way round.
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
