"""Priorities from impact and urgency, as ITIL has them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.ticket import Priority

#: Impact and urgency by name: how many it concerns, how soon it hurts.
LEVELS: dict[str, int] = {"high": 1, "medium": 2, "low": 3}


@dataclass(frozen=True, kw_only=True, slots=True)
class Priorities:
    """How a desk comes to priorities."""

    #: Rows by impact, columns by urgency, each high, medium, low.
    matrix: tuple[tuple[Priority, ...], ...] = (
        (Priority.P1, Priority.P2, Priority.P3),
        (Priority.P2, Priority.P3, Priority.P4),
        (Priority.P3, Priority.P4, Priority.P4),
    )
    #: What a new ticket has while nobody said anything else.
    usual: Priority = Priority.P3

    def of(self, impact: int | None, urgency: int | None) -> Priority | None:
        """The priority of impact and urgency, or None while one of them is unknown."""
        if impact is None or urgency is None:
            return None
        return self.matrix[impact - 1][urgency - 1]


def read_level(name: str) -> int:
    """Impact or urgency by name or number; raises ValueError with the right form."""
    word = name.strip().casefold()
    by_number = {str(number): number for number in LEVELS.values()}
    found = LEVELS.get(word, by_number.get(word))
    if found is None:
        raise ValueError(f"{name[:40]!r} is none of high, medium and low")
    return found
