"""A copy of the desk to put away: the database at one moment, and every attachment it names.

The database comes first and the blobs after it: a blob is on disk before the row that names it,
and is never changed, so whatever the copied database names is among the copied blobs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from bot.errors import ConfigurationError, NotFound, StorageAway
from storage.engines import sqlite_module

#: Called with how much is done.
Progress = Callable[[int], None]

#: SQLite pages copied between two reports.
_PAGES = 2000
_CHUNK = 1 << 20


# --- the database -------------------------------------------------------------------------------


def pages_of_sqlite(source: Path) -> int:
    """How many steps of progress `copy_sqlite` reports."""
    with _sqlite(source) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def copy_sqlite(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database that may be in use, as it is at one moment, and verify the copy.

    The file appears under its name once it is whole and sound. Raises StorageAway.
    """
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    with _sqlite(source) as origin, closing(sqlite_module().connect(unfinished)) as copy:
        # A transaction that reads keeps the moment still while the service goes on writing;
        # without one every commit of the service would start the copy from the beginning.
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
        origin.backup(
            copy, pages=_PAGES, sleep=0, progress=lambda _, left, total: progress(total - left)
        )
        # A backup is one file: nothing of it may stay in a WAL beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise StorageAway(f"the copy of {source} is damaged: {verdict}")
    _sync(unfinished)
    unfinished.replace(target)


@contextmanager
def _sqlite(path: Path) -> Iterator[Any]:
    connection = sqlite_module().connect(path, isolation_level=None, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def dump_postgresql(url: str, target: Path) -> None:
    """Let PostgreSQL's own pg_dump write an archive; raises ConfigurationError, StorageAway."""
    program = shutil.which("pg_dump")
    if program is None:
        raise ConfigurationError(
            "backup: pg_dump is not installed here (package postgresql-client); nothing was copied"
        )
    address = make_url(url).set(drivername="postgresql")
    unfinished = target.with_name(target.name + ".part")
    # The password goes by the environment: command lines are open to every account.
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    plain = address.set(password=None).render_as_string()
    command = [program, "--format=custom", f"--file={unfinished}", f"--dbname={plain}"]
    done = subprocess.run(  # noqa: S603 - our own words and the configured address
        command, env={**os.environ, **secret}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise StorageAway(f"pg_dump failed: {' '.join(done.stderr.split())}")
    _sync(unfinished)
    unfinished.replace(target)


# --- blobs --------------------------------------------------------------------------------------


def copy_blobs(source: Path, target: Path, names: Iterable[str], progress: Progress) -> int:
    """Copy blobs that are not in the target yet, checking every hash; return how many came new.

    Raises NotFound with the names of those that are missing or damaged, after copying the rest.
    """
    fresh, lost = 0, []
    for number, name in enumerate(names, start=1):
        place = Path(name[:2]) / name[2:]
        if _hash(target / place) != name:
            fresh += 1
            if not _copy(source / place, target / place, name):
                lost.append(name)
        progress(number)
    if lost:
        raise NotFound(f"{len(lost)} attachments are missing or damaged: {', '.join(lost[:5])} …")
    return fresh


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _copy(source: Path, target: Path, name: str) -> bool:
    """Copy one blob; False, and nothing written, when it is not what its name says."""
    unfinished = target.with_name(f".new-{target.name}")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, unfinished)
    except FileNotFoundError:
        return False
    if _hash(unfinished) != name:
        unfinished.unlink()
        return False
    _sync(unfinished)
    unfinished.replace(target)
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
