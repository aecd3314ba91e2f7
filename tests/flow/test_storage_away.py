"""Storage that takes nothing for a while: mails are put off, and nothing is lost or doubled."""

from __future__ import annotations

import smtplib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from typing import Any

import pytest
from sqlalchemy import make_url

from bot.errors import StorageAway
from bot.service import Core
from bot.settings import load
from storage import engines
from tests.flow.command_line.terminal import Served, write_configuration
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, RunningDesk
from tests.flow.letters import Letter
from tests.flow.mailboxes import Postbox, until
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"


class Outage:
    """Takes the desk's storage away and gives it back."""

    def __init__(self, begin: Callable[[], None], end: Callable[[], None]) -> None:
        self._begin = begin
        self._end = end

    @contextmanager
    def __call__(self, desk: RunningDesk) -> Iterator[None]:
        self._begin()
        try:
            yield
        finally:
            self._end()
        # The first to use a connection that was cut finds out; tests look only after that.
        until(lambda: _answers(desk), "storage does not come back")


def _answers(desk: RunningDesk) -> bool:
    try:
        desk.core.database.read(lambda uow: uow.deliveries.next_due())
    except StorageAway:
        return False
    return True


@pytest.fixture(params=["sqlite", "postgresql"])
def outage(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Outage]:
    """A database's address and how to take it away.

    Of SQLite another program holds the lock for longer than we wait; PostgreSQL ends.
    """
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url: str = request.getfixturevalue("postgres_url")
        return url, Outage(server.pause, server.resume)
    url = f"sqlite:///{tmp_path / 'replydesk.db'}"
    patient = "PRAGMA busy_timeout=10000"
    assert patient in engines._SQLITE_PRAGMAS
    hasty = ("PRAGMA busy_timeout=100", *(p for p in engines._SQLITE_PRAGMAS if p != patient))
    monkeypatch.setattr(engines, "_SQLITE_PRAGMAS", hasty)
    other: Any = None

    def begin() -> None:
        nonlocal other
        other = engines.sqlite_module().connect(
            make_url(url).database, isolation_level=None, check_same_thread=False
        )
        other.execute("PRAGMA busy_timeout=10000")
        other.execute("BEGIN IMMEDIATE")

    def end() -> None:
        other.execute("ROLLBACK")
        other.close()

    return url, Outage(begin, end)


@pytest.fixture
def database_url(outage: tuple[str, Outage]) -> str:
    """The database that goes away."""
    return outage[0]


@pytest.fixture
def away(outage: tuple[str, Outage]) -> Outage:
    """Takes it away."""
    return outage[1]


def _is_put_off(desk: RunningDesk, letter: Letter) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        desk.hand_over(letter)
    assert refusal.value.smtp_code == 451
    assert b"sql" not in refusal.value.smtp_error.lower(), "a peer learns nothing of our insides"


def _until_taken(desk: RunningDesk, letter: Letter) -> None:
    """What every mail server does, only quicker."""

    def taken() -> bool:
        try:
            desk.hand_over(letter)
        except smtplib.SMTPDataError as refusal:
            assert refusal.smtp_code == 451  # noqa: PT017 - one of several tries
            return False
        return True

    until(taken, "the mail is never taken")


def _three_mails_each(desk: RunningDesk, requests: int) -> None:
    mails = desk.drain()
    assert desk.count_tickets() == requests
    assert len(mails) == 3 * requests
    answered = Counter(mail.in_reply_to for mail in mails if mail.recipients[0].startswith("p"))
    assert set(answered.values()) <= {1}


def test_mails_are_put_off_and_taken_later(desk: RunningDesk, away: Outage) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.drain()
    letter = desk.letter(ANN, DESK, "Scanner", "It does not scan.\n")
    with away(desk):
        _is_put_off(desk, letter)
        _is_put_off(desk, letter)
    _until_taken(desk, letter)
    for address in (ann, tess, tom):
        assert "Scanner" in desk.expect(to=address).subject
    desk.expect_nothing_more()
    assert desk.count_tickets() == 2


def test_what_was_taken_before_is_done_once_afterwards(desk: RunningDesk, away: Outage) -> None:
    for number in range(40):
        desk.mail(f"p{number}@customer.example", DESK, f"Thing {number}", "Broken.\n")
    with away(desk):
        time.sleep(0.5)
    _three_mails_each(desk, 40)


def test_a_mail_that_went_out_meanwhile_goes_out_once(
    desk: RunningDesk, away: Outage, smtp_sink: SmtpSink
) -> None:
    smtp_sink.react("DATA", delay_seconds=0.4)
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    until(lambda: _claimed(desk) == 3, "nothing is on its way")
    with away(desk):
        smtp_sink.wait_for(3)
        time.sleep(0.3)
    _three_mails_each(desk, 1)
    assert {(row["state"], row["attempts"]) for row in desk.ticket(1).deliveries} == {("sent", 1)}


def _claimed(desk: RunningDesk) -> int:
    rows = desk.core.database.read(lambda uow: uow.deliveries.of_ticket(1))
    return sum(row["state"] == "claimed" for row in rows)


def test_a_mailbox_keeps_what_cannot_be_stored(
    open_desk: OpenDesk, away: Outage, dovecot: Dovecot
) -> None:
    postbox = Postbox(dovecot, DESK)
    desk = open_desk(mailboxes=[postbox.section()])
    postbox.take(desk.letter(ANN, DESK, "Printer", "It does not print.\n"))
    desk.drain()
    with away(desk):
        postbox.put(desk.letter(ANN, DESK, "Scanner", "It does not scan.\n"))
        time.sleep(0.5)
        assert postbox.unread() == 1
    postbox.wait_until_read()
    desk.drain()
    assert desk.count_tickets() == 2


def test_a_full_disk(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Nothing can be written any more: no database, no attachment, no log."""
    sink = f'[smtp_out]\nhost = "{smtp_sink.host}"\nport = {smtp_sink.port}\ntls = "none"'
    file = write_configuration(tmp_path, more=sink)
    service = Served(file)
    try:
        service.until("the service takes mail")
        port = load(file).listeners[0].port
        pid = service.process.pid
        raw = b"From: ann@customer.example\r\nSubject: Printer\r\n\r\nIt does not print.\r\n"

        def send() -> None:
            with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
                client.sendmail(ann, [DESK], raw)

        prlimit(pid, RLIMIT_FSIZE, (0, RLIM_INFINITY))
        for _ in range(3):
            with pytest.raises(smtplib.SMTPDataError, match="451"):
                send()
        time.sleep(1.2)  # every loop has met it
        prlimit(pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
        send()
        smtp_sink.wait_for(2)
    finally:
        assert service.end() == 0
    core = Core(load(file))
    try:
        states = core.database.read(lambda uow: uow.deliveries.of_ticket(1))
    finally:
        core.close()
    assert [row["state"] for row in states] == ["sent", "sent"]
    assert len(smtp_sink.mails) == 2
