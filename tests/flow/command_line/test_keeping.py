"""Looking after a desk: people, keys, schema, backups, and the demo."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.service import Core
from bot.settings import load
from storage.unit_of_work import SqlUnitOfWork
from tests.flow.command_line.terminal import (
    PATIENCE,
    PROGRAM,
    REQUEST,
    Say,
    free_port,
    until,
    write_configuration,
)
from threading_engine.tokens import Keyring, Kind


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


def test_an_address_that_refused_mail_can_be_tried_again(desk: Path, say: Say) -> None:
    say("people", "add", "Ann", "ann@customer.example", file=desk)
    core = Core(load(desk))

    def strike_off(uow: SqlUnitOfWork) -> None:
        person = uow.people.find("email", "ann@customer.example")
        assert person is not None
        uow.people.set_reachable(person.identity_id, reachable=False)
        uow.people.set_complained(person.identity_id, at=datetime(2026, 5, 1, tzinfo=UTC))

    core.database.run(strike_off)
    core.close()
    marked = "ann@customer.example (refuses mail) (called our mail spam)"
    assert marked in say("people", "list", file=desk)[1]
    assert say("people", "reachable", "ann@customer.example", file=desk)[1] == (
        "ann@customer.example gets mail again.\n"
    )
    assert "(" not in say("people", "list", file=desk)[1]
    assert say("people", "reachable", "bob@customer.example", file=desk)[0] == 1


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
        status = demo.wait(timeout=PATIENCE)
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


def test_a_broken_database_ends_in_a_sentence(say: Say, desk: Path) -> None:
    data = desk.parent / "data"
    for file in data.glob("replydesk.db-*"):
        file.unlink()
    (data / "replydesk.db").write_bytes(b"no database at all, and long enough to be read\n" * 100)
    for command in ("tickets", "migrate", "serve"):
        status, _, complaint = say(command, file=desk)
        assert (status, complaint) == (
            1,
            "replydesk: the database cannot be opened: file is not a database\n",
        )
    status, out, _ = say("check", file=desk)
    assert (status, "restore a backup" in out) == (1, True)


def test_a_backup_into_a_file_ends_in_a_sentence(say: Say, desk: Path, tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.touch()
    status, _, complaint = say("backup", target, file=desk)
    assert (status, complaint.startswith("replydesk: no backup can be made there: ")) == (78, True)


def test_the_version_is_the_package_s(say: Say) -> None:
    assert say("--version") == (0, f"{version('replydesk')}\n", "")
