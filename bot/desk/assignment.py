"""Who gets a new ticket: pure choice among those who could."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.desk.people import Person


class Assignment(StrEnum):
    """How a group hands out its new tickets."""

    NOBODY = "nobody"
    LEADER = "leader"
    ROUND_ROBIN = "round robin"
    LEAST_OPEN = "least open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """A place in the order of turns, and who would take a ticket for it."""

    #: Whose turn it is, by row number.
    id: int
    #: They, or their deputy while they are away.
    taker: Person


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """Everybody who could get a ticket of a group now."""

    #: By row number; whoever can take nothing is left out.
    seats: Sequence[Seat]
    leader_id: int | None = None
    #: Whose turn was last, or None.
    last_id: int | None = None
    #: Open tickets by person; nobody named has none.
    open_tickets: Mapping[int, int] = field(default_factory=dict)


def _nobody(_bench: Bench) -> Seat | None:
    return None


def _leader(bench: Bench) -> Seat | None:
    return next((seat for seat in bench.seats if seat.id == bench.leader_id), None)


def _round_robin(bench: Bench) -> Seat | None:
    """The first behind the last one, and again from the beginning."""
    behind = (seat for seat in bench.seats if bench.last_id is None or seat.id > bench.last_id)
    return next(behind, None) or next(iter(bench.seats), None)


def _least_open(bench: Bench) -> Seat | None:
    """Whoever has the fewest; among equals whoever is next in turn."""
    fewest = min((_count(bench, seat) for seat in bench.seats), default=0)
    equals = [seat for seat in bench.seats if _count(bench, seat) == fewest]
    return _round_robin(Bench(seats=equals, last_id=bench.last_id))


def _count(bench: Bench, seat: Seat) -> int:
    return bench.open_tickets.get(seat.taker.id, 0)


_CHOICES: Mapping[Assignment, Callable[[Bench], Seat | None]] = {
    Assignment.NOBODY: _nobody,
    Assignment.LEADER: _leader,
    Assignment.ROUND_ROBIN: _round_robin,
    Assignment.LEAST_OPEN: _least_open,
}


def choose(assignment: Assignment, bench: Bench) -> Seat | None:
    """Who gets the ticket, or None for nobody."""
    return _CHOICES[assignment](bench)
