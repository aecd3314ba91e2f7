"""Statuses: their order, what words do to them, how long a ticket takes words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import lifecycle
from bot.desk.lifecycle import take
from bot.desk.statuses import USUAL_MAP, StatusMap, StatusMaps, names
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
    allowed = [str(int(USUAL_MAP.may_follow(before, after))) for after in Status]
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
    assert take(USUAL_MAP, status, lifecycle.technician_answers).after is after_technician
    assert take(USUAL_MAP, status, lifecycle.outsider_answers).after is after_outsider
    assert lifecycle.is_done(status) is done


MAPS = st.builds(
    StatusMap,
    name=st.just("drawn"),
    allowed=st.dictionaries(st.sampled_from(Status), st.frozensets(st.sampled_from(Status))),
)


@given(MAPS | st.just(USUAL_MAP), st.lists(st.sampled_from(lifecycle.WISHES)))
def test_no_automatic_move_breaks_the_order(order: StatusMap, wishes: list[lifecycle.Wish]) -> None:
    for status in Status:
        now = status
        for wish in wishes:
            step = take(order, now, wish)
            assert order.may_follow(now, step.after)
            assert step.after in {now, *wish(now)}
            assert bool(step.told()) is bool(wish(now)), "what was wished for is told"
            now = step.after


@given(MAPS)
def test_a_status_that_the_map_does_not_know_is_no_prison(order: StatusMap) -> None:
    for status in frozenset(Status) - order.known():
        assert set(order.after(status)) == order.known()


#: new → assigned or pending third party → pending closure → closed → reopened only.
STRICT = StatusMap(
    name="strict",
    allowed={
        Status.NEW: frozenset({Status.ASSIGNED, Status.PENDING_THIRD_PARTY}),
        Status.ASSIGNED: frozenset({Status.PENDING_CLOSURE}),
        Status.PENDING_THIRD_PARTY: frozenset({Status.PENDING_CLOSURE}),
        Status.PENDING_CLOSURE: frozenset({Status.CLOSED}),
        Status.CLOSED: frozenset({Status.REOPENED}),
    },
)


def test_a_map_is_followed_to_the_letter() -> None:
    allowed = {before.value: names(STRICT.after(before)) for before in STRICT.known()}
    assert allowed == {
        "new": "assigned, pending third party",
        "assigned": "pending closure",
        "pending third party": "pending closure",
        "pending closure": "closed",
        "closed": "reopened",
        "reopened": "nothing",
    }


@pytest.mark.parametrize(
    ("before", "wish", "after"),
    [
        (Status.NEW, lifecycle.technician_answers, Status.ASSIGNED),
        (Status.NEW, lifecycle.assignment, Status.ASSIGNED),
        (Status.ASSIGNED, lifecycle.technician_answers, Status.ASSIGNED),
        (Status.PENDING_CLOSURE, lifecycle.outsider_answers, Status.PENDING_CLOSURE),
        (Status.PENDING_CLOSURE, lifecycle.silence, Status.CLOSED),
        (Status.CLOSED, lifecycle.outsider_answers, Status.REOPENED),
        (Status.REOPENED, lifecycle.technician_answers, Status.REOPENED),
    ],
)
def test_moves_under_a_strict_map(before: Status, wish: lifecycle.Wish, after: Status) -> None:
    step = take(STRICT, before, wish)
    assert step.after is after
    told = step.told()
    assert ("changes" in told) is (before is not after)
    assert told["move"] == {
        "rule": wish.__name__,
        "before": before.value,
        "after": after.value,
        "wished": [status.value for status in wish(before)],
        "map": "strict",
    }


def test_gaps_of_a_map_are_found() -> None:
    gap = replace(
        STRICT, allowed={**STRICT.allowed, Status.IN_PROGRESS: frozenset({Status.ASSIGNED})}
    )
    assert list(gap.dead_ends()) == [Status.REOPENED]
    assert list(gap.unreachable()) == [Status.IN_PROGRESS]
    assert list(USUAL_MAP.dead_ends()) == list(USUAL_MAP.unreachable()) == []


def test_the_most_particular_map_counts() -> None:
    maps = {scope: replace(STRICT, name=str(scope)) for scope in (("VPN", 2), ("VPN", 0), ("", 2))}
    order = StatusMaps(maps=maps)

    def name(kind: str, group_id: int) -> str:
        return order.for_(replace(TICKET, type=kind, group_id=group_id)).name

    assert name("VPN", 2) == "('VPN', 2)"
    assert name("VPN", 1) == "('VPN', 0)"
    assert name("", 2) == name("Laptop", 2) == "('', 2)"
    assert name("", 1) == name("Laptop", 1) == "ITIL"


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
    def enters(order: StatusMap, *, as_technician: bool) -> bool:
        return lifecycle.takes_words(
            ticket, order, as_technician=as_technician, now=now, reopen_window=WEEK
        )

    assert enters(USUAL_MAP, as_technician=False) is takes
    assert enters(USUAL_MAP, as_technician=True) is takes
    final = StatusMap(name="final", allowed={Status.NEW: frozenset({Status.CLOSED})})
    assert enters(final, as_technician=True) is takes
    assert enters(final, as_technician=False) is (takes and ticket.closed_at is None)
