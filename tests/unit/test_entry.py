"""May this author write into that ticket? The whole table, one verdict in every cell."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from bot.desk.entry import RULES, Authentication, Case, Entry, Tie, rule_on

PASS, FAIL, NONE = Authentication.PASS, Authentication.FAIL, Authentication.NONE

WHO: dict[str, dict[str, Any]] = {
    "technician": {"technician": True},
    "technician who takes part": {"technician": True, "participant": True},
    "participant": {"participant": True},
    "third party": {"participant": True, "third_party": True},
    "participant proven before": {"participant": True, "proven_before": True},
    "stranger": {},
    "colleague": {"colleague": True},
    "colleague, to others": {"colleague": True, "sent_to_others": True},
    "deactivated": {"deactivated": True, "technician": True, "participant": True},
    "trusted participant": {"participant": True, "trusted_address": True, "proven_before": True},
    "trusted third party": {"participant": True, "third_party": True, "trusted_address": True},
    "trusted stranger": {"trusted_address": True},
    "technician, trusted": {"technician": True, "participant": True, "trusted_address": True},
    "stranger, accepted": {"decided": True},
    "technician, to others": {"technician": True, "sent_to_others": True},
    "participant, to others": {"participant": True, "sent_to_others": True},
    "technician, accepted": {"technician": True, "decided": True},
}
VERDICTS = {
    "asks": (Entry.OPEN, "new_request"),
    "forged": (Entry.HOLD, "forged_insider"),
    "works": (Entry.ENTER_AS_TECHNICIAN, "proven_technician"),
    "unproven": (Entry.HOLD, "unproven_technician"),
    "hint": (Entry.OPEN_LINKED, "only_a_hint"),
    "again": (Entry.HOLD, "handed_in_again"),
    "stranger": (Entry.OPEN_LINKED, "stranger"),
    "number": (Entry.OPEN_LINKED, "number_without_proof"),
    "theirs": (Entry.OPEN_LINKED, "third_partys_number"),
    "colleague": (Entry.ENTER, "proven_colleague"),
    "left": (Entry.HOLD, "deactivated_author"),
    "strange": (Entry.OPEN_LINKED, "strange_id"),
    "proven": (Entry.ENTER, "proven_participant"),
    "unlike": (Entry.HOLD, "unproven_this_time"),
    "borrowed": (Entry.HOLD, "borrowed_token"),
    "enters": (Entry.ENTER, "participant"),
    "trusted": (Entry.ENTER, "trusted_address"),
    "new": (Entry.OPEN, "decided_at_the_desk"),
    "own": (Entry.OPEN_LINKED, "decided_at_the_desk"),
    "put": (Entry.ENTER, "decided_at_the_desk"),
    "powers": (Entry.ENTER_AS_TECHNICIAN, "decided_at_the_desk"),
}

#: The specification: one line a person, one column a tie; in it pass, fail and none.
TABLE = """
                           | NONE             | HINT                   | NUMBER                  | LONE_NUMBER             | STRANGE_ID             | BORROWED               | GIVEN
technician                 | asks forged asks | hint forged unproven   | works forged unproven   | works forged unproven   | works forged unproven  | works forged unproven  | works forged unproven
technician who takes part  | asks forged asks | hint forged unproven   | works forged unproven   | works forged unproven   | works forged unproven  | works forged unproven  | works forged unproven
participant                | asks forged asks | hint forged hint       | proven forged number    | proven forged number    | strange forged strange | proven forged borrowed | proven forged enters
third party                | asks forged asks | hint forged hint       | proven forged number    | theirs forged number    | strange forged strange | proven forged borrowed | proven forged enters
participant proven before  | asks forged asks | hint forged hint       | proven forged number    | proven forged number    | strange forged strange | proven forged unlike   | proven forged unlike
stranger                   | asks asks asks   | hint hint hint         | stranger stranger stranger | stranger stranger stranger | stranger stranger stranger | stranger stranger stranger | stranger stranger stranger
trusted participant        | asks forged asks | hint forged hint | proven forged trusted | proven forged trusted | strange forged strange | proven forged trusted | proven forged trusted
trusted third party        | asks forged asks | hint forged hint | proven forged trusted | theirs forged theirs | strange forged strange | proven forged trusted | proven forged trusted
trusted stranger           | asks asks asks | hint hint hint | stranger stranger stranger | stranger stranger stranger | stranger stranger stranger | stranger stranger stranger | stranger stranger stranger
technician, trusted        | asks forged asks | hint forged unproven | works forged unproven | works forged unproven | works forged unproven | works forged unproven | works forged unproven
technician, to others      | asks forged asks | hint forged unproven | again forged unproven | again forged unproven | again forged unproven | again forged unproven | again forged unproven
participant, to others     | asks forged asks | hint forged hint | again forged again | again forged again | again forged again | again forged again | proven forged enters
colleague                  | asks asks asks | hint hint hint | colleague stranger stranger | colleague stranger stranger | stranger stranger stranger | colleague stranger stranger | colleague stranger stranger
colleague, to others       | asks asks asks | hint hint hint | again again again | again again again | again again again | again again again | again again again
deactivated                | left left left | left left left | left left left | left left left | left left left | left left left | left left left
stranger, accepted         | new asks asks | own hint hint | put stranger stranger | put stranger stranger | put stranger stranger | put stranger stranger | put stranger stranger
technician, accepted       | new forged asks | own forged unproven | powers forged unproven | powers forged unproven | powers forged unproven | powers forged unproven | powers forged unproven
"""


def cells() -> list[tuple[str, Tie, Authentication, str]]:
    head, *rows = ([c.strip() for c in line.split("|")] for line in TABLE.strip().split("\n"))
    ties = [Tie[name] for name in head if name]
    return [
        (who, tie, authentication, verdict)
        for who, *row in rows
        for tie, cell in zip(ties, row, strict=True)
        for authentication, verdict in zip((PASS, FAIL, NONE), cell.split(), strict=True)
    ]


CELLS = cells()


@pytest.mark.parametrize(("who", "tie", "authentication", "verdict"), CELLS)
def test_the_verdict(who: str, tie: Tie, authentication: Authentication, verdict: str) -> None:
    ruling = rule_on(Case(tie=tie, authentication=authentication, **WHO[who]))
    assert (ruling.entry, ruling.rule) == VERDICTS[verdict]


def test_the_table_has_every_cell_once() -> None:
    assert sorted(cell[:3] for cell in CELLS) == sorted(product(WHO, Tie, Authentication))


def test_every_rule_decides_somewhere() -> None:
    assert {VERDICTS[verdict][1] for *_, verdict in CELLS} == {rule.__name__ for rule in RULES}


def test_nobody_gets_a_technicians_powers_without_being_a_proven_one() -> None:
    for who, tie, authentication, verdict in CELLS:
        if VERDICTS[verdict][0] is Entry.ENTER_AS_TECHNICIAN:
            assert who.startswith("technician")
            assert authentication is PASS
            assert tie not in {Tie.NONE, Tie.HINT}


def test_no_stranger_and_no_forged_author_enters_any_ticket() -> None:
    for who, _tie, authentication, verdict in CELLS:
        if who in {"stranger", "trusted stranger"} or authentication is FAIL:
            assert VERDICTS[verdict][0] not in {Entry.ENTER, Entry.ENTER_AS_TECHNICIAN}
