"""A mail server that takes everything and counts: the next hop of the benchmarks.

    python bench/sink.py

prints its port, then, for every line it reads on standard input, how many mails it has.
"""

from __future__ import annotations

import asyncio
import sys


class Session(asyncio.Protocol):
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._rest = b""
        self._text = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while True:
            end = self._rest.find(b"\r\n.\r\n" if self._text else b"\r\n")
            if end < 0:
                return
            line, self._rest = self._rest[:end], self._rest[end + (5 if self._text else 2) :]
            self._transport.write(self._answer(line))

    def _answer(self, line: bytes) -> bytes:
        if self._text:
            self._text = False
            Session.taken += 1
            return b"250 taken\r\n"
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n"
        if verb == b"DATA":
            self._text = True
            return b"354 go\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Session, "127.0.0.1", 0, backlog=100)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(Session.taken, flush=True)


asyncio.run(main())
