"""On which channels somebody hears of an event, and how soon: event × part × priority.

`notifications.TABLE` says who is told of what; this adds the choices of a configuration. The last
rule that speaks of an event, a part and a priority wins over what is shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from bot.desk.notifications import TABLE, Row
from bot.desk.ticket import Priority


class Way(StrEnum):
    """How news reach somebody."""

    #: An address of theirs on a channel that rings (Slack, Telegram); a mail at once without one.
    PUSH = "push"
    #: A mail.
    MAIL = "mail"
    #: The ticket's thread, where everybody reads it who may; nothing is sent.
    COMMENT = "comment"


class Pace(StrEnum):
    """How soon."""

    AT_ONCE = "at once"
    #: With everything else to the same address, at the full hour.
    HOURLY = "hourly"
    #: The same once a day.
    DAILY = "daily"


#: Channels whose messages ring.
PUSHING = frozenset({"slack", "telegram"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What the matrix says about one event, part and priority."""

    ways: tuple[Way, ...]
    pace: Pace = Pace.AT_ONCE


#: What is shipped.
BY_PRIORITY: dict[Priority, Choice] = {
    Priority.P1: Choice(ways=(Way.PUSH,)),
    Priority.P2: Choice(ways=(Way.MAIL,)),
    Priority.P3: Choice(ways=(Way.COMMENT, Way.MAIL)),
    Priority.P4: Choice(ways=(Way.COMMENT, Way.MAIL)),
}
_THREAD_ONLY = Choice(ways=(Way.COMMENT,))
#: For what leaves no choice: answers to somebody's own deeds, and notices that somebody must act on.
_MAIL = Choice(ways=(Way.MAIL,))

#: Every event and part of which a rule may speak.
CELLS: dict[str, tuple[str, ...]] = {}
for _row in TABLE:
    if _row.occasion:
        _known = CELLS.get(_row.occasion, ())
        CELLS[_row.occasion] = (*_known, *({_row.audience.value} - {*_known}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One choice of a configuration."""

    #: One of the keys of `CELLS`.
    occasion: str
    #: One of its values.
    part: str
    priorities: frozenset[Priority] = frozenset(Priority)
    #: None leaves the ways as shipped.
    ways: tuple[Way, ...] | None = None
    pace: Pace = Pace.AT_ONCE


@dataclass(frozen=True, kw_only=True, slots=True)
class Notify:
    """How the desk tells people."""

    #: News about one ticket to one address within this time of the last share the next mail.
    burst: timedelta = timedelta(minutes=2)
    #: True when the first of them waits, too.
    first_waits: bool = False
    #: When daily digests go out, by the clock of whoever gets them.
    digest_at: time = time(8)
    #: The desk's IANA zone, for people who have none of their own.
    zone: str = "UTC"
    #: Choices over what is shipped, in order; the last that fits wins.
    rules: tuple[Rule, ...] = ()

    def choose(self, row: Row, priority: Priority) -> Choice:
        """The ways and the pace of one row of the table at a priority."""
        if not row.occasion:
            return _MAIL
        choice = _THREAD_ONLY if row.thread_only else BY_PRIORITY[priority]
        for rule in self.rules:
            fits = rule.occasion == row.occasion and rule.part == row.audience
            if fits and priority in rule.priorities:
                ways = choice.ways if rule.ways is None else rule.ways
                choice = Choice(ways=ways, pace=rule.pace)
        return choice


#: How a desk tells people that nobody configured.
USUAL = Notify()
