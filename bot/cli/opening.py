"""Storage for commands that look at a desk or change it beside a running service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError

from bot.desk.policy import Policy
from bot.errors import ConfigurationError, StorageAway
from bot.settings import Settings, load
from bot.workflow import follow
from storage.blobs import FolderBlobs
from storage.database import Database
from storage.unit_of_work import SqlUnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Storage:
    """A desk's storage and configuration, without the machinery that handles mail."""

    settings: Settings
    database: Database
    blobs: FolderBlobs

    def clock(self) -> datetime:
        """The time now, UTC."""
        return datetime.now(UTC)

    def local(self, at: datetime) -> str:
        """A time as people at the desk read it."""
        zone = ZoneInfo(self.settings.desk.time_zone)
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


@contextmanager
def opened(settings: Settings | None = None, *, schema: bool = True) -> Iterator[Storage]:
    """Open the configured desk; raises ConfigurationError where there is none or an older one.

    Without `schema` nothing is asked of it: a missing table shows at the first query.
    """
    settings = settings or load()
    require_desk(settings)
    database = Database(settings.desk.url)
    try:
        if schema:
            # A mail server waits for us where nothing is asked of the schema, and Alembic is slow.
            from storage.migrate import require_newest

            with opening_faults():
                require_newest(database.engine)
            database.policy = database.read(partial(_policy, settings))
            database.follow_up = follow
        yield Storage(
            settings=settings, database=database, blobs=FolderBlobs(settings.desk.data / "blobs")
        )
    finally:
        database.close()


def _policy(settings: Settings, uow: SqlUnitOfWork) -> Policy:
    """The rules of the file, under the number of the configuration that a service adopted last."""
    force = uow.configurations.newest()
    rules = settings.policy(*uow.roster.numbers())
    return replace(rules, configuration_id=force.id if force else None)


@contextmanager
def opening_faults() -> Iterator[None]:
    """A database that cannot be opened ends in a sentence: StorageAway, with its own words."""
    try:
        yield
    except DBAPIError as error:
        raise StorageAway(f"the database cannot be opened: {error.orig}") from error


def require_desk(settings: Settings) -> None:
    """Say so where no desk has been made yet, instead of making an empty one by looking."""
    if not has_desk(settings):
        raise ConfigurationError(
            f"there is no desk in {settings.desk.data.absolute()}: 'replydesk serve' makes one; "
            "if there is one elsewhere, name its configuration with --config"
        )


def has_desk(settings: Settings) -> bool:
    """Whether a desk has been made; a database server is taken to have one."""
    return settings.desk.database != "sqlite" or (settings.desk.data / "replydesk.db").is_file()
