"""Migrations: they end at the tables of `storage.tables`, once, whole, and one process at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from bot.errors import ConfigurationError
from storage.database import Database
from storage.migrate import current_revision, migrate, newest_revision, require_newest
from storage.tables import metadata
from storage.word_index import PREFIX


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    database = Database(database_url)
    yield database.engine
    database.close()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        # On SQLite the comparison of defaults takes an empty text for none; see `columns`.
        options = {
            "compare_type": True,
            "compare_server_default": engine.name == "postgresql",
            "include_name": lambda name, _kind, _parents: not str(name).startswith(PREFIX),
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def columns(engine: Engine) -> dict[str, list[tuple[str, str, bool, object]]]:
    found = inspect(engine)
    return {
        table: sorted(
            (column["name"], str(column["type"]), column["nullable"], column["default"])
            for column in found.get_columns(table)
        )
        for table in metadata.tables
    }


def partial_indexes(engine: Engine) -> dict[str, str]:
    """Every index that has a condition, by name, as the database tells it."""
    sqlite = "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
    postgresql = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with engine.connect() as connection:
        rows = connection.execute(text(sqlite if engine.name == "sqlite" else postgresql))
        found = {name: " ".join(str(definition).split()) for name, definition in rows}
    return {name: definition for name, definition in found.items() if " WHERE " in definition}


def word_index(engine: Engine) -> dict[str, str]:
    """The triggers, views and functions that keep the words, by name, as the database tells them."""
    sqlite = "SELECT name, sql FROM sqlite_master WHERE name LIKE 'ticket_words%'"
    postgresql = (
        "SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'ticket_words%' "
        "UNION ALL SELECT tgname || ' on', pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'ticket_words%' "
        "UNION ALL SELECT viewname, definition FROM pg_views WHERE viewname LIKE 'ticket_words%' "
        "UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ticket_words'"
    )
    with engine.connect() as connection:
        rows = connection.execute(text(sqlite if engine.name == "sqlite" else postgresql))
        return {name: str(definition) for name, definition in rows}


def checks(engine: Engine) -> dict[str, set[str | None]]:
    return {
        table: {check["name"] for check in inspect(engine).get_check_constraints(table)}
        for table in metadata.tables
    }


def test_the_migrations_end_at_the_tables(engine: Engine) -> None:
    assert migrate(engine) == (None, newest_revision())
    assert differences(engine) == []
    found = {name for name in inspect(engine).get_table_names() if not name.startswith(PREFIX)}
    assert found == {*metadata.tables, "alembic_version"}


def test_what_the_comparison_does_not_look_at_is_the_same_too(engine: Engine) -> None:
    metadata.create_all(engine)
    wanted = columns(engine), partial_indexes(engine), checks(engine), word_index(engine)
    metadata.drop_all(engine)
    assert word_index(engine) == {}
    migrate(engine)
    found = columns(engine), partial_indexes(engine), checks(engine), word_index(engine)
    assert found == wanted
    assert len(wanted[1]) == 24
    assert len(wanted[3]) > 10


def test_a_second_run_finds_nothing_to_do(engine: Engine) -> None:
    migrate(engine)
    newest = newest_revision()
    assert migrate(engine) == (newest, newest)
    assert current_revision(engine) == newest
    require_newest(engine)


def test_two_processes_take_turns(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(2)]
    start = threading.Barrier(2)

    def run(database: Database) -> tuple[str | None, str]:
        start.wait()
        return migrate(database.engine)

    with ThreadPoolExecutor(2) as pool:
        before = {found for found, _newest in pool.map(run, databases)}
    assert before == {None, newest_revision()}
    assert differences(databases[0].engine) == []
    for database in databases:
        database.close()


def test_an_empty_database_asks_for_its_tables(engine: Engine) -> None:
    with pytest.raises(ConfigurationError, match="replydesk migrate"):
        require_newest(engine)


def test_a_newer_programs_database_is_left_alone(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer version"):
        migrate(engine)
    with pytest.raises(ConfigurationError, match="newer version"):
        require_newest(engine)
    assert current_revision(engine) == "9999"


def test_a_migration_that_fails_leaves_everything_as_it_was(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = command.upgrade

    def fail_at_the_end(*arguments: object) -> None:
        upgrade(*arguments)  # type: ignore[arg-type]  # handed through as they came
        raise RuntimeError("the power went")

    monkeypatch.setattr(command, "upgrade", fail_at_the_end)
    with pytest.raises(RuntimeError):
        migrate(engine)
    assert inspect(engine).get_table_names() == []
