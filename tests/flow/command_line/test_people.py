"""People at the terminal: who left, who is away, who is one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.flow.command_line.terminal import Say


@pytest.fixture
def file(played: tuple[Path, str], tmp_path: Path) -> Path:
    """The configuration of a copy of the desk of the demo: others read the desk itself."""
    original, _ = played
    shutil.copytree(original.parent, tmp_path, dirs_exist_ok=True)
    copy = tmp_path / original.name
    folder = str(original.parent)
    written = original.read_text()
    assert folder in written or "demo-data" in written
    copy.write_text(written.replace(folder, str(tmp_path)).replace('"demo-data', f'"{tmp_path}'))
    return copy


def test_absence_leaving_and_duplicates(file: Path, say: Say) -> None:
    def people(*words: str) -> str:
        return say("people", *words, file=file)[1]

    tess, tom = "tess@example.org", "tom@example.org"
    assert "is away 2099-12-20..2099-12-30." in people(
        "away", tess, "2099-12-20..2099-12-30", "--deputy", tom
    )
    shown = people("show", "Tess Tanner")
    assert "rights: Service Desk (edit)" in shown
    assert "away from 2099-12-20" in shown
    assert "deputy: Tom" in shown
    assert "is back." in people("back", tess)
    assert "takes no part any more" in people("deactivate", tom)
    assert "takes part again" in people("reactivate", tom)

    say("people", "add", "Ann Other", "ann@home.example", file=file)
    number = json.loads(people("show", "ann@home.example", "--json"))["person"]["id"]
    assert "Ann Archer" in people("merge", str(number), "ann@customer.example")
    assert "ann@home.example" in people("show", "Ann Archer")
    for words, told in (
        (("show", "Tess Taner"), "did you mean Tess Tanner"),
        (("away", tess, "tomorrow"), "#away 2026-12-20..2027-01-06"),
        (("away", tess, "2099-01-01", "--deputy", tess), "nobody is their own deputy"),
        (("deactivate", "nobody@x.example"), "nobody with the address"),
        (("merge", tess, "ann@customer.example"), "has powers at the desk"),
    ):
        assert told in say("people", *words, file=file)[2]


def test_a_ticket_is_opened_for_somebody_who_called(file: Path, say: Say) -> None:
    said = ("request", "cleo@customer.example", "Screen", "--text", "It is dark.")
    assert "is opened" in say(*said, "--by", "tess@example.org", file=file)[1]
    assert "It is dark." in say("show", "2", file=file)[1]
    assert "is no technician" in say(*said, "--by", "ann@customer.example", file=file)[2]
