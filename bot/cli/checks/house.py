"""Checks of what the desk stands on: folder, database, templates."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.cli.checks.finding import Desk, Finding, ok, warning, wrong
from bot.errors import ReplydeskError
from bot.service.words import group_names, renderer_of
from storage.database import Database
from storage.engines import sqlite_module
from storage.migrate import current_revision, newest_revision
from storage.unit_of_work import SqlUnitOfWork

_LITTLE, _TOO_LITTLE = 2_000_000_000, 200_000_000
#: A slower disk makes every mail wait for its 250.
_SLOW_SYNC = 0.05
_MOST_SKEW = 2.0
#: Releases without the defect that can lose pages of a WAL (https://sqlite.org/wal.html).
_SOUND_SQLITE = (3, 51, 3)
_SOUND_SINCE = {(3, 44): 6, (3, 50): 7}


def data_folder(desk: Desk) -> Iterator[Finding]:
    """The folder is there, ours alone, writable, syncs and has room."""
    folder = desk.settings.desk.data
    if not folder.is_absolute():
        yield warning(
            "desk.data",
            f"{folder} is relative: every command looks for it where it is called from",
            f'write the whole path, for example data = "{folder.absolute()}"',
        )
    if not folder.is_dir():
        yield warning(
            "desk.data", f"{folder} is not there yet", "nothing: 'replydesk serve' makes it"
        )
        return
    mode = folder.stat().st_mode
    if mode & 0o007:
        yield warning(
            "desk.data",
            f"{folder} is open to every account of this machine; mails and keys are in it",
            f"chmod 700 {folder}",
        )
    yield from _disk(folder)


def _disk(folder: Path) -> Iterator[Finding]:
    try:
        seconds = _time_of_sync(folder)
    except OSError as error:
        yield wrong("desk.data", f"{folder} takes no writes: {error}", _explain_access(folder))
        return
    if seconds > _SLOW_SYNC:
        yield warning(
            "desk.data",
            f"the disk needs {seconds * 1000:.0f} ms to write for good; every mail waits that long",
            "put desk.data on a local disk",
        )
    free = shutil.disk_usage(folder).free
    room = f"{free / 1e9:.1f} GB free"
    if free < _TOO_LITTLE:
        yield wrong("desk.data", f"only {room}", "make room: without it no mail is taken")
    elif free < _LITTLE:
        yield warning("desk.data", f"only {room}", "make room soon")
    else:
        yield ok("desk.data", f"{folder} takes writes (sync in {seconds * 1000:.1f} ms), {room}")


def _time_of_sync(folder: Path) -> float:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".check-") as file:
        file.write(b"x" * 4096)
        file.flush()
        began = time.perf_counter()
        os.fsync(file.fileno())
        return time.perf_counter() - began


def _explain_access(folder: Path) -> str:
    owner = folder.stat().st_uid
    if os.geteuid() not in {0, owner}:
        return f"the folder belongs to user id {owner}: run as that user, or chown the folder"
    return "look at the disk: is it full, or mounted read-only?"


def database(desk: Desk) -> Iterator[Finding]:
    """It answers, has the newest schema, and loses nothing at a power cut."""
    about = "desk.database"
    if desk.away:
        if desk.settings.desk.database == "sqlite":
            repair = "call it as the account of the service; a broken file: restore a backup"
        else:
            repair = "check the URL, that it is running and takes our login"
        yield wrong(about, desk.away, repair)
        return
    if desk.database is None:
        yield warning(about, "there is no database yet", "nothing: 'replydesk serve' makes it")
        return
    found, newest = current_revision(desk.database.engine), newest_revision()
    if found is None:
        yield warning(about, "it is empty", "nothing: 'replydesk serve' makes the tables")
    elif found != newest:
        yield wrong(
            about,
            f"its schema is at revision {found}, this program needs {newest}",
            "run 'replydesk migrate'",
        )
    else:
        yield ok(about, f"{desk.database.engine.dialect.name} answers, schema {found}")
    yield from _postgresql(desk.database) if desk.database.shared else _sqlite(desk.database)


def _sqlite(database: Database) -> Iterator[Finding]:
    mode = database.read(lambda uow: _value(uow, "PRAGMA journal_mode"))
    if mode != "wal":
        yield wrong(
            "desk.database",
            f"its journal mode is {mode}, not wal",
            "put desk.data on a local disk: network file systems have no WAL",
        )
    version = sqlite_module().sqlite_version_info
    text_version = ".".join(map(str, version))
    if version < _SOUND_SQLITE and version[2] < _SOUND_SINCE.get(version[:2], 1 << 30):
        yield warning(
            "SQLite",
            f"version {text_version} can damage a WAL when two programs write at once; "
            "our own write one after the other, others must not write at all",
            "pip install pysqlite3, which brings a newer one",
        )
    else:
        yield ok("SQLite", f"version {text_version}, without the WAL defect")


def _postgresql(database: Database) -> Iterator[Finding]:
    about = "desk.database"
    here = datetime.now(UTC)
    there: datetime = database.read(lambda uow: _value(uow, "SELECT clock_timestamp()"))
    skew = abs((there - here).total_seconds())
    if skew > _MOST_SKEW:
        yield wrong(
            "clock",
            f"this host and the database differ by {skew:.1f} s; claims and leases go by time",
            "run a time service (chrony, systemd-timesyncd) on both",
        )
    else:
        yield ok("clock", f"this host and the database agree within {skew:.1f} s")
    for setting in ("fsync", "synchronous_commit"):
        if database.read(partial(_value, query=f"SHOW {setting}")) == "off":
            yield warning(
                about,
                f"the server runs with {setting} = off: a power cut loses mail we said 250 to",
                f"set {setting} = on in postgresql.conf",
            )


def _value(uow: SqlUnitOfWork, query: str) -> Any:  # noqa: ANN401 - whatever the database says
    return uow.connection.execute(text(query)).scalar()


def templates(desk: Desk) -> Iterator[Finding]:
    """Every notification renders in every language."""
    about = "desk.templates"
    try:
        renderer = renderer_of(desk.settings)
        problems = renderer.check(groups=group_names(desk.settings))
    except ReplydeskError as error:
        yield wrong(about, str(error), "correct the path, or leave the key out")
        return
    for problem in problems:
        yield wrong(
            about, problem, "correct the file; docs/templates.md tells what may stand there"
        )
    if not problems:
        yield ok(about, f"all render, in {', '.join(renderer.languages)}")
