"""Commands about being away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.desk.commands.order import Order, Read, refuse_words

#: Days so far away that some zone has them in no year are nobody's holiday.
_YEARS = range(1970, 3000)
_DAYS = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:\s?\.\.\s?(\d{4}-\d\d-\d\d)?)?(?:\s+deputy\s+(\S.*))?", re.IGNORECASE
)
_FORM = "#away needs days, and may name a deputy: #away 2026-12-20..2027-01-06 deputy tom"


@dataclass(frozen=True, kw_only=True, slots=True)
class BeAway(Order):
    """The author is away from one day to another, both included."""

    since: date
    #: The last day; None for until further notice.
    until: date | None
    #: Name or address of who stands in; empty for nobody.
    deputy: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BeBack(Order):
    """The author is back."""


def read_days(argument: str) -> BeAway:
    """Read ``2026-12-20..2027-01-06 deputy tom``; one day alone, or an open end, will do."""
    found = _DAYS.fullmatch(argument)
    if found is None:
        raise ValueError(_FORM)
    first, last, deputy = found.groups()
    try:
        since = date.fromisoformat(first)
        until = date.fromisoformat(last) if last else None if ".." in argument else since
    except ValueError:
        raise ValueError(f"{argument!r} holds a day that no calendar has; {_FORM}") from None
    if not all(day.year in _YEARS for day in (since, until or since)):
        raise ValueError(f"{argument!r} is no time in which anybody is away; {_FORM}")
    if until is not None and until < since:
        raise ValueError(f"{until} is before {since}; {_FORM}")
    return BeAway(since=since, until=until, deputy=(deputy or "").strip())


def _back(argument: str) -> BeBack:
    refuse_words(argument)
    return BeBack()


COMMANDS: dict[str, Read] = {"away": read_days, "back": _back}
