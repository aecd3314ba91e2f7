"""What a ticket does by itself: each automatic move is an ordered list of wished statuses.

The first wish that the ticket's status map allows is taken; where it allows none, the ticket stays.
A wish is a function from the status before, and its name is the rule that stands in the event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.statuses import StatusMap
from bot.desk.ticket import Status, Ticket

#: Nothing is open any more; a resolved ticket still is, for a while.
ENDED = frozenset({Status.CLOSED, Status.CANCELLED})
_DONE = frozenset({Status.RESOLVED, *ENDED})
_WAITING = frozenset({Status.PENDING_USER, Status.PENDING_THIRD_PARTY, Status.PENDING_CLOSURE})
_FRESH = frozenset({Status.NEW, Status.UNCONFIRMED, Status.REOPENED})
_WORKING = (Status.IN_PROGRESS, Status.ASSIGNED)

#: What a ticket would like to become, best first.
Wish = Callable[[Status], tuple[Status, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """An automatic move, or that it could not be made."""

    #: Name of the wish.
    rule: str
    before: Status
    after: Status
    #: Empty where nothing was to happen.
    wished: tuple[Status, ...]
    #: Name of the map that decided.
    map: str

    def told(self) -> dict[str, object]:
        """What the event keeps of it; nothing where nothing was to happen."""
        if not self.wished:
            return {}
        data: dict[str, object] = {
            "rule": self.rule,
            "before": self.before.value,
            "after": self.after.value,
            "wished": [status.value for status in self.wished],
            "map": self.map,
        }
        moved = self.after is not self.before
        rows = {"changes": [["status", self.before.value, self.after.value]]} if moved else {}
        return {"move": data, **rows}


def take(statuses: StatusMap, before: Status, wish: Wish) -> Step:
    """The first wish that the map allows; without one the ticket stays."""
    wished = wish(before)
    after = next((status for status in wished if statuses.may_follow(before, status)), before)
    return Step(rule=wish.__name__, before=before, after=after, wished=wished, map=statuses.name)


def is_done(status: Status) -> bool:
    """Whether nobody at the desk works on it any more."""
    return status in _DONE


def technician_answers(before: Status) -> tuple[Status, ...]:
    """A technician answered in public, so somebody works on it."""
    if before is Status.ASSIGNED:
        return (Status.IN_PROGRESS,)
    return _WORKING if before in _FRESH else ()


def outsider_answers(before: Status) -> tuple[Status, ...]:
    """Somebody outside answered, so what was done or waited goes on."""
    if before in _DONE:
        return (Status.REOPENED, *_WORKING)
    return (*_WORKING, Status.REOPENED) if before in _WAITING else ()


def assignment(before: Status) -> tuple[Status, ...]:
    """A new ticket was given to somebody."""
    return (Status.ASSIGNED,) if before is Status.NEW else ()


def something_missing(before: Status) -> tuple[Status, ...]:
    """A new ticket lacks what its type needs, and its requester is asked."""
    return (Status.UNCONFIRMED,) if before is Status.NEW else ()


def nothing_missing(before: Status) -> tuple[Status, ...]:
    """Whatever a ticket lacked is there now, and it waits to be taken up."""
    return (Status.NEW, *_WORKING[::-1]) if before is Status.UNCONFIRMED else ()


def nothing_missing_for_its_owner(before: Status) -> tuple[Status, ...]:
    """The same where somebody has the ticket already."""
    return (*_WORKING[::-1], Status.NEW) if before is Status.UNCONFIRMED else ()


def silence(before: Status) -> tuple[Status, ...]:
    """Nobody answered for as long as a ticket waits in this status."""
    if before is Status.PENDING_USER:
        return (Status.CLOSED, Status.RESOLVED, Status.CANCELLED, Status.PENDING_CLOSURE)
    if before is Status.PENDING_CLOSURE:
        return (Status.CLOSED, Status.RESOLVED)
    return (Status.CLOSED,) if before is Status.RESOLVED else ()


#: Every automatic move.
WISHES: tuple[Wish, ...] = (
    technician_answers,
    outsider_answers,
    assignment,
    something_missing,
    nothing_missing,
    nothing_missing_for_its_owner,
    silence,
)


def takes_words(
    ticket: Ticket,
    statuses: StatusMap,
    *,
    as_technician: bool = False,
    now: datetime,
    reopen_window: timedelta,
) -> bool:
    """Whether words may still enter; otherwise they open a linked follow-up.

    A technician's words need no more work; an outsider's do, so they must be able to reopen it.
    """
    if ticket.locked:
        return False
    if ticket.closed_at is None:
        return True
    reopens = take(statuses, ticket.status, outsider_answers).after is not ticket.status
    return (as_technician or reopens) and now - ticket.closed_at <= reopen_window
