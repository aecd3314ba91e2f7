"""Statuses and their allowed order, and what a message does to a status."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.desk.ticket import Status, Ticket

#: Which status may follow which, as ITIL has it.
ALLOWED: dict[Status, frozenset[Status]] = {}


def _allow(before: Status, *after: Status) -> None:
    ALLOWED[before] = frozenset(after)


_PENDING = (Status.PENDING_USER, Status.PENDING_THIRD_PARTY, Status.PENDING_CLOSURE)
#: Nothing is open any more; a resolved ticket still is, for a while.
ENDED = frozenset({Status.CLOSED, Status.CANCELLED})
_DONE = (Status.RESOLVED, *ENDED)
_WORKING = (Status.ASSIGNED, Status.IN_PROGRESS)
for _fresh in (Status.NEW, Status.UNCONFIRMED, Status.REOPENED):
    _allow(_fresh, Status.UNCONFIRMED, *_WORKING, *_PENDING, *_DONE)
#: Complete now, and nobody has taken it up yet.
ALLOWED[Status.UNCONFIRMED] |= {Status.NEW}
_allow(Status.ASSIGNED, Status.UNCONFIRMED, Status.IN_PROGRESS, *_PENDING, *_DONE)
_allow(Status.IN_PROGRESS, Status.ASSIGNED, *_PENDING, *_DONE)
for _waiting in _PENDING:
    _allow(_waiting, *_WORKING, *(other for other in _PENDING if other is not _waiting), *_DONE)
_allow(Status.RESOLVED, Status.REOPENED, Status.IN_PROGRESS, Status.CLOSED)
_allow(Status.CLOSED, Status.REOPENED)
_allow(Status.CANCELLED, Status.REOPENED)


def may_follow(before: Status, after: Status) -> bool:
    """Whether a ticket may go from one status to the other; staying is always allowed."""
    return before is after or after in ALLOWED[before]


def is_done(status: Status) -> bool:
    """Whether nobody at the desk works on it any more."""
    return status in _DONE


def after_technician(status: Status) -> Status:
    """The status after a technician's public words: somebody works on it now."""
    begins = {Status.NEW, Status.UNCONFIRMED, Status.ASSIGNED, Status.REOPENED}
    return Status.IN_PROGRESS if status in begins else status


def after_outsider(status: Status) -> Status:
    """The status after words of a requester or copy: whatever waited for them goes on."""
    if status in _DONE:
        return Status.REOPENED
    return Status.IN_PROGRESS if status in _PENDING else status


def takes_words(ticket: Ticket, *, now: datetime, reopen_window: timedelta) -> bool:
    """Whether words may still enter; afterwards they open a linked follow-up."""
    if ticket.locked:
        return False
    return ticket.closed_at is None or now - ticket.closed_at <= reopen_window
