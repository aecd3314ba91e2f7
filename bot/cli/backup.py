"""``replydesk backup``: a verified copy of database and attachments, while the service runs."""

from __future__ import annotations

from pathlib import Path

from bot.cli.opening import Storage, opened
from bot.cli.output import progress, say
from bot.errors import ConfigurationError
from storage.backup import copy_blobs, copy_sqlite, dump_postgresql, pages_of_sqlite
from storage.records import blobs_named


def backup(target: Path, /) -> None:
    """Copy database and attachments into a folder, and verify the copy.

    The service may run meanwhile. A folder that holds an earlier backup takes only what is new,
    and keeps the old database until the new one is whole.

    Args:
        target: The folder; it is made when it is not there.
    """
    with opened() as storage:
        data = storage.settings.desk.data
        if target.resolve().is_relative_to(data.resolve()):
            raise ConfigurationError(f"{target} lies within the data itself; choose another folder")
        try:
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"no backup can be made there: {error}") from error
        if storage.database.shared:
            dump_postgresql(storage.settings.desk.url, target / "replydesk.dump")
            say(f"Database: {target / 'replydesk.dump'}, written by pg_dump")
        else:
            _copy_sqlite(data / "replydesk.db", target / "replydesk.db")
        _copy_blobs(storage, target)


def _copy_sqlite(source: Path, target: Path) -> None:
    with progress("Copying the database", pages_of_sqlite(source)) as show:
        copy_sqlite(source, target, show)
    say(f"Database: {target}, integrity checked")


def _copy_blobs(storage: Storage, target: Path) -> None:
    names = storage.database.read(lambda uow: sorted(blobs_named(uow.connection)))
    with progress("Copying attachments", len(names)) as show:
        fresh = copy_blobs(storage.settings.desk.data / "blobs", target / "blobs", names, show)
    say(f"Attachments: {len(names)}, every hash checked, {fresh} new")
