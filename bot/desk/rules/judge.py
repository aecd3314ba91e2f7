"""Does a condition hold, and what did it see?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from bot.desk.rules.conditions import All, Any, Compare, Condition, Not, Operator, Value, Wanted
from bot.desk.rules.fields import Field, Sort, find_field
from bot.desk.rules.patterns import Pattern, Words
from bot.desk.rules.view import View

#: Characters of a text that are kept with a hit.
_SHOWN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One comparison that was made."""

    field: str
    #: What the field held, in words.
    value: str
    #: What it was compared with, as the administrator wrote it.
    wanted: str
    holds: bool

    @property
    def sentence(self) -> str:
        """For people: ``title is “VPN is down” (matches (?i)vpn)``."""
        mark = "" if self.holds else "not: "
        return f"{self.field} is {self.value or 'empty'} ({mark}{self.wanted})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether a condition holds and every comparison that was made for that."""

    holds: bool
    saw: tuple[Sighting, ...]


def holds(condition: Condition, view: View) -> bool:
    """Whether the condition holds; looks at no more fields than it must."""
    match condition:
        case Compare():
            return compare(condition, read(condition, view), view.now)
        case All(parts):
            return all(holds(part, view) for part in parts)
        case Any(parts):
            return any(holds(part, view) for part in parts)
        case Not(part):
            return not holds(part, view)


def judge(condition: Condition, view: View) -> Verdict:
    """The same with every comparison of the tree, made or not needed."""
    saw: list[Sighting] = []
    return Verdict(holds=_look(condition, view, saw), saw=tuple(saw))


def _look(condition: Condition, view: View, saw: list[Sighting]) -> bool:
    match condition:
        case Compare():
            value = read(condition, view)
            held = compare(condition, value, view.now)
            saw.append(
                Sighting(
                    field=condition.field,
                    value=in_words(condition.field, value, view.now),
                    wanted=f"{condition.operator.value.replace('_', ' ')} {condition.written}",
                    holds=held,
                )
            )
            return held
        case All(parts):
            looked = [_look(part, view, saw) for part in parts]
            return all(looked)
        case Any(parts):
            looked = [_look(part, view, saw) for part in parts]
            return any(looked)
        case Not(part):
            return not _look(part, view, saw)


@lru_cache(maxsize=1024)
def _field(name: str) -> Field:
    field = find_field(name)
    if field is None:
        raise LookupError(f"there is no field {name}")
    return field


def read(comparison: Compare, view: View) -> Value:
    """What the comparison's field holds now."""
    return _field(comparison.field).read(view)


def compare(comparison: Compare, value: Value, now: datetime) -> bool:
    """Whether the comparison holds for a value of its field."""
    if comparison.operator is Operator.EMPTY:
        return (value is None or value == ()) is comparison.wanted
    if isinstance(value, tuple):
        if _field(comparison.field).sort is Sort.LIST and comparison.operator is Operator.CONTAINS:
            return _is(value, comparison.wanted)  # a list contains an entry, a text a part
        return _IN_TEXT[comparison.operator](value, comparison.wanted)
    if value is None:
        return comparison.operator is Operator.IS_NOT
    if isinstance(value, datetime):
        return _in_time(comparison, value, now)
    return _IN_NUMBERS[comparison.operator](value, comparison.wanted)


def _in_time(comparison: Compare, value: datetime, now: datetime) -> bool:
    wanted = comparison.wanted
    if isinstance(wanted, timedelta):
        # Reached is "more": the timer that waits for it fires at this very moment.
        reached = now - value >= wanted
        return reached if comparison.operator is Operator.MORE_THAN else not reached
    moment = cast("datetime", wanted)
    return value < moment if comparison.operator is Operator.BEFORE else value >= moment


_IN_NUMBERS: dict[Operator, Callable[[int, Wanted], bool]] = {
    Operator.IS: lambda value, wanted: value == wanted,
    Operator.IS_NOT: lambda value, wanted: value != wanted,
    Operator.ONE_OF: lambda value, wanted: value in cast("tuple[int, ...]", wanted),
    Operator.MORE_THAN: lambda value, wanted: value > cast("int", wanted),
    Operator.LESS_THAN: lambda value, wanted: value < cast("int", wanted),
}


def _is(value: tuple[str, ...], wanted: Wanted) -> bool:
    return any(text.casefold() == wanted for text in value)


def _is_not(value: tuple[str, ...], wanted: Wanted) -> bool:
    return all(text.casefold() != wanted for text in value)


def _one_of(value: tuple[str, ...], wanted: Wanted) -> bool:
    return any(text.casefold() in cast("tuple[str, ...]", wanted) for text in value)


def _contains(value: tuple[str, ...], wanted: Wanted) -> bool:
    return any(cast("str", wanted) in text.casefold() for text in value)


def _words(value: tuple[str, ...], wanted: Wanted) -> bool:
    return any(cast("Words", wanted).are_in(text) for text in value)


def _matches(value: tuple[str, ...], wanted: Wanted) -> bool:
    return any(cast("Pattern", wanted).is_in(text) for text in value)


_IN_TEXT: dict[Operator, Callable[[tuple[str, ...], Wanted], bool]] = {
    Operator.IS: _is,
    Operator.IS_NOT: _is_not,
    Operator.ONE_OF: _one_of,
    Operator.CONTAINS: _contains,
    Operator.WORDS: _words,
    Operator.MATCHES: _matches,
}


def in_words(field: str, value: Value, now: datetime) -> str:
    """A value for people; empty for nothing."""
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        text = ", ".join(value)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        aged = _field(field).sort is Sort.AGE
        return span(now - value) if aged else f"{value:%Y-%m-%d %H:%M} UTC"
    return str(value)


def span(length: timedelta) -> str:
    """A length of time for people: ``2 days 3 hours``, ``5 minutes``."""
    minutes = max(0, int(length.total_seconds()) // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = ((days, "day"), (hours, "hour"), (minutes % 60, "minute"))
    named = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count]
    return " ".join(named[:2]) or "less than a minute"
