"""Which ticket: the order of trust, merged tickets, clues that disagree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threading_engine.clues import Clues
from threading_engine.match import (
    NOTHING_TIES_IT,
    RULES,
    Known,
    Match,
    decide,
    follow_merges,
)
from threading_engine.tokens import Kind, Token


def token(kind: Kind, *numbers: int, reason: str = "") -> Token:
    return Token(kind=kind, numbers=numbers, valid=not reason, reason=reason)


#: One clue for each rule that ties, each for a ticket of its own.
EVERY = Clues(
    addressed=(token(Kind.TICKET, 1, 70),),
    own_ids=(token(Kind.MESSAGE, 2, 80),),
    older_own_ids=(token(Kind.MESSAGE, 3, 81),),
    foreign_ids=("known@example.com",),
    older_ids=("older@example.com",),
    quoted=(token(Kind.TICKET, 6, 71),),
    numbers=(7,),
)
KNOWN = Known(
    references={"known@example.com": 4, "older@example.com": 5},
    tickets=dict.fromkeys(range(1, 20), None),
)
FIELDS = (
    "addressed",
    "own_ids",
    "older_own_ids",
    "foreign_ids",
    "older_ids",
    "quoted",
    "numbers",
)
TYING = RULES[: len(FIELDS)]


@pytest.mark.parametrize("first", range(len(FIELDS)))
def test_the_most_trusted_clue_decides(first: int) -> None:
    none: dict[str, Any] = dict.fromkeys(FIELDS[:first], ())
    clues = replace(EVERY, **none)
    match = decide(clues, KNOWN)
    assert (match.rule, match.ticket_id) == (TYING[first].__name__, first + 1)
    assert match.signed is (first in {0, 1, 2, 5})
    assert match.token_person == {0: 70, 5: 71}.get(first)
    assert not match.hint
    below = [f"{TYING[n].__name__}: ticket {n + 1}" for n in range(first + 1, len(FIELDS))]
    assert list(match.disagreeing[: len(below)]) == below


def test_the_order_is_the_one_that_is_promised() -> None:
    assert [rule.__name__ for rule in RULES] == [
        "signed_reply_address",
        "own_message_id",
        "own_message_id_before",
        "known_message_id",
        "known_message_id_before",
        "quoted_token",
        "subject_number",
        "another_subject",
        "several_quoted",
        "number_of_another_thread",
        "spoiled_token",
    ]


# --- hints: worth a link, never an entry ---

PRINTER = Known(
    references={"known@example.com": 4, "older@example.com": 5},
    tickets={**dict.fromkeys(range(1, 9), None), 9: 5},
    titles={**dict.fromkeys(range(1, 9), "Printer is broken"), 9: "Merged away"},
)
HINTS = {
    "an own id from earlier, under another subject": (
        Clues(older_own_ids=(token(Kind.MESSAGE, 3, 81),), subject="New laptop"),
        ("another_subject", 3),
    ),
    "a known id from earlier, under another subject": (
        Clues(older_ids=("older@example.com",), subject="New laptop"),
        ("another_subject", 5),
    ),
    "tokens of two tickets in one quote": (
        Clues(quoted=(token(Kind.TICKET, 1, 70), token(Kind.TICKET, 2, 70))),
        ("several_quoted", 1),
    ),
    "a number in somebody else's thread": (
        Clues(numbers=(7,), answers=True, subject="Their words"),
        ("number_of_another_thread", 7),
    ),
    "a reply address that was altered": (
        Clues(addressed=(token(Kind.TICKET, 1, 70, reason="altered"),)),
        ("spoiled_token", 1),
    ),
    "an own id by an expired key": (
        Clues(own_ids=(token(Kind.MESSAGE, 2, 70, reason="expired key"),)),
        ("spoiled_token", 2),
    ),
    "a reply address of which only the number is left": (
        Clues(addressed=(Token(kind=Kind.TICKET, numbers=(1,), valid=False, reason="cut"),)),
        ("spoiled_token", 1),
    ),
}


@pytest.mark.parametrize(("clues", "expected"), HINTS.values(), ids=HINTS)
def test_a_hint_links_and_never_ties(clues: Clues, expected: tuple[str, int]) -> None:
    match = decide(clues, PRINTER)
    assert (match.rule, match.ticket_id, match.hint) == (*expected, True)
    assert not match.signed


TIES_ALL_THE_SAME = {
    "an own id from earlier, under the same subject": (
        Clues(older_own_ids=(token(Kind.MESSAGE, 3, 81),), subject="AW: [#3] Printer is broken"),
        "own_message_id_before",
    ),
    "a known id from earlier, and no subject at all": (
        Clues(older_ids=("older@example.com",)),
        "known_message_id_before",
    ),
    "the merged ticket's subject": (
        Clues(older_own_ids=(token(Kind.MESSAGE, 9, 81),), subject="Merged away"),
        "own_message_id_before",
    ),
    "the subject of what it was merged into": (
        Clues(older_own_ids=(token(Kind.MESSAGE, 9, 81),), subject="printer is BROKEN"),
        "own_message_id_before",
    ),
    "a mail of ours answered under another subject": (
        Clues(own_ids=(token(Kind.MESSAGE, 2, 81),), subject="New laptop"),
        "own_message_id",
    ),
    "a known mail answered under another subject": (
        Clues(foreign_ids=("known@example.com",), subject="New laptop"),
        "known_message_id",
    ),
    "a quoted token under another subject": (
        Clues(
            quoted=(token(Kind.TICKET, 1, 70), token(Kind.MESSAGE, 1, 80)),
            older_ids=("older@example.com",),
            subject="New laptop",
        ),
        "quoted_token",
    ),
    "tokens of two tickets that were merged": (
        Clues(quoted=(token(Kind.TICKET, 9, 70), token(Kind.TICKET, 5, 70))),
        "quoted_token",
    ),
    "a number that somebody typed": (
        Clues(numbers=(7,), subject="Some more words"),
        "subject_number",
    ),
    "a number above the ticket's title in a broken thread": (
        Clues(numbers=(7,), answers=True, subject="Printer is broken"),
        "subject_number",
    ),
}


@pytest.mark.parametrize(("clues", "rule"), TIES_ALL_THE_SAME.values(), ids=TIES_ALL_THE_SAME)
def test_what_looks_weak_and_ties_all_the_same(clues: Clues, rule: str) -> None:
    match = decide(clues, PRINTER)
    assert (match.rule, match.hint) == (rule, False)


def test_other_tickets_that_the_mail_was_sent_to_are_named() -> None:
    numbers = (1, 9, 5, 2, 1)
    clues = Clues(addressed=tuple(token(Kind.TICKET, number, 70) for number in numbers))
    assert decide(clues, PRINTER).also == (5, 2)


def test_nothing_ties_a_mail_without_clues() -> None:
    assert decide(Clues(), KNOWN) == Match(rule=NOTHING_TIES_IT, ticket_id=None)


def test_clues_that_agree_are_not_worth_a_word() -> None:
    clues = Clues(addressed=(token(Kind.TICKET, 5, 70),), numbers=(5,))
    assert decide(clues, KNOWN).disagreeing == ()


def test_clues_that_agree_after_a_merge_are_not_worth_a_word_either() -> None:
    clues = Clues(addressed=(token(Kind.TICKET, 5, 70),), numbers=(6,))
    known = Known(references={}, tickets={5: 6, 6: None})
    assert decide(clues, known) == Match(
        rule="signed_reply_address", ticket_id=6, signed=True, token_person=70
    )


@pytest.mark.parametrize("reason", ["altered", "expired key"])
@pytest.mark.parametrize("field", ["addressed", "own_ids", "quoted"])
def test_a_token_that_is_not_good_decides_nothing_but_is_kept(field: str, reason: str) -> None:
    kind = Kind.MESSAGE if field == "own_ids" else Kind.TICKET
    found: dict[str, Any] = {field: (token(kind, 1, 70, reason=reason),)}
    clues = replace(Clues(), **found)
    match = decide(clues, KNOWN)
    assert match.signed is False
    assert match.hint or match.ticket_id is None
    assert match.disagreeing == (f"token for ticket 1: {reason}",)


def test_a_good_token_behind_a_bad_one_counts() -> None:
    bad, good = token(Kind.TICKET, 1, 70, reason="altered"), token(Kind.TICKET, 2, 71)
    match = decide(Clues(addressed=(bad, good)), KNOWN)
    assert (match.ticket_id, match.token_person) == (2, 71)
    assert match.disagreeing == ("spoiled_token: ticket 1", "token for ticket 1: altered")


@pytest.mark.parametrize("kind", [Kind.BOUNCE, Kind.LOOP, Kind.MESSAGE])
def test_other_kinds_of_tokens_are_no_reply_addresses(kind: Kind) -> None:
    numbers = {Kind.BOUNCE: (1,), Kind.LOOP: (0,), Kind.MESSAGE: (1, 2)}
    assert decide(Clues(addressed=(token(kind, *numbers[kind]),)), KNOWN).ticket_id is None


def test_an_address_that_rates_leads_to_its_ticket_and_person() -> None:
    match = decide(Clues(addressed=(token(Kind.RATING, 1, 70, 5),)), KNOWN)
    assert (match.rule, match.ticket_id, match.token_person) == ("signed_reply_address", 1, 70)


@pytest.mark.parametrize("kind", [Kind.BOUNCE, Kind.LOOP])
def test_a_quoted_token_of_no_ticket_ties_nothing(kind: Kind) -> None:
    assert decide(Clues(quoted=(token(kind, 1),)), KNOWN).ticket_id is None


def test_tickets_that_do_not_exist_tie_nothing() -> None:
    clues = replace(EVERY, foreign_ids=("unknown@example.com",), older_ids=())
    assert decide(clues, Known(references={}, tickets={})).ticket_id is None


def test_of_several_ids_the_first_that_is_known_decides() -> None:
    known = Known(references={"b": 2, "c": 3}, tickets={2: None, 3: None})
    assert decide(Clues(foreign_ids=("a", "b", "c")), known).ticket_id == 2


# --- merges ---


@pytest.mark.parametrize(
    ("merges", "start", "end"),
    [
        ({1: None}, 1, 1),
        ({}, 1, 1),
        ({1: 2, 2: 3, 3: None}, 1, 3),
        ({1: 2}, 1, 2),
        ({1: 1}, 1, 1),
        ({1: 2, 2: 1}, 1, 1),
        ({1: 2, 2: 1}, 2, 1),
        ({9: 4, 4: 3, 3: 4}, 9, 3),
    ],
)
def test_merges_are_followed_to_their_end(
    merges: dict[int, int | None], start: int, end: int
) -> None:
    assert follow_merges(start, Known(references={}, tickets=merges)) == end


@given(st.dictionaries(st.integers(1, 12), st.integers(1, 12) | st.none()), st.integers(1, 12))
def test_every_chain_ends_and_its_end_leads_to_itself(
    merges: dict[int, int | None], start: int
) -> None:
    known = Known(references={}, tickets=merges)
    end = follow_merges(start, known)
    assert follow_merges(end, known) == end
    assert len({follow_merges(n, known) for n in merges if follow_merges(n, known) == end}) <= 1
