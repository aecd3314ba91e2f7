"""Looking for tickets at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flow.command_line.terminal import Say


@pytest.mark.parametrize(
    "words",
    [
        ("stripes",),
        ("requester:ann@customer.example",),
        ("requester:Ann Archer", "status:closed"),
        ("-is:open LX-420 opened:<2d",),
        ("1",),
    ],
)
def test_tickets_are_found_at_the_terminal(
    played: tuple[Path, str], say: Say, words: tuple[str, ...]
) -> None:
    file, _ = played
    status, shown, _ = say("tickets", "--", *words, file=file)
    assert status == 0
    head, *rows = shown.splitlines()
    assert head.split()[:3] == ["number", "status", "prio"]
    assert "Ann Archer" in rows[0]


def test_nothing_found_and_mistakes_are_said(played: tuple[Path, str], say: Say) -> None:
    file, _ = played
    assert say("tickets", "nonesuch", file=file)[1] == "No ticket is like that.\n"
    status, _, said = say("tickets", "statsu:open", file=file)
    assert (status, said) == (
        1,
        'replydesk: "statsu:" is nothing to search by; did you mean status?\n',
    )
    status, _, said = say("tickets", "group:Nowhere", file=file)
    assert status == 1
    assert 'group: "Nowhere" is unknown; there are: ' in said


def test_programs_get_json_and_administrators_the_plan(played: tuple[Path, str], say: Say) -> None:
    file, _ = played
    assert [t["id"] for t in json.loads(say("tickets", "printer", "--json", file=file)[1])] == [1]
    plan = say("tickets", "printer status:closed", "--explain", file=file)[1]
    assert plan.startswith("SELECT ")
    assert "VIRTUAL TABLE INDEX" in plan
