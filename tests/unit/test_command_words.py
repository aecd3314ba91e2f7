"""What commands say stays true: about rules, about log lines, about themselves."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli import COMMANDS, GROUPS, run
from bot.cli.demo_scene import photo
from bot.cli.output import age, say, say_columns, shorten, size
from bot.cli.rules import explain
from bot.desk import entry
from bot.desk.ticket import EventKind
from channels.email.outbox import file_name
from threading_engine import match

TREE = Path(__file__).resolve().parents[2]
MANUAL = (TREE / "docs" / "operations.md").read_text()
SOURCES = [
    path
    for folder in ("bot", "channels", "storage", "templates", "threading_engine")
    for path in (TREE / folder).rglob("*.py")
]


@pytest.mark.parametrize("rule", [*match.RULES, *entry.RULES])
def test_a_rule_is_explained_by_its_own_sentence(rule: object) -> None:
    words = explain(rule.__name__)  # type: ignore[attr-defined]
    assert words.endswith((".", "?"))
    assert words != f"{rule.__name__.replace('_', ' ')}."  # type: ignore[attr-defined]


def test_every_rule_that_the_code_records_has_words() -> None:
    named = {
        name
        for path in SOURCES
        if TREE / "bot" in path.parents
        for name in re.findall(r'\brule="([a-z_]+)"', path.read_text())
    }
    assert named
    assert {name for name in named if explain(name) == f"{name.replace('_', ' ')}."} == set()


def test_every_event_has_words() -> None:
    from bot.cli.why import _KINDS

    assert set(_KINDS) == set(EventKind)


def test_the_manual_explains_every_line_of_the_log() -> None:
    call = re.compile(r'\b_?log\.(info|warning|error|exception)\(\s*"([^"]+)"')
    logged = {found[1] for path in SOURCES for found in call.findall(path.read_text())}
    told = set(re.findall(r"^\| `([^`]+)` \| (?:info|warning|error) \|", MANUAL, re.MULTILINE))
    assert told == logged


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in (*COMMANDS, *GROUPS))


@pytest.mark.parametrize(
    "command",
    [[name] for name in COMMANDS]
    + [[group, member] for group, (_, members) in GROUPS.items() for member in members],
)
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--help"]) == 0
    assert "Usage: replydesk" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nonsense"], ["show", "x"], ["show"], ["tickets", "--nope"]])
def test_a_command_used_wrongly_ends_with_64(words: list[str]) -> None:
    assert run(words) == 64


def test_what_strangers_wrote_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("safe\x1b[2J\x07 \u202eevil\x9b1m")
    say_columns(["a"], [["two\nlines\x1b]0;x\x07"]], none="")
    shown = capsys.readouterr().out
    assert shown == "safe[2J evil1m\na\ntwo lines]0;x\n"


def test_sizes_and_ages_read_well() -> None:
    assert [size(n) for n in (0, 999, 1000, 41943040)] == [
        "0 bytes",
        "999 bytes",
        "1 kB",
        "41.9 MB",
    ]
    spans = [timedelta(), timedelta(seconds=59), timedelta(minutes=61), timedelta(days=400)]
    assert [age(span) for span in spans] == ["0 s", "59 s", "1 h", "400 d"]
    assert shorten("a  long\nline of words", 10) == "a long li…"


def test_the_photo_of_the_demo_is_a_png() -> None:
    assert photo().startswith(b"\x89PNG\r\n\x1a\n")
    assert photo().endswith(b"IEND\xaeB`\x82")


def test_no_address_climbs_out_of_the_outbox() -> None:
    from dataclasses import replace

    from tests.unit.test_compose import NOTICE

    assert file_name(replace(NOTICE, to_address="../../x@y/z")) == "0007-_.._x@y_z.eml"
