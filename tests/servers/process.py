"""What every server process of the tests has in common: a folder, an account, a gentle end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

#: The root of the tree; ``scripts/setup`` puts what it fetches below ``.cache`` there.
TREE = Path(__file__).resolve().parents[2]

#: A server that is not up after this many seconds never will be.
START_SECONDS = 20.0


class ServerUnavailableError(RuntimeError):
    """A server cannot be had here; the text says how to get it."""


def run_folder(name: str) -> Path:
    """A new folder that any account may enter, directly below the temporary folder.

    Paths of unix sockets end at 107 bytes, and the folders that pytest makes are long and closed
    to other accounts.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"rd-{name}-"))
    folder.chmod(0o755)
    return folder


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Callable[[], str]
) -> None:
    """Return when ``ready`` says so; raise with the log when the process ends or time is up."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServerUnavailableError(f"{process.args!r} did not start:\n{log()}")
        time.sleep(0.01)


def end(process: subprocess.Popen[bytes], signal_number: int) -> None:
    """Ask the process to end, insist after ten seconds."""
    if process.poll() is None:
        process.send_signal(signal_number)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def remove(folder: Path) -> None:
    """Delete the folder; a process on its way out may still take away files of its own."""
    shutil.rmtree(folder, ignore_errors=True)


def is_root() -> bool:
    """Whether this process may become somebody else, and some servers insist that it does."""
    return os.geteuid() == 0
