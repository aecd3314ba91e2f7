"""Statuses: their order, what words do to them, how long a ticket takes words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import lifecycle
from bot.desk.ticket import Priority, Status, Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
TICKET = Ticket(
    id=1,
    title="Printer",
    status=Status.CLOSED,
    priority=Priority.P3,
    group_id=1,
    queue_id=1,
    requester_id=1,
    owner_id=None,
    opened_at=NOW - WEEK,
    updated_at=NOW - WEEK,
    status_since=NOW - WEEK,
    closed_at=NOW,
    merged_into=None,
    locked=False,
    follows=None,
    trusted=True,
)

#: Rows: before; columns as the statuses stand in `Status`. A ticket is new only once.
ORDER = {
    Status.NEW: "1 1 1 1 1 1 1 1 1 0 1",
    Status.UNCONFIRMED: "1 1 1 1 1 1 1 1 1 0 1",
    Status.ASSIGNED: "0 1 1 1 1 1 1 1 1 0 1",
    Status.IN_PROGRESS: "0 0 1 1 1 1 1 1 1 0 1",
    Status.PENDING_USER: "0 0 1 1 1 1 1 1 1 0 1",
    Status.PENDING_THIRD_PARTY: "0 0 1 1 1 1 1 1 1 0 1",
    Status.PENDING_CLOSURE: "0 0 1 1 1 1 1 1 1 0 1",
    Status.RESOLVED: "0 0 0 1 0 0 0 1 1 1 0",
    Status.CLOSED: "0 0 0 0 0 0 0 0 1 1 0",
    Status.REOPENED: "0 1 1 1 1 1 1 1 1 1 1",
    Status.CANCELLED: "0 0 0 0 0 0 0 0 0 1 1",
}


@pytest.mark.parametrize("before", Status)
def test_which_status_may_follow(before: Status) -> None:
    allowed = [str(int(lifecycle.may_follow(before, after))) for after in Status]
    assert " ".join(allowed) == ORDER[before]


@pytest.mark.parametrize(
    ("status", "after_technician", "after_outsider", "done"),
    [
        (Status.NEW, Status.IN_PROGRESS, Status.NEW, False),
        (Status.IN_PROGRESS, Status.IN_PROGRESS, Status.IN_PROGRESS, False),
        (Status.REOPENED, Status.IN_PROGRESS, Status.REOPENED, False),
        (Status.PENDING_USER, Status.PENDING_USER, Status.IN_PROGRESS, False),
        (Status.RESOLVED, Status.RESOLVED, Status.REOPENED, True),
        (Status.CLOSED, Status.CLOSED, Status.REOPENED, True),
        (Status.CANCELLED, Status.CANCELLED, Status.REOPENED, True),
    ],
)
def test_what_words_do(
    status: Status, after_technician: Status, after_outsider: Status, *, done: bool
) -> None:
    assert lifecycle.after_technician(status) is after_technician
    assert lifecycle.after_outsider(status) is after_outsider
    assert lifecycle.is_done(status) is done


@given(st.lists(st.sampled_from([lifecycle.after_technician, lifecycle.after_outsider])))
def test_words_never_break_the_order(steps: list[object]) -> None:
    for status in Status:
        now = status
        for step in steps:
            after = step(now)  # type: ignore[operator]  # one of the two functions
            assert lifecycle.may_follow(now, after)
            assert after in {now, Status.IN_PROGRESS, Status.REOPENED}
            now = after


@pytest.mark.parametrize(
    ("ticket", "now", "takes"),
    [
        (replace(TICKET, closed_at=None), NOW + 999 * WEEK, True),
        (TICKET, NOW, True),
        (TICKET, NOW + WEEK, True),
        (TICKET, NOW + WEEK + timedelta(microseconds=1), False),
        (replace(TICKET, locked=True), NOW, False),
        (replace(TICKET, locked=True, closed_at=None), NOW, False),
    ],
)
def test_how_long_a_ticket_takes_words(ticket: Ticket, now: datetime, *, takes: bool) -> None:
    assert lifecycle.takes_words(ticket, now=now, reopen_window=WEEK) is takes
