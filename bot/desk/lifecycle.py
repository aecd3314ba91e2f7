"""Statuses and their allowed order, and what a message does to a status."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.desk.ticket import Status, Ticket

#: Which status may follow which.
ALLOWED: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.IN_PROGRESS, Status.PENDING, Status.RESOLVED, Status.CLOSED}),
    Status.IN_PROGRESS: frozenset({Status.PENDING, Status.RESOLVED, Status.CLOSED}),
    Status.PENDING: frozenset({Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED}),
    Status.RESOLVED: frozenset({Status.IN_PROGRESS, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.IN_PROGRESS}),
}


def may_follow(before: Status, after: Status) -> bool:
    """Whether a ticket may go from one status to the other; staying is always allowed."""
    return before is after or after in ALLOWED[before]


def is_done(status: Status) -> bool:
    """Whether nobody at the desk works on it any more."""
    return status in {Status.RESOLVED, Status.CLOSED}


def after_technician(status: Status) -> Status:
    """The status after a technician's public words: somebody works on it now."""
    return Status.IN_PROGRESS if status is Status.NEW else status


def after_outsider(status: Status) -> Status:
    """The status after words of a requester or copy: whatever waited for them goes on."""
    waiting = {Status.PENDING, Status.RESOLVED, Status.CLOSED}
    return Status.IN_PROGRESS if status in waiting else status


def takes_words(ticket: Ticket, *, now: datetime, reopen_window: timedelta) -> bool:
    """Whether words may still enter; afterwards they open a linked follow-up."""
    if ticket.locked:
        return False
    return ticket.closed_at is None or now - ticket.closed_at <= reopen_window
