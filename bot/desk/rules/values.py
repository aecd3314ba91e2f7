"""What a condition compares with, from the form that administrators write."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from bot.desk.rules.conditions import Operator, Wanted
from bot.desk.rules.fields import OPERATORS, Field, Sort
from bot.desk.rules.names import Names, knows, nearest
from bot.desk.rules.patterns import read_pattern, read_words

_SPAN = re.compile(r"(\d{1,6})\s*(minutes?|min|hours?|h|days?|d|weeks?|w)", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST_SPAN = timedelta(days=3650)
#: Characters of a name that is compared with.
_LONGEST = 1_000
_TRUTH = {"yes": True, "no": False, "true": True, "false": False}


def read_span(given: object) -> timedelta:
    """A length of time, for example ``48 hours`` or ``1 day 12 hours``; raises ValueError."""
    text = given.strip() if isinstance(given, str) else ""
    parts = _SPAN.findall(text)
    rest = _SPAN.sub("", text).replace(",", " ").replace(" and ", " ").strip()
    if not parts or rest:
        raise ValueError(f"{given!r} is no length of time; write it like 30 minutes or 2 days")
    length = sum(
        (timedelta(**{_UNITS[unit[0].lower()]: int(count)}) for count, unit in parts), timedelta()
    )
    if not timedelta() < length <= _LONGEST_SPAN:
        raise ValueError(f"{given!r} must be between one minute and ten years")
    return length


def read_value(field: Field, operator: Operator, given: object, names: Names) -> Wanted:
    """What the field is compared with; raises ValueError with the right form in words."""
    if operator not in OPERATORS[field.sort]:
        fitting = ", ".join(each.value for each in OPERATORS[field.sort])
        raise ValueError(f"it holds a {field.sort}, which is compared by one of: {fitting}")
    if operator is Operator.EMPTY:
        return _truth(given)
    known = getattr(names, field.names) if field.names else None
    return _READERS[field.sort](operator, given, known)


def _truth(given: object) -> bool:
    found = _TRUTH.get(given.lower()) if isinstance(given, str) else given
    if not isinstance(found, bool):
        raise ValueError(f"{given!r} is neither true nor false")  # noqa: TRY004 - an administrator's mistake
    return found


def _read_text(operator: Operator, given: object, known: tuple[str, ...] | None) -> Wanted:
    if operator is Operator.MATCHES:
        return read_pattern(_string(given))
    if operator is Operator.WORDS:
        return read_words(_strings(given))
    if operator is Operator.ONE_OF:
        return tuple(_known(text, known) for text in _strings(given))
    if operator is Operator.CONTAINS:
        return _string(given).casefold()
    return _known(_string(given), known)


def _known(text: str, known: tuple[str, ...] | None) -> str:
    if known is not None and not knows(known, text):
        raise ValueError(f"{text!r} is not known{nearest(text, known)}")
    return text.casefold()


def _string(given: object) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > _LONGEST:
        raise ValueError(f"{given!r} is no text of up to {_LONGEST} characters")
    return given


def _strings(given: object) -> tuple[str, ...]:
    if isinstance(given, str):
        return (_string(given),)
    if not isinstance(given, list | tuple) or not given:
        raise ValueError(f'{given!r} is no list such as ["one", "two"]')
    return tuple(_string(each) for each in given)


def _read_number(operator: Operator, given: object, _known: tuple[str, ...] | None) -> Wanted:
    if operator is not Operator.ONE_OF:
        return _number(given)
    if not isinstance(given, list | tuple) or not given:
        raise ValueError(f"{given!r} is no list such as [1, 2]")
    return tuple(_number(each) for each in given)


def _number(given: object) -> int:
    digits = given.strip().lower().removeprefix("p") if isinstance(given, str) else given
    if isinstance(digits, str) and digits.isascii() and digits.isdigit():
        digits = int(digits)
    if isinstance(digits, bool) or not isinstance(digits, int):
        raise ValueError(f"{given!r} is no whole number")  # noqa: TRY004 - an administrator's mistake
    return digits


def _read_truth(_operator: Operator, given: object, _known: tuple[str, ...] | None) -> Wanted:
    return _truth(given)


def _read_time(_operator: Operator, given: object, _known: tuple[str, ...] | None) -> Wanted:
    """A date of the configuration, or text in ISO form; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if isinstance(found, datetime):
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    if isinstance(found, date):
        return datetime(found.year, found.month, found.day, tzinfo=UTC)
    raise ValueError(f"{given!r} is no date such as 2026-03-01 or 2026-03-01 12:00")


def _read_age(_operator: Operator, given: object, _known: tuple[str, ...] | None) -> Wanted:
    return read_span(given)


_READERS: dict[Sort, Callable[[Operator, object, tuple[str, ...] | None], Wanted]] = {
    Sort.TEXT: _read_text,
    Sort.LIST: _read_text,
    Sort.NUMBER: _read_number,
    Sort.YES_NO: _read_truth,
    Sort.TIME: _read_time,
    Sort.AGE: _read_age,
}
