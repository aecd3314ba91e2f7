"""A running desk for every flow."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO, cast

import pytest
import structlog

from bot.cli.logs import StandardError
from storage.database import Database
from storage.migrate import migrate
from tests.flow.clock import TurnedClock
from tests.flow.desk import RunningDesk
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink

OpenDesk = Callable[..., RunningDesk]


@pytest.fixture(autouse=True)
def _log() -> None:
    """Show the log in a failure's report, whatever the test before has made of it.

    Rich tracebacks would bury everything else, and a stream kept from another test is closed.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", StandardError())),
    )


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the newest schema and nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "replydesk.db"
    database = Database(f"sqlite:///{file}")
    migrate(database.engine)
    database.close()
    return file


@pytest.fixture(scope="session")
def migrated_database(postgres: Postgres) -> str:
    """The same in PostgreSQL, as a template."""
    name = postgres.create_database()
    database = Database(postgres.url(name))
    migrate(database.engine)
    database.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new desk's database, its tables made: each test would wait for that."""
    if request.param == "sqlite":
        file = tmp_path / "replydesk.db"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite:///{file}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create_database(template=request.getfixturevalue("migrated_database"))
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
def open_desk(database_url: str, tmp_path: Path, smtp_sink: SmtpSink) -> Iterator[OpenDesk]:
    """Open desks whose configuration differs: sections by name."""
    with ExitStack() as opened:

        def open_one(*, clock: TurnedClock | None = None, **sections: Any) -> RunningDesk:  # noqa: ANN401 - whatever settings take
            desk = RunningDesk(
                database_url=database_url,
                folder=tmp_path,
                sink=smtp_sink,
                clock=clock or TurnedClock(),
                sections=sections,
            )
            opened.callback(desk.start().close)
            return desk

        yield open_one


@pytest.fixture
def desk(open_desk: OpenDesk) -> RunningDesk:
    """A desk with two technicians, Tess and Tom, on either database."""
    return open_desk()
