"""``replydesk accept`` as mail servers call it."""

from __future__ import annotations

from pathlib import Path

from tests.flow.command_line.terminal import (
    REQUEST,
    Say,
)


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
