"""SQLite: what was promised is on the disk, whoever else writes and however the process ends."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import StorageAway
from storage.arrivals import INLINE_LIMIT
from storage.blobs import FolderBlobs
from storage.database import Database
from storage.engines import sqlite_module
from storage.tables import inbox, metadata
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.store import Store, arrival
from tests.servers.process import TREE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "replydesk.db"
    database = Database(f"sqlite:///{path}")
    metadata.create_all(database.engine)
    database.close()
    return path


def run(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python program that may import the product and the tests."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        cwd=TREE,
        env={**os.environ, "PYTHONPATH": str(TREE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def check(path: Path) -> str:
    connection = sqlite_module().connect(str(path))
    (found,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return str(found)


def test_every_commit_is_synced_to_the_log(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    for engine in (database._engines.write, database._engines.read):
        with engine.connect() as connection:
            wanted = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted]
        assert found == ["wal", 2, 1, 10_000]
    database.close()


def test_a_reader_waits_for_no_writer(file: Path) -> None:
    database = Database(f"sqlite:///{file}")

    def write(uow: SqlUnitOfWork) -> int:
        uow.people.put_group("not committed yet")
        return len(database.read(lambda reader: reader.people.groups()))

    assert database.run(write) == 0
    assert len(database.read(lambda reader: reader.people.groups())) == 1
    database.close()


ACCEPT_UNTIL_KILLED = """
    import os, sys
    from pathlib import Path
    from concurrent.futures import ThreadPoolExecutor
    from storage.acceptor import Acceptor
    from storage.blobs import FolderBlobs
    from storage.database import Database
    from tests.contract.store import arrival

    acceptor = Acceptor(Database(sys.argv[1]), FolderBlobs(Path(sys.argv[2])))

    def accept(n):
        raw = b"x" * (600_000 if n % 50 == 0 else 100)
        acceptor.accept_blocking(arrival(f"mail-{n}", raw=raw))
        os.write(1, f"mail-{n}\\n".encode())
        if n == 150:
            os._exit(9)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(accept, range(1000)))
"""


def test_what_was_confirmed_survives_a_killed_process(file: Path, tmp_path: Path) -> None:
    url, folder = f"sqlite:///{file}", tmp_path / "blobs"
    process = run(ACCEPT_UNTIL_KILLED, url, folder)
    printed, errors = process.communicate(timeout=60)
    assert process.returncode == 9, errors
    confirmed = printed.split()
    assert len(confirmed) > 100
    database = Database(url)
    store = Store(database=database, blobs=FolderBlobs(folder))
    claimed = {message.external_id: message.raw for message in store.claim(limit=2000)}
    database.close()
    assert set(confirmed) <= set(claimed)
    assert len(claimed["mail-0"]) > INLINE_LIMIT
    assert check(file) == "ok"


WRITE_BESIDE = """
    import sys
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path
    from storage.acceptor import Acceptor
    from storage.blobs import FolderBlobs
    from storage.database import Database
    from tests.contract.store import arrival

    database = Database(sys.argv[1])
    acceptor = Acceptor(database, FolderBlobs(Path(sys.argv[2])))
    with ThreadPoolExecutor(4) as pool:
        names = [f"{sys.argv[3]}-{n}" for n in range(300)] + [f"both-{n}" for n in range(100)]
        list(pool.map(lambda name: acceptor.accept_blocking(arrival(name)), names))
    database.close()
"""


def test_two_processes_write_at_once_and_lose_nothing(file: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{file}"
    processes = [run(WRITE_BESIDE, url, tmp_path / "blobs", name) for name in ("one", "two")]
    for process in processes:
        _printed, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    database = Database(url)
    rows = database.read(
        lambda uow: uow.connection.execute(select(inbox.c.external_id, inbox.c.copies)).all()
    )
    database.close()
    stored = Counter(str(name).partition("-")[0] for name, _copies in rows)
    assert stored == {"one": 300, "two": 300, "both": 100}
    assert {copies for name, copies in rows if name.startswith("both")} == {1}
    assert check(file) == "ok"


OPEN_NEW = """
    import sys
    from storage.database import Database
    from storage.migrate import migrate

    database = Database(sys.argv[1])
    migrate(database.engine)
    database.run(lambda uow: uow.people.put_group(sys.argv[2]))
    database.close()
"""


def test_two_processes_may_open_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'replydesk.db'}"
    processes = [run(OPEN_NEW, url, f"group {n}") for n in range(2)]
    for process in processes:
        _printed, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    database = Database(url)
    found = database.read(lambda uow: {group.name for group in uow.people.groups()})
    database.close()
    assert found == {"group 0", "group 1"}


def test_a_full_disk_is_storage_away_until_there_is_room(file: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{file}")
    store = Store(database=database, blobs=FolderBlobs(tmp_path / "blobs"))

    def set_room(pages: int) -> None:
        # The writer's own connection has the bound, as the disk would.
        database.run(
            lambda uow: uow.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar()
        )

    set_room(1)
    with pytest.raises(StorageAway):
        store.accept(*(arrival(f"m{n}", raw=b"x" * 100_000) for n in range(20)))
    # The failed connection was thrown away, and its bound with it.
    store.accept(*(arrival(f"m{n}", raw=b"x" * 100_000) for n in range(20)))
    assert len(store.claim()) == 20
    database.close()
    assert check(file) == "ok"
