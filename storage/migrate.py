"""Schema changes: Alembic migrations run from inside the program, on the database's own engine."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, text

from bot.errors import ConfigurationError

#: Any number that no other program takes as its PostgreSQL advisory lock.
_ADVISORY_LOCK = 7_305_801


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Bring the schema to the newest revision; return the revisions before and after.

    Two processes that start at once take turns: the second finds nothing to do.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ADVISORY_LOCK})
        before = MigrationContext.configure(connection).get_current_revision()
        newest = newest_revision()
        if not _is_known(before):
            raise ConfigurationError(f"the database is at revision {before}: {_NEWER}")
        if before != newest:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return before, newest


def current_revision(engine: Engine) -> str | None:
    """The schema's revision, or None when the database is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """The revision this version of the program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def require_newest(engine: Engine) -> None:
    """Refuse to work on a schema that another version of the program made."""
    found, wanted = current_revision(engine), newest_revision()
    if found != wanted:
        raise ConfigurationError(
            f"the database is at revision {found or 'none'}, this program needs {wanted}: "
            + ("run 'replydesk migrate'" if _is_known(found) else _NEWER)
        )


_NEWER = "a newer version of the program made it; install that one again"


def _is_known(revision: str | None) -> bool:
    if revision is None:
        return True
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:
        return False


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("storage").joinpath("migrations")))
    return config
