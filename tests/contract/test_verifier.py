"""Verifying beside the event loop: bounded in time, in number, and by peer."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from structlog.testing import capture_logs

from bot.ports import Envelope
from channels.email.evidence.dns import Answer, DnsAway, Kind, Lookup
from channels.email.evidence.places import Places
from channels.email.evidence.signed_mail import SignedMail
from channels.email.evidence.verifier import Bounds, Verifier
from tests.servers.signed_letters import INSIDE, NOW, OUTSIDE, TRUST, FakeDns, letter, sent_by
from tests.servers.signer import rsa_signer, zone

ORG = rsa_signer("example.org")
SIGNED = ORG.sign(letter())


def verifier(lookup: Lookup, **bounds: float) -> Verifier:
    return Verifier(lookup, trust=TRUST, now=lambda: NOW, bounds=Bounds(**bounds))  # type: ignore[arg-type]


async def words(one: Verifier, raw: bytes, envelope: Envelope) -> str:
    return ", ".join(e.words for e in await one.gather(raw, envelope, "mail.example.org"))


async def test_a_signed_mail() -> None:
    one = verifier(FakeDns({**zone(ORG), "_dmarc.example.org": "v=DMARC1; p=reject"}))
    assert await words(one, SIGNED, INSIDE) == (
        "dkim=pass (d=example.org, aligned), dmarc=pass (p=reject)"
    )


@pytest.mark.parametrize(
    ("raw", "envelope"),
    [
        (letter(), INSIDE),
        (letter(), sent_by("ann@example.org", peer="10.1.2.3")),
        (letter(), Envelope(transport="lmtp", peer="unix")),
        (letter(), Envelope(transport="smtp", peer="8.8.4.4", login="somebody")),
        (letter(body="\r\nDKIM-Signature: v=1\r\n"), INSIDE),
        (SIGNED, sent_by("ann@example.org", peer="10.9.1.1")),
        (SIGNED, Envelope(transport="smtp", peer="8.8.4.4", login="ann@example.org")),
        (b"From: Bob <bob@example.org>\r\n" + SIGNED, OUTSIDE),
        (b"", OUTSIDE),
        (b"\r\n\r\n", OUTSIDE),
        (
            b"Authentication-Results: mx.example.org; dmarc=pass\r\n" + SIGNED,
            Envelope(transport="lmtp", peer="unix"),
        ),
    ],
    ids=range(11),
)
async def test_mail_that_needs_no_proof_asks_nobody(raw: bytes, envelope: Envelope) -> None:
    dns = FakeDns(zone(ORG))
    assert await verifier(dns).gather(raw, envelope, "") == ()
    assert dns.asked == []


async def test_a_dead_dns_costs_its_time_and_says_so() -> None:
    def slow(_: str, __: Kind, seconds: float) -> Answer:
        time.sleep(min(seconds, 0.2))
        raise DnsAway("no answer")

    started = time.perf_counter()
    found = await words(verifier(slow, seconds=0.2), SIGNED, OUTSIDE)
    assert time.perf_counter() - started < 5
    assert "dkim=temperror" in found
    assert "dmarc=temperror" in found


async def test_a_lookup_that_never_ends_holds_nobody() -> None:
    end = threading.Event()

    def stuck(_: str, __: Kind, ___: float) -> Answer:
        end.wait(10)
        raise DnsAway("never")

    one = verifier(stuck, seconds=0.1)
    with capture_logs() as logs:
        found = await words(one, SIGNED, OUTSIDE)
    end.set()
    assert found == "dmarc=temperror (there was no time to verify it)"
    assert [log["event"] for log in logs] == ["mail_not_verified"]


async def test_a_mistake_of_ours_refuses_no_mail() -> None:
    def broken(_: str, __: Kind, ___: float) -> Answer:
        raise ZeroDivisionError

    with capture_logs() as logs:
        assert await words(verifier(broken), SIGNED, OUTSIDE) == (
            "dmarc=temperror (verifying it failed)"
        )
    assert [log["event"] for log in logs] == ["verification_failed"]


class Gate:
    """A DNS that answers once it is opened, and knows how many wait at it."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.waiting = 0
        self._lock = threading.Lock()

    def __call__(self, _: str, __: Kind, ___: float) -> Answer:
        with self._lock:
            self.waiting += 1
        self.open.wait(5)
        with self._lock:
            self.waiting -= 1
        return Answer()


async def test_one_peer_gets_a_few_places_and_the_others_the_rest() -> None:
    gate = Gate()
    one = verifier(gate, at_once=4, per_peer=2)
    flood = [
        asyncio.create_task(one.gather(letter(f"<a@d{n}.example>"), OUTSIDE, "")) for n in range(9)
    ]
    other = asyncio.create_task(one.gather(letter(), sent_by("b@b.example", peer="8.8.8.8"), ""))
    await asyncio.sleep(0.2)
    assert gate.waiting == 3
    gate.open.set()
    found = await asyncio.wait_for(asyncio.gather(*flood, other), 5)
    assert all(found)


async def test_who_waits_too_long_goes_unverified() -> None:
    gate = Gate()
    one = verifier(gate, per_peer=1, patience=0.1)
    first = asyncio.create_task(one.gather(letter(), OUTSIDE, ""))
    await asyncio.sleep(0.05)
    with capture_logs() as logs:
        assert (
            await words(one, letter(), OUTSIDE)
            == "dmarc=temperror (there was no time to verify it)"
        )
    assert [log["event"] for log in logs] == ["mail_not_verified"]
    gate.open.set()
    assert await first


async def test_a_peer_that_hangs_up_keeps_its_place_until_the_work_has_ended() -> None:
    gate = Gate()
    one = verifier(gate, per_peer=1)
    first = asyncio.create_task(one.gather(letter(), OUTSIDE, ""))
    await asyncio.sleep(0.05)
    first.cancel()
    second = asyncio.create_task(one.gather(letter(), OUTSIDE, ""))
    await asyncio.sleep(0.05)
    assert gate.waiting == 1
    gate.open.set()
    assert await asyncio.wait_for(second, 2)


async def test_a_place_nobody_waits_for_any_more_goes_to_the_next() -> None:
    places = Places(at_once=1, per_peer=1)
    await places.take("a", patience=1)
    gone, next_ = (asyncio.create_task(places.take(peer, patience=1)) for peer in "bc")
    await asyncio.sleep(0)
    places.give_back("a")
    gone.cancel()  # in the same moment
    await asyncio.wait_for(next_, 1)
    with pytest.raises(TimeoutError):
        await places.take("d", patience=0.01)
    places.give_back("c")
    await places.take("d", patience=0.01)


async def test_hostile_bytes_become_clean_evidence() -> None:
    raw = b"DKIM-Signature: v=1; \x00\x1b[2J\xff=\r\n" + letter()
    found = await verifier(FakeDns({})).gather(raw, sent_by("a\x00@b\x1b.example"), "\x00")
    assert found
    assert all(e.words.isprintable() for e in found)


async def test_the_loop_goes_on_while_a_large_mail_is_hashed() -> None:
    mail = SignedMail(letter(body=("a  b\t" * 20 + "\r\n") * 200_000), between=lambda: None)
    work = asyncio.create_task(asyncio.to_thread(mail.body_hash, relaxed=True, length=None))
    rounds = 0
    while not work.done():
        await asyncio.sleep(0.001)
        rounds += 1
    assert rounds > 5
