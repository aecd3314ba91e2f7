"""The desk as a process of its own, for the benchmarks.

    python bench/desk.py FOLDER DATABASE SINK_PORT

prints the port of its listener once it takes mail, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import logging
import sys

import structlog

from bot.service import Core, Service
from bot.settings import Settings

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


async def main(folder: str, database: str, sink: str) -> None:
    core = Core(
        Settings(
            desk={"data": folder, "database": database, "name": "Bench Desk"},
            queues=[{"address": "desk@example.org"}],
            listeners=[{"port": 0, "mails_per_minute": 0, "connections_per_peer": 0}],
            http={"enabled": False},
            smtp_out={"host": "127.0.0.1", "port": int(sink), "tls": "none", "per_domain": 8},
            trust={"senders": ["127.0.0.1/32"]},
            # Sixty people send thousands of mails in a minute here; each is to be acknowledged.
            limits={
                "acknowledgements_in_10_minutes": 10**9,
                "acknowledgements_in_a_day": 10**9,
                "acknowledgements_in_a_minute": 10**9,
            },
        )
    )
    core.prepare()
    service = Service(core)
    running = asyncio.create_task(service.run())
    ready = asyncio.create_task(service.ready.wait())
    await asyncio.wait([ready, running], return_when=asyncio.FIRST_COMPLETED)
    print(service.ports[0], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    service.stop()
    await running
    core.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
