"""The servers that other tests lean on do what those tests believe."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import ssl
import time
import uuid
from pathlib import Path

import imapclient
import pytest
import sqlalchemy as sa
from imapclient.exceptions import LoginError

from tests.servers import postgres as postgres_module
from tests.servers import process
from tests.servers.certificate import make_certificate
from tests.servers.dovecot import Dovecot, find_installation
from tests.servers.loopback import BeyondLoopbackError, LoopbackGuard
from tests.servers.postgres import Postgres
from tests.servers.process import ServerUnavailableError
from tests.servers.smtp_sink import SmtpSink

MAIL = b"From: ann@example.org\r\nTo: desk@example.com\r\nSubject: Printer\r\n\r\n.It smokes.\r\n"


@pytest.fixture
def user() -> str:
    return f"user-{uuid.uuid4().hex[:12]}"


def connect(dovecot: Dovecot) -> imapclient.IMAPClient:
    return imapclient.IMAPClient(dovecot.host, dovecot.imap_port, ssl=False, timeout=10)


def count_mails(dovecot: Dovecot, user: str) -> int:
    with connect(dovecot) as client:
        client.login(user, dovecot.password)
        client.select_folder("INBOX")
        return len(client.search("ALL"))


# --- Dovecot ---


def test_a_delivered_mail_is_read_by_password(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, MAIL)
    with connect(dovecot) as client:
        client.login(user, dovecot.password)
        client.select_folder("INBOX")
        (number,) = client.search("UNSEEN")
        body = client.fetch([number], ["BODY[]"])[number][b"BODY[]"]
    assert body.endswith(MAIL)


@pytest.mark.parametrize("method", ["oauth2_login", "oauthbearer_login"])
def test_a_token_opens_the_mailbox(dovecot: Dovecot, user: str, method: str) -> None:
    with connect(dovecot) as client:
        getattr(client, method)(user, dovecot.token(user))
        assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_expired_foreign_and_altered_tokens_are_refused(dovecot: Dovecot, user: str) -> None:
    good = dovecot.token(user)
    for token in (dovecot.token(user, lifetime_seconds=-60), dovecot.token("other"), good + "A"):
        client = connect(dovecot)
        with pytest.raises(LoginError):
            client.oauth2_login(user, token)
        client.shutdown()


def test_a_wrong_password_is_refused_at_once(dovecot: Dovecot, user: str) -> None:
    client = connect(dovecot)
    start = time.monotonic()
    with pytest.raises(LoginError):
        client.login(user, "wrong")
    client.shutdown()
    assert time.monotonic() - start < 1.5


def test_idle_tells_of_a_new_mail(dovecot: Dovecot, user: str) -> None:
    with connect(dovecot) as client:
        client.login(user, dovecot.password)
        client.select_folder("INBOX")
        client.idle()
        dovecot.deliver(user, MAIL)
        assert (1, b"EXISTS") in client.idle_check(timeout=10)
        client.idle_done()


def test_mail_and_ports_outlive_a_restart(user: str) -> None:
    dovecot = Dovecot().start()
    try:
        dovecot.deliver(user, MAIL)
        dovecot.stop()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((dovecot.host, dovecot.imap_port))
        dovecot.start()
        assert count_mails(dovecot, user) == 1
    finally:
        dovecot.close()


def test_without_dovecot_the_way_to_get_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.servers.dovecot.TREE", tmp_path)
    monkeypatch.setattr(Path, "is_file", lambda _: False)
    with pytest.raises(ServerUnavailableError, match="scripts/setup dev"):
        find_installation()


# --- PostgreSQL ---


def create_table(url: str, word: str) -> sa.Engine:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE words (word text)"))
        connection.execute(sa.text("INSERT INTO words VALUES (:word)"), {"word": word})
    return engine


def test_every_database_is_empty_and_its_own(postgres: Postgres, postgres_url: str) -> None:
    other = postgres.create_database()
    engines = [create_table(postgres_url, "one"), create_table(postgres.url(other), "two")]
    words = [engine.connect().scalar(sa.text("SELECT word FROM words")) for engine in engines]
    assert words == ["one", "two"]
    postgres.drop_database(other)  # although a connection is open
    for engine in engines:
        engine.dispose()


def test_a_database_can_be_copied_from_a_prepared_one(postgres: Postgres) -> None:
    prepared = postgres.create_database()
    create_table(postgres.url(prepared), "prepared").dispose()
    copy = postgres.create_database(template=prepared)
    engine = sa.create_engine(postgres.url(copy))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT word FROM words")) == "prepared"
    engine.dispose()
    postgres.drop_database(copy)
    postgres.drop_database(prepared)


def test_the_search_knows_letters_beyond_ascii(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT lower('ÄÖÜ Ж')")) == "äöü ж"
    engine.dispose()


def test_a_database_url_works_as_it_is(database_url: str) -> None:
    create_table(database_url, "any").dispose()


def test_a_stopped_server_leaves_nothing() -> None:
    server = Postgres().start()
    folder, pid = server._folder, server._process.pid if server._process else 0
    server.close()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def test_programs_in_a_closed_folder_are_copied_for_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Postgres._run
    refused: list[Path] = []

    def refuse_once(server: Postgres, program: Path, *arguments: str) -> None:
        if not refused:
            refused.append(program)
            raise PermissionError
        run(server, program, *arguments)

    monkeypatch.setattr(Postgres, "_run", refuse_once)
    server = Postgres().start()
    assert server._installation.is_relative_to(server._folder)
    server.close()


def test_without_postgresql_the_way_to_get_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_module, "_installations", lambda: iter(()))
    with pytest.raises(ServerUnavailableError, match="scripts/setup dev"):
        Postgres()


def test_a_server_that_does_not_start_shows_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres_module._SETTINGS, "max_connections", "none")
    with pytest.raises(ServerUnavailableError, match="max_connections"):
        Postgres().start()


# --- the SMTP sink ---


def send(sink: SmtpSink, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(sink.host, sink.port, local_hostname="client.example", timeout=10) as client:
        return client.sendmail("ann@example.org", recipients or ("desk@example.com",), MAIL)


def test_a_mail_is_kept_byte_for_byte(smtp_sink: SmtpSink) -> None:
    send(smtp_sink, "desk@example.com", "bob@example.com")
    (mail,) = smtp_sink.wait_for(1)
    assert mail.data == MAIL
    assert mail.sender == "ann@example.org"
    assert mail.recipients == ("desk@example.com", "bob@example.com")
    assert mail.helo == "client.example"


def test_one_recipient_is_refused(smtp_sink: SmtpSink) -> None:
    smtp_sink.react("RCPT", "550 5.1.1 Unknown", recipient="bob@example.com")
    assert send(smtp_sink, "desk@example.com", "bob@example.com") == {
        "bob@example.com": (550, b"5.1.1 Unknown")
    }
    assert smtp_sink.mails[0].recipients == ("desk@example.com",)


def test_the_first_two_tries_are_put_off(smtp_sink: SmtpSink) -> None:
    smtp_sink.react("DATA", "451 4.3.0 Later", times=2)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError):
            send(smtp_sink)
    send(smtp_sink)
    assert [mail.answer[:3] for mail in smtp_sink.attempts] == ["451", "451", "250"]
    assert len(smtp_sink.mails) == 1


def test_a_sender_is_refused(smtp_sink: SmtpSink) -> None:
    smtp_sink.react("MAIL", "552 5.3.4 Too big")
    with pytest.raises(smtplib.SMTPSenderRefused):
        send(smtp_sink)


def test_the_connection_drops_after_the_data(smtp_sink: SmtpSink) -> None:
    smtp_sink.react("DATA", drop=True, times=1)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(smtp_sink)
    (lost,) = smtp_sink.attempts
    assert lost.data == MAIL
    assert not lost.accepted
    send(smtp_sink)
    smtp_sink.wait_for(1)


def test_an_answer_may_take_its_time(smtp_sink: SmtpSink) -> None:
    smtp_sink.react("DATA", delay_seconds=0.2)
    start = time.monotonic()
    send(smtp_sink)
    assert time.monotonic() - start >= 0.2
    assert len(smtp_sink.mails) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_login_can_be_demanded() -> None:
    sink = SmtpSink(credentials=("desk", "secret")).start()
    try:
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(sink)
        with smtplib.SMTP(sink.host, sink.port) as client:
            client.login("desk", "secret")
            client.sendmail("", ["a@example.org"], MAIL)
        assert sink.wait_for(1)[0].user == "desk"
        with (
            smtplib.SMTP(sink.host, sink.port) as client,
            pytest.raises(smtplib.SMTPAuthenticationError),
        ):
            client.login("desk", "wrong")
    finally:
        sink.close()


def test_the_connection_can_be_encrypted(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    sink = SmtpSink(credentials=("desk", "secret"), certificate=certificate).start()
    try:
        with smtplib.SMTP(sink.host, sink.port) as client:
            client.starttls(context=ssl.create_default_context(cafile=str(certificate)))
            client.login("desk", "secret")
            client.sendmail("", ["a@example.org"], MAIL)
        assert sink.wait_for(1)[0].encrypted
    finally:
        sink.close()


def test_waiting_in_vain_says_what_came(smtp_sink: SmtpSink) -> None:
    send(smtp_sink)
    with pytest.raises(AssertionError, match="1 of 2 mails"):
        smtp_sink.wait_for(2, timeout=0.05)


# --- the way out ---


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "mail.replydesk.dev"])
def test_another_machine_cannot_be_reached(loopback_guard: LoopbackGuard, host: str) -> None:
    with pytest.raises(BeyondLoopbackError):
        socket.create_connection((host, 25), timeout=1)
    assert loopback_guard.attempts == [host]
    loopback_guard.attempts.clear()


def test_a_reserved_name_is_simply_unknown() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("mx.example.invalid", 25), timeout=1)


def test_the_folder_of_a_server_has_a_short_path() -> None:
    folder = process.run_folder("x")
    assert len(str(folder / ".s.PGSQL.5432.lock")) < 108
    process.remove(folder)
