"""What the terminal tells about verified mail, and what ``check`` says about name servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import run
from tests.servers.name_server import NameServer
from tests.servers.signer import rsa_signer

ORG = rsa_signer("example.org")
MAIL = (
    b"From: Ann <ann@example.org>\r\nTo: desk@example.net\r\nSubject: Printer\r\n"
    b"Date: Mon, 2 Nov 2026 08:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nIt burns.\r\n"
)


@pytest.fixture
def names() -> Iterator[NameServer]:
    zone = {
        ORG.name: ORG.record(),
        "_dmarc.example.org": "v=DMARC1; p=reject",
        "example.org": "v=spf1 ip4:8.8.4.4 -all",
    }
    server = NameServer(zone).start()
    yield server
    server.close()


@pytest.fixture
def configured(names: NameServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "replydesk.toml"
    file.write_text(
        f'[desk]\ndata = "{tmp_path}/data"\n[trust]\nresolvers = ["{names.address}"]\n'
        'senders = ["192.0.2.0/24"]\n'
    )
    monkeypatch.setenv("REPLYDESK_CONFIG", str(file))
    return file


def inspect(capsys: pytest.CaptureFixture[str], raw: bytes, folder: Path, *options: str) -> str:
    mail = folder / "mail.eml"
    mail.write_bytes(raw)
    assert run(["inspect", str(mail), *options]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("configured")
def test_inspect_verifies_on_demand(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    signed = ORG.sign(MAIL)
    assert "Proof" not in inspect(capsys, signed, tmp_path)
    told = inspect(capsys, signed, tmp_path, "--verify")
    assert "Proof        pass, by dmarc_passed" in told
    assert "dkim=pass (d=example.org, aligned)" in told
    told = inspect(capsys, MAIL, tmp_path, "--verify", "--jsonl")
    assert json.loads(told)["proof"]["authentication"] == "none"


@pytest.mark.parametrize(("peer", "verdict"), [("8.8.4.4", "pass"), ("9.9.9.9", "fail")])
@pytest.mark.usefixtures("configured")
def test_inspect_verifies_the_host_that_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, peer: str, verdict: str
) -> None:
    options = ("--verify", "--jsonl", "--peer", peer, "--sender", "ann@example.org")
    proof = json.loads(inspect(capsys, MAIL, tmp_path, *options))["proof"]
    assert (proof["authentication"], proof["rule"]) == (
        verdict,
        {"pass": "dmarc_passed", "fail": "dmarc_failed"}[verdict],
    )
    assert proof["evidence"][0].startswith(f"spf={verdict} (mailfrom example.org")


def test_check_asks_the_name_servers(
    configured: Path, names: NameServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> dict[str, str]:
        run(["check", "--json"])
        found = json.loads(capsys.readouterr().out)
        return {f["mark"]: f["text"] for f in found if f["about"] == "trust.resolvers"}

    assert said() == {"ok": "the name servers answer"}
    names.silent.add("localhost")
    assert "do not answer" in said()["warning"]
    configured.write_text(configured.read_text().replace("127.0.0.1", "dns.example.org"))
    assert "expected addresses" in said()["wrong"]
