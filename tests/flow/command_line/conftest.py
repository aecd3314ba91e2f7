"""Desks for the command line: one that runs, one at rest, one that played the demo."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.cli import run
from bot.service import Core
from bot.settings import load
from tests.flow.command_line.terminal import (
    PROGRAM,
    Say,
    Served,
    write_configuration,
)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    """Run a command in this process: its exit status, its words, its complaints."""

    def one(*words: object, file: Path | None = None, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setenv("REPLYDESK_CONFIG", str(file or "/nowhere.toml"))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = run([str(word) for word in words])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    # Commands that serve set up logs; what they write to is gone after the test.
    before, handlers = structlog.get_config(), logging.root.handlers[:]
    yield one
    structlog.configure(**before)
    logging.root.handlers[:] = handlers


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    service = Served(write_configuration(tmp_path))
    service.until("the service takes mail")
    yield service
    service.end()


@pytest.fixture
def desk(tmp_path: Path, say: Say) -> Path:
    """The configuration of a desk that is there and does not run."""
    file = write_configuration(tmp_path)
    assert say("migrate", file=file)[1].startswith("The schema went from revision none to ")
    core = Core(load(file))
    core.prepare()
    core.close()
    return file


@pytest.fixture(scope="session")
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
