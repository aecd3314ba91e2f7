"""May this author write into that ticket? The whole table, one verdict in every cell."""

from __future__ import annotations

from itertools import product

import pytest

from bot.desk.access import RULES, Authentication, Case, Entry, rule_on

PASS, FAIL, NONE = Authentication.PASS, Authentication.FAIL, Authentication.NONE
AS_TECHNICIAN, ENTER, OPEN = Entry.ENTER_AS_TECHNICIAN, Entry.ENTER, Entry.OPEN
LINKED, HOLD = Entry.OPEN_LINKED, Entry.HOLD

#: Who writes: (technician, participant). A technician may be either part of the ticket or not.
WHO = {
    "technician": (True, False),
    "technician who takes part": (True, True),
    "participant": (False, True),
    "stranger": (False, False),
}
#: How the mail is tied to a ticket: (tied, by_number, by_strange_id).
TIE = {
    "not": (False, False, False),
    "signed or known id": (True, False, False),
    "strange id": (True, False, True),
    "number": (True, True, False),
}

#: The specification: author, tie, then the verdict and its rule for pass, fail, none.
TABLE: dict[tuple[str, str], tuple[tuple[Entry, str], tuple[Entry, str], tuple[Entry, str]]] = {
    ("technician", "not"): ((OPEN, "new_request"),) * 3,
    ("technician who takes part", "not"): ((OPEN, "new_request"),) * 3,
    ("participant", "not"): ((OPEN, "new_request"),) * 3,
    ("stranger", "not"): ((OPEN, "new_request"),) * 3,
    ("technician", "signed or known id"): (
        (AS_TECHNICIAN, "proven_technician"),
        (HOLD, "forged_insider"),
        (HOLD, "unproven_technician"),
    ),
    ("technician who takes part", "signed or known id"): (
        (AS_TECHNICIAN, "proven_technician"),
        (HOLD, "forged_insider"),
        (HOLD, "unproven_technician"),
    ),
    ("participant", "signed or known id"): (
        (ENTER, "participant"),
        (HOLD, "forged_insider"),
        (ENTER, "participant"),
    ),
    ("stranger", "signed or known id"): (
        (LINKED, "stranger"),
        (LINKED, "stranger"),
        (LINKED, "stranger"),
    ),
    ("technician", "strange id"): (
        (AS_TECHNICIAN, "proven_technician"),
        (HOLD, "forged_insider"),
        (HOLD, "unproven_technician"),
    ),
    ("technician who takes part", "strange id"): (
        (AS_TECHNICIAN, "proven_technician"),
        (HOLD, "forged_insider"),
        (HOLD, "unproven_technician"),
    ),
    ("participant", "strange id"): (
        (LINKED, "strange_id"),
        (HOLD, "forged_insider"),
        (LINKED, "strange_id"),
    ),
    ("stranger", "strange id"): (
        (LINKED, "strange_id"),
        (LINKED, "strange_id"),
        (LINKED, "strange_id"),
    ),
    ("technician", "number"): (
        (AS_TECHNICIAN, "proven_technician"),
        (HOLD, "forged_insider"),
        (HOLD, "unproven_technician"),
    ),
    ("technician who takes part", "number"): (
        (AS_TECHNICIAN, "proven_technician"),
        (HOLD, "forged_insider"),
        (HOLD, "unproven_technician"),
    ),
    ("participant", "number"): (
        (ENTER, "participant"),
        (HOLD, "forged_insider"),
        (LINKED, "number_without_proof"),
    ),
    ("stranger", "number"): (
        (LINKED, "stranger"),
        (LINKED, "number_without_proof"),
        (LINKED, "number_without_proof"),
    ),
}
CELLS = [
    (who, tie, authentication, *verdict)
    for (who, tie), verdicts in TABLE.items()
    for authentication, verdict in zip((PASS, FAIL, NONE), verdicts, strict=True)
]


def case(who: str, tie: str, authentication: Authentication) -> Case:
    (technician, participant), (tied, by_number, by_strange_id) = WHO[who], TIE[tie]
    return Case(
        tied=tied,
        by_number=by_number,
        by_strange_id=by_strange_id,
        technician=technician,
        participant=participant,
        authentication=authentication,
    )


@pytest.mark.parametrize(("who", "tie", "authentication", "entry", "rule"), CELLS)
def test_the_verdict(
    who: str, tie: str, authentication: Authentication, entry: Entry, rule: str
) -> None:
    ruling = rule_on(case(who, tie, authentication))
    assert (ruling.entry, ruling.rule) == (entry, rule)


def test_the_table_has_every_cell() -> None:
    assert set(TABLE) == set(product(WHO, TIE))
    assert len(CELLS) == len(WHO) * len(TIE) * len(Authentication)


def test_every_rule_decides_somewhere() -> None:
    assert {rule for *_, rule in CELLS} == {rule.__name__ for rule in RULES}


def test_nobody_gets_a_technicians_powers_without_being_a_proven_one() -> None:
    for who, tie, authentication, entry, _rule in CELLS:
        if entry is AS_TECHNICIAN:
            assert who.startswith("technician")
            assert authentication is PASS
            assert tie != "not"


def test_no_stranger_and_no_forged_author_enters_any_ticket() -> None:
    for who, _tie, authentication, entry, _rule in CELLS:
        if who == "stranger" or authentication is FAIL:
            assert entry not in {ENTER, AS_TECHNICIAN}
