"""Whole mails of programs, and of people who look like programs: which is which, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.email.decode import decode
from threading_engine.automatic import judge
from threading_engine.message import Message

OWN = frozenset({"desk@help.example"})
_MAILS = Path(__file__).parent / "mails"


def _read(name: str) -> list[tuple[str, Message]]:
    """The mails of one file; each begins with a line of five equal signs and its title."""
    _, *blocks = (_MAILS / name).read_text(encoding="utf-8").split("===== ")
    split = (block.partition("\n") for block in blocks)
    return [(title, decode(mail.encode())) for title, _, mail in split]


MACHINES, PEOPLE = _read("machines.txt"), _read("people.txt")


@pytest.mark.parametrize(
    ("expected", "message"),
    [(title.partition(":")[0], message) for title, message in MACHINES],
    ids=[title.partition(": ")[2] for title, _ in MACHINES],
)
def test_a_program_wrote_it(expected: str, message: Message) -> None:
    verdict = judge(message, own_addresses=OWN)
    assert verdict is not None
    assert f"{verdict.kind} {verdict.rule}" == expected


@pytest.mark.parametrize(
    "message", [message for _, message in PEOPLE], ids=[title for title, _ in PEOPLE]
)
def test_a_person_wrote_it(message: Message) -> None:
    assert judge(message, own_addresses=OWN) is None


def test_there_are_enough_of_both() -> None:
    assert len(MACHINES) >= 60
    assert len(PEOPLE) >= 40
