"""Each hop alone, in one process: accept, understand and act, deliver; CPU time a mail.

    python bench/hops.py [--database sqlite|postgresql|URL] [--mails N] [--rounds N]

The baseline of the same run is a bare group-commit insert: for every mail one row of the size of a
workunit and three of the size of a delivery, 32 mails a commit, by SQLAlchemy Core and nothing
else. Hop 3 sends to a channel that composes the mail and forgets it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import desk  # noqa: F401 - importing it quietens the log
from databases import databases
from mails import mails
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert

from bot.delivery import Dispatcher
from bot.intake import Intake
from bot.ports import Arrival, Envelope, Outgoing, SendResult, Sent
from bot.service import Core
from bot.settings import Settings
from channels.email.compose import compose
from channels.email.fingerprint import fingerprint


class Forgetful:
    """A channel that composes every mail and sends none."""

    async def send(self, outgoing: Outgoing) -> SendResult:
        compose(outgoing)
        return Sent(response="250 forgotten")

    async def close(self) -> None:
        pass


def timed(work: Callable[[], Any], count: int) -> float:
    """CPU milliseconds of the whole process, a mail."""
    before = time.process_time()
    work()
    return (time.process_time() - before) / count * 1000


def bare_inserts(core: Core, count: int) -> None:
    metadata = MetaData()
    table = Table("bare", metadata, Column("id", Integer, primary_key=True), Column("words", Text))
    metadata.create_all(core.database.engine)
    statement = insert(table).returning(table.c.id)
    for first in range(0, count, 32):
        rows = range(first, min(first + 32, count))

        def batch(uow: Any, rows: range = rows) -> None:
            for _ in rows:
                uow.connection.execute(statement, {"words": "w" * 1500}).scalar_one()
                for _ in range(3):
                    uow.connection.execute(statement, {"words": "d" * 100}).scalar_one()

        core.database.run(batch)
    metadata.drop_all(core.database.engine)


def accept(core: Core, found: list[tuple[str, bytes]]) -> None:
    futures = []
    for sender, raw in found:
        now = datetime.now(UTC)
        envelope = Envelope(
            transport="smtp", sender=sender, recipients=("desk@example.org",), peer="127.0.0.1"
        )
        arrival = Arrival(
            channel="email",
            external_id=fingerprint(raw, received_at=now),
            raw=raw,
            envelope=envelope,
            received_at=now,
        )
        futures.append(core.acceptor._submit(arrival))  # noqa: SLF001 - without an event loop
    for future in futures:
        future.result()


def understand(core: Core) -> None:
    chosen = core.desk()
    intake = Intake(
        store=core.database,
        reader=core.reader(chosen),
        desk=chosen,
        blobs=core.blobs,
        holder=core.holder,
        clock=core.clock,
    )
    while intake.work():
        pass


async def deliver(core: Core) -> None:
    dispatcher = Dispatcher(
        store=core.database,
        channels={"email": Forgetful()},
        house=core.house(core.desk()),
        holder=core.holder,
        clock=core.clock,
    )
    while await dispatcher.start_due():
        await dispatcher.settle()


def measure(database: str, count: int) -> dict[str, object]:
    name, found = mails(count)
    with tempfile.TemporaryDirectory() as folder:
        core = Core(
            Settings(
                desk={"data": folder, "database": database},
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
        accept(core, found[:50])
        understand(core)
        asyncio.run(deliver(core))
        rest = found[50:]
        figures = {
            "bare": timed(lambda: bare_inserts(core, len(rest)), len(rest)),
            "accept": timed(lambda: accept(core, rest), len(rest)),
            "understand": timed(lambda: understand(core), len(rest)),
            "deliver": timed(lambda: asyncio.run(deliver(core)), len(rest)),
        }
        core.close()
    bare = figures["bare"]
    ratios = {f"{key} / bare": round(value / bare, 2) for key, value in figures.items()}
    return {"mix": name, **{key: round(value, 3) for key, value in figures.items()}, **ratios}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--mails", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for _ in range(options.rounds):
        with databases(options.database) as (url,):
            print(json.dumps(measure(url, options.mails)), flush=True)


if __name__ == "__main__":
    main()
