"""SMTP and LMTP dialogues from text files, run against the real listener.

A file in ``tests/dialogs`` holds, line by line:

    # words                 a comment
    option NAME = VALUE     an option of the listener; VALUE is a Python literal
    storage away            what storing a mail does: ``works`` (default), ``away``, ``broken``, ``known``
    C: text                 the client sends the text and CR LF
    C> text                 the client sends the text with \\r, \\n, \\0 and \\xNN decoded, nothing added
    S: pattern              the server's next line; ``*`` stands for anything
    S= 250                  the server's next reply, of any number of lines, has this code
    S.                      the server closes the connection
    stored N                so many mails are stored now
    sender address          the envelope sender of the last one; ``<>`` for none
    recipients a b          its recipients
    login name              its login
    raw text                the whole last mail, decoded like ``C>``
"""

from __future__ import annotations

import ast
import asyncio
import fnmatch
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StorageAway
from bot.ports import Accepted, Arrival
from channels.email.smtp_in import ListenerOptions, MailListener

DIALOGS = {
    path.stem: path.read_text("utf-8").splitlines()
    for path in sorted((Path(__file__).parent.parent / "dialogs").glob("*.txt"))
}
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Inbox:
    def __init__(self, storage: str) -> None:
        self.storage = storage
        self.arrivals: list[Arrival] = []

    async def accept(self, arrival: Arrival) -> Accepted:
        if self.storage == "away":
            raise StorageAway("the disk /var/secret is full")
        if self.storage == "broken":
            raise RuntimeError("secret trace")
        self.arrivals.append(arrival)
        return Accepted(inbox_id=len(self.arrivals), duplicate=self.storage == "known")


def knows(address: str) -> bool:
    local, _, domain = address.partition("@")
    return domain == "desk.example" and local.partition("+")[0] in {"help", "sales", "hélp"}


class Dialog:
    def __init__(self, listener: MailListener, inbox: Inbox) -> None:
        self._listener = listener
        self._inbox = inbox

    async def run(self, lines: list[str]) -> None:
        host, port = "127.0.0.1", self._listener.port
        self._reader, self._writer = await asyncio.open_connection(host, port)
        for number, line in enumerate(lines, 1):
            try:
                async with asyncio.timeout(5):
                    await self._step(line)
            except (AssertionError, TimeoutError, asyncio.IncompleteReadError) as error:
                pytest.fail(f"line {number}: {line}\n{type(error).__name__}: {error}")
        self._writer.close()

    async def _step(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        match word:
            case "" | "#" | "option" | "storage":
                pass
            case "C:":
                self._writer.write(rest.encode() + b"\r\n")
            case "C>":
                self._writer.write(decoded(rest))
            case "S:":
                got = await self._line()
                pattern = rest.replace("[", "[[]").replace("?", "[?]")
                assert fnmatch.fnmatchcase(got, pattern), got
            case "S=":
                got = await self._line()
                while got[3:4] == "-":
                    got = await self._line()
                assert got[:3] == rest, got
            case "S.":
                assert await self._reader.read() == b""
            case _:
                self._check(word, rest)

    async def _line(self) -> str:
        return (await self._reader.readuntil(b"\r\n")).decode().removesuffix("\r\n")

    def _check(self, word: str, rest: str) -> None:
        if word == "stored":
            assert len(self._inbox.arrivals) == int(rest)
            return
        last = self._inbox.arrivals[-1]
        expected: Any = rest
        found: Any = {
            "sender": last.envelope.sender or "<>",
            "recipients": " ".join(last.envelope.recipients),
            "login": str(last.envelope.login),
            "raw": last.raw,
        }[word]
        assert found == (decoded(expected) if word == "raw" else expected)


def decoded(text: str) -> bytes:
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def settings(lines: list[str]) -> tuple[dict[str, Any], str]:
    options: dict[str, Any] = {"port": 0, "hostname": "mx.desk.example"}
    storage = "works"
    for line in lines:
        if line.startswith("option "):
            name, _, value = line.removeprefix("option ").partition(" = ")
            options[name] = ast.literal_eval(value)
        elif line.startswith("storage "):
            storage = line.removeprefix("storage ")
    if "users" in options:
        users = options.pop("users")
        options["login"] = lambda login, password: users.get(login) == password
    return options, storage


@pytest.mark.parametrize("lines", DIALOGS.values(), ids=DIALOGS)
async def test_dialog(lines: list[str]) -> None:
    options, storage = settings(lines)
    inbox = Inbox(storage)
    listener = MailListener(
        ListenerOptions(**options), accept=inbox.accept, knows_recipient=knows, now=lambda: NOON
    )
    await listener.start()
    try:
        await Dialog(listener, inbox).run(lines)
    finally:
        await listener.close(within=1)


def test_there_are_dialogs() -> None:
    assert len(DIALOGS) > 15
