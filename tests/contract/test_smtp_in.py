"""The mail listener: TLS, limits, time and its end. What one session says is in ``dialogs``."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ConfigurationError, StorageAway
from bot.ports import Accepted, Arrival
from channels.email.fingerprint import fingerprint
from channels.email.peers import PeerBook, PeerLimits, peer_key
from channels.email.smtp_in import ListenerOptions, MailListener
from tests.servers.certificate import make_certificate

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


class Inbox:
    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.may_store = asyncio.Event()
        self.may_store.set()

    async def accept(self, arrival: Arrival) -> Accepted:
        await self.may_store.wait()
        self.arrivals.append(arrival)
        return Accepted(inbox_id=len(self.arrivals), duplicate=False)


class Clock:
    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


class Client:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def reply(self) -> str:
        async with asyncio.timeout(5):
            line = await self.reader.readuntil(b"\r\n")
            while line[3:4] == b"-":
                line = await self.reader.readuntil(b"\r\n")
        return line.decode().strip()

    async def say(self, text: str) -> str:
        self.writer.write(text.encode() + b"\r\n")
        return await self.reply()

    async def greet(self) -> None:
        assert (await self.reply()).startswith("220")
        assert (await self.say("EHLO client.example")).startswith("250")

    async def begin_data(self) -> None:
        await self.greet()
        assert (await self.say("MAIL FROM:<anna@client.example>")).startswith("250")
        assert (await self.say("RCPT TO:<help@desk.example>")).startswith("250")
        assert (await self.say("DATA")).startswith("354")

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        self.writer.transport.abort()

    async def ended(self) -> bool:
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionResetError):
                return await self.reader.read() == b""
        return True


class Desk:
    """A listener with its inbox."""

    def __init__(self, knows: Callable[[str], bool] | None = None, **options: Any) -> None:  # noqa: ANN401 -- a listener's options
        self.inbox = Inbox()
        self.clock = Clock()
        self.options = ListenerOptions(port=0, hostname="mx.desk.example", **options)
        self.listener = MailListener(
            self.options,
            accept=self.inbox.accept,
            knows_recipient=knows or (lambda address: address == "help@desk.example"),
            now=self.clock,
        )

    async def call(self) -> Client:
        if self.options.socket_path:
            return Client(*await asyncio.open_unix_connection(self.options.socket_path))
        return Client(*await asyncio.open_connection("127.0.0.1", self.listener.port))

    async def call_until_admitted(self) -> Client:
        async with asyncio.timeout(5):
            while True:
                client = await self.call()
                if (await client.reply()).startswith("220"):
                    return client


@asynccontextmanager
async def desk(**options: Any) -> AsyncIterator[Desk]:  # noqa: ANN401 -- the same
    running = Desk(**options)
    await running.listener.start()
    yield running
    running.inbox.may_store.set()
    await running.listener.close(within=1)


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def test_the_arrival_says_how_the_mail_came() -> None:
    async with desk() as running:
        client = await running.call()
        await client.begin_data()
        assert await client.say("Subject: x\r\n\r\nwords\r\n.") == "250 2.0.0 Stored as 1"
    (arrival,) = running.inbox.arrivals
    raw = b"Subject: x\r\n\r\nwords\r\n"
    assert arrival.channel == "email"
    assert arrival.raw == raw
    assert arrival.received_at == NOON
    assert arrival.external_id == fingerprint(raw, received_at=NOON)
    assert arrival.envelope.transport == "smtp"
    assert arrival.envelope.peer == "127.0.0.1"
    assert arrival.envelope.sender == "anna@client.example"
    assert arrival.envelope.login is None


async def test_250_waits_for_the_inbox() -> None:
    async with desk() as running:
        running.inbox.may_store.clear()
        client = await running.call()
        await client.begin_data()
        client.writer.write(b".\r\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.reader.readline(), 0.1)
        running.inbox.may_store.set()
        assert (await client.reply()).startswith("250")


async def test_a_unix_socket_is_a_peer_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    async with desk(protocol="lmtp", socket_path=path) as running:
        assert path.stat().st_mode & 0o777 == 0o660
        client = await running.call()
        await client.reply()
        await client.say("LHLO mx")
        await client.say("MAIL FROM:<>")
        await client.say("RCPT TO:<help@desk.example>")
        await client.say("DATA")
        assert (await client.say(".")).startswith("250")
        (arrival,) = running.inbox.arrivals
        assert (arrival.envelope.transport, arrival.envelope.peer) == ("lmtp", "unix")
    assert not path.exists()


async def test_trouble_with_the_list_of_recipients_bounces_nothing() -> None:
    trouble: list[Exception] = [StorageAway("secret"), RuntimeError("secret")]

    def knows(_: str) -> bool:
        raise trouble.pop()

    async with desk(knows=knows) as running:
        client = await running.call()
        await client.greet()
        await client.say("MAIL FROM:<>")
        for _ in range(2):
            reply = await client.say("RCPT TO:<help@desk.example>")
            assert reply == "451 4.3.0 Cannot take mail at the moment, try again later"


# --- TLS ----------------------------------------------------------------------------------------


async def test_starttls(certificate: Path) -> None:
    users = {"anna": b"s3cret"}
    options = {
        "certificate": certificate,
        "require_tls": True,
        "login": lambda login, password: users.get(login) == password,
    }
    async with desk(**options) as running:

        def send() -> None:
            with smtplib.SMTP("127.0.0.1", running.listener.port) as smtp:
                assert smtp.docmd("EHLO", "x")[0] == 250
                assert smtp.docmd("MAIL FROM:<>")[0] == 530
                smtp.starttls(context=trusting())
                assert smtp.docmd("STARTTLS")[0] == 503
                smtp.login("anna", "s3cret")
                smtp.sendmail("anna@client.example", ["help@desk.example"], "Subject: x\n\nwords\n")

        await asyncio.to_thread(send)
        (arrival,) = running.inbox.arrivals
        assert arrival.envelope.login == "anna"


async def test_implicit_tls(certificate: Path) -> None:
    options = {"certificate": certificate, "implicit_tls": True, "auth_required": True}
    async with desk(login=lambda *_: True, **options) as running:

        def send() -> None:
            with smtplib.SMTP_SSL("127.0.0.1", running.listener.port, context=trusting()) as smtp:
                smtp.ehlo()
                assert not smtp.has_extn("starttls")
                smtp.login("anna", "s3cret")
                smtp.sendmail("anna@client.example", ["help@desk.example"], "Subject: x\n\nwords\n")

        await asyncio.to_thread(send)
        assert len(running.inbox.arrivals) == 1


async def test_commands_sent_before_the_handshake_are_forgotten(certificate: Path) -> None:
    async with desk(certificate=certificate) as running:
        client = await running.call()
        await client.greet()
        injected = "MAIL FROM:<evil@client.example>\r\nRCPT TO:<help@desk.example>"
        reply = await client.say(f"STARTTLS\r\n{injected}")
        assert reply.startswith("220")
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            await client.writer.start_tls(trusting())
            assert (await client.say("NOOP")).startswith("250")
            assert (await client.say("RCPT TO:<help@desk.example>")).startswith("503")
            assert (await client.say("EHLO client.example")).startswith("250")
            assert (await client.say("RCPT TO:<help@desk.example>")).startswith("503")
            assert (await client.say("DATA")).startswith("503")
        assert running.inbox.arrivals == []


async def test_a_failed_handshake_ends_only_its_session(certificate: Path) -> None:
    async with desk(certificate=certificate) as running:
        client = await running.call()
        await client.greet()
        assert (await client.say("STARTTLS")).startswith("220")
        client.writer.write(b"this is no handshake\r\n" * 20)
        with contextlib.suppress(TimeoutError, ConnectionError):
            await asyncio.wait_for(client.reader.read(), 5)
        await (await running.call()).greet()


async def test_a_peer_that_leaves_in_the_handshake_is_forgotten(certificate: Path) -> None:
    async with desk(certificate=certificate, limits=PeerLimits(connections=1)) as running:
        for leave in (Client.close, Client.reset):
            client = await running.call_until_admitted()
            assert (await client.say("EHLO client.example")).startswith("250")
            assert (await client.say("STARTTLS")).startswith("220")
            leave(client)
            client = await running.call_until_admitted()
            assert (await client.say("QUIT")).startswith("221")
            assert await client.ended()


async def test_a_handshake_that_never_comes_has_an_end(certificate: Path) -> None:
    limits = PeerLimits(connections=1)
    async with desk(certificate=certificate, limits=limits, command_timeout=0.1) as running:
        client = await running.call()
        await client.greet()
        assert (await client.say("STARTTLS")).startswith("220")
        assert await client.ended()
        await running.call_until_admitted()


async def test_closing_ends_a_handshake(certificate: Path) -> None:
    async with desk(certificate=certificate) as running:
        client = await running.call()
        await client.greet()
        assert (await client.say("STARTTLS")).startswith("220")
        started = asyncio.get_running_loop().time()
        await running.listener.close(within=5)
        assert asyncio.get_running_loop().time() - started < 1
        assert await client.ended()


@pytest.mark.parametrize(
    "options",
    [
        {"require_tls": True},
        {"implicit_tls": True},
        {"auth_required": True},
        {"certificate": Path("/nonexistent/certificate.pem")},
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="mail listener"):
        Desk(**options)


async def test_a_taken_port_is_a_configuration_error() -> None:
    async with desk() as running:
        second = MailListener(
            ListenerOptions(port=running.listener.port),
            accept=running.inbox.accept,
            knows_recipient=bool,
            now=running.clock,
        )
        with pytest.raises(ConfigurationError, match="cannot listen"):
            await second.start()


# --- limits -------------------------------------------------------------------------------------


async def test_connections_of_one_peer_are_counted() -> None:
    async with desk(limits=PeerLimits(connections_per_peer=2)) as running:
        first, second, third = [await running.call() for _ in range(3)]
        await first.greet()
        await second.greet()
        assert (await third.reply()).startswith("421 4.7.0")
        assert await third.ended()
        assert (await first.say("QUIT")).startswith("221")
        assert await first.ended()
        await (await running.call()).greet()


async def test_connections_are_counted() -> None:
    async with desk(limits=PeerLimits(connections=1)) as running:
        await (await running.call()).greet()
        assert (await (await running.call()).reply()).startswith("421 4.3.2")


async def test_mails_a_minute_are_counted() -> None:
    async with desk(limits=PeerLimits(messages_per_minute=2)) as running:
        client = await running.call()
        await client.greet()
        replies = []
        for _ in range(3):
            replies.append(await client.say("MAIL FROM:<>"))
            await client.say("RSET")
        assert [reply[:9] for reply in replies] == ["250 2.1.0", "250 2.1.0", "450 4.7.1"]
        running.clock.time += timedelta(minutes=1)
        assert (await client.say("MAIL FROM:<>")).startswith("250")


@pytest.mark.parametrize(
    ("peer", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%lo", "fe80::"),
        ("not:an:address", "not:an:address"),
        ("unix", ""),
    ],
)
def test_what_counts_as_one_peer(peer: str, key: str) -> None:
    assert peer_key(peer) == key


def test_our_own_mail_server_is_not_counted_by_peer() -> None:
    book = PeerBook(PeerLimits(connections_per_peer=1, messages_per_minute=1))
    assert [book.admit("unix") for _ in range(3)] == [None] * 3
    assert [book.begin_mail("unix", NOON) for _ in range(3)] == [None] * 3


# --- time ---------------------------------------------------------------------------------------


async def test_silence_ends_the_session_with_a_word() -> None:
    async with desk(command_timeout=0.1) as running:
        client = await running.call()
        await client.greet()
        assert (await client.reply()).startswith("421 4.4.2")
        assert await client.ended()


async def test_a_text_that_never_ends_is_cut_off() -> None:
    async with desk(data_timeout=0.1) as running:
        client = await running.call()
        await client.begin_data()
        client.writer.write(b"Subject: x\r\n")
        assert (await client.reply()).startswith("421 4.4.2")
        assert await client.ended()
        assert running.inbox.arrivals == []


async def test_a_client_that_goes_away_in_the_text_stores_nothing() -> None:
    async with desk() as running:
        client = await running.call()
        await client.begin_data()
        client.writer.write(b"Subject: x\r\n\r\nhalf")
        client.writer.close()
        await (await running.call()).greet()
        assert running.inbox.arrivals == []


async def test_closing_says_so_to_the_idle() -> None:
    async with desk() as running:
        client = await running.call()
        await client.greet()
        await running.listener.close(within=5)
        assert (await client.reply()).startswith("421 4.3.2")
        assert await client.ended()


async def test_closing_lets_a_mail_finish() -> None:
    async with desk() as running:
        client = await running.call()
        await client.begin_data()
        running.inbox.may_store.clear()
        client.writer.write(b"Subject: x\r\n")
        closing = asyncio.create_task(running.listener.close(within=5))
        await asyncio.sleep(0.05)
        client.writer.write(b"\r\nwords\r\n.\r\n")
        await asyncio.sleep(0.05)
        assert not closing.done()
        running.inbox.may_store.set()
        assert (await client.reply()).startswith("250")
        assert (await client.reply()).startswith("421 4.3.2")
        await closing
        assert len(running.inbox.arrivals) == 1


async def test_closing_takes_a_bounded_time() -> None:
    async with desk() as running:
        client = await running.call()
        await client.begin_data()
        started = asyncio.get_running_loop().time()
        await running.listener.close(within=0.2)
        assert asyncio.get_running_loop().time() - started < 1
        assert await client.ended()


async def test_a_large_mail_in_small_pieces() -> None:
    line = b"0123456789" * 100 + b"\r\n"
    raw = b"Subject: large\r\n\r\n" + line * 3000 + b".dot\r\n" + b"x" * 200_000 + b"\r\n"
    wire = raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    async with desk() as running:
        client = await running.call()
        await client.begin_data()
        for start in range(0, len(wire), 9999):
            client.writer.write(wire[start : start + 9999])
            await client.writer.drain()
        assert (await client.reply()).startswith("250")
        assert running.inbox.arrivals[0].raw == raw
