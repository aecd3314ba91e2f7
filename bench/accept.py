"""Hop 1 alone: how many mails a second are stored and answered 250, against doing nothing.

    python bench/accept.py [--database sqlite|postgresql|URL] [--mails N] [--rounds N]

The baseline is an aiosmtpd handler that answers at once and keeps nothing, in the same run, with
the same client, the same mails and the same 16 connections. The desk under test only accepts: no
loop reads its inbox, so that the two do the same work apart from storing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP
from databases import databases
from end_to_end import cpu_seconds, line, start

HERE = Path(__file__).resolve().parent


class Nothing:
    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        return "250 taken"


async def serve_nothing() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Nothing(), hostname="noop", loop=loop, data_size_limit=2**26), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def serve_inbox(folder: str, database: str) -> None:
    import desk  # noqa: F401 - importing it quietens the log

    from bot.service import Core
    from bot.settings import Settings
    from channels.email.peers import PeerLimits
    from channels.email.smtp_in import ListenerOptions, MailListener

    core = Core(
        Settings(
            desk={"data": folder, "database": database}, queues=[{"address": "desk@example.org"}]
        )
    )
    core.prepare()
    listener = MailListener(
        ListenerOptions(
            port=0, limits=PeerLimits(connections_per_peer=None, messages_per_minute=None)
        ),
        accept=core.acceptor.accept,
        knows_recipient=core.directory().knows,
        now=core.clock,
    )
    await listener.start()
    print(listener.port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await listener.close()
    core.close()


def measure(kind: str, database: str, count: int, connections: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        server = start(str(HERE / "accept.py"), "--serve", kind, folder, "--database", database)
        port = line(server)
        client = start(str(HERE / "client.py"), port, str(connections), str(count))
        line(client)
        before = cpu_seconds(server.pid)
        client.stdin.write("go\n")
        client.stdin.flush()
        sent = json.loads(line(client))
        spent = cpu_seconds(server.pid) - before
        server.stdin.close()
        server.wait(20)
    return count / sent["seconds"], spent / count * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--mails", type=int, default=1500)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        kind, folder = options.serve
        asyncio.run(serve_nothing() if kind == "nothing" else serve_inbox(folder, options.database))
        return
    for _ in range(options.rounds):
        with databases(options.database) as (url,):
            rate, cpu = measure("inbox", url, options.mails, options.connections)
        base, base_cpu = measure("nothing", options.database, options.mails, options.connections)
        print(json.dumps({
            "accepted_per_s": round(rate), "nothing_per_s": round(base),
            "ratio": round(rate / base, 2), "cpu_ms": round(cpu, 3),
            "nothing_cpu_ms": round(base_cpu, 3),
        }), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
