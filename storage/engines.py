"""What differs between the two databases: opening, writing order, waking other processes."""

from __future__ import annotations

import fcntl
import importlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool, QueuePool

from bot.errors import ConfigurationError
from storage.faults import DatabaseAway

#: PostgreSQL's channel for wake-ups between processes.
NOTIFY_CHANNEL = "replydesk"

#: How long a writer waits for another process.
_BUSY_SECONDS = 10

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a 250 is a promise: the WAL is on disk before it is given
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}",
    "PRAGMA cache_size=-32000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=67108864",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Engines:
    """Two engines on one database and the habits that go with it."""

    write: Engine
    read: Engine
    #: How many threads may write.
    writers: int
    #: How many jobs may share one commit.
    group: int
    #: True when other processes may work on the same database.
    shared: bool
    #: Opens a transaction on a writing connection and commits it.
    transaction: Callable[[Connection], AbstractContextManager[None]]
    #: Tells other processes, inside the transaction, which loops have work.
    announce: Callable[[Connection, Iterable[str]], None]

    def dispose(self) -> None:
        """Give every connection back."""
        self.read.dispose()
        self.write.dispose()


def open_engines(url: str) -> Engines:
    """Open by URL: ``sqlite:///file`` or ``postgresql://…``; anything else is a clear error."""
    try:
        name = make_url(url).get_backend_name()
    except ArgumentError:  # its text would repeat the URL, password and all
        raise ConfigurationError(
            "desk.database: expected 'sqlite' or a URL such as postgresql://user:password@host/name"
        ) from None
    if name == "sqlite":
        return _open_sqlite(Path(make_url(url).database or "replydesk.db"))
    if name == "postgresql":
        return _open_postgresql(url)
    raise ConfigurationError(f"desk.database: expected sqlite or postgresql://, found {name}://")


# --- SQLite -------------------------------------------------------------------------------------


def sqlite_module() -> ModuleType:
    """pysqlite3 where it is installed, else Python's own; never both on one file."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def _open_sqlite(path: Path) -> Engines:
    path.parent.mkdir(parents=True, exist_ok=True)
    module = sqlite_module()

    def connect() -> Any:
        connection = module.connect(str(path), check_same_thread=False, isolation_level=None)
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)
        return connection

    write = create_engine(
        "sqlite://", module=module, creator=connect, poolclass=NullPool, json_serializer=_json
    )
    read = create_engine(
        "sqlite://", module=module, creator=connect, poolclass=QueuePool, pool_size=4
    )
    _begin_with(write, "BEGIN IMMEDIATE")
    _begin_with(read, "BEGIN")
    gate = path.with_name(path.name + ".gate")

    @contextmanager
    def transaction(connection: Connection) -> Iterator[None]:
        with _gate(gate), connection.begin():
            yield

    return Engines(
        write=write,
        read=read,
        writers=1,
        group=64,
        shared=False,
        transaction=transaction,
        announce=lambda _connection, _loops: None,
    )


def _begin_with(engine: Engine, statement: str) -> None:
    """Begin every transaction with this statement; the driver itself begins none.

    An event listener would do the same, but one listener makes SQLAlchemy look for listeners at
    every statement: a twentieth of a mail's whole cost.
    """

    def do_begin(connection: Any) -> None:  # a pooled DBAPI connection
        connection.cursor().execute(statement)

    engine.dialect.do_begin = do_begin  # type: ignore[method-assign, assignment]


@contextmanager
def _gate(path: Path) -> Iterator[None]:
    """Let one process write at a time.

    SQLite 3.7.0 to 3.51.2 can corrupt a WAL when two connections write or checkpoint at once, and
    ``replydesk accept`` writes beside a running service. The lock goes with the process; one that
    stands still with the lock in hand is a database that is away.
    """
    with path.open("a") as file:
        _lock(file)
        yield


def _lock(file: IO[str]) -> None:
    """Take the lock within the time that SQLite itself would wait for one."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DatabaseAway("another process keeps the database locked") from None
            time.sleep(0.005)
        else:
            return


# --- PostgreSQL ---------------------------------------------------------------------------------


def _open_postgresql(url: str) -> Engines:
    full = make_url(url).set(drivername="postgresql+psycopg")
    try:
        write = create_engine(full, pool_size=6, max_overflow=4, json_serializer=_json)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "database: PostgreSQL needs the extra 'postgres': .venv/bin/uv pip install -e '.[postgres]'"
        ) from error

    @contextmanager
    def transaction(connection: Connection) -> Iterator[None]:
        with connection.begin():
            yield

    return Engines(
        write=write,
        read=write,
        writers=4,
        group=1,
        shared=True,
        transaction=transaction,
        announce=_notify,
    )


def plain_url(url: str) -> str:
    """The URL as PostgreSQL's own library reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _notify(connection: Connection, loops: Iterable[str]) -> None:
    for loop in loops:
        connection.execute(_PG_NOTIFY, {"channel": NOTIFY_CHANNEL, "loop": loop})


_PG_NOTIFY = text("SELECT pg_notify(:channel, :loop)")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
