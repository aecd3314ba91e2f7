"""Conditions: a tree of comparisons below all, any and not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.desk.rules.patterns import Pattern, Words

#: What a field holds: names and texts are tuples, empty for nothing; ages are the moment since
#: which they run.
Value = tuple[str, ...] | int | bool | datetime | None
#: What a field is compared with, read once when the rules are loaded.
Wanted = (
    str | int | bool | datetime | timedelta | tuple[str, ...] | tuple[int, ...] | Pattern | Words
)


class Operator(StrEnum):
    """How a field is compared; the value is the key in the configuration."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    CONTAINS = "contains"
    WORDS = "words"
    MATCHES = "matches"
    BEFORE = "before"
    AFTER = "after"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    EMPTY = "empty"


@dataclass(frozen=True, kw_only=True, slots=True)
class Compare:
    """One comparison."""

    #: Name of the field; one of `fields.FIELDS`, or ``fields.`` and a custom field.
    field: str
    operator: Operator
    wanted: Wanted
    #: What is wanted as the administrator wrote it, for explanations.
    written: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts it always does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Compare | All | Any | Not


def comparisons(condition: Condition) -> Iterator[Compare]:
    """Every comparison of the tree, from left to right."""
    match condition:
        case Compare():
            yield condition
        case Not(part):
            yield from comparisons(part)
        case All(parts) | Any(parts):
            for each in parts:
                yield from comparisons(each)
