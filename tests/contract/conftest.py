"""Fixtures of the tests that need a database with its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from storage.blobs import FolderBlobs
from storage.database import Database
from storage.tables import metadata
from tests.contract.store import Store
from tests.servers.postgres import Postgres

# Rich tracebacks would take longer than the tests, and bury a failure's report.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)

OpenDatabase = Callable[[], Database]


@pytest.fixture(scope="session")
def postgres_tables(postgres: Postgres) -> Iterator[str]:
    """One PostgreSQL database with tables; whoever uses it empties them, which is quicker."""
    name = postgres.create_database()
    database = Database(postgres.url(name))
    metadata.create_all(database.engine)
    database.close()
    yield postgres.url(name)
    postgres.drop_database(name)


def _emptied(url: str) -> str:
    database = Database(url)
    with database.engine.begin() as connection:
        tables = ", ".join(metadata.tables)
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    database.close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def tables_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with empty tables, once of each kind."""
    if request.param == "postgresql":
        return _emptied(request.getfixturevalue("postgres_tables"))
    url = f"sqlite:///{tmp_path / 'replydesk.db'}"
    database = Database(url)
    metadata.create_all(database.engine)
    database.close()
    return url


@pytest.fixture
def open_database(tables_url: str) -> Iterator[OpenDatabase]:
    """Open the test's database, each time as another process would."""
    opened: list[Database] = []

    def open_one() -> Database:
        opened.append(Database(tables_url))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: OpenDatabase) -> Database:
    """A database with empty tables, once of each kind."""
    return open_database()


@pytest.fixture
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderBlobs:
    """A folder of blobs."""
    return FolderBlobs(tmp_path_factory.mktemp("blobs"))


@pytest.fixture
def store(database: Database, blobs: FolderBlobs) -> Store:
    """The database, with short words for what most tests do."""
    return Store(database=database, blobs=blobs)
