"""The rules of a desk, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.desk.rules.conditions import Condition
from bot.desk.rules.deeds import Deed


class Mode(StrEnum):
    """What happens when a rule hits."""

    #: It is kept, and nothing is done.
    LOG = "log"
    #: A technician is asked and confirms or declines.
    SUGGEST = "suggest"
    #: It is done.
    AUTOMATIC = "automatic"


class Moment(StrEnum):
    """When a rule is asked."""

    #: At once, on every event that it names.
    EVENT = "event"
    #: When time has made its condition true.
    TIMED = "timed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One workflow rule."""

    name: str
    moment: Moment
    mode: Mode
    condition: Condition
    deeds: tuple[Deed, ...]
    #: Kinds of events that it waits for; empty for a timed rule.
    events: tuple[str, ...] = ()
    #: False when the administrator has switched it off.
    enabled: bool = True


#: In the event that a rule caused, its name stands behind this; where that caused another rule to
#: hit, the names stand in a row.
CAUSE, THEN = "rule:", " › "


def chain(rule: str) -> tuple[str, ...]:
    """The names of the workflow rules that led to an event, the last one last; none for others."""
    return tuple(rule.removeprefix(CAUSE).split(THEN)) if rule.startswith(CAUSE) else ()


def cause(names: Sequence[str]) -> str:
    """The rule of an event that these workflow rules led to."""
    return CAUSE + THEN.join(names)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rulebook:
    """Rules in order, found by what they wait for."""

    rules: tuple[Rule, ...] = ()
    _by_event: Mapping[str, tuple[Rule, ...]] = field(init=False, repr=False, compare=False)
    #: The timed ones.
    timed: tuple[Rule, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the rules by what they wait for, once."""
        active = [rule for rule in self.rules if rule.enabled]
        kinds = {kind for rule in active for kind in rule.events}
        by_event = {kind: tuple(rule for rule in active if kind in rule.events) for kind in kinds}
        object.__setattr__(self, "_by_event", by_event)
        timed = tuple(rule for rule in active if rule.moment is Moment.TIMED)
        object.__setattr__(self, "timed", timed)

    def waiting_for(self, kind: str) -> tuple[Rule, ...]:
        """The rules that are asked when such an event happens."""
        return self._by_event.get(kind, ())

    def find(self, name: str) -> Rule | None:
        """The rule of this name, in any case, or None."""
        wanted = name.casefold()
        return next((rule for rule in self.rules if rule.name.casefold() == wanted), None)


#: A desk without rules.
NONE = Rulebook()
