"""Rules that are well written and can never hit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.desk.rules.conditions import (
    All,
    Any,
    Compare,
    Condition,
    Not,
    Operator,
    Value,
    comparisons,
)
from bot.desk.rules.fields import Sort, find_field
from bot.desk.rules.judge import compare
from bot.desk.rules.rulebook import Moment, Rule
from bot.desk.rules.timing import waits_for_time

#: Comparisons of texts that speak of the whole text: of these it can be said what they exclude.
_WHOLE = {Operator.IS, Operator.IS_NOT, Operator.ONE_OF, Operator.EMPTY}
#: Whoever has a name and an address is both.
_PEOPLE = {"owner", "requester", "sender"}
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_A_MOMENT = timedelta(seconds=1)


def problems(rule: Rule) -> Iterator[tuple[str, str]]:
    """What keeps the rule from ever hitting, each as (key, problem)."""
    if rule.moment is Moment.TIMED:
        yield from _untimely(rule)
    seen = _events_of(rule)
    for group in _conjunctions(rule.condition, ()):
        for field in dict.fromkeys(each.field for each in group):
            together = [each for each in (*group, *seen) if each.field == field]
            if not _can_hold(together):
                said = " and ".join(f"{each.operator} {each.written}" for each in together)
                yield "if", f"{field} can never be: {said}"


def _untimely(rule: Rule) -> Iterator[tuple[str, str]]:
    """Why time alone can never make the condition true."""
    for each in comparisons(rule.condition):
        field = find_field(each.field)
        if field is not None and field.of_event:
            yield "if", f"{each.field} belongs to an event, and a timed rule has none"
    if not waits_for_time(rule.condition):
        yield (
            "if",
            'a timed rule needs a time to wait for: {field = "unanswered", more_than = "48 hours"}',
        )


def _events_of(rule: Rule) -> tuple[Compare, ...]:
    """The kinds of events that it waits for, as a comparison."""
    if not rule.events:
        return ()
    kinds = tuple(kind.casefold() for kind in rule.events)
    return (
        Compare(
            field="event", operator=Operator.ONE_OF, wanted=kinds, written=", ".join(rule.events)
        ),
    )


def _conjunctions(
    condition: Condition, around: tuple[Compare, ...]
) -> Iterator[tuple[Compare, ...]]:
    """The comparisons that must hold together, for every branch of the tree."""
    match condition:
        case Compare():
            yield (*around, condition)
        case All(parts):
            flat = tuple(_flat(condition))
            yield (*around, *flat)
            for part in parts:
                if isinstance(part, Any):
                    yield from _conjunctions(part, (*around, *flat))
        case Any(parts):
            for part in parts:
                yield from _conjunctions(part, around)
        case Not():
            return


def _flat(condition: Condition) -> Iterator[Compare]:
    """The comparisons that stand directly below `all`, nested ones included."""
    if isinstance(condition, Compare):
        yield condition
    elif isinstance(condition, All):
        for part in condition.parts:
            yield from _flat(part)


def _can_hold(together: list[Compare]) -> bool:
    """Whether some value of the field satisfies every comparison; tried out on each that matters."""
    field = find_field(together[0].field)
    if field is None or together[0].field in _PEOPLE or field.sort is Sort.LIST:
        return True
    if field.sort is Sort.TEXT:
        together = [each for each in together if each.operator in _WHOLE]
    return any(
        all(compare(each, value, _SOME_DAY) for each in together)
        for value in _candidates(field.sort, together)
    )


def _candidates(sort: Sort, together: list[Compare]) -> Iterator[Value]:
    """A value on every side of everything that is compared with."""
    yield () if sort is Sort.TEXT else None
    if sort is Sort.YES_NO:
        yield from (True, False)
    elif sort is Sort.NUMBER:
        yield from range(1, 5)
    elif sort is Sort.TEXT:
        yield ("\0",)
    else:
        yield _SOME_DAY
    for each in together:
        wanted = each.wanted
        if isinstance(wanted, timedelta):
            yield from (_SOME_DAY - wanted, _SOME_DAY - wanted + _A_MOMENT)
        elif isinstance(wanted, datetime):
            yield from (wanted, wanted - _A_MOMENT)
        elif isinstance(wanted, str):
            yield (wanted,)
        elif isinstance(wanted, tuple):
            for choice in wanted:
                yield (choice,) if isinstance(choice, str) else choice
