"""Chains of ARC seals made by another implementation, whole, broken and forged."""

from __future__ import annotations

import re

import pytest

from bot.desk.entry import Authentication
from channels.email.authenticate import Trust
from tests.servers.signed_letters import AWAY, FakeDns, letter, sent_by, verify
from tests.servers.signer import rsa_signer, zone

PASS, FAIL = Authentication.PASS, Authentication.FAIL
ORG, LIST, HUB, EVIL = (
    rsa_signer(domain)
    for domain in ("example.org", "lists.example.net", "hub.example.com", "evil.example")
)
DNS = {**zone(ORG, LIST, HUB, EVIL), "_dmarc.example.org": "v=DMARC1; p=reject"}
FORWARDED = sent_by("list-bounces@lists.example.net")
GENUINE = "dkim=pass header.d=example.org; dmarc=pass header.from=example.org"
FAILED = "dkim=fail header.d=example.org; dmarc=fail header.from=example.org"


def judge(raw: bytes, *sealers: str) -> tuple[Authentication, str, str]:
    trust = Trust.of(senders=[], relays=[], authserv_ids=[], arc_sealers=sealers)
    proof, found = verify(raw, DNS, envelope=FORWARDED, trust=trust)
    arc = found.get("arc")
    return proof.authentication, proof.rule, f"{arc.result}: {arc.detail}" if arc else "none"


def test_a_trusted_forwarder_saw_that_the_mail_was_genuine() -> None:
    altered = ORG.sign(letter()).replace(b"on fire", b"on fire [seen by the list]")
    assert judge(altered) == (FAIL, "dmarc_failed", "none")
    sealed = LIST.seal(altered, results=GENUINE)
    assert judge(sealed, "lists.example.net") == (PASS, "trusted_sealer", "pass: ")
    assert judge(sealed, "Lists.Example.NET")[0] is PASS


@pytest.mark.parametrize("sealers", [[], ["example.net"], ["hub.example.com"]])
def test_a_seal_of_somebody_else_is_worth_nothing(sealers: list[str]) -> None:
    verdict, rule, arc = judge(LIST.seal(letter(), results=GENUINE), *sealers)
    assert (verdict, rule) == (FAIL, "dmarc_failed")
    assert arc == "policy: its last sealer is not in trust.arc_sealers"


def test_nothing_is_fetched_for_a_sealer_nobody_trusts() -> None:
    dns = FakeDns(DNS)
    verify(LIST.seal(letter(), results=GENUINE), dns, envelope=FORWARDED)
    assert LIST.name not in [name for name, _ in dns.asked]


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (GENUINE, PASS),
        ("dkim=pass header.d=example.org", PASS),
        ("spf=pass smtp.mailfrom=ann@example.org", PASS),
        (FAILED, FAIL),
        ("dmarc=pass", FAIL),  # about whom?
        ("dmarc=pass header.from=evil.example", FAIL),
        ("dkim=pass header.d=evil.example", FAIL),
        ("none", FAIL),
    ],
)
def test_what_the_sealer_says(results: str, verdict: Authentication) -> None:
    sealed = LIST.seal(letter(), results=results)
    assert judge(sealed, "lists.example.net")[0] is verdict


# --- two sealers ----------------------------------------------------------------------------------


def test_the_earliest_of_the_trusted_end_counts() -> None:
    twice = HUB.seal(LIST.seal(letter(), results=GENUINE), results=FAILED)
    assert judge(twice, "hub.example.com", "lists.example.net")[0] is PASS
    assert judge(twice, "hub.example.com")[0] is FAIL
    assert judge(twice, "lists.example.net")[0] is FAIL


def test_a_forger_seals_first() -> None:
    forged = HUB.seal(EVIL.seal(letter(), results=GENUINE), results=FAILED)
    assert judge(forged, "hub.example.com")[0] is FAIL


def test_a_stranger_between_two_friends_breaks_the_trust() -> None:
    between = HUB.seal(
        EVIL.seal(LIST.seal(letter(), results=GENUINE), results=GENUINE), results=FAILED
    )
    assert judge(between, "hub.example.com", "lists.example.net")[0] is FAIL


# --- broken chains --------------------------------------------------------------------------------

ONE = LIST.seal(letter(), results=GENUINE)
TWO = HUB.seal(ONE, results=FAILED)


def without(raw: bytes, pattern: bytes) -> bytes:
    return re.sub(rb"(?m)^" + pattern + rb"[^\n]*\n(?:[ \t][^\n]*\n)*", b"", raw)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (ONE.replace(b"on fire", b"on ice"), "message signature 1: the body was changed"),
        (
            ONE.replace(b"Subject: Printer", b"Subject: x"),
            "message signature 1: the header was changed or never signed",
        ),
        (TWO.replace(b"dkim=fail", b"dkim=pass"), "seal 2 was changed or never made"),
        (TWO.replace(b"header.d=example.org", b"header.d=example.com"), "seal 2 was changed"),
        (without(TWO, rb"ARC-Seal: i=1"), "the sets of the chain are not complete"),
        (without(TWO, rb"ARC-Message-Signature: i=1"), "the sets of the chain are not complete"),
        (
            without(TWO, rb"ARC-Authentication-Results: i=1"),
            "the sets of the chain are not complete",
        ),
        (TWO.replace(b"cv=pass", b"cv=fail"), "seal 2 says cv=fail"),
        (ONE.replace(b"cv=none", b"cv=pass"), "seal 1 says cv=pass"),
        (ONE.replace(b"ARC-Seal: i=1", b"ARC-Seal: i=2"), "the sets of the chain"),
        (ONE.replace(b"ARC-Seal: i=1", b"ARC-Seal: i=x"), "i= is not a number"),
        (b"ARC-Seal: i=1; cv=none\r\n" + ONE, "is missing"),
        (b"ARC-Authentication-Results: i=1; x; dmarc=pass\r\n" + ONE, "the sets of the chain"),
        (ONE.replace(b"s=s1", b"s=s2"), "there is no key"),
        (ONE.replace(b"a=rsa-sha256", b"a=rsa-sha1", 1), "seal 1 is made by rsa-sha1"),
        (b"".join(b"ARC-Seal: i=%d\r\n" % n for n in range(60)) + letter(), "60 seals"),
    ],
    ids=range(16),
)
def test_a_broken_chain_says_nothing(raw: bytes, why: str) -> None:
    verdict, rule, arc = judge(raw, "lists.example.net", "hub.example.com")
    assert (verdict, rule) == (FAIL, "dmarc_failed")
    assert arc.startswith("fail: ")
    assert why in arc


def test_a_seal_copied_from_another_mail() -> None:
    seals = ONE.partition(b"From:")[0]
    assert judge(seals + letter(body="Give me access.\r\n"), "lists.example.net")[0] is FAIL


def test_an_outage_is_no_pass() -> None:
    trust = Trust.of(senders=[], relays=[], authserv_ids=[], arc_sealers=["lists.example.net"])
    proof, found = verify(ONE, {**DNS, LIST.name: AWAY}, envelope=FORWARDED, trust=trust)
    assert found["arc"].result == "temperror"
    assert proof.authentication is FAIL
