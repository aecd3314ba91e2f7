"""``replydesk check`` says what is wrong, where, and how to repair it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli import run
from bot.service import Core
from bot.settings import load
from tests.flow.command_line.terminal import Say
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

Report = list[dict[str, str]]
Check = Callable[..., tuple[int, Report]]
GOOD = """
[[queues]]
address = "desk@example.org"
[[technicians]]
name = "Tess"
address = "tess@example.org"
[trust]
senders = ["192.0.2.0/24"]
"""


@pytest.fixture
def report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    """Check a configuration: the exit status and every finding."""

    def check(text: str, *, desk: str = "", prepare: bool = True) -> tuple[int, Report]:
        file = tmp_path / "replydesk.toml"
        file.write_text(f'[desk]\ndata = "{tmp_path}/data"\n{desk}\n{text}')
        monkeypatch.setenv("REPLYDESK_CONFIG", str(file))
        if prepare:
            core = Core(load())
            core.prepare()
            core.close()
        status = run(["check", "--json"])
        return status, json.loads(capsys.readouterr().out)

    return check


def marks(report: Report, about: str) -> list[str]:
    return [finding["mark"] for finding in report if finding["about"] == about]


def texts(report: Report, mark: str) -> str:
    return "\n".join(f"{f['about']}: {f['text']} → {f['fix']}" for f in report if f["mark"] == mark)


def test_gaps_of_a_status_map_are_named(report: Check) -> None:
    order = """
[[status_maps]]
name = "house"
allowed.new = ["assigned"]
allowed.assigned = ["closed", "reopened"]
allowed."in progress" = ["closed"]
"""
    _, findings = report(f"{GOOD}{order}")
    said = texts(findings, "warning")
    assert "status map house: no ticket that is reopened ever comes to an end" in said
    assert "status map house: no new ticket ever becomes in progress" in said
    assert "status map" not in texts(findings, "wrong"), "it works"
    whole = 'allowed.assigned = ["closed"]\nallowed.closed = ["assigned"]\n'
    _, findings = report(f'{GOOD}[[status_maps]]\nname = "x"\nallowed.new = ["assigned"]\n{whole}')
    assert marks(findings, "status map x") == ["ok"]


def test_a_storm_of_requests_is_named(report: Check) -> None:
    report(GOOD)
    core = Core(load())
    budget = core.settings.limits.build().all_acknowledgements
    few = replace(budget, limit=1)
    for _ in range(3):
        core.database.run(lambda uow: uow.budgets.spend("here:1:x", [few], now=core.clock()))
    core.close()
    (said,) = [
        f
        for f in report(f"{GOOD}[limits]\nacknowledgements_in_a_minute = 1")[1]
        if f["about"] == "limits"
    ]
    assert said["text"].startswith("2 requests were not acknowledged in the minute from ")
    assert said["mark"] == "warning"


def test_a_good_desk_has_nothing_wrong(report: Check, smtp_sink: SmtpSink) -> None:
    sink = f'[smtp_out]\nhost = "{smtp_sink.host}"\nport = {smtp_sink.port}\ntls = "none"'
    status, found = report(f"{GOOD}[[listeners]]\nport = 0\n{sink}")
    assert (status, texts(found, "wrong"), texts(found, "warning")) == (0, "", "")
    assert "takes our mail in clear, without login" in texts(found, "ok")
    assert "takes writes (sync in " in texts(found, "ok")


def test_mistakes_in_the_file_end_the_check(report: Check) -> None:
    status, found = report("[trust]\nsender = []", prepare=False)
    assert status == 1
    assert [finding["about"] for finding in found] == ["configuration"]
    assert "trust.sender: there is no such key" in found[0]["text"]


def test_nothing_is_made_by_checking(report: Check, tmp_path: Path) -> None:
    _, found = report(GOOD, prepare=False)
    assert "is not there yet" in texts(found, "warning")
    assert not (tmp_path / "data").exists()


def test_everything_that_is_wrong_is_told_with_its_repair(report: Check, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, found = report(
            f"""
            [[queues]]
            address = "desk@example.org"
            group = "Nobody"
            [[technicians]]
            name = "Tess"
            address = "desk@example.org"
            groups = []
            [[listeners]]
            port = {port}
            [[listeners]]
            host = "192.0.2.1"
            port = 0
            certificate = "{tmp_path}/none.pem"
            [[listeners]]
            socket = "{tmp_path}/nowhere/socket"
            [smtp_out]
            port = {port}
            user = "x"
            [trust]
            relays = ["127.0.0.1/32"]
            verify = false
            """,
            desk=f'templates = "{tmp_path}/none"',
        )
    assert status == 1
    for words in (
        "desk.templates: ",
        "nobody is in the group Nobody: requests to desk@example.org reach no one",
        "desk@example.org is an address of the desk",
        f"127.0.0.1:{port} cannot be had",
        "192.0.2.1:0 cannot be had",
        "cannot use the certificate",
        "the folder",
        "smtp_out: mail sender: with opportunistic TLS",
    ):
        assert words in texts(found, "wrong")
    for words in (
        "is in no group and hears of no new ticket",
        "nobody's mail can be authenticated: technicians' mails will be held → set trust.verify",
        "trust.relays is set, but not the name",
    ):
        assert words in texts(found, "warning")


def test_a_folder_open_to_everybody_is_told(report: Check, tmp_path: Path) -> None:
    report(GOOD)
    (tmp_path / "data").chmod(0o755)
    _, found = report(GOOD)
    assert f"chmod 700 {tmp_path}/data" in texts(found, "warning")


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ('senders = ["192.0.2.0/33"]', "192.0.2.0/33"),
        ('senders = ["0.0.0.0/0"]', "believes anybody on earth"),
    ],
)
def test_trust_that_makes_no_sense_is_wrong(report: Check, section: str, words: str) -> None:
    _, found = report(GOOD.partition("[trust]")[0] + f"[trust]\n{section}")
    assert marks(found, "trust") + marks(found, "trust.senders")
    assert words in texts(found, "wrong")


def test_a_mail_server_that_refuses_our_login_is_told(report: Check) -> None:
    sink = SmtpSink(credentials=("desk", "right")).start()
    try:
        _, found = report(
            f'{GOOD}[smtp_out]\nhost = "{sink.host}"\nport = {sink.port}\n'
            'tls = "none"\nuser = "desk"\npassword = "wrong"'
        )
    finally:
        sink.close()
    assert "does not accept our login" in texts(found, "wrong")
    assert '"wrong"' not in texts(found, "wrong")


def test_a_mailbox_is_opened_and_left_alone(report: Check, dovecot: Dovecot) -> None:
    def mailbox(password: str, folder: str = "INBOX") -> str:
        return (
            f'{GOOD}[[mailboxes]]\nname = "m"\nhost = "{dovecot.host}"\nport = {dovecot.imap_port}\n'
            f'tls = "none"\nuser = "checked"\npassword = "{password}"\nfolder = "{folder}"\n'
            'addresses = ["desk@example.org"]'
        )

    _, found = report(mailbox(dovecot.password))
    assert marks(found, "mailboxes[0]") == ["ok"]
    _, found = report(mailbox("wrong"))
    assert "refuses the login" in texts(found, "wrong")
    _, found = report(mailbox(dovecot.password, "Nowhere"))
    assert "cannot be read" in texts(found, "wrong")


def test_a_database_that_does_not_answer_is_one_finding(report: Check) -> None:
    nobody = 'database = "postgresql://x@127.0.0.1:1/x"'
    status, found = report(GOOD, desk=nobody, prepare=False)
    assert status == 1
    assert "does not answer" in texts(found, "wrong")
    assert marks(found, "desk.database") == ["wrong"]


def test_a_file_can_be_checked_before_there_is_a_desk(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(f'[desk]\ndata = "{tmp_path / "none"}"\n')
    status, out, _ = say("config", "check", file)
    assert status == 0
    assert "no mistakes; there is no desk yet" in out
    assert not (tmp_path / "none").exists()
