"""When will a condition change by itself, if nothing happens but that time passes?

Only ages move by themselves, and each comparison with an age changes once: when the age is
reached. Between these moments nothing changes, so a look at each of them is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.desk.rules.conditions import All, Compare, Condition, Not, Operator, comparisons
from bot.desk.rules.conditions import Any as AnyOf
from bot.desk.rules.judge import holds, read
from bot.desk.rules.view import View


class _Later:
    """A view of the same ticket at a later moment."""

    def __init__(self, view: View, now: datetime) -> None:
        self._view = view
        self.now = now

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the view has
        return getattr(self._view, name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What becomes of a condition by the passing of time alone."""

    #: Whether it holds now.
    holds: bool
    #: When it will be otherwise; None for never.
    changes_at: datetime | None


def look_ahead(condition: Condition, view: View) -> Outlook:
    """Whether the condition holds now, and when that ends by itself."""
    held = holds(condition, view)
    for moment in _turning_points(condition, view):
        if holds(condition, _Later(view, moment)) is not held:
            return Outlook(holds=held, changes_at=moment)
    return Outlook(holds=held, changes_at=None)


def due_at(condition: Condition, view: View) -> datetime | None:
    """The next moment, after now, at which the condition begins to hold; None for never."""
    held = holds(condition, view)
    for moment in _turning_points(condition, view):
        before, held = held, holds(condition, _Later(view, moment))
        if held and not before:
            return moment
    return None


def _turning_points(condition: Condition, view: View) -> list[datetime]:
    """The moments after now at which an age is reached that the condition compares with."""
    found: set[datetime] = set()
    for comparison in comparisons(condition):
        if not isinstance(comparison.wanted, timedelta):
            continue
        since = read(comparison, view)
        if isinstance(since, datetime):
            found.add(since + comparison.wanted)
    return sorted(moment for moment in found if moment > view.now)


def waits_for_time(condition: Condition) -> bool:
    """Whether the passing of time alone can make the condition hold."""
    return any(_rising(condition, upright=True))


def _rising(condition: Condition, *, upright: bool) -> Iterator[bool]:
    """For every comparison with an age, whether time turns the whole condition towards true by it."""
    match condition:
        case Compare():
            aged = isinstance(condition.wanted, timedelta)
            yield aged and (condition.operator is Operator.MORE_THAN) is upright
        case Not(part):
            yield from _rising(part, upright=not upright)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _rising(part, upright=upright)
