"""What no mail may cost. A guard against cost that explodes, no measurement: those are in bench/."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """Do the work and fail when it takes so many seconds of CPU three times in a row.

    A busy machine makes one try slow. Work that grows as the square of a megabyte takes minutes.
    """
    spent = []
    for _ in range(3):
        before = time.thread_time()
        result = work()
        spent.append(time.thread_time() - before)
        if spent[-1] < seconds:
            return result
    raise AssertionError(f"took {min(spent):.2f} s, at most {seconds} s are fine")
