"""A clock that tests can turn forward; in between it ticks like any other."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

#: A Monday morning, well inside a window of every budget.
MORNING = datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)


class TurnedClock:
    """Gives aware times; `advance` turns it forward."""

    def __init__(self, begins: datetime = MORNING) -> None:
        self._begins = begins
        self._started = time.monotonic()
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """The time now."""
        ticked = timedelta(seconds=time.monotonic() - self._started)
        return self._begins + ticked + self._ahead

    def advance(self, by: timedelta) -> None:
        """Turn it forward."""
        self._ahead += by
