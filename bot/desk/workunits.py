"""Time and money of workunits, as values: what is booked, what an hour costs, how it is written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.desk.people import Person
from bot.desk.ticket import Workunit

#: The most that one workunit may take: more is a slip of the pen.
MOST_MINUTES = 31 * 24 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """What a workunit says beside its words."""

    #: Minutes of work; None for none.
    minutes: int | None = None
    #: Name of the cost profile; empty for none.
    profile: str = ""
    #: What an hour costs, in the smallest coin; None for nothing.
    hourly_rate: int | None = None
    #: When the work was done, where that is another time than that of the entry.
    done_at: datetime | None = None
    #: People who may read it though it is private.
    shared_with: tuple[int, ...] = ()


#: What a workunit says that took nobody any time.
NOTHING = Booking()


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A way of working that has its price."""

    name: str
    #: In the smallest coin.
    hourly_rate: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkunitRules:
    """How a desk books its work."""

    #: What a technician's words take where they say nothing else; 0 for nothing.
    default_minutes: int = 15
    #: ISO 4217 code, for people to read.
    currency: str = "EUR"
    #: IANA zone in which people write times.
    time_zone: str = "UTC"
    profiles: tuple[Profile, ...] = ()
    #: Name of the profile where neither the technician nor the group has one; empty for none.
    default_profile: str = ""
    #: Names of profiles by mail address of technicians, and by name of groups.
    technicians: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def profile(self, name: str) -> Profile:
        """The profile of this name, whatever its case; raises ValueError with those there are."""
        for profile in self.profiles:
            if profile.name.casefold() == name.casefold():
                return profile
        known = ", ".join(profile.name for profile in self.profiles) or "none is configured"
        raise ValueError(f"there is no profile {name[:60]!r}; these are: {known}")

    def usual_profile(self, person: Person, group: str) -> Profile | None:
        """The profile of whoever says nothing: their own, else their group's, else the desk's."""
        names = (self.technicians.get(person.address), self.groups.get(group), self.default_profile)
        name = next(filter(None, names), "")
        return self.profile(name) if name else None

    def usual(self, person: Person, group: str) -> Booking:
        """What a technician's words take where they say nothing."""
        if not self.default_minutes:
            return NOTHING
        return self.priced(Booking(minutes=self.default_minutes), person, group)

    def priced(self, booking: Booking, person: Person, group: str) -> Booking:
        """The booking with what an hour of it costs now; raises ValueError for an unknown profile."""
        if not booking.minutes:
            return booking
        named = booking.profile
        profile = self.profile(named) if named else self.usual_profile(person, group)
        if profile is None:
            return booking
        return Booking(
            minutes=booking.minutes,
            profile=profile.name,
            hourly_rate=profile.hourly_rate,
            done_at=booking.done_at,
            shared_with=booking.shared_with,
        )


#: The rules where nobody configured any.
USUAL = WorkunitRules()

# --- how people write it --------------------------------------------------------------------------

_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?: ?h)?")
_HOURS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))? ?h(?:ours?)?", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,5}) ?m(?:in(?:utes?)?)?", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?")


def read_minutes(text: str) -> int:
    """``0:30``, ``1.5h``, ``45m`` or ``0`` as minutes; raises ValueError with the right form."""
    said = text.strip()
    if found := _CLOCK.fullmatch(said):
        minutes = int(found[1]) * 60 + int(found[2])
    elif found := _HOURS.fullmatch(said):
        minutes = round(float(f"{found[1]}.{found[2] or 0}") * 60)
    elif found := _MINUTES.fullmatch(said):
        minutes = int(found[1])
    elif said == "0":
        minutes = 0
    else:
        raise ValueError(f"{text[:40]!r} is no time: 0:30, 1.5h and 45m are")
    if minutes > MOST_MINUTES:
        raise ValueError(f"{text[:40]!r} is more than a month")
    return minutes


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """``2026-11-20 14:30`` in a zone; raises ValueError with the right form."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is no moment: 2026-11-20 14:30 is")
    try:
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=zone)  # type: ignore[misc, arg-type]  # five numbers
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is no moment: {error}") from None


def clock(minutes: int) -> str:
    """Minutes as people write them: ``1:30``."""
    return f"{minutes // 60}:{minutes % 60:02}"


def money(coins: int, currency: str) -> str:
    """An amount as people write it: ``95.00 EUR``."""
    return f"{coins // 100}.{coins % 100:02} {currency}"


# --- sums -----------------------------------------------------------------------------------------


def minutes_of(workunits: Iterable[Workunit]) -> int:
    """The time of all these workunits."""
    return sum(unit.minutes or 0 for unit in workunits)


def cost_of(workunits: Iterable[Workunit]) -> int:
    """What they cost together, in the smallest coin; rounded once, at the end."""
    return round(sum((unit.minutes or 0) * (unit.hourly_rate or 0) for unit in workunits) / 60)


def may_read_private(unit: Workunit, person: Person, *, shared_with: Collection[int]) -> bool:
    """Whether private words are for this person: their author, an administrator, or whom they chose."""
    return unit.author_id == person.id or person.administrator or person.id in shared_with
