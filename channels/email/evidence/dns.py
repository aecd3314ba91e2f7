"""Asking the DNS: what an answer is, how long it is remembered, and how much one mail may ask.

The way to the DNS is a function, so that tests hand in a dictionary. An outage is an error of its
own kind (`DnsAway`), never an empty answer: what cannot be asked is unknown, not absent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["TXT", "A", "AAAA", "MX", "PTR"]

#: Seconds that answers, absences and outages are remembered: at least and at most.
POSITIVE, NEGATIVE, OUTAGE = (30.0, 3600.0), (30.0, 300.0), 10.0
#: Names that are remembered.
ROOM = 20_000
#: Records of one answer, and characters of one record, that anybody needs.
MOST_RECORDS, LONGEST_RECORD = 60, 8192


class DnsAway(Exception):
    """Nobody answered in time, or the answer was "ask me later"."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name has; no records when the name or the kind does not exist."""

    #: TXT: the joined strings; A, AAAA: addresses; PTR: names; MX: hosts, most preferred first.
    records: tuple[str, ...] = ()
    #: Seconds that it holds, as the zone says.
    ttl: float = 60.0


#: Looks up one name within a number of seconds; raises `DnsAway`.
Lookup = Callable[[str, Kind, float], Answer]
#: The same for one mail, bounded in all: the records only.
Ask = Callable[[str, Kind], tuple[str, ...]]


class Cache:
    """Remembers answers of ``lookup`` by ``clock`` (monotonic seconds); for any thread."""

    def __init__(self, lookup: Lookup, *, clock: Callable[[], float]) -> None:
        self._lookup = lookup
        self._clock = clock
        self._lock = threading.Lock()
        #: Until when, and the records, or None for an outage; the oldest first.
        self._known: dict[tuple[str, Kind], tuple[float, tuple[str, ...] | None]] = {}

    def __call__(self, name: str, kind: Kind, seconds: float) -> tuple[str, ...]:
        """The records of a name. Raises DnsAway, for a while without asking again."""
        key = (name, kind)
        with self._lock:
            until, records = self._known.get(key, (0.0, None))
        if until <= self._clock():
            until, records = self._ask(name, kind, seconds)
            self._remember(key, until, records)
        if records is None:
            raise DnsAway(f"the DNS does not answer for {name}")
        return records

    def _ask(self, name: str, kind: Kind, seconds: float) -> tuple[float, tuple[str, ...] | None]:
        try:
            answer = self._lookup(name, kind, seconds)
        except DnsAway:
            return self._clock() + OUTAGE, None
        records = tuple(r for r in answer.records[:MOST_RECORDS] if len(r) <= LONGEST_RECORD)
        least, most = POSITIVE if records else NEGATIVE
        return self._clock() + min(max(answer.ttl, least), most), records

    def _remember(
        self, key: tuple[str, Kind], until: float, records: tuple[str, ...] | None
    ) -> None:
        with self._lock:
            self._known.pop(key, None)
            if len(self._known) >= ROOM:
                del self._known[next(iter(self._known))]
            self._known[key] = (until, records)


class Questions:
    """What one mail may ask: so many questions, until ``deadline`` on ``clock``."""

    def __init__(
        self, cache: Cache, *, deadline: float, clock: Callable[[], float], most: int = 100
    ) -> None:
        self._cache = cache
        self._deadline = deadline
        self._clock = clock
        self._left = most

    def __call__(self, name: str, kind: Kind) -> tuple[str, ...]:
        """The records of a name; raises DnsAway, also when this mail has asked enough."""
        name = name.rstrip(".").lower()
        seconds = self.seconds_left()
        if self._left <= 0 or seconds <= 0:
            raise DnsAway("this mail has asked the DNS for long enough")
        self._left -= 1
        return self._cache(name, kind, seconds) if is_name(name) else ()

    def seconds_left(self) -> float:
        """Until the deadline; negative after it."""
        return self._deadline - self._clock()


def is_name(name: str) -> bool:
    """Whether the DNS can hold such a name at all."""
    labels = name.split(".")
    return (
        name.isascii()
        and name.isprintable()
        and len(name) <= 253  # noqa: PLR2004 - RFC 1035 section 2.3.4
        and all(0 < len(label) <= 63 and "\\" not in label for label in labels)  # noqa: PLR2004 - the same
    )
