"""The databases that the benchmarks run on: an embedded file, or a real PostgreSQL of their own.

The PostgreSQL of the tests runs without fsync; here it is durable, because a figure without it
would promise what no desk may have.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


@contextmanager
def databases(kind: str, count: int = 1) -> Iterator[list[str]]:
    """Yield `count` fresh databases as settings take them; `kind` is sqlite, postgresql or a URL."""
    if kind != "postgresql":
        yield [kind] * count
        return
    from tests.servers.postgres import Postgres

    server = Postgres(durable=True)
    server.start()
    try:
        names = [server.create_database() for _ in range(count)]
        yield [server.url(name) for name in names]
    finally:
        server.close()


def server_seconds(url: str) -> float:
    """CPU seconds that the PostgreSQL server behind a URL and its processes have spent so far."""
    import psycopg

    from storage.engines import plain_url

    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
    ours = Path(f"/proc/{row[0]}/status").read_text() if row else ""
    postmaster = int(ours.split("PPid:")[1].split()[0])
    return sum(_spent(entry, postmaster) for entry in Path("/proc").glob("[0-9]*"))


def _spent(process: Path, postmaster: int) -> float:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    if int(process.name) == postmaster:
        ticks = sum(map(int, fields[11:15]))  # its children that have ended, too
    elif int(fields[1]) == postmaster:
        ticks = int(fields[11]) + int(fields[12])
    else:
        return 0.0
    return ticks / 100
