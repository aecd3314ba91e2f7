"""kill -9 at random instants: nothing is lost, nothing is doubled, whatever was being done."""

from __future__ import annotations

import os
import random
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.service import Core
from bot.settings import load
from storage.tables import deliveries, inbox, workunits
from tests.servers.smtp_sink import SmtpSink

MAILS = int(os.environ.get("KILL_TEST_MAILS", "3000"))
KILLS = int(os.environ.get("KILL_TEST_KILLS", "20"))
SENDERS = 4

CONFIGURATION = """
[desk]
data = "{data}"
database = "{database}"

[[queues]]
address = "desk@example.org"

[http]
port = 0
[[listeners]]
port = {port}
mails_per_minute = 0

[smtp_out]
host = "{sink_host}"
port = {sink_port}
tls = "none"
per_domain = 8

[trust]
senders = ["127.0.0.1/32"]

[limits]
acknowledgements_in_10_minutes = 1000000
acknowledgements_in_a_day = 1000000
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mortal:
    """The service as a process that dies and is started again."""

    def __init__(self, configuration: Path) -> None:
        program = Path(sys.executable).with_name("replydesk")
        self._command = [str(program), "--config", str(configuration), "serve"]
        self._log = configuration.with_suffix(".log").open("ab")
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = self._start()

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


def mail(number: int) -> bytes:
    """A request; every tenth is followed by a reply to it, thirty mails later."""
    sender = f"user{number % 50}@example.com"
    answers = number - 30 if number >= 30 and number % 10 == 5 else None
    lines = [
        f"From: User <{sender}>",
        "To: desk@example.org",
        f"Subject: {'Re: ' if answers is not None else ''}Request {number}",
        f"Message-ID: <kill.{number}@example.com>",
    ]
    if answers is not None:
        lines.append(f"In-Reply-To: <kill.{answers}@example.com>")
    return "\r\n".join([*lines, "", f"Words of mail {number}.", ""]).encode()


class Sender(threading.Thread):
    """A mail server that keeps every mail until it has heard 250."""

    def __init__(self, port: int, numbers: list[int]) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._numbers = numbers
        self.done = 0

    def run(self) -> None:
        waiting = self._numbers[::-1]
        while waiting:
            try:
                with smtplib.SMTP("127.0.0.1", self._port, timeout=10) as client:
                    while waiting:
                        client.sendmail("x@example.com", ["desk@example.org"], mail(waiting[-1]))
                        waiting.pop()
                        self.done += 1
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)


def counts(core: Core) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by state in the inbox and among deliveries."""

    def count(uow: object) -> tuple[dict[str, int], dict[str, int]]:
        run = uow.connection.execute  # type: ignore[attr-defined]
        tables = []
        for table in (inbox, deliveries):
            rows = run(select(table.c.state, func.count().label("number")).group_by(table.c.state))
            tables.append({row.state: row.number for row in rows})
        return tables[0], tables[1]

    return core.database.read(count)


def wait_for_mails(senders: list[Sender], count: int) -> None:
    deadline = time.monotonic() + 60
    while sum(sender.done for sender in senders) < count:
        assert time.monotonic() < deadline, "the desk takes no mail any more"
        time.sleep(0.005)


def wait_until_quiet(core: Core, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        waiting, going = counts(core)
        if set(waiting) == {"done"} and set(going) == {"sent"}:
            return
        time.sleep(0.25)
    pytest.fail(f"still not quiet: inbox {counts(core)[0]}, deliveries {counts(core)[1]}")


@pytest.mark.timeout(420)
def test_twenty_deaths(database_url: str, tmp_path: Path, smtp_sink: SmtpSink) -> None:
    port = free_port()
    configuration = tmp_path / "replydesk.toml"
    configuration.write_text(
        CONFIGURATION.format(
            data=tmp_path / "data",
            database="sqlite" if database_url.startswith("sqlite") else database_url,
            port=port,
            sink_host=smtp_sink.host,
            sink_port=smtp_sink.port,
        )
    )
    core = Core(load(configuration))
    core.prepare()
    desk = Mortal(configuration)
    senders = [Sender(port, list(range(n, MAILS, SENDERS))) for n in range(SENDERS)]
    chance = random.Random(2026)  # noqa: S311 - instants, no secrets
    try:
        for sender in senders:
            sender.start()
        for death in range(1, KILLS + 1):
            # Each death waits for its share of the mails, then for a random instant of work.
            wait_for_mails(senders, MAILS * death // (KILLS + 2))
            time.sleep(chance.random() * 0.2)
            desk.kill()
        for sender in senders:
            sender.join(120)
        assert sum(sender.done for sender in senders) == MAILS
        wait_until_quiet(core, 90)
    finally:
        desk.end()
    try:
        check(core, smtp_sink)
    finally:
        core.close()


def check(core: Core, sink: SmtpSink) -> None:
    """Exactly one workunit a mail, and every acknowledgement under one Message-ID."""

    def read(uow: object) -> tuple[list[str], int]:
        run = uow.connection.execute  # type: ignore[attr-defined]
        ids = list(run(select(workunits.c.message_id)).scalars())
        return ids, run(select(func.count()).select_from(deliveries)).scalar_one()

    ids, told = core.database.read(read)
    assert Counter(ids) == Counter(f"kill.{n}@example.com" for n in range(MAILS))
    answered: dict[str, set[str]] = {}
    for captured in sink.mails:
        head = message_from_bytes(captured.data)
        answered.setdefault(head["In-Reply-To"], set()).add(head["Message-ID"])
    # An acknowledgement answers a kept mail, at least once, always under the same Message-ID.
    assert {key.strip("<>") for key in answered} <= set(ids)
    assert len(answered) == told
    assert {len(own_ids) for own_ids in answered.values()} == {1}
    repeated = len(sink.mails) - told
    assert repeated <= KILLS * 32, "only what was under way at a death may come twice"
