"""What people type into a search, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.search import LONGEST, Key, Query, SearchMistake, Term, parse
from bot.desk.search_words import fold

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def conditions(text: str) -> list[tuple[str, str]]:
    return [(str(c.key), c.value) for c in parse(text, now=NOW).conditions]


def terms(text: str) -> tuple[Term, ...]:
    return parse(text, now=NOW).terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status:new", [("status", "new")]),
        ('status:"pending user"', [("status", "pending user")]),
        ("Status:Pending-User", [("status", "pending user")]),
        (
            "status:pending",
            [
                ("status", "pending user"),
                ("status", "pending third party"),
                ("status", "pending closure"),
            ],
        ),
        ("status:open", [("status", "open")]),
        ("priority:P1 priority:2", [("priority", "1"), ("priority", "2")]),
        ("kind:service_request", [("kind", "service request")]),
        ('group:"Service Desk" owner:me', [("group", "Service Desk"), ("owner", "me")]),
        ("is:merged", [("is", "merged")]),
        ("asset:PC-17 tag:vpn type:Laptop", [("asset", "PC-17"), ("tag", "vpn"), ("type", "Laptop")]),
    ],
)  # fmt: skip
def test_conditions(text: str, expected: list[tuple[str, str]]) -> None:
    assert conditions(text) == expected
    assert terms(text) == ()


def test_a_field_has_a_name() -> None:
    (room,) = parse('field."Room no":12', now=NOW).conditions
    assert (room.key, room.field, room.value, room.absent) == (Key.FIELD, "Room no", "12", False)


def test_a_hyphen_turns_a_part_around() -> None:
    (status,) = parse("-status:closed", now=NOW).conditions
    assert (status.value, status.absent) == ("closed", True)
    assert terms('-vpn -"two words"') == (
        Term(words=("vpn",), absent=True),
        Term(words=("two", "words"), absent=True),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VPN Müller", (Term(words=("vpn",)), Term(words=("muller",)))),
        ('"does not print"', (Term(words=("does", "not", "print")),)),
        ("print*", (Term(words=("print",), prefix=True),)),
        ('"print*"', (Term(words=("print",)),)),
        ("e-mail ann@x.example", (Term(words=("e", "mail")), Term(words=("ann", "x", "example")))),
        ("http://x.example/y", (Term(words=("http", "x", "example", "y")),)),
        ("12:30 Re: 17:", (Term(words=("12", "30")), Term(words=("re",)), Term(words=("17",)))),
        ('"status:open"', (Term(words=("status", "open")),)),
    ],
)
def test_words(text: str, expected: tuple[Term, ...]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "number"), [("42", 42), ("#42", 42), ("42 vpn", None), ("-42", None), ("4x", None)]
)
def test_a_lone_number_is_a_tickets(text: str, number: int | None) -> None:
    assert parse(text, now=NOW).number == number


@pytest.mark.parametrize(
    ("text", "after", "before"),
    [
        ("updated:<7d", NOW - timedelta(days=7), None),
        ("updated:>2w", None, NOW - timedelta(weeks=2)),
        ("updated:<=90min", NOW - timedelta(minutes=90), None),
        ("opened:>2026-11-01", datetime(2026, 11, 1, 23, tzinfo=UTC), None),
        ("opened:<2026-11-01", None, datetime(2026, 10, 31, 23, tzinfo=UTC)),
        (
            "opened:2026-11-01",
            datetime(2026, 10, 31, 23, tzinfo=UTC),
            datetime(2026, 11, 1, 23, tzinfo=UTC),
        ),
    ],
)
def test_times(text: str, after: datetime | None, before: datetime | None) -> None:
    """Days begin where the desk is: Berlin is an hour ahead in November."""
    (condition,) = parse(text, now=NOW, zone=ZoneInfo("Europe/Berlin")).conditions
    assert (condition.after, condition.before) == (after, before)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("statsu:open", '"statsu:" is nothing to search by; did you mean status?'),
        ("status:clsoed", 'status: "clsoed" is unknown; did you mean closed'),
        ("priority:P9", 'priority: "P9" is unknown; there are: P1'),
        ("kind:incidnet", "did you mean incident"),
        ("is:overdue", "there are: closed, locked, merged, open"),
        ("status.x:new", '"status.x:" is nothing to search by'),
        ("owner:", '"owner:" needs a value'),
        ("field:12", '"field:" needs the name of a field'),
        ("updated:<7x", 'updated: "<7x" is no time; write updated:<7d'),
        ("opened:>2026-13-01", "is no time"),
        ("updated:<99999y", "is no time"),
        ('"not closed', "a quote"),
        ("!!!", "neither letters nor digits"),
        ("pr*", "at least 3 letters"),
        ("x" * (LONGEST + 1), "at most 500 characters"),
        ("a " * 21, "at most 20"),
    ],
)
def test_a_mistake_is_named(text: str, words: str) -> None:
    with pytest.raises(SearchMistake) as caught:
        parse(text, now=NOW)
    assert words in str(caught.value)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_query_or_a_mistake(text: str) -> None:
    try:
        query = parse(text, now=NOW)
    except SearchMistake:
        return
    assert isinstance(query, Query)
    assert all(word for term in query.terms for word in term.words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Straße STRASSE", ("strasse", "strasse")),
        ("Ünï-çødé", ("uni", "cøde")),
        ("e\u0301cole", ("ecole",)),
        ("ΣΊΣΥΦΟΣ Ελλάς", ("σίσυφοσ", "ελλάσ")),
        ("Йод иод", ("йод", "иод")),
        ("PC-17 12e3abc", ("pc", "17", "12e3abc")),
        ("", ()),
    ],
)
def test_words_are_folded(text: str, words: tuple[str, ...]) -> None:
    assert fold(text) == words
