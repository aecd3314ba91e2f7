"""``replydesk migrate``: bring the database's schema up to date."""

from __future__ import annotations

from bot.cli.opening import opening_faults
from bot.settings import load
from storage.database import Database
from storage.migrate import migrate as bring_up_to_date


def migrate() -> None:
    """Bring the database's schema up to date; nothing happens where it is.

    On SQLite the service must not run meanwhile. It migrates by itself when it starts.
    """
    settings = load()
    settings.desk.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.desk.url)
    try:
        with opening_faults():
            before, after = bring_up_to_date(database.engine)
    finally:
        database.close()
    if before == after:
        print(f"The schema is at revision {after}, the newest.")
    else:
        print(f"The schema went from revision {before or 'none'} to {after}.")
