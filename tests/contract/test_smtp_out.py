"""The mail sender against real servers: the sink, our own listener, and one that reads a script."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ConfigurationError
from bot.ports import Accepted, Arrival, Outgoing, OutgoingFile, Refused, Sent, TryLater
from channels.email.compose import compose
from channels.email.smtp_in import ListenerOptions, MailListener
from channels.email.smtp_out import SenderOptions, SmtpSender
from tests.servers.certificate import make_certificate
from tests.servers.smtp_sink import SmtpSink, Stage

NOTICE = Outgoing(
    delivery_id=7,
    to_name="Anna Abel",
    to_address="anna@client.example",
    from_name="Help Desk",
    from_address="help@desk.example",
    reply_to="help+t.token@desk.example",
    envelope_sender="help+b.token@desk.example",
    message_id="7.token@desk.example",
    in_reply_to=None,
    references=(),
    subject="[#12] The printer",
    text="It prints again.\n.a line with a dot\n",
    html="<p>It prints again.</p>\n",
    at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@asynccontextmanager
async def sender(port: int, **options: Any) -> AsyncIterator[SmtpSender]:  # noqa: ANN401 -- options
    options = {"host": "127.0.0.1", "tls": "none", "helo": "desk.example"} | options
    running = SmtpSender(SenderOptions(port=port, **options))
    yield running
    await running.close()


class Script:
    """A server that counts connections, keeps commands, and answers what it is told to."""

    def __init__(self, *extensions: str, **answers: str) -> None:
        self.commands: list[str] = []
        self.connections = 0
        self.greeting = answers.pop("greeting", "220 script")
        self._ehlo = "".join(f"250-{one}\r\n" for one in ("script", *extensions)) + "250 HELP\r\n"
        self._answers = {"DATA": "354 go", "QUIT": "221 bye", **answers}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(f"{self.greeting}\r\n".encode())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := (await reader.readline()).decode().strip():
                self.commands.append(line)
                verb = line[:4].upper()
                if verb == "EHLO":
                    writer.write(self._ehlo.encode())
                    continue
                answer = self._answers.get(verb, "250 OK")
                writer.write(f"{answer}\r\n".encode())
                if answer.startswith(("221", "421")):
                    break
                if answer.startswith("354"):
                    await reader.readuntil(b"\r\n.\r\n")
                    writer.write(b"250 stored\r\n")
        writer.close()


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[int]:
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


# --- the mail -----------------------------------------------------------------------------------


async def test_a_notification_arrives_as_it_was_composed(smtp_sink: SmtpSink) -> None:
    async with sender(smtp_sink.port) as running:
        assert await running.send(NOTICE) == Sent(response="250 2.0.0 OK")
    (mail,) = smtp_sink.mails
    assert mail.sender == "help+b.token@desk.example"
    assert mail.recipients == ("anna@client.example",)
    assert mail.data == compose(NOTICE)
    assert mail.helo == "desk.example"
    assert mail.options == (f"SIZE={len(mail.data)}",)


async def test_a_bounce_has_no_sender(smtp_sink: SmtpSink) -> None:
    async with sender(smtp_sink.port) as running:
        assert isinstance(await running.send(replace(NOTICE, envelope_sender="")), Sent)
    assert smtp_sink.mails[0].sender == "<>"


async def test_smtputf8_where_it_is_needed(smtp_sink: SmtpSink) -> None:
    async with sender(smtp_sink.port) as running:
        await running.send(replace(NOTICE, to_address="anna@bücher.example"))
        await running.send(replace(NOTICE, to_address="änna@client.example"))
    plain, international = smtp_sink.mails
    assert plain.recipients == ("anna@xn--bcher-kva.example",)
    assert "SMTPUTF8" not in plain.options
    assert international.recipients == ("änna@client.example",)
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(international.options)


async def test_smtputf8_that_is_not_offered_is_a_refusal() -> None:
    script = Script()
    async with serving(script) as port, sender(port) as running:
        result = await running.send(replace(NOTICE, to_address="änna@client.example"))
    assert isinstance(result, Refused)
    assert result.code == "5.6.7"
    assert not any(command.startswith("MAIL") for command in script.commands)


async def test_delivery_reports_are_asked_for_where_they_are_offered() -> None:
    script = Script("DSN")
    async with serving(script) as port, sender(port) as running:
        assert isinstance(await running.send(NOTICE), Sent)
        assert isinstance(await running.send(replace(NOTICE, envelope_sender="")), Sent)
    assert [command for command in script.commands if command[:4] in {"MAIL", "RCPT"}] == [
        "MAIL FROM:<help+b.token@desk.example> RET=HDRS ENVID=b.token",
        "RCPT TO:<anna@client.example> NOTIFY=FAILURE,DELAY",
        "MAIL FROM:<> RET=HDRS",
        "RCPT TO:<anna@client.example> NOTIFY=NEVER",
    ]


async def test_a_mail_larger_than_the_server_takes_is_refused_before_it_is_sent() -> None:
    large = OutgoingFile(name="x", content_type="application/pdf", data=b"x" * 5000)
    script = Script("SIZE 5000")
    async with serving(script) as port, sender(port) as running:
        result = await running.send(replace(NOTICE, files=(large,)))
        assert isinstance(result, Refused)
        assert result.code == "5.3.4"
        assert isinstance(await running.send(NOTICE), Sent)
    assert script.connections == 1


# --- what answers mean --------------------------------------------------------------------------

STAGES: tuple[Stage, ...] = ("MAIL", "RCPT", "DATA")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("550 5.1.1 No such user", Refused(reason="{}: 550 5.1.1 No such user", code="5.1.1")),
        ("554 Rejected", Refused(reason="{}: 554 Rejected", code="554")),
        ("450 4.2.1 Greylisted", TryLater(reason="{}: 450 4.2.1 Greylisted")),
        (
            "530 5.7.0 Log in",
            TryLater(reason="{}: the mail server wants another login or TLS: 530 5.7.0 Log in"),
        ),
    ],
)
async def test_answers(
    smtp_sink: SmtpSink, stage: Stage, answer: str, expected: Refused | TryLater
) -> None:
    smtp_sink.react(stage, answer, times=1)
    async with sender(smtp_sink.port) as running:
        result = await running.send(NOTICE)
        name = "text" if stage == "DATA" else stage
        assert result == replace(expected, reason=expected.reason.format(name))
        # The connection is good for the next mail.
        assert isinstance(await running.send(NOTICE), Sent)
    assert len(smtp_sink.mails) == 1


async def test_an_answer_out_of_place_is_not_taken_for_success() -> None:
    async with serving(Script(DATA="250 OK")) as port, sender(port) as running:
        assert await running.send(NOTICE) == TryLater(reason="DATA: 250 OK")


async def test_nonsense_for_an_answer() -> None:
    async with serving(Script(MAIL="what? \x07")) as port, sender(port) as running:
        result = await running.send(NOTICE)
    assert isinstance(result, TryLater)
    assert result.reason.isprintable()


# --- connections --------------------------------------------------------------------------------


async def test_connections_are_used_again() -> None:
    script = Script()
    async with serving(script) as port:
        async with sender(port) as running:
            for _ in range(5):
                assert isinstance(await running.send(NOTICE), Sent)
        await asyncio.sleep(0.05)
    assert script.connections == 1
    assert script.commands[-1] == "QUIT"


async def test_a_connection_is_replaced_after_so_many_mails() -> None:
    script = Script()
    async with serving(script) as port, sender(port, mails_per_connection=2) as running:
        for _ in range(5):
            assert isinstance(await running.send(NOTICE), Sent)
    assert script.connections == 3


async def test_an_unused_connection_is_closed() -> None:
    script = Script()
    async with serving(script) as port, sender(port, idle_seconds=0.05) as running:
        assert isinstance(await running.send(NOTICE), Sent)
        await asyncio.sleep(0.2)
        assert script.commands[-1] == "QUIT"
        assert isinstance(await running.send(NOTICE), Sent)
    assert script.connections == 2


@pytest.mark.parametrize("stage", STAGES[:2])
async def test_a_connection_that_died_is_replaced(smtp_sink: SmtpSink, stage: Stage) -> None:
    async with sender(smtp_sink.port) as running:
        assert isinstance(await running.send(NOTICE), Sent)
        smtp_sink.react(stage, drop=True, times=1)
        assert isinstance(await running.send(NOTICE), Sent)
    assert len(smtp_sink.mails) == 2


async def test_a_connection_that_is_dismissed_is_replaced(smtp_sink: SmtpSink) -> None:
    async with sender(smtp_sink.port) as running:
        assert isinstance(await running.send(NOTICE), Sent)
        smtp_sink.react("MAIL", "421 4.7.0 Enough for one session", times=1)
        assert isinstance(await running.send(NOTICE), Sent)
    assert len(smtp_sink.mails) == 2


async def test_a_new_connection_that_dies_is_not_replaced(smtp_sink: SmtpSink) -> None:
    smtp_sink.react("MAIL", drop=True, times=1)
    async with sender(smtp_sink.port) as running:
        result = await running.send(NOTICE)
    assert isinstance(result, TryLater)
    assert result.reason.startswith("MAIL: ")


async def test_a_mail_whose_text_has_left_is_not_sent_again(smtp_sink: SmtpSink) -> None:
    async with sender(smtp_sink.port) as running:
        assert isinstance(await running.send(NOTICE), Sent)
        smtp_sink.react("DATA", drop=True, times=1)
        result = await running.send(NOTICE)
        assert isinstance(result, TryLater)
        assert "may have arrived" in result.reason
        assert len(smtp_sink.attempts) == 2
        # Sent again later it is the same mail.
        assert isinstance(await running.send(NOTICE), Sent)
    assert len({mail.data for mail in smtp_sink.attempts}) == 1


async def test_silence_has_an_end(smtp_sink: SmtpSink) -> None:
    smtp_sink.react("MAIL", delay_seconds=1, times=1)
    smtp_sink.react("DATA", delay_seconds=1, times=1)
    async with sender(smtp_sink.port, command_timeout=0.1, data_timeout=0.1) as running:
        first, second = await running.send(NOTICE), await running.send(NOTICE)
    assert isinstance(first, TryLater)
    assert isinstance(second, TryLater)
    assert "may have arrived" in second.reason


async def test_nobody_listens() -> None:
    async with serving(Script()) as port:
        pass
    async with sender(port) as running:
        result = await running.send(NOTICE)
    assert isinstance(result, TryLater)
    assert result.reason.startswith(f"no connection to 127.0.0.1:{port}")


async def test_no_such_server() -> None:
    async with sender(25, host="mail.nowhere.invalid") as running:
        assert isinstance(await running.send(NOTICE), TryLater)


@pytest.mark.parametrize("greeting", ["554 No service for you", "421 Busy", "220"])
async def test_an_unfriendly_greeting(greeting: str) -> None:
    script = Script(greeting=greeting, HELO="500 no")
    script._ehlo = "500 no\r\n"
    async with serving(script) as port, sender(port, connect_timeout=1) as running:
        result = await running.send(NOTICE)
    assert isinstance(result, TryLater)
    assert "does not serve us" in result.reason


# --- login and TLS ------------------------------------------------------------------------------


@pytest.fixture
def guarded_sink() -> Iterator[SmtpSink]:
    sink = SmtpSink(credentials=("desk", "s3cret")).start()
    yield sink
    sink.close()


async def test_login(guarded_sink: SmtpSink) -> None:
    async with sender(guarded_sink.port, user="desk", password="s3cret") as running:
        assert isinstance(await running.send(NOTICE), Sent)
    assert guarded_sink.mails[0].user == "desk"


async def test_a_wrong_password_drops_no_mail(guarded_sink: SmtpSink) -> None:
    async with sender(guarded_sink.port, user="desk", password="wrong") as running:
        result = await running.send(NOTICE)
    assert isinstance(result, TryLater)
    assert "does not accept our login: 535" in result.reason
    assert "wrong" not in result.reason


async def test_a_missing_login_drops_no_mail(guarded_sink: SmtpSink) -> None:
    async with sender(guarded_sink.port) as running:
        result = await running.send(NOTICE)
    assert isinstance(result, TryLater)
    assert "another login" in result.reason


@asynccontextmanager
async def listener(**options: Any) -> AsyncIterator[tuple[int, list[Arrival]]]:  # noqa: ANN401 -- options
    arrivals: list[Arrival] = []

    async def accept(arrival: Arrival) -> Accepted:
        arrivals.append(arrival)
        return Accepted(inbox_id=len(arrivals), duplicate=False)

    running = MailListener(
        ListenerOptions(port=0, **options),
        accept=accept,
        knows_recipient=lambda address: address.endswith("@client.example"),
        now=lambda: datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
    )
    await running.start()
    yield running.port, arrivals
    await running.close(within=1)


@pytest.mark.parametrize(
    ("server", "tls"),
    [
        ({"require_tls": True}, "starttls"),
        ({"require_tls": True}, "opportunistic"),
        ({"implicit_tls": True}, "implicit"),
    ],
)
async def test_tls(certificate: Path, server: dict[str, Any], tls: str) -> None:
    async with (
        listener(certificate=certificate, **server) as (port, arrivals),
        sender(port, tls=tls, authority=certificate) as running,
    ):
        assert isinstance(await running.send(NOTICE), Sent)
        assert arrivals[0].raw == compose(NOTICE)


async def test_login_over_tls(certificate: Path) -> None:
    async with (
        listener(
            certificate=certificate,
            auth_required=True,
            login=lambda login, password: (login, password) == ("desk", b"s3cret"),
        ) as (port, arrivals),
        sender(port, tls="starttls", verify=False, user="desk", password="s3cret") as running,
    ):
        assert isinstance(await running.send(NOTICE), Sent)
        assert arrivals[0].envelope.login == "desk"


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_an_unknown_certificate_drops_no_mail(certificate: Path, tls: str) -> None:
    async with (
        listener(certificate=certificate, implicit_tls=tls == "implicit") as (port, arrivals),
        sender(port, tls=tls) as running,
    ):
        result = await running.send(NOTICE)
        assert isinstance(result, TryLater)
        assert "certificate" in result.reason.lower()
        assert arrivals == []


async def test_tls_that_is_asked_for_is_not_done_without(smtp_sink: SmtpSink) -> None:
    async with sender(smtp_sink.port, tls="starttls") as running:
        result = await running.send(NOTICE)
    assert isinstance(result, TryLater)
    assert "STARTTLS" in result.reason
    assert smtp_sink.attempts == []


async def test_opportunistic_tls_goes_on_without(smtp_sink: SmtpSink) -> None:
    async with sender(smtp_sink.port, tls="opportunistic") as running:
        assert isinstance(await running.send(NOTICE), Sent)


def test_a_password_needs_certain_tls() -> None:
    with pytest.raises(ConfigurationError, match="password"):
        SenderOptions(host="mail.example", tls="opportunistic", user="desk", password="s3cret")


def test_a_password_is_not_shown() -> None:
    assert "s3cret" not in repr(SenderOptions(host="mail.example", user="desk", password="s3cret"))


def test_a_missing_authority_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="authority"):
        SenderOptions(host="mail.example", authority=Path("/nonexistent.pem")).tls_context()


# --- how much at once ---------------------------------------------------------------------------


class Crowd:
    """Counts how many mails are on their way at once, by domain and in all."""

    def __init__(self) -> None:
        self.now: list[str] = []
        self.most = 0
        self.most_of_one = 0

    async def accept(self, arrival: Arrival) -> Accepted:
        domain = arrival.envelope.recipients[0].partition("@")[2]
        self.now.append(domain)
        self.most = max(self.most, len(self.now))
        self.most_of_one = max(self.most_of_one, self.now.count(domain))
        await asyncio.sleep(0.02)
        self.now.remove(domain)
        return Accepted(inbox_id=1, duplicate=False)


async def test_so_many_at_once() -> None:
    crowd = Crowd()
    running = MailListener(
        ListenerOptions(port=0),
        accept=crowd.accept,
        knows_recipient=bool,
        now=lambda: datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
    )
    await running.start()
    async with sender(running.port, connections=3, per_domain=2) as out:
        mails = [replace(NOTICE, to_address=f"anna@{at % 2}.example") for at in range(12)]
        results = await asyncio.gather(*map(out.send, mails))
        assert all(isinstance(result, Sent) for result in results)
        assert out._domains._gates == {}
    await running.close(within=1)
    assert (crowd.most, crowd.most_of_one) == (3, 2)


# --- nothing is raised --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna abel@client.example",
        "anna@client.example>\r\nRCPT TO:<evil@client.example",
        "anna@client.example> NOTIFY=NEVER",
        "\udcff@client.example",
        "a\0@client.example",
    ],
)
async def test_an_address_that_is_none_is_refused(smtp_sink: SmtpSink, address: str) -> None:
    async with sender(smtp_sink.port) as running:
        result = await running.send(replace(NOTICE, to_address=address))
    assert isinstance(result, Refused)
    assert result.code == "5.1.3"
    assert smtp_sink.attempts == []


async def test_a_fault_of_ours_leaves_the_delivery_due(smtp_sink: SmtpSink) -> None:
    broken: Any = "yesterday"
    async with sender(smtp_sink.port) as running:
        result = await running.send(replace(NOTICE, at=broken))
    assert result == TryLater(reason="unexpected AttributeError")


async def test_a_cancelled_mail_spoils_no_connection(smtp_sink: SmtpSink) -> None:
    async with sender(smtp_sink.port, connections=1) as running:
        assert isinstance(await running.send(NOTICE), Sent)
        smtp_sink.react("RCPT", "550 5.1.1 late", delay_seconds=0.2, times=1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(running.send(NOTICE), 0.05)
        assert isinstance(await running.send(NOTICE), Sent)
