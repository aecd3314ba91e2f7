"""A load client: sends mails over several SMTP connections and prints how long it took.

    python bench/client.py PORT CONNECTIONS COUNT

It makes its mails first, says ``ready``, begins when it reads a line on standard input, and runs as a process of its own, so that its work is not counted as the desk's.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from mails import mails


async def _session(port: int, waiting: list[tuple[str, bytes]], waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def answer() -> bytes:
        line = await reader.readline()
        while line[3:4] == b"-":
            line = await reader.readline()
        return line

    async def say(text: bytes, expected: bytes) -> None:
        writer.write(text)
        got = await answer()
        if not got.startswith(expected):
            raise RuntimeError(f"{text[:60]!r} was answered {got!r}")

    await answer()
    await say(b"EHLO bench.example\r\n", b"250")
    while waiting:
        sender, raw = waiting.pop()
        begun = time.perf_counter()
        await say(f"MAIL FROM:<{sender}>\r\n".encode(), b"250")
        await say(b"RCPT TO:<desk@example.org>\r\n", b"250")
        await say(b"DATA\r\n", b"354")
        await say(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n", b"250")
        waits.append(time.perf_counter() - begun)
    await say(b"QUIT\r\n", b"221")
    writer.close()


async def main(port: int, connections: int, count: int) -> None:
    name, found = mails(count)
    waiting, waits = found[::-1], []
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.perf_counter()
    await asyncio.gather(*(_session(port, waiting, waits) for _ in range(connections)))
    seconds = time.perf_counter() - begun
    waits.sort()
    print(
        json.dumps(
            {
                "mix": name,
                "mails": count,
                "seconds": seconds,
                "median_ms": waits[len(waits) // 2] * 1000,
                "p99_ms": waits[int(len(waits) * 0.99)] * 1000,
            }
        )
    )


asyncio.run(main(*map(int, sys.argv[1:4])))
