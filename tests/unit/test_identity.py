"""The identity matrix: every written verdict is the one that the rules give."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from bot.cli.identity_page import COMMAND, identity_page
from bot.desk.entry import Authentication, Entry, rule_on
from bot.desk.identity import FORGED, Author, Proof, Token, case_of, cells

PAGE = Path(__file__).parents[2] / "docs" / "identity.md"
_VERDICT = re.compile(r"\*\*(?P<entry>[a-z, ]+)\*\* `(?P<rule>\w+)`")
_ENTRIES = {
    "opens": Entry.OPEN,
    "opens, linked": Entry.OPEN_LINKED,
    "enters": Entry.ENTER,
    "enters as technician": Entry.ENTER_AS_TECHNICIAN,
    "held": Entry.HOLD,
}


def written() -> dict[tuple[Author, Token, Proof], str]:
    """Every cell of the page as it is written there."""
    found = {}
    for section in PAGE.read_text().split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        if title.lower() not in set(Author):
            continue
        for line in body.split("\n"):
            first, *row = (cell.strip() for cell in line.strip("|").split("|"))
            if first in set(Token) and len(row) == len(Proof):
                for proof, verdict in zip(Proof, row, strict=True):
                    found[Author(title.lower()), Token(first), proof] = verdict
    return found


WRITTEN = written()


def test_every_cell_is_written() -> None:
    assert list(WRITTEN) == list(product(Author, Token, Proof))
    assert len(WRITTEN) == 224


@pytest.mark.parametrize(("author", "token", "proof"), WRITTEN)
def test_the_written_verdict_is_the_one_that_is_given(
    author: Author, token: Token, proof: Proof
) -> None:
    verdict = _VERDICT.fullmatch(WRITTEN[author, token, proof])
    assert verdict is not None
    ruling = rule_on(case_of(author, token, proof))
    assert (ruling.entry, ruling.rule) == (_ENTRIES[verdict["entry"]], verdict["rule"])


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text() == identity_page(), f"run {COMMAND} to write it anew"


def test_who_gets_in_at_all() -> None:
    """The promise in one place: nobody enters but these, and with powers only proven technicians."""
    inside = {
        (cell.author, cell.token, cell.proof): cell.ruling.entry
        for cell in cells()
        if cell.ruling.entry in {Entry.ENTER, Entry.ENTER_AS_TECHNICIAN}
    }
    people = (Author.REQUESTER, Author.COLLABORATOR, Author.COPY)
    unproven = (Proof.PASS, Proof.NONE, Proof.FORGED_HEADER)
    expected = {(who, Token.VALID, proof): Entry.ENTER for who in people for proof in unproven}
    expected |= {(who, Token.ANOTHER_PERSONS, Proof.PASS): Entry.ENTER for who in people}
    expected |= {
        (Author.COLLEAGUE, token, Proof.PASS): Entry.ENTER
        for token in (Token.VALID, Token.ANOTHER_PERSONS)
    }
    good = (Token.VALID, Token.ANOTHER_TICKETS, Token.ANOTHER_PERSONS)
    expected |= {
        (Author.TECHNICIAN, token, Proof.PASS): Entry.ENTER_AS_TECHNICIAN for token in good
    }
    assert inside == expected


def test_a_forged_header_and_a_forgers_own_pass_are_worth_nothing() -> None:
    for author, token in product(Author, Token):
        nothing = case_of(author, token, Proof.NONE)
        assert case_of(author, token, Proof.FORGED_HEADER) == nothing
        if author in FORGED:
            assert case_of(author, token, Proof.PASS) == nothing
            assert nothing.authentication is Authentication.NONE
