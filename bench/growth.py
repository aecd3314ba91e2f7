"""Does a mail cost more when there are a million tickets?

    python bench/growth.py [--database sqlite|postgresql] [--sizes 1000,1000000] [--mails N] [--rounds N]

Fills the tables by SQL with closed tickets (each with a requester of a pool of 20,000 people, two
workunits, two events, a foreign message id and a delivery that was sent), then handles the same
mails at every size and prints the CPU time a mail of hop 2 and hop 3, and the slope. The rounds
alternate between the sizes, so that a machine that grows slower does not look like a slope.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from databases import databases
from hops import accept, deliver, timed, understand
from mails import mails
from sqlalchemy import text

from bot.service import Core
from bot.settings import Settings

PEOPLE = 20_000


def fill(core: Core, count: int) -> None:
    """Insert tickets from 1 to `count` with everything that hangs on them, by SQL alone."""
    postgres = core.database.engine.dialect.name == "postgresql"
    moment = "TIMESTAMPTZ '2024-01-01'" if postgres else "1704067200000000"
    words = (
        "repeat('These words were written long ago. ', 8)"
        if postgres
        else ("replace(hex(zeroblob(8)), '00', 'These words were written long ago. ')")
    )
    yes, no = ("true", "false") if postgres else ("1", "0")
    numbers = (
        f"generate_series(1, {count}) AS numbers(n)" if postgres
        else f"(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) SELECT n FROM numbers)"
    )  # fmt: skip
    people = numbers.replace(str(count), str(PEOPLE))
    person = f"(n % {PEOPLE}) + 1000"
    id_text = "'old.' || n || '@example.net'"
    statements = [
        f"INSERT INTO people (id, name, language, technician, added_at) SELECT n + 999, 'Person ' || n, '', {no}, {moment} FROM {people}",
        f"INSERT INTO identities (id, person_id, channel, scope, address, reachable) SELECT n + 999, n + 999, 'email', '', 'person' || n || '@example.net', {yes} FROM {people}",
        f"INSERT INTO tickets (id, title, status, priority, group_id, queue_id, requester_id, opened_at, closed_at, locked, trusted) SELECT n, 'Old request ' || n, 'closed', 3, 1, 1, {person}, {moment}, {moment}, {no}, {yes} FROM {numbers}",
        f"INSERT INTO participants (ticket_id, person_id, role, added_at) SELECT n, {person}, 'requester', {moment} FROM {numbers}",
        f"INSERT INTO workunits (id, ticket_id, author_id, author_name, by_technician, visibility, text, elided, signature, at, message_id) SELECT n, n, {person}, 'Person', {no}, 'public', {words}, '', '', {moment}, {id_text} FROM {numbers}",
        f"INSERT INTO workunits (id, ticket_id, author_id, author_name, by_technician, visibility, text, elided, signature, at) SELECT n + {count}, n, {person}, 'Person', {no}, 'public', {words}, '', '', {moment} FROM {numbers}",
        f"INSERT INTO events (id, ticket_id, kind, actor_id, at, workunit_id, rule, data) SELECT n, n, 'ticket.opened', {person}, {moment}, n, 'new_request', '{{}}' FROM {numbers}",
        f"INSERT INTO message_references (channel, scope, key, ticket_id, workunit_id) SELECT 'email', '', {id_text}, n, n FROM {numbers}",
        f"INSERT INTO inbox (id, channel, external_id, received_at, envelope, size, state, attempts, due_at, copies, reason, ticket_id) SELECT n, 'email', 'old:' || n, {moment}, '{{}}', 2000, 'done', 1, {moment}, 0, '', n FROM {numbers}",
        f"INSERT INTO deliveries (id, ticket_id, event_id, notification, role, person_id, identity_id, state, attempts, due_at, sent_at, reason, code, message_id) SELECT n, n, n, 'acknowledgement', 'requester', {person}, {person}, 'sent', 1, {moment}, {moment}, '', '', {id_text} FROM {numbers}",
    ]
    with core.database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
        if postgres:
            for table in (
                "people",
                "identities",
                "tickets",
                "workunits",
                "events",
                "inbox",
                "deliveries",
            ):
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                    )
                )
    if postgres:
        with core.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def open_filled(database: str, folder: Path, size: int) -> Core:
    core = Core(
        Settings(
            desk={"data": folder / str(size), "database": database},
            queues=[{"address": "desk@example.org"}],
            trust={"senders": ["127.0.0.1/32"]},
            limits={
                "acknowledgements_in_10_minutes": 10**9,
                "acknowledgements_in_a_day": 10**9,
                "acknowledgements_in_a_minute": 10**9,
            },
        )
    )
    core.prepare()
    begun = time.perf_counter()
    fill(core, size)
    print(f"# {size} tickets laid in {time.perf_counter() - begun:.0f} s", flush=True)
    return core


def handle(core: Core, found: list[tuple[str, bytes]]) -> dict[str, float]:
    accept(core, found)
    return {
        "understand": timed(lambda: understand(core), len(found)),
        "deliver": timed(lambda: asyncio.run(deliver(core)), len(found)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--sizes", default="1000,1000000")
    parser.add_argument("--mails", type=int, default=1600)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    _, found = mails(options.mails)
    share = len(found) // options.rounds
    figures: dict[int, list[dict[str, Any]]] = {size: [] for size in sizes}
    with (
        tempfile.TemporaryDirectory() as folder,
        databases(options.database, len(sizes)) as urls,
    ):
        cores = [open_filled(url, Path(folder), n) for url, n in zip(urls, sizes, strict=True)]
        for start in range(0, share * options.rounds, share):
            for size, core in zip(sizes, cores, strict=True):
                figures[size].append(handle(core, found[start : start + share]))
        for core in cores:
            core.close()
    medians = {
        size: {hop: statistics.median(row[hop] for row in rows) for hop in rows[0]}
        for size, rows in figures.items()
    }
    for size, row in medians.items():
        print(json.dumps({"tickets": size, **{hop: round(ms, 3) for hop, ms in row.items()}}))
    small, large = sizes[0], sizes[-1]
    slope = {
        f"{hop}: {large} / {small}": round(medians[large][hop] / medians[small][hop], 2)
        for hop in medians[small]
    }
    print(json.dumps(slope))


if __name__ == "__main__":
    main()
