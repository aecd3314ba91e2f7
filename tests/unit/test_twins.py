"""The same message in two versions, and messages that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cost import within
from threading_engine.twins import same_words

WORDS = "The printer on floor 2 is broken.\n\nAnn"
FOOTER = "it-team mailing list\nit-team@lists.example\nhttps://lists.example/it-team"


@pytest.mark.parametrize(
    "other",
    [
        WORDS,
        f"  {WORDS}\n\n\n",
        WORDS.replace(" is ", "  is "),
        f"{WORDS}\n_______________________________________________\n{FOOTER}",
        f"{WORDS}\n-- \n{FOOTER}",
        f"{WORDS}\n\n-----\n{FOOTER}",
        f"{WORDS}\n~~~~~\n{FOOTER}",
        f"{WORDS}\n- - - - - - -\n{FOOTER}",
        f"CAUTION: This mail comes from outside.\n========\n{WORDS}",
    ],
)
def test_the_same_words(other: str) -> None:
    assert same_words(WORDS, other)
    assert same_words(other, WORDS)


@pytest.mark.parametrize(
    "other",
    [
        "",
        "The printer on floor 3 is broken.\n\nAnn",
        f"{WORDS}\nThe scanner, too.",
        f"Hello,\n{WORDS}",
        "The printer on floor 2 is broken.",
        f"{WORDS}\n-----\n" + "More words.\n" * 40,
        f"{WORDS} ----\n{FOOTER}",
    ],
)
def test_other_words(other: str) -> None:
    assert not same_words(WORDS, other)
    assert not same_words(other, WORDS)


def test_two_mails_without_words_say_the_same() -> None:
    assert same_words("", " \n")


@given(st.text(), st.text())
def test_any_two_texts_are_compared_alike_both_ways(one: str, other: str) -> None:
    assert same_words(one, other) == same_words(other, one)
    assert same_words(one, one)


@pytest.mark.parametrize("more", ["-" * 1_000_000, "- " * 500_000, "-\t" * 500_000 + "x"])
def test_a_megabyte_is_compared_at_once(more: str) -> None:
    within(1, lambda: same_words(WORDS, f"{WORDS}\n{more}"))
