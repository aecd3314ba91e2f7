"""Answers follow the words that they answer."""

from __future__ import annotations

from threading_engine.clues import Clues
from threading_engine.match import Known, decide
from threading_engine.moved import follow_words
from threading_engine.tokens import Kind, Token


def token(kind: Kind, *numbers: int, valid: bool = True) -> Token:
    return Token(kind=kind, numbers=numbers, valid=valid, text=f"{kind}{numbers}")


KNOWN = Known(references={"<a@b>": 2}, tickets={1: None, 2: None, 3: 1})
ADDRESSED = token(Kind.TICKET, 1, 7)


def wanted(clues: Clues, carried: dict[int, int], moved: dict[str, tuple[int, int]]) -> int | None:
    return decide(follow_words(clues, KNOWN, carried=carried, moved=moved), KNOWN).ticket_id


def test_an_answer_to_a_mail_of_ours_goes_where_its_words_are() -> None:
    clues = Clues(addressed=(ADDRESSED,), own_ids=(token(Kind.MESSAGE, 1, 50),))
    assert wanted(clues, {}, {}) == 1
    assert wanted(clues, {50: 2}, {}) == 2
    led = follow_words(clues, KNOWN, carried={50: 2}, moved={})
    assert led.addressed[0].numbers == (2, 7), "the address is still that person's"


def test_an_answer_to_other_words_stays() -> None:
    clues = Clues(
        addressed=(ADDRESSED,),
        own_ids=(token(Kind.MESSAGE, 1, 51),),
        older_own_ids=(token(Kind.MESSAGE, 1, 50),),
    )
    assert wanted(clues, {50: 2}, {}) == 1


def test_an_answer_to_somebodys_mail_goes_where_that_is() -> None:
    clues = Clues(addressed=(ADDRESSED,), foreign_ids=("<a@b>",))
    assert wanted(clues, {}, {"<a@b>": (1, 2)}) == 2
    assert wanted(clues, {}, {"<a@b>": (9, 2)}) == 1, "it came from another ticket"


def test_a_merge_is_no_move_and_what_does_not_verify_leads_nowhere() -> None:
    merged = Clues(addressed=(token(Kind.TICKET, 3, 7),), own_ids=(token(Kind.MESSAGE, 3, 50),))
    assert follow_words(merged, KNOWN, carried={50: 1}, moved={}) is merged
    forged = Clues(addressed=(ADDRESSED,), own_ids=(token(Kind.MESSAGE, 1, 50, valid=False),))
    assert wanted(forged, {50: 2}, {}) == 1
