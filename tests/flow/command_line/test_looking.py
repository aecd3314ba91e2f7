"""Reading a desk at the terminal."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.flow.command_line.terminal import (
    PROGRAM,
    Say,
    pipe,
    write_configuration,
)


def test_the_demo_plays_its_scene_and_ends(played: tuple[Path, str]) -> None:
    file, told = played
    assert told.count("✉") == 8
    for rule in ("nothing_ties_it", "new_request", "unproven_technician", "proven_technician"):
        assert f"{rule}: " in told
    assert "show 1 --why" in told
    mails = sorted(path.name for path in (file.parent / "outbox").iterdir())
    assert mails[0] == "0001-ann@customer.example.eml"
    assert any("support@printers.example" in name for name in mails)
    new_ticket = (file.parent / "outbox" / "0002-tess@example.org.eml").read_bytes()
    assert b"image/png" in new_ticket


def test_a_ticket_can_be_read_and_explains_itself(played: tuple[Path, str], say: Say) -> None:
    file, _ = played
    assert say("tickets", file=file)[1] == "No ticket is open.\n"
    assert "Ann Archer" in say("tickets", "--all", file=file)[1]
    assert json.loads(say("tickets", "--all", "--json", file=file)[1])[0]["owner"] == (
        "tess@example.org"
    )
    thread = say("show", "1", file=file)[1]
    assert "  | It says LX-420 on the front." in thread
    assert "  + stripes.png (image/png, " in thread
    assert "#cc" not in thread
    assert "  solved by Tess Tanner <tess@example.org>\n  epilogue     " in thread
    why = say("show", "1", "--why", file=file)[1]
    for words in (
        "thread   none, by nothing_ties_it: Nothing in it points at a ticket.",
        "access   it opened a ticket, by new_request: Anybody may ask for help.",
        "author   ann@customer.example: proven",
        "status in progress → closed; resolution → solved; epilogue → ",
        "; commands #close",
        "moved    new → in progress, by technician_answers: A technician answered in public",
        "not told Vera Vance <support@printers.example>: joined later",
        "told     Ann Archer <ann@customer.example>, who asked for it",
        "on try 1; answer: written to",
    ):
        assert words in why
    everything = json.loads(say("show", "1", "--json", file=file)[1])
    assert len(everything["workunits"]) == 6
    told = [row for row in everything["deliveries"] if row["code"] != "thread_only"]
    assert {row["state"] for row in told} == {"sent"}


def test_what_is_not_there_is_said_in_a_sentence(played: tuple[Path, str], say: Say) -> None:
    file, _ = played
    for words, complaint in (
        (("show", 42), "there is no ticket 42"),
        (("replay", 1), "there is no waiting inbox message 1"),
        (("replay", 1, "--delivery"), "there is no refused delivery 1"),
        (("replay",), "name at least one number"),
        (("dead", "--raw", 99), "there is no inbox message 99"),
        (("people", "address", "nobody@x.example", "a@b.example"), "nobody with the address"),
        (("people", "add", "T", "t@x.example", "--technician", "--group", "G"), "no group G"),
        (("people", "add", "T", "t"), "expected is a plain mail address"),
    ):
        status, _, said = say(*words, file=file)
        assert status == 1
        assert said.startswith("replydesk: ")
        assert complaint in said


def test_a_desk_that_is_not_there_is_not_made_by_looking(tmp_path: Path, say: Say) -> None:
    file = write_configuration(tmp_path)
    status, _, said = say("tickets", file=file)
    assert status == 78
    assert "there is no desk in" in said
    assert not (tmp_path / "data").exists()


def test_a_raw_mail_comes_out_as_it_went_in(desk: Path) -> None:
    raw = b"From: a@b.example\r\nSubject: \xff\xfe\r\n\r\n\x00\x01binary\r\n"
    done = pipe(desk, "desk@example.org", mail=raw)
    assert done.returncode == 0
    out = subprocess.run(
        [*PROGRAM, "--config", str(desk), "dead", "--raw", "1"], capture_output=True, check=False
    )
    assert out.stdout == raw
