"""How an appointment repeats (RFC 5545, section 3.3.10), in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 - a list takes a line a word
)
_CODES = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), WEEKDAYS, strict=True))
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_ORDINALS = {
    1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "last but one",
}  # fmt: skip
_DAY = re.compile(r"([+-]?\d{1,2})?([A-Z]{2})\Z")
#: Values of one part that are named.
_MOST = 12


def words(rule: Any) -> str:  # noqa: ANN401 - a rule, several, or nothing, as the library has it
    """The rule in words; what cannot be said simply is quoted. Empty without a rule."""
    if not rule:
        return ""
    if isinstance(rule, list):
        return "; ".join(words(one) for one in rule[:3])
    parts = {str(name).upper(): _values(value) for name, value in rule.items()}
    unit = _UNITS.get(str(parts.get("FREQ", [""])[0]).upper())
    if unit is None or set(parts) - _SAID:
        return f"by the rule {_quoted(parts)}"
    try:
        said = [_every(unit, parts), *(say(parts[name]) for name, say in _PARTS if name in parts)]
    except (ValueError, TypeError, IndexError):
        return f"by the rule {_quoted(parts)}"
    return ", ".join(text for text in said if text)


def _values(value: Any) -> list[Any]:  # noqa: ANN401 - the same
    return list(value)[:_MOST] if isinstance(value, list | tuple) else [value]


def _quoted(parts: Mapping[str, Sequence[Any]]) -> str:
    text = ";".join(f"{name}={','.join(map(str, values))}" for name, values in parts.items())
    return "".join(c for c in text if c.isprintable())[:200]


def _every(unit: str, parts: Mapping[str, Sequence[Any]]) -> str:
    interval = int(parts.get("INTERVAL", [1])[0])
    every = f"every {unit}" if interval == 1 else f"every {interval} {unit}s"
    days = _joined(_named_day(str(day)) for day in parts.get("BYDAY", ()))
    return f"{every} on {days}" if days else every


def _named_day(code: str) -> str:
    found = _DAY.match(code.upper())
    if found is None or found[2] not in _CODES:
        return code
    if not found[1]:
        return _CODES[found[2]]
    number = int(found[1])
    return f"the {_ORDINALS.get(number, f'{number}.')} {_CODES[found[2]]}"


def _joined(texts: Any) -> str:  # noqa: ANN401 - any texts
    return ", ".join(texts)


def _month_days(days: Sequence[Any]) -> str:
    named = ("the last" if str(day) == "-1" else f"day {day}" for day in days)
    return f"on {_joined(named)} of the month"


def _months(months: Sequence[Any]) -> str:
    numbers = [int(str(month)) for month in months]
    named = (_MONTHS[n - 1] for n in numbers if 1 <= n <= len(_MONTHS))
    return f"in {_joined(named)}"


def _times(counts: Sequence[Any]) -> str:
    return f"{int(counts[0])} times"


def _until(ends: Sequence[Any]) -> str:
    end = ends[0]
    return f"until {end.isoformat()[:10] if isinstance(end, date) else end}"


_PARTS: tuple[tuple[str, Callable[[Sequence[Any]], str]], ...] = (
    ("BYMONTHDAY", _month_days),
    ("BYMONTH", _months),
    ("COUNT", _times),
    ("UNTIL", _until),
)
#: WKST shifts nothing that is said here.
_SAID = frozenset({"FREQ", "INTERVAL", "BYDAY", "WKST", *(name for name, _ in _PARTS)})
