"""Reading a mailbox over a network, and from a server, that misbehave."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.imap_wire import ImapWire
from tests.servers.mailbox import Desk, now, until

SEEN = {b"\\Seen"}
SHORT = timedelta(milliseconds=300)


@pytest.fixture
def desk(dovecot: Dovecot) -> Desk:
    return Desk(dovecot, f"wire-{uuid4().hex[:8]}")


@pytest.fixture
def wire(dovecot: Dovecot) -> Iterator[ImapWire]:
    wire = ImapWire(dovecot.host, dovecot.imap_port).start()
    yield wire
    wire.close()


def command(line: bytes) -> bytes:
    """What a client's line asks for, without its tag."""
    return line.partition(b" ")[2].strip().upper()


def test_a_crash_between_accepting_and_marking_brings_the_same_mail_again(
    desk: Desk, wire: ImapWire
) -> None:
    wire.intercept = lambda line: b"" if b"STORE" in line and wire.connections == 1 else None
    desk.deliver(1)
    with desk.reading(port=wire.port):
        until(lambda: desk.flags() == [SEEN])
    first, second = desk.inbox.arrivals
    assert first.external_id == second.external_id


def test_a_crash_in_the_hour_between_does_not_make_a_mail_without_id_another(
    desk: Desk, wire: ImapWire
) -> None:
    wire.intercept = lambda line: b"" if b"STORE" in line and wire.connections == 1 else None
    three_hours_ago = now() - timedelta(hours=3)
    with desk.person() as client:
        client.append("INBOX", b"Subject: Printer 1\r\n\r\ndisk full\r\n", (), three_hours_ago)
    with desk.reading(port=wire.port):
        until(lambda: len(desk.inbox.arrivals) == 2)
    first, second = desk.inbox.arrivals
    assert first.external_id == second.external_id
    assert first.received_at == second.received_at < now() - timedelta(hours=1)


def test_a_server_that_offers_idle_and_refuses_it_is_polled(desk: Desk, wire: ImapWire) -> None:
    def refuse(line: bytes) -> bytes | None:
        return line.split()[0] + b" BAD not here\r\n" if command(line) == b"IDLE" else None

    wire.intercept = refuse
    with desk.reading(port=wire.port, poll_interval=timedelta(milliseconds=50)) as mailbox:
        until(lambda: wire.connections == 3)
        until(lambda: mailbox.status.connected)
        assert "the server refused IDLE" in mailbox.status.last_error
        desk.deliver(1)
        assert until(lambda: desk.inbox.arrivals) < 0.5
    assert wire.connections == 3


def test_a_connection_that_died_silently_is_found_at_the_renewal(
    desk: Desk, wire: ImapWire
) -> None:
    with desk.reading(port=wire.port, idle_renew=SHORT, read_timeout=SHORT) as mailbox:
        until(lambda: mailbox.status.last_read_at)
        wire.silent.set()
        desk.deliver(1)
        until(lambda: "does not answer" in mailbox.status.last_error)
        assert not mailbox.status.connected
        wire.silent.clear()
        until(lambda: desk.inbox.arrivals)


def test_a_silent_server_does_not_hold_up_the_stop(desk: Desk, wire: ImapWire) -> None:
    def fall_silent(line: bytes) -> None:
        if command(line).startswith(b"SELECT"):
            wire.silent.set()

    wire.intercept = fall_silent
    mailbox = desk.mailbox(port=wire.port)
    mailbox.start()
    until(wire.silent.is_set)
    begun = time.monotonic()
    assert mailbox.stop()
    assert time.monotonic() - begun < 2


def test_a_renewed_idle_goes_on(desk: Desk, wire: ImapWire) -> None:
    idles: list[bytes] = []
    wire.intercept = lambda line: idles.append(line) if command(line) == b"IDLE" else None
    with desk.reading(port=wire.port, idle_renew=timedelta(milliseconds=50)):
        until(lambda: len(idles) > 3)
        desk.deliver(1)
        until(lambda: desk.inbox.arrivals)
    assert wire.connections == 1


def test_a_connection_that_closes_in_idle_is_made_anew(desk: Desk, wire: ImapWire) -> None:
    with desk.reading(port=wire.port) as mailbox:
        until(lambda: mailbox.status.last_read_at)
        wire.cut()
        desk.deliver(1)
        assert until(lambda: desk.inbox.arrivals) < 1
    assert wire.connections == 2


def test_a_mail_announced_in_one_packet_with_the_beginning_of_idle_is_seen(
    desk: Desk, wire: ImapWire
) -> None:
    held = b""

    def hold(data: bytes) -> bytes:
        nonlocal held
        data, held = held + data, b""
        if b"+ idling" in data and b"EXISTS" not in data:
            data, held = b"", data
        return data

    wire.alter = hold
    with desk.reading(port=wire.port):
        until(lambda: held)
        desk.deliver(1)
        assert until(lambda: desk.inbox.arrivals) < 1


def test_a_mail_the_server_cannot_give_is_tried_again_and_then_set_aside(
    desk: Desk, wire: ImapWire
) -> None:
    tries: list[bytes] = []

    def broken(line: bytes) -> bytes | None:
        words = command(line).split()
        if words[:2] != [b"UID", b"FETCH"] or b"BODY.PEEK[]" not in line:
            return None
        tries.append(words[2])
        refusal = line.split()[0] + b" NO [SERVERBUG] cannot read it\r\n"
        return refusal if b"2" in words[2].split(b",") else None

    wire.intercept = broken
    desk.deliver(1, 2, 3)
    with desk.reading(port=wire.port):
        until(lambda: desk.flags() == [SEEN, {b"\\Flagged"}, SEEN])
    assert tries.count(b"2") == 5
    (left,) = desk.inbox.left
    assert left.uid == 2
    assert "SERVERBUG" in left.reason
    assert b"<2@customer.example>" in left.head
    assert set(desk.inbox.subjects()) == {1, 3}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and its own certificate for 127.0.0.1."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=desk"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "cert")]
    subprocess.run(["openssl", *words.split(), *names, *files], check=True, capture_output=True)
    return folder / "cert"


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_encrypted_connections_verify_the_server(
    desk: Desk, wire: ImapWire, certificate: Path, tls: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.parent / "key")
    wire.tls, wire.starttls = (context, None) if tls == "implicit" else (None, context)
    lines: list[bytes] = []
    wire.intercept = lines.append
    with desk.reading(port=wire.port, tls=tls) as mailbox:
        until(lambda: "CERTIFICATE_VERIFY_FAILED" in mailbox.status.last_error)
    assert lines == []
    with desk.reading(port=wire.port, tls=tls, ca_file=str(certificate)) as mailbox:
        until(lambda: mailbox.status.last_read_at)
        desk.deliver(1)
        assert until(lambda: desk.inbox.arrivals) < 1
    assert any(b"LOGIN" in line for line in lines)
