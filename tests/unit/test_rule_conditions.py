"""Conditions of workflow rules: what they compare, what they saw, when time makes them true."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any as Anything

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.people import Person
from bot.desk.rules import conditions
from bot.desk.rules.conditions import All, Any, Compare, Condition, Not
from bot.desk.rules.judge import holds, judge, span
from bot.desk.rules.names import Names
from bot.desk.rules.reading import read_rules
from bot.desk.rules.timing import due_at, look_ahead
from bot.desk.ticket import Event, Kind, Priority, Status, Ticket, Visibility, Workunit

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA = Person(
    id=1,
    name="Anna Berg",
    language="",
    technician=False,
    identity_id=1,
    channel="email",
    address="anna@example.org",
)
TOM = replace(ANNA, id=2, name="Tom", address="tom@desk.example", technician=True)
TICKET = Ticket(
    id=7,
    title="VPN is down",
    status=Status.NEW,
    priority=Priority.P2,
    group_id=1,
    queue_id=1,
    requester_id=1,
    owner_id=None,
    opened_at=NOW - 5 * HOUR,
    updated_at=NOW - 3 * HOUR,
    status_since=NOW - 5 * HOUR,
    closed_at=None,
    merged_into=None,
    locked=False,
    follows=None,
    trusted=True,
    kind=Kind.INCIDENT,
    outsider_wrote_at=NOW - 4 * HOUR,
)
EVENT = Event(
    id=9,
    ticket_id=7,
    kind="workunit.added",
    actor_id=1,
    at=NOW,
    workunit_id=3,
    rule="participant",
    data={"changes": [["status", "new", "assigned"]]},
)
WORDS = Workunit(
    id=3,
    ticket_id=7,
    author_id=1,
    author_name="Anna Berg",
    by_technician=False,
    visibility=Visibility.PUBLIC,
    text="The tunnel to Lisbon drops every hour.",
    html=None,
    elided="",
    signature="",
    at=NOW,
    message_id=None,
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A view of plain values."""

    ticket: Ticket = TICKET
    now: datetime = NOW
    event: Event | None = EVENT
    words: Workunit | None = WORDS
    sender: Person | None = ANNA
    group: str = "Service Desk"
    queue: str = "desk@desk.example"
    owner: Person | None = None
    requester: Person | None = ANNA
    company: str = "Berg Ltd"
    tags: tuple[str, ...] = ("vip", "remote")
    assets: tuple[str, ...] = ("LT-104",)
    custom: Mapping[str, str] = field(default_factory=lambda: {"room": "B 12"})
    unanswered_since: datetime | None = NOW - 4 * HOUR


def condition(given: object, *, when: str = "event") -> Condition:
    table = {"name": "a", "when": when, "if": given, "then": [{"tag": "x"}]}
    rules, mistakes = read_rules([table], Names())
    assert not mistakes, mistakes
    return rules[0].condition


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ({"field": "title", "is": "vpn IS down"}, True),
        ({"field": "title", "is_not": "VPN is down"}, False),
        ({"field": "title", "contains": "Vpn"}, True),
        ({"field": "title", "matches": "^vpn"}, False),
        ({"field": "title", "matches": "(?i)^vpn"}, True),
        ({"field": "title", "words": ["own", "VPN"]}, True),
        ({"field": "title", "words": ["own", "is up"]}, False),
        ({"field": "title", "words": "is down"}, True),
        ({"field": "text", "words": ["lisbon"]}, True),
        ({"field": "priority", "is": 2}, True),
        ({"field": "priority", "is": "P2"}, True),
        ({"field": "priority", "one_of": [1, "P3"]}, False),
        ({"field": "priority", "less_than": 3}, True),
        ({"field": "priority", "more_than": 2}, False),
        ({"field": "impact", "empty": True}, True),
        ({"field": "impact", "is_not": 1}, True),
        ({"field": "impact", "more_than": 1}, False),
        ({"field": "status", "one_of": ["new", "Assigned"]}, True),
        ({"field": "owner", "empty": True}, True),
        ({"field": "owner", "is_not": "Tom"}, True),
        ({"field": "requester", "is": "ANNA@example.org"}, True),
        ({"field": "requester", "is": "anna berg"}, True),
        ({"field": "requester", "is_not": "Anna Berg"}, False),
        ({"field": "requester_domain", "is": "example.org"}, True),
        ({"field": "sender_role", "is": "requester"}, True),
        ({"field": "tag", "contains": "VIP"}, True),
        ({"field": "tag", "contains": "vi"}, False),
        ({"field": "tag", "one_of": ["x", "remote"]}, True),
        ({"field": "tag", "matches": "^rem"}, True),
        ({"field": "asset", "empty": False}, True),
        ({"field": "fields.room", "is": "b 12"}, True),
        ({"field": "fields.floor", "empty": True}, True),
        ({"field": "changed", "contains": "status"}, True),
        ({"field": "event", "is": "workunit.added"}, True),
        ({"field": "visibility", "is": "internal"}, False),
        ({"field": "company", "is": "Berg Ltd"}, True),
        ({"field": "answered", "is": False}, True),
        ({"field": "locked", "is": "yes"}, False),
        ({"field": "opened", "after": "2026-03-01"}, True),
        ({"field": "opened", "before": "2026-03-01 12:00"}, False),
        ({"field": "unanswered", "more_than": "4 hours"}, True),
        ({"field": "unanswered", "more_than": "4 hours 1 minute"}, False),
        ({"field": "age", "less_than": "1 day"}, True),
        ({"field": "technician_silent", "more_than": "1 hour"}, False),
        ({"field": "technician_silent", "empty": True}, True),
        ({"field": "automatic", "is": False}, True),
        ({"field": "queue", "contains": "desk.example"}, True),
        ({"field": "channel", "is": "email"}, True),
    ],
)
def test_what_a_comparison_says(comparison: dict[str, object], *, expected: bool) -> None:
    assert holds(condition(comparison), Shown()) is expected


def test_a_verdict_tells_every_fact_that_it_looked_at() -> None:
    tree = condition(
        {
            "all": [{"field": "title", "matches": "(?i)vpn"}],
            "any": [
                {"field": "priority", "is": 1},
                {"field": "unanswered", "more_than": "3 hours"},
            ],
            "not": {"field": "group", "is": "Network"},
        }
    )
    verdict = judge(tree, Shown())
    assert verdict.holds
    assert [sighting.sentence for sighting in verdict.saw] == [
        "title is VPN is down (matches (?i)vpn)",
        "priority is 2 (not: is 1)",
        "unanswered is 4 hours (more than 3 hours)",
        "group is Service Desk (not: is Network)",
    ]


def test_nothing_long_is_kept_with_a_hit() -> None:
    shown = Shown(words=replace(WORDS, text="word " * 10_000))
    (sighting,) = judge(condition({"field": "text", "contains": "word"}), shown).saw
    assert len(sighting.value) == 201


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=49), "2 days 1 hour"),
        (timedelta(days=2, minutes=5), "2 days 5 minutes"),
    ],
)
def test_lengths_of_time_in_words(length: timedelta, words: str) -> None:
    assert span(length) == words


def test_no_pattern_and_no_text_makes_a_rule_slow() -> None:
    tree = condition({"field": "text", "matches": "^(a|aa|a*)*$"})
    shown = Shown(words=replace(WORDS, text="a" * 200_000 + "\ud800!"))
    began = time.perf_counter()
    holds(tree, shown)
    assert time.perf_counter() - began < 2


# --- properties -----------------------------------------------------------------------------------

#: Comparisons with ages and others, each with a naive reading of the view.
_LEAVES: tuple[tuple[dict[str, object], Anything], ...] = (
    ({"field": "age", "more_than": "2 hours"}, lambda v: v.now - v.ticket.opened_at >= 2 * HOUR),
    ({"field": "age", "less_than": "9 hours"}, lambda v: v.now - v.ticket.opened_at < 9 * HOUR),
    ({"field": "idle", "more_than": "4 hours"}, lambda v: v.now - v.ticket.updated_at >= 4 * HOUR),
    (
        {"field": "unanswered", "more_than": "6 hours"},
        lambda v: v.unanswered_since is not None and v.now - v.unanswered_since >= 6 * HOUR,
    ),
    (
        {"field": "technician_silent", "less_than": "3 hours"},
        lambda v: bool(
            v.ticket.technician_wrote_at and v.now - v.ticket.technician_wrote_at < 3 * HOUR
        ),
    ),
    ({"field": "priority", "less_than": 3}, lambda v: v.ticket.priority in {1, 2}),
    ({"field": "tag", "contains": "vip"}, lambda v: "vip" in v.tags),
    ({"field": "status", "is_not": "new"}, lambda v: v.ticket.status != "new"),
    ({"field": "title", "matches": "V.N"}, lambda v: re.search("V.N", v.ticket.title) is not None),
)


def _naive(tree: Anything, view: Shown) -> bool:  # noqa: ANN401 - the same
    match tree:
        case ("leaf", number):
            return bool(_LEAVES[number][1](view))
        case ("not", part):
            return not _naive(part, view)
        case ("all", parts):
            return all(_naive(part, view) for part in parts)
        case ("any", parts):
            return any(_naive(part, view) for part in parts)
    raise AssertionError(tree)


def _built(tree: Anything) -> Condition:  # noqa: ANN401 - a nested tuple
    kind, rest = tree
    if kind == "leaf":
        return condition(_LEAVES[rest][0])
    if kind == "not":
        return Not(_built(rest))
    return (All if kind == "all" else Any)(tuple(_built(part) for part in rest))


TREES = st.recursive(
    st.tuples(st.just("leaf"), st.integers(0, len(_LEAVES) - 1)),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["all", "any"]), st.lists(inner, max_size=4)),
    ),
    max_leaves=10,
)
AGES = st.integers(0, 12 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))


@st.composite
def views(draw: st.DrawFn) -> Shown:
    return Shown(
        ticket=replace(
            TICKET,
            opened_at=draw(AGES),
            updated_at=draw(AGES),
            technician_wrote_at=draw(st.none() | AGES),
            priority=draw(st.sampled_from(Priority)),
            status=draw(st.sampled_from(Status)),
            title=draw(st.sampled_from(["VPN", "printer", "a VxN"])),
        ),
        tags=draw(st.sampled_from([(), ("vip",), ("x", "vip")])),
        unanswered_since=draw(st.none() | AGES),
    )


@given(tree=TREES, view=views())
def test_a_tree_says_what_a_naive_reading_says(tree: object, view: Shown) -> None:
    built = _built(tree)
    assert holds(built, view) is _naive(tree, view)
    assert judge(built, view).holds is _naive(tree, view)
    assert len(judge(built, view).saw) == len(list(conditions.comparisons(built)))


@given(tree=TREES, view=views())
def test_the_due_moment_is_the_first_at_which_it_begins_to_hold(tree: object, view: Shown) -> None:
    due = due_at(_built(tree), view)
    held, first = _naive(tree, view), None
    for minute in range(1, 24 * 60):
        later = replace(view, now=view.now + timedelta(minutes=minute))
        before, held = held, _naive(tree, later)
        if held and not before:
            first = later.now
            break
    assert due == first


@given(tree=TREES, view=views())
def test_an_outlook_says_when_a_verdict_ends(tree: object, view: Shown) -> None:
    outlook = look_ahead(_built(tree), view)
    assert outlook.holds is _naive(tree, view)
    if outlook.changes_at is not None:
        assert outlook.changes_at > view.now
        assert _naive(tree, replace(view, now=outlook.changes_at)) is not outlook.holds
        just_before = replace(view, now=outlook.changes_at - timedelta(seconds=1))
        assert _naive(tree, just_before) is outlook.holds


@given(text=st.text(), field_name=st.sampled_from(["text", "title"]))
def test_no_text_raises(text: str, field_name: str) -> None:
    shown = Shown(
        words=replace(WORDS, text=text + "\ud800"), ticket=replace(TICKET, title=text or "x")
    )
    for comparison in ({"matches": r"\w+.*$"}, {"words": ["a", "b c"]}, {"contains": "é"}):
        holds(condition({"field": field_name, **comparison}), shown)


def test_a_comparison_keeps_what_was_written() -> None:
    found = condition({"field": "priority", "one_of": [1, 2]})
    assert isinstance(found, Compare)
    assert found.written == "1, 2"
