"""On which channels and when people are told: rules over the shipped matrix, checked on load."""

from __future__ import annotations

from datetime import time, timedelta
from difflib import get_close_matches
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from bot.desk.matrix import CELLS, Notify, Pace, Rule, Way
from bot.desk.ticket import Priority
from bot.settings.values import Section


def _list(value: object) -> object:
    """One value stands for a list of one."""
    return [value] if isinstance(value, str | int) else value


def _priority(value: object) -> object:
    """``P1`` as well as 1."""
    text = str(value).upper().removeprefix("P")
    if text not in {str(int(priority)) for priority in Priority}:
        raise ValueError(f"expected P1, P2, P3 or P4, found {value!r}")
    return Priority(int(text))


def _time(value: object) -> str:
    """TOML has times of its own, without quotes."""
    try:
        found = value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError:
        raise ValueError("expected a time of the day such as 08:00") from None
    return f"{found:%H:%M}"


class NotifyRuleSection(Section):
    """One choice over the shipped matrix; the last that fits wins."""

    event: str
    part: str
    priority: Annotated[
        tuple[Annotated[Priority, BeforeValidator(_priority)], ...], BeforeValidator(_list)
    ] = tuple(Priority)
    #: How they hear of it: ``push``, ``mail``, ``comment``; nothing for the shipped ways.
    tell: Annotated[tuple[Way, ...], BeforeValidator(_list)] | None = None
    when: Pace = Pace.AT_ONCE

    @model_validator(mode="after")
    def _known(self) -> Self:
        """There is such an event, and somebody in that part hears of it."""
        if self.event not in CELLS:
            raise ValueError(f"there is no event {self.event!r}; {_nearest(self.event, CELLS)}")
        parts = CELLS[self.event]
        if self.part not in parts:
            raise ValueError(
                f"nobody hears of {self.event!r} as {self.part!r}; {_nearest(self.part, parts)}"
            )
        return self

    def build(self) -> Rule:
        """The same as the desk uses it."""
        return Rule(
            occasion=self.event,
            part=self.part,
            priorities=frozenset(self.priority),
            ways=None if self.tell is None else (self.tell or (Way.COMMENT,)),
            pace=self.when,
        )


def _nearest(name: str, known: dict[str, tuple[str, ...]] | tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=2)
    return f"did you mean {' or '.join(near)}?" if near else f"these are: {', '.join(known)}"


class NotifySection(Section):
    """How people are told."""

    #: News of one ticket within this time of the last to the same address share the next mail.
    burst_minutes: float = Field(default=2, ge=0, le=60)
    #: ``at once``: the first goes out and what follows waits; ``wait``: the first waits, too.
    burst_first: Literal["at once", "wait"] = "at once"
    #: When daily digests go out, by the clock of whoever gets them.
    digest_at: Annotated[str, BeforeValidator(_time)] = "08:00"
    rules: tuple[NotifyRuleSection, ...] = ()

    def build(self, *, zone: str) -> Notify:
        """The same as the desk uses it."""
        return Notify(
            burst=timedelta(minutes=self.burst_minutes),
            first_waits=self.burst_first == "wait",
            digest_at=time.fromisoformat(self.digest_at),
            zone=zone,
            rules=tuple(rule.build() for rule in self.rules),
        )
