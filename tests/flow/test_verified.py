"""Mail straight from its sender: the desk verifies signatures itself, by a real name server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.cli.opening import Storage
from bot.cli.why import mail_lines
from tests.flow.clock import TurnedClock
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Letter
from tests.servers.name_server import NameServer
from tests.servers.signer import ed25519_signer, rsa_signer

ann, tess = "ann@customer.example", "tess@example.org"
OFFICE, CUSTOMER, STRANGER, NEW_KEY = (
    rsa_signer("example.org"),
    ed25519_signer("customer.example"),
    rsa_signer("elsewhere.example"),
    rsa_signer("customer.example", selector="new"),
)


@pytest.fixture
def names() -> Iterator[NameServer]:
    zone = {one.name: one.record() for one in (OFFICE, CUSTOMER, STRANGER)}
    zone["_dmarc.example.org"] = "v=DMARC1; p=reject"
    server = NameServer(zone).start()
    yield server
    server.close()


@pytest.fixture
def desk(open_desk: OpenDesk, names: NameServer) -> RunningDesk:
    return open_desk(clock=TurnedClock(datetime.now(UTC)), trust={"resolvers": [names.address]})


def hand_over(desk: RunningDesk, letter: Letter, raw: bytes) -> None:
    desk.hand_over_raw(raw, sender=letter.sender, to=letter.recipients)


def evidence(desk: RunningDesk, ticket: int, at: int = -1) -> str:
    return str(desk.ticket(ticket).inbox[at]["verdict"].get("evidence", ""))


def test_a_technicians_signed_answer_gets_in(desk: RunningDesk) -> None:
    asked = desk.letter(ANN, DESK, "Printer", "It is on fire.\n", proof="none")
    hand_over(desk, asked, CUSTOMER.sign(asked.raw))
    news = desk.expect(to=tess)
    assert evidence(desk, 1) == "dkim=pass (d=customer.example, aligned), dmarc=none (no record)"
    answer = desk.letter(
        TESS, news.reply_to, "Re: Printer", "Water is on its way.\n#resolve\n", proof="none"
    )
    hand_over(desk, answer, OFFICE.sign(answer.raw))
    assert "Water is on its way." in desk.expect(to=ann, containing="Water").text
    assert desk.ticket(1).status == "resolved"
    assert evidence(desk, 1) == "dkim=pass (d=example.org, aligned), dmarc=pass (p=reject)"
    core = desk.core
    storage = Storage(settings=core.settings, database=core.database, blobs=core.blobs)
    told = "\n".join(mail_lines(desk.ticket(1).inbox[-1], storage))
    assert "by dmarc_passed: We verified a signature or the sending host by the rules" in told
    assert "verified on arrival: dkim=pass (d=example.org, aligned), dmarc=pass" in told


@pytest.mark.parametrize("way", ["unsigned", "altered", "signed by another", "key is gone"])
def test_a_forged_answer_is_held(desk: RunningDesk, names: NameServer, way: str) -> None:
    desk.mail(ANN, DESK, "Printer", "It is on fire.\n", proof="none")
    news = desk.expect(to=tess)
    desk.drain()
    forged = desk.letter(TESS, news.reply_to, "Re: Printer", "Let it burn.\n", proof="none")
    raw = forged.raw
    if way == "altered":
        raw = OFFICE.sign(raw).replace(b"Let it burn", b"Let it go")
    elif way == "signed by another":
        raw = STRANGER.sign(raw)
    elif way == "key is gone":
        raw = OFFICE.sign(raw)
        del names.zone[OFFICE.name]
    hand_over(desk, forged, raw)
    (held,) = desk.waiting("held")
    assert held["verdict"]["authentication"] == "none"
    assert desk.ticket(1).texts == ["It is on fire."]
    for technician in (tess, "tom@example.org"):
        assert "HELD: a mail that claims to come from tess" in desk.expect(to=technician).text
    desk.expect_nothing_more()


def test_a_signed_mail_to_somebody_else_is_no_answer_of_the_desk(desk: RunningDesk) -> None:
    """Mallory has a genuine mail of Tess's and hands it in at the reply address of a ticket."""
    desk.mail(ANN, DESK, "Printer", "It is on fire.\n", proof="none")
    reply_to = desk.expect(to=ann).reply_to
    desk.drain()
    private = desk.letter(
        TESS, "mallory@elsewhere.example", "Hi", "She never pays.\n", proof="none"
    )
    desk.hand_over_raw(OFFICE.sign(private.raw), sender=private.sender, to=(reply_to,))
    (held,) = desk.waiting("held")
    assert held["verdict"]["access rule"] == "handed_in_again"
    assert desk.ticket(1).texts == ["It is on fire."]
    assert not [mail for mail in desk.drain() if ann in mail.recipients]


def test_a_silent_name_server_loses_no_mail(desk: RunningDesk, names: NameServer) -> None:
    names.silent |= {OFFICE.name, "_dmarc.example.org"}
    asked = desk.letter(TESS, DESK, "Mail", "Is the DNS down?\n", proof="none")
    hand_over(desk, asked, OFFICE.sign(asked.raw))
    found = desk.waiting() or desk.ticket(1).inbox
    assert "temperror" in str(found[0]["verdict"]["evidence"])
    assert found[0]["verdict"]["authentication"] == "none"


@pytest.mark.parametrize("servers", ["answer", "are away"])
def test_whoever_was_proven_may_answer_while_no_name_server_does(
    desk: RunningDesk, names: NameServer, servers: str
) -> None:
    away = servers == "are away"
    names.zone["_dmarc.customer.example"] = "v=DMARC1; p=none"
    asked = desk.letter(ANN, DESK, "Printer", "It is on fire.\n", proof="none")
    hand_over(desk, asked, CUSTOMER.sign(asked.raw))
    acknowledged = desk.expect(to=ann)
    if away:
        names.silent.add(NEW_KEY.name)
    more = desk.letter(ANN, acknowledged.reply_to, "Re: Printer", "It is out.\n", proof="none")
    hand_over(desk, more, NEW_KEY.sign(more.raw) if away else more.raw)
    assert len(desk.waiting("held")) == (0 if away else 1)
    assert desk.ticket(1).texts == ["It is on fire.", *(["It is out."] if away else [])]


def test_unsigned_mail_of_this_machine_asks_nobody(desk: RunningDesk, names: NameServer) -> None:
    desk.mail(ANN, DESK, "Printer", "It is on fire.\n", proof="none")
    assert desk.ticket(1).texts == ["It is on fire."]
    assert names.asked == []
