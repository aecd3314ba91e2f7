"""The command line as people, mail servers and supervisors use it."""

from __future__ import annotations

import io
import json
import os
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli import run
from bot.service import Core
from bot.settings import load
from threading_engine.tokens import Keyring, Kind

PROGRAM = [sys.executable, "-c", "from bot.cli import main; main()"]
REQUEST = b"From: Ann <ann@customer.example>\nSubject: Printer\n\nIt prints stripes.\n"
ORDER = b"From: tess@example.org\nSubject: Re: Printer [#1]\n\nDone.\n\n#close\n"

_PATIENCE = 15.0

Say = Callable[..., tuple[int, str, str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_configuration(folder: Path, *, more: str = "", database: str = "sqlite") -> Path:
    file = folder / "replydesk.toml"
    file.write_text(
        f"""
        [desk]
        name = "Example Desk"
        data = "{folder}/data"
        database = "{database}"
        [[queues]]
        address = "desk@example.org"
        [[technicians]]
        name = "Tess Tanner"
        address = "tess@example.org"
        [[listeners]]
        port = {free_port()}
        {more or f'[smtp_out]{os.linesep}outbox = "{folder}/outbox"'}
        """
    )
    return file


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run a command in this process: its exit status, its words, its complaints."""

    def one(*words: object, file: Path | None = None, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setenv("REPLYDESK_CONFIG", str(file or "/nowhere.toml"))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = run([str(word) for word in words])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return one


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


# --- serve and accept ---------------------------------------------------------------------------


class Served:
    """A service as a supervisor runs it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.outbox = file.parent / "outbox"
        self._log = (file.parent / "log").open("wb")
        self.process = subprocess.Popen(
            [*PROGRAM, "--config", str(file), "serve"], stderr=self._log, stdin=subprocess.DEVNULL
        )

    def events(self) -> list[dict[str, Any]]:
        lines = (self.file.parent / "log").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def until(self, event: str) -> None:
        until(lambda: any(line["event"] == event for line in self.events()))

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._log.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    service = Served(write_configuration(tmp_path))
    service.until("the service takes mail")
    yield service
    service.end()


def pipe(file: Path, *words: str, mail: bytes = REQUEST) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, "accept", "--config", str(file), *words],
        input=mail,
        capture_output=True,
        check=False,
    )


def test_a_service_takes_piped_mail_within_a_second_and_ends_in_order(
    served: Served, say: Say
) -> None:
    taken = pipe(served.file, "--sender=ann@customer.example", "desk@example.org")
    assert (taken.returncode, taken.stdout) == (0, b"")
    assert b"stored as inbox message 1" in taken.stderr
    before = time.monotonic()
    until(lambda: len(list(served.outbox.glob("*.eml"))) == 2)
    assert time.monotonic() - before < 2
    again = pipe(served.file, "desk@example.org")
    assert again.returncode == 0
    assert b"which had come before" in again.stderr
    assert "Printer" in say("tickets", file=served.file)[1]

    second = subprocess.run(
        [*PROGRAM, "serve", "--config", str(served.file)], capture_output=True, check=False
    )
    assert second.returncode == 78
    assert b"replydesk: another service works on" in second.stderr
    assert b"Traceback" not in second.stderr

    assert served.end() == 0
    assert served.events()[-1]["event"] == "the service has ended"
    assert say("tickets", file=served.file)[0] == 0


def test_a_technician_without_proof_is_held_until_somebody_vouches(
    served: Served, say: Say
) -> None:
    pipe(served.file, "desk@example.org")
    until(lambda: "Printer" in say("tickets", file=served.file)[1])
    pipe(served.file, "desk@example.org", mail=ORDER)
    until(lambda: "held" in say("dead", file=served.file)[1])
    listed = say("dead", file=served.file)[1]
    assert "tess@example.org" in listed
    assert "nothing proves that" in listed
    assert json.loads(say("dead", "--json", file=served.file)[1])["inbox"][0]["state"] == "held"

    assert say("replay", "2", "--trust", file=served.file)[0] == 0
    until(lambda: "closed" in say("tickets", "--all", file=served.file)[1])
    why = say("show", "1", "--why", file=served.file)[1]
    assert "by subject_number: Its subject names a ticket number" in why
    assert "somebody at the desk vouched for it" in why
    assert say("dead", file=served.file)[1] == "No mail waits for a person.\n"


def test_a_backup_beside_the_running_service_is_whole(served: Served, say: Say) -> None:
    pipe(served.file, "desk@example.org")
    until(lambda: "Printer" in say("tickets", file=served.file)[1])
    target = served.file.parent / "backup"
    status, shown, _ = say("backup", target, file=served.file)
    assert (status, "integrity checked" in shown) == (0, True)
    with sqlite3.connect(target / "replydesk.db") as copy:
        assert copy.execute("SELECT title FROM tickets").fetchall() == [("Printer",)]
    assert [path.name for path in target.iterdir() if path.is_file()] == ["replydesk.db"]


# --- accept -------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, say: Say) -> Path:
    """The configuration of a desk that is there and does not run."""
    file = write_configuration(tmp_path)
    assert say("migrate", file=file)[1].startswith("The schema went from revision none to ")
    core = Core(load(file))
    core.prepare()
    core.close()
    return file


def test_accept_says_what_mail_servers_understand(desk: Path, say: Say, tmp_path: Path) -> None:
    def accept(*words: str, mail: bytes = REQUEST, file: Path = desk) -> tuple[int, str]:
        status, shown, complaint = say("accept", *words, file=file, stdin=mail)
        assert shown == ""
        assert "Traceback" not in complaint
        return status, complaint

    assert accept("desk@example.org", "--sender=")[0] == 0
    assert accept("other@example.org", "Desk+t.1.2@Example.org", mail=REQUEST + b"!")[0] == 0
    assert accept()[0] == 64
    assert accept("desk@example.org", mail=b" \n")[0] == 65
    assert accept("desk@example.org", mail=b"x" * (40 * 1024 * 1024 + 1))[0] == 65
    assert accept("other@example.org")[0] == 67
    assert accept("desk@example.org", file=tmp_path / "none.toml")[0] == 78
    broken = tmp_path / "broken.toml"
    broken.write_text("[desk]\ncolour = 1")
    assert "desk.colour: there is no such key" in accept("desk@example.org", file=broken)[1]

    database = tmp_path / "data" / "replydesk.db"
    database.rename(tmp_path / "aside.db")
    assert accept("desk@example.org")[0] == 75
    assert not database.exists()
    database.write_bytes(b"this is no database" * 100)
    assert accept("desk@example.org")[0] == 75


def test_accept_drops_the_line_that_separates_mails_in_a_mailbox_file(desk: Path, say: Say) -> None:
    mails = (b"From ann Fri Nov 20 19:00:00 2026\n" + REQUEST, REQUEST)
    complaints = [say("accept", "desk@example.org", file=desk, stdin=mail)[2] for mail in mails]
    assert "which had come before" in complaints[1]


# --- looking ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A demo that was played to its end, and what it told."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [*PROGRAM, "demo", "--scene-only"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "demo-data" / "replydesk.toml", done.stdout


def test_the_demo_plays_its_scene_and_ends(played: tuple[Path, str]) -> None:
    file, told = played
    assert told.count("✉") == 6
    for rule in ("nothing_ties_it", "new_request", "signed_reply_address", "proven_technician"):
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
    why = say("show", "1", "--why", file=file)[1]
    for words in (
        "thread   none, by nothing_ties_it: Nothing in it points at a ticket.",
        "access   it opened a ticket, by new_request: Anybody may ask for help.",
        "author   ann@customer.example: proven",
        "status in progress → closed; commands #close",
        "not told support@printers.example: joined later",
        "told     Ann Archer <ann@customer.example>, who asked for it",
        "on try 1; answer: written to",
    ):
        assert words in why
    everything = json.loads(say("show", "1", "--json", file=file)[1])
    assert len(everything["workunits"]) == 6
    assert {row["state"] for row in everything["deliveries"]} == {"sent"}


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


def test_people_are_added_and_found(desk: Path, say: Say) -> None:
    assert say("people", "add", "Ann", "Ann@Customer.example", file=desk)[0] == 0
    assert (
        "a technician now"
        in say("people", "add", "Ann", "ann@customer.example", "--technician", file=desk)[1]
    )
    assert say("people", "address", "ann@customer.example", "ann@home.example", file=desk)[0] == 0
    found = json.loads(say("people", "list", "--technicians", "--json", file=desk)[1])
    assert found[-1] == {
        "number": 2,
        "name": "Ann",
        "technician": True,
        "addresses": ["ann@customer.example", "ann@home.example"],
        "groups": ["Service Desk"],
    }
    assert (
        "belongs to number 2 already"
        in say("people", "address", "1", "ann@home.example", file=desk)[2]
    )


def test_a_new_key_signs_and_the_old_one_still_verifies(desk: Path, say: Say) -> None:
    def keyring() -> Keyring:
        core = Core(load(desk))
        try:
            return core.keyring()
        finally:
            core.close()

    before = keyring()
    assert "Restart" in say("keys", "rotate", file=desk)[1]
    after = keyring()
    old, new = before.sign(Kind.TICKET, 1, 2), after.sign(Kind.TICKET, 1, 2)
    assert old != new
    for token in (old, new):
        read = after.read(token)
        assert read is not None
        assert read.valid
    assert say("keys", "list", file=desk)[1].count("no\n") == 1


# --- demo, migrate, backup ----------------------------------------------------------------------


def test_the_demo_refuses_what_it_cannot_have(
    tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo-data").mkdir()
    (tmp_path / "demo-data" / "precious").touch()
    status, _, said = say("demo", "--scene-only")
    assert (status, "was not made by a demo" in said) == (78, True)
    assert (tmp_path / "demo-data" / "precious").exists()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, said = say("demo", "--folder", "other", "--port", port)
    assert (status, f"port {port} is taken" in said) == (78, True)


def test_a_demo_stays_up_for_ones_own_mail_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    with (tmp_path / "told").open("wb") as told:
        demo = subprocess.Popen(
            [*PROGRAM, "demo", "--port", str(port)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=told,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: "Ctrl-C ends it" in (tmp_path / "told").read_text())
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.sendmail("you@example.net", ["desk@example.org"], b"Subject: Mine\r\n\r\nHi\r\n")
    finally:
        demo.send_signal(signal.SIGINT)
        status = demo.wait(timeout=_PATIENCE)
    assert status == 0
    assert (tmp_path / "told").read_text().endswith("stays until the next demo.\n")


def test_a_schema_of_a_newer_program_is_left_alone(desk: Path, say: Say) -> None:
    with sqlite3.connect(desk.parent / "data" / "replydesk.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in ("tickets", "migrate", "serve"):
        status, _, said = say(command, file=desk)
        assert status == 78
        assert "revision 9999" in said
        assert "a newer version of the program made it" in said


def test_a_backup_names_what_is_damaged(played: tuple[Path, str], say: Say, tmp_path: Path) -> None:
    file, _ = played
    assert "1, every hash checked, 1 new" in say("backup", tmp_path / "b", file=file)[1]
    assert "1, every hash checked, 0 new" in say("backup", tmp_path / "b", file=file)[1]
    status, _, said = say("backup", file.parent / "inside", file=file)
    assert (status, "lies within the data itself" in said) == (78, True)
    blob = next(path for path in (file.parent / "blobs").rglob("*") if path.is_file())
    whole = blob.read_bytes()
    blob.write_bytes(whole[:-1])
    try:
        status, _, said = say("backup", tmp_path / "c", file=file)
    finally:
        blob.write_bytes(whole)
    assert (status, "1 attachments are missing or damaged" in said) == (1, True)
    assert blob.name in said


def test_on_postgresql_the_same_commands_work(
    tmp_path: Path, say: Say, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_configuration(tmp_path, database=postgres_url)
    core = Core(load(file))
    core.prepare()
    core.close()
    assert say("accept", "desk@example.org", file=file, stdin=REQUEST)[0] == 0
    assert say("tickets", file=file)[1] == "No ticket is open.\n"
    status, shown, _ = say("check", file=file)
    assert status == 0
    assert "✓ clock" in shown
    assert "fsync = off" in shown
    monkeypatch.setenv("PATH", "/nowhere")
    assert "pg_dump is not installed" in say("backup", tmp_path / "b", file=file)[2]
    tools = next(Path(sys.prefix).rglob("pginstall*/bin/pg_dump")).parent
    monkeypatch.setenv("PATH", str(tools))
    status, shown, said = say("backup", tmp_path / "b", file=file)
    assert (status, said) == (0, "")
    assert (tmp_path / "b" / "replydesk.dump").read_bytes().startswith(b"PGDMP")
