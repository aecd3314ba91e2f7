"""Which policy holds for an author, and whose pass may speak for them (RFC 9989)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.desk.entry import Authentication
from channels.email.evidence.dmarc import Policy, find_policy, is_aligned
from channels.email.evidence.dns import DnsAway, Kind
from tests.servers.signed_letters import AWAY, INSIDE, OUTSIDE, Records, letter, sent_by, verify
from tests.servers.signer import Signer, rsa_signer, zone

PASS, FAIL, NONE = Authentication.PASS, Authentication.FAIL, Authentication.NONE


class Dns:
    def __init__(self, records: Mapping[str, str | Sequence[str]]) -> None:
        self.records, self.asked = records, list[str]()

    def __call__(self, name: str, kind: Kind) -> tuple[str, ...]:
        assert kind == "TXT"
        self.asked.append(name)
        found = self.records.get(name.removeprefix("_dmarc."), ())
        return (found,) if isinstance(found, str) else tuple(found)


# --- finding the policy ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "records", "request_", "organisation"),
    [
        ("example.org", {}, "", "example.org"),
        ("a.example.org", {}, "", "a.example.org"),
        ("example.org", {"example.org": "v=DMARC1; p=reject"}, "reject", "example.org"),
        ("example.org", {"example.org": "v=DMARC1;p=QUARANTINE;"}, "quarantine", "example.org"),
        ("example.org", {"example.org": "v=DMARC1; rua=mailto:x@y"}, "none", "example.org"),
        ("example.org", {"example.org": "v=DMARC1; p=banish"}, "none", "example.org"),
        ("example.org", {"example.org": "v=DMARC1; nonsense; p=reject"}, "reject", "example.org"),
        # What is no record, or two.
        ("example.org", {"example.org": "v=dmarc1; p=reject"}, "", "example.org"),
        ("example.org", {"example.org": "p=reject; v=DMARC1"}, "", "example.org"),
        ("example.org", {"example.org": "v=DMARC12; p=reject"}, "", "example.org"),
        ("example.org", {"example.org": ["v=DMARC1; p=none"] * 2}, "", "example.org"),
        (
            "example.org",
            {"example.org": ["v=spf1 -all", "v=DMARC1; p=reject"]},
            "reject",
            "example.org",
        ),
        # Subdomains.
        ("a.example.org", {"example.org": "v=DMARC1; p=reject"}, "reject", "example.org"),
        ("a.example.org", {"example.org": "v=DMARC1; p=reject; sp=none"}, "none", "example.org"),
        ("example.org", {"example.org": "v=DMARC1; p=none; sp=reject"}, "none", "example.org"),
        (
            "a.example.org",
            {"a.example.org": "v=DMARC1; p=none", "example.org": "v=DMARC1; p=reject"},
            "none",
            "example.org",
        ),
        (
            "b.a.example.org",
            {"a.example.org": "v=DMARC1; p=none", "example.org": "v=DMARC1; p=reject"},
            "reject",
            "example.org",
        ),
        # Registries and organisations that say where they begin.
        (
            "shop.co.example",
            {"co.example": "v=DMARC1; p=reject; psd=y"},
            "reject",
            "shop.co.example",
        ),
        (
            "www.shop.co.example",
            {"co.example": "v=DMARC1; p=reject; psd=y"},
            "reject",
            "shop.co.example",
        ),
        (
            "a.branch.example.org",
            {
                "branch.example.org": "v=DMARC1; p=reject; psd=n",
                "example.org": "v=DMARC1; p=none",
            },
            "reject",
            "branch.example.org",
        ),
        ("example.org", {"org": "v=DMARC1; p=reject"}, "", "example.org"),
        ("example.org", {"org": "v=DMARC1; p=reject; psd=y"}, "reject", "example.org"),
        # Testing.
        ("example.org", {"example.org": "v=DMARC1; p=reject; t=y"}, "quarantine", "example.org"),
        ("example.org", {"example.org": "v=DMARC1; p=quarantine; t=y"}, "none", "example.org"),
        ("example.org", {"example.org": "v=DMARC1; p=quarantine; pct=0"}, "none", "example.org"),
        ("example.org", {"example.org": "v=DMARC1; p=reject; pct=20"}, "reject", "example.org"),
    ],
)
def test_policies(
    author: str, records: Mapping[str, str | Sequence[str]], request_: str, organisation: str
) -> None:
    policy = find_policy(author, Dns(records))
    assert (policy.request, policy.organisation) == (request_, organisation)


def test_the_walk_is_short_for_names_of_any_depth() -> None:
    dns = Dns({})
    find_policy(".".join("abcdefghijklmnopqrstuvwxyz") + ".example.org", dns)
    assert len(dns.asked) == 8
    assert dns.asked[1:3] == ["_dmarc.v.w.x.y.z.example.org", "_dmarc.w.x.y.z.example.org"]


# --- alignment ------------------------------------------------------------------------------------

RELAXED = {"example.org": "v=DMARC1; p=reject"}
STRICT = {"example.org": "v=DMARC1; p=reject; adkim=s; aspf=s"}


@pytest.mark.parametrize(
    ("author", "signer", "relaxed", "strict"),
    [
        ("example.org", "example.org", True, True),
        ("example.org", "mail.example.org", True, False),
        ("mail.example.org", "example.org", True, False),
        ("a.example.org", "b.example.org", True, False),
        ("a.example.org", "y.z.example.org", True, False),
        ("example.org", "example.com", False, False),
        ("example.org", "notexample.org", False, False),
        ("example.org", "org", False, False),
        ("example.org", "", False, False),
    ],
)
def test_alignment(author: str, signer: str, relaxed: bool, strict: bool) -> None:  # noqa: FBT001 - a table
    for records, expected in ((RELAXED, relaxed), (STRICT, strict)):
        dns = Dns(records)
        policy = find_policy(author, dns)
        assert is_aligned(policy, "dkim", signer, dns) is expected
        assert is_aligned(policy, "spf", signer, dns) is expected


def test_each_method_has_its_own_alignment() -> None:
    dns = Dns({"example.org": "v=DMARC1; p=reject; adkim=s; aspf=r"})
    policy = find_policy("example.org", dns)
    assert not is_aligned(policy, "dkim", "mail.example.org", dns)
    assert is_aligned(policy, "spf", "mail.example.org", dns)


def test_tenants_of_a_registry_do_not_speak_for_each_other() -> None:
    dns = Dns({"co.example": "v=DMARC1; p=reject; psd=y"})
    policy = find_policy("a.co.example", dns)
    assert not is_aligned(policy, "dkim", "b.co.example", dns)
    assert not is_aligned(policy, "dkim", "co.example", dns)
    assert is_aligned(policy, "dkim", "mail.a.co.example", dns)


def test_a_branch_that_stands_alone_is_not_spoken_for() -> None:
    records = {"branch.example.org": "v=DMARC1; psd=n", "example.org": "v=DMARC1; p=reject"}
    dns = Dns(records)
    policy = find_policy("example.org", dns)
    assert not is_aligned(policy, "dkim", "branch.example.org", dns)
    assert is_aligned(policy, "dkim", "other.example.org", dns)


def test_an_outage_is_no_absence() -> None:
    def ask(name: str, _: Kind) -> tuple[str, ...]:
        raise DnsAway(name)

    with pytest.raises(DnsAway):
        find_policy("example.org", ask)
    policy = Policy(
        author="a.example.org", organisation="example.org", request="none", strict=frozenset()
    )
    with pytest.raises(DnsAway):
        is_aligned(policy, "dkim", "b.example.org", ask)


# --- the verdict ----------------------------------------------------------------------------------

ORG, SUB, ALIEN = (rsa_signer(d) for d in ("example.org", "mail.example.org", "example.com"))
KEYS = zone(ORG, SUB, ALIEN)
SPF_YES, SPF_NO = {"example.org": "v=spf1 ip4:8.8.4.4 -all"}, {"example.org": "v=spf1 -all"}


def dmarc(record: str) -> dict[str, str]:
    return {"_dmarc.example.org": f"v=DMARC1; {record}"}


@pytest.mark.parametrize(
    ("policy", "signer", "host", "verdict", "rule", "result"),
    [
        # Signed or sent by the domain itself.
        ("p=reject", ORG, SPF_YES, PASS, "dmarc_passed", "pass"),
        ("p=reject", ORG, SPF_NO, PASS, "dmarc_passed", "pass"),
        ("p=reject", None, SPF_YES, PASS, "dmarc_passed", "pass"),
        ("p=none", ORG, SPF_NO, PASS, "dmarc_passed", "pass"),
        ("p=reject", SUB, SPF_NO, PASS, "dmarc_passed", "pass"),
        ("p=reject; adkim=s", SUB, SPF_NO, FAIL, "dmarc_failed", "fail"),
        # Neither.
        ("p=reject", None, SPF_NO, FAIL, "dmarc_failed", "fail"),
        ("p=quarantine", None, SPF_NO, FAIL, "dmarc_failed", "fail"),
        ("p=none", None, SPF_NO, NONE, "nothing_known", "fail"),
        ("p=reject", ALIEN, SPF_NO, FAIL, "dmarc_failed", "fail"),
        ("p=reject", None, {"example.org": "v=spf1 ~all"}, FAIL, "dmarc_failed", "fail"),
        ("p=reject", None, {"example.org": "v=spf1 oops"}, FAIL, "dmarc_failed", "fail"),
        ("p=reject", None, {}, FAIL, "dmarc_failed", "fail"),
        # Nobody knows.
        ("p=reject", None, {"example.org": AWAY}, NONE, "names_were_away", "temperror"),
        ("p=reject", ORG, {"example.org": AWAY}, PASS, "dmarc_passed", "pass"),
        # No record.
        (None, ORG, SPF_NO, PASS, "aligned_pass", "none"),
        (None, None, SPF_YES, PASS, "aligned_pass", "none"),
        (None, SUB, SPF_NO, NONE, "nothing_known", "none"),
        (None, None, SPF_NO, NONE, "nothing_known", "none"),
        # The policy cannot be asked for: the very domain still speaks for itself.
        (AWAY, ORG, SPF_NO, PASS, "aligned_pass", "temperror"),
        (AWAY, SUB, SPF_NO, NONE, "names_were_away", "temperror"),
        (AWAY, None, SPF_NO, NONE, "names_were_away", "temperror"),
    ],
)
def test_verdicts(
    policy: str | Exception | None,
    signer: Signer | None,
    host: Mapping[str, str | Exception],
    verdict: Authentication,
    rule: str,
    result: str,
) -> None:
    record = {} if policy is None else {"_dmarc.example.org": policy}
    if isinstance(policy, str):
        record = dict(dmarc(policy))
    raw = signer.sign(letter()) if signer else letter()
    proof, found = verify(raw, {**KEYS, **host, **record}, envelope=OUTSIDE)
    assert (proof.authentication, proof.rule) == (verdict, rule)
    assert found["dmarc"].result == result


def test_the_evidence_in_words() -> None:
    records = {**SPF_NO, **dmarc("p=reject")}
    proof, _ = verify(letter(), records, envelope=OUTSIDE)
    assert (
        proof.evidence
        == "spf=fail (mailfrom example.org, -all of example.org), dmarc=fail (p=reject)"
    )


def test_somebody_elses_host_does_not_speak_for_the_author() -> None:
    records = {"example.com": "v=spf1 +all", **dmarc("p=reject")}
    proof, found = verify(letter(), records, envelope=sent_by("x@example.com"))
    assert found["spf"].words == "spf=pass (mailfrom example.com, not aligned, +all of example.com)"
    assert proof.authentication is FAIL


def test_a_dead_name_server_of_somebody_else_saves_no_forgery() -> None:
    signed = ALIEN.sign(letter())
    records: Records = {ALIEN.name: AWAY, "example.com": AWAY, **dmarc("p=reject")}
    proof, found = verify(signed, records, envelope=sent_by("x@example.com"))
    assert (found["dkim"].result, found["spf"].result) == ("temperror", "temperror")
    assert proof.authentication is FAIL


def test_a_listener_for_both_internets_sees_the_same_host() -> None:
    records = {**SPF_YES, **dmarc("p=reject")}
    peer = sent_by("ann@example.org", peer="::ffff:8.8.4.4")
    assert verify(letter(), records, envelope=peer)[0].authentication is PASS
    inside = sent_by("ann@example.org", peer="::ffff:10.1.2.3")
    assert "spf" not in verify(letter(), records, envelope=inside)[1]


def test_a_bounce_is_sent_by_its_host() -> None:
    records = {"mail.example.org": "v=spf1 ip4:8.8.4.4 -all", **dmarc("p=reject")}
    proof, found = verify(letter(), records, envelope=sent_by(""))
    assert found["spf"].domain == "mail.example.org"
    assert proof.authentication is PASS


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "fd00::1", "unix"])
def test_a_host_of_ours_says_nothing_and_fails_nobody(peer: str) -> None:
    records = {**SPF_NO, **dmarc("p=reject")}
    signed = ALIEN.sign(letter())
    proof, found = verify(signed, {**KEYS, **records}, envelope=sent_by("a@example.org", peer=peer))
    assert "spf" not in found
    assert (found["dmarc"].result, proof.authentication) == ("none", NONE)
    signed = ORG.sign(letter())
    proof, _ = verify(signed, {**KEYS, **records}, envelope=INSIDE)
    assert proof.authentication is PASS
