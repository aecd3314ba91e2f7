"""A terminal, a mail server's pipe and a supervisor, for tests of the command line."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-c", "from bot.cli import main; main()"]
REQUEST = b"From: Ann <ann@customer.example>\nSubject: Printer\n\nIt prints stripes.\n"
ORDER = b"From: tess@example.org\nSubject: Re: Printer [#1]\n\nDone.\n\n#close\n"

#: Seconds until something that does not happen fails a test.
PATIENCE = 15.0

Say = Callable[..., tuple[int, str, str]]


def free_port() -> int:
    """A TCP port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_configuration(folder: Path, *, more: str = "", database: str = "sqlite") -> Path:
    """A desk in a folder of its own that writes its mails into `outbox` there."""
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
        [http]
        port = {free_port()}
        [[listeners]]
        port = {free_port()}
        {more or f'[smtp_out]{os.linesep}outbox = "{folder}/outbox"'}
        """
    )
    return file


def until(happened: Callable[[], bool]) -> None:
    """Wait for something; fails the test when it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


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
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._log.close()


def pipe(file: Path, *words: str, mail: bytes = REQUEST) -> subprocess.CompletedProcess[bytes]:
    """Hand a mail to ``replydesk accept`` in a process of its own."""
    return subprocess.run(
        [*PROGRAM, "accept", "--config", str(file), *words],
        input=mail,
        capture_output=True,
        check=False,
    )
