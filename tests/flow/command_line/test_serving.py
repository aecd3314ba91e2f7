"""The service under a supervisor, with commands beside it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time

from tests.flow.command_line.terminal import (
    ORDER,
    PROGRAM,
    Say,
    Served,
    pipe,
    until,
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
    until(lambda: "Printer" in say("held", file=served.file)[1])
    assert "replydesk held" in say("dead", file=served.file)[1]
    assert "1 wait for somebody to decide" in say("check", file=served.file)[1]
    assert any(line["event"] == "a mail is held" for line in served.events())
    listed = say("held", file=served.file)[1]
    assert "tess@example.org" in listed
    assert "nothing proves that" in listed
    assert json.loads(say("held", "--json", file=served.file)[1])[0]["ticket_id"] == 1

    assert say("held", "accept", "2", file=served.file)[0] == 0
    until(lambda: "closed" in say("tickets", "--all", file=served.file)[1])
    why = say("show", "1", "--why", file=served.file)[1]
    assert "by subject_number: Its subject names a ticket number" in why
    assert "somebody at the desk vouched for it" in why
    assert say("held", file=served.file)[1] == "No mail is held.\n"
    assert say("dead", file=served.file)[1] == "No mail is aside or dead.\n"


def test_a_backup_beside_the_running_service_is_whole(served: Served, say: Say) -> None:
    pipe(served.file, "desk@example.org")
    until(lambda: "Printer" in say("tickets", file=served.file)[1])
    target = served.file.parent / "backup"
    status, shown, _ = say("backup", target, file=served.file)
    assert (status, "integrity checked" in shown) == (0, True)
    with sqlite3.connect(target / "replydesk.db") as copy:
        assert copy.execute("SELECT title FROM tickets").fetchall() == [("Printer",)]
    assert [path.name for path in target.iterdir() if path.is_file()] == ["replydesk.db"]
