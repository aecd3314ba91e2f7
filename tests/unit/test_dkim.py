"""DKIM signatures made by another implementation, and everything that makes one not count."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.entry import Authentication
from channels.email.evidence.canonical import hash_body
from channels.email.evidence.dkim import verify_all
from channels.email.evidence.dns import DnsAway
from channels.email.evidence.fields import MalformedHeader, split
from channels.email.evidence.signed_mail import SignedMail
from tests.cost import within
from tests.servers.signed_letters import AWAY, NOW, FakeDns, Records, letter, verify
from tests.servers.signer import SIGNED, Signer, ed25519_signer, rsa_signer, zone

PASS, NONE = Authentication.PASS, Authentication.NONE
ORG = rsa_signer("example.org")
FORMS = ["relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"]
ODD_BODIES = [
    "",
    "\r\n\r\n",
    "a\r\n\r\n\r\n",
    "no end of line",
    " \t spaces \t and\ttabs  \r\n \r\n\t\r\n",
    "ü — 漢字\r\n" * 10_000,
    "\r\n" * 30_000 + "late words\r\n" + "\r\n" * 30_000,
    "x" * 200_000 + "\r\n",
]


def result(raw: bytes, *signers: Signer, **more: str) -> tuple[str, str]:
    _proof, found = verify(raw, zone(*signers, **more))
    return found["dkim"].result, found["dkim"].detail


@pytest.mark.parametrize("forms", FORMS)
@pytest.mark.parametrize("signer", [ORG, ed25519_signer("example.org")], ids=["rsa", "ed25519"])
def test_a_signature_of_the_authors_domain_proves_the_author(signer: Signer, forms: str) -> None:
    proof, found = verify(signer.sign(letter(), forms=forms), zone(signer))
    assert found["dkim"].words == "dkim=pass (d=example.org, aligned)"
    assert (proof.authentication, proof.rule) == (PASS, "aligned_pass")


@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
@pytest.mark.parametrize("forms", FORMS)
def test_bodies_of_every_shape(body: str, forms: str) -> None:
    assert result(ORG.sign(letter(body=body), forms=forms), ORG) == ("pass", "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"printer is on fire", b"password is lost"),
        (b"Subject: Printer", b"Subject: Root"),
        (b"ann@example.org>\r\nTo", b"bob@example.org>\r\nTo"),
        (b"In-Reply-To", b"In-Reply-Tu"),
    ],
)
def test_an_altered_mail_proves_nothing(old: bytes, new: bytes) -> None:
    signed = ORG.sign(letter(In_Reply_To="<42@example.net>"))
    assert old in signed
    proof, found = verify(signed.replace(old, new), zone(ORG))
    assert found["dkim"].result == "fail"
    assert proof.authentication is NONE


def test_a_field_added_below_the_signature_is_noticed() -> None:
    signed = ORG.sign(letter(), names=[*SIGNED, "Cc"])
    assert result(signed, ORG)[0] == "pass"
    assert result(b"Cc: all@example.com\r\n" + signed, ORG)[0] == "fail"


@pytest.mark.parametrize("name", ["Subject", "To", "Content-Type", "Message-ID", "In-Reply-To"])
def test_a_second_field_that_steers_is_not_taken(name: str) -> None:
    signed = ORG.sign(letter(In_Reply_To="<42@example.net>"))
    added = f"{name}: something else\r\n".encode() + signed
    assert result(added, ORG) == ("policy", f"a second {name.lower()} field is not signed")


def test_a_second_from_field_leaves_no_author() -> None:
    signed = b"From: Bob <bob@example.org>\r\n" + ORG.sign(letter())
    proof, found = verify(signed, zone(ORG))
    assert (proof.authentication, proof.rule, found) == (NONE, "no_author", {})


def test_from_must_be_signed() -> None:
    # The other implementation refuses to leave it out.
    signed = ORG.sign(letter()).replace(b"h=from", b"h=fram", 1)
    assert result(signed, ORG) == ("policy", "From is not signed")


def test_a_foreign_signature_is_right_and_proves_nothing() -> None:
    other = rsa_signer("bulk.example.com")
    proof, found = verify(other.sign(letter()), zone(other))
    assert found["dkim"].words == "dkim=pass (d=bulk.example.com, not aligned)"
    assert proof.authentication is NONE


@pytest.mark.parametrize(
    ("signer", "author", "verdict"),
    [
        ("example.org", "ann@mail.example.org", PASS),
        ("mail.example.org", "ann@example.org", NONE),
        ("notexample.org", "ann@example.org", NONE),
        ("xn--bcher-kva.example", "ann@bücher.example", PASS),
    ],
)
def test_without_a_policy_only_the_domain_above_speaks_for_a_subdomain(
    signer: str, author: str, verdict: Authentication
) -> None:
    by = rsa_signer(signer)
    proof, _ = verify(by.sign(letter(f"<{author}>")), zone(by))
    assert proof.authentication is verdict


def test_text_that_l_leaves_unsigned() -> None:
    signed = ORG.sign(letter(), length=True)
    assert b" l=24" in signed
    assert result(signed, ORG) == ("pass", "")
    assert result(signed + b"And my account number is new.\r\n", ORG) == (
        "policy",
        "l= leaves text unsigned",
    )


# --- the signature's and the key's own conditions ------------------------------------------------


def rewritten(old: bytes, new: bytes) -> bytes:
    """A signed mail whose signature says something else; the signature is then wrong as well."""
    signed = re.sub(rb"t=\d+", b"t=1700000000", ORG.sign(letter()), count=1)
    assert old in signed
    return signed.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "expected", "why"),
    [
        (b"v=1", b"v=2", "permerror", "v= is not 1"),
        (b"v=1; ", b"", "permerror", "v= is not 1"),
        (b"rsa-sha256", b"rsa-sha1", "policy", "made by rsa-sha1"),
        (b"rsa-sha256", b"rsa-md5", "policy", "made by rsa-md5"),
        (b"t=17", b"x=17", "policy", "it has expired"),
        (b"t=1700000000", b"t=999999999999", "policy", "it comes from the future"),
        (b"t=17", b"x=not17", "permerror", "x= is not a number"),
        (b"d=example.org", b"d=org", "permerror", "d= and s= name no key"),
        (b"d=example.org", b"d=ex..org", "permerror", "d= and s= name no key"),
        (b"i=@example.org", b"i=@evil.example", "policy", "i= is not within d="),
        (b"relaxed/relaxed", b"relaxed/lazy", "permerror", "c= names an unknown form"),
        (b"s=s1", b"s=s1; s=s2", "permerror", "the tag s stands twice"),
        (b"s=s1", b"s1", "permerror", "not a tag: 's1'"),
        (b"bh=", b"bh=?", "permerror", "bh= is not base64"),
        (b"s=s1", b"s=other", "permerror", "there is no key"),
        (b"q=dns/txt", b"q=finger", "permerror", "its key is not in the DNS"),
    ],
)
def test_signatures_that_do_not_count(old: bytes, new: bytes, expected: str, why: str) -> None:
    assert result(rewritten(old, new), ORG) == (expected, why)


def test_a_signature_holds_until_it_expires_and_a_little_longer() -> None:
    signed = ORG.sign(letter())
    later, late = NOW + timedelta(minutes=50), NOW + timedelta(hours=3)
    end = int(NOW.timestamp())
    expiring = re.sub(rb"; t=\d+;", b"; x=%d;" % end, signed, count=1)
    _, found = verify(expiring, zone(ORG), now=later)
    assert "expired" not in found["dkim"].detail
    _, found = verify(expiring, zone(ORG), now=late)
    assert found["dkim"].detail == "it has expired"


SHORT = base64.b64encode(  # an RSA key of 512 bits
    bytes.fromhex("305c300d06092a864886f70d0101010500034b003048024100")
    + b"\xc1" * 63
    + b"\xc3"
    + bytes.fromhex("0203010001")
).decode()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (ORG.record(t="y"), "policy"),
        (ORG.record(t="s"), "pass"),
        (ORG.record(s="email"), "pass"),
        (ORG.record(s="other:*"), "pass"),
        (ORG.record(s="tlsrpt"), "permerror"),
        (ORG.record(h="sha1"), "permerror"),
        (ORG.record(h="sha1:sha256"), "pass"),
        (ORG.record(n="a note"), "pass"),
        (ORG.record(p=""), "permerror"),
        (ORG.record(p="!!!"), "permerror"),
        (ORG.record(p="AAAA"), "permerror"),
        (ORG.record(k="dsa"), "permerror"),
        (ORG.record(k="ed25519"), "permerror"),
        (ORG.record(v="DKIM2"), "permerror"),
        (f"p={ORG.public}", "pass"),
        (f"v=DKIM1; p={ORG.public}; p={ORG.public}", "permerror"),
        (f"v=DKIM1; k=rsa; p={SHORT}", "policy"),
        (rsa_signer("x", bits=2048).record(), "fail"),
        ("v=spf1 -all", "permerror"),
        ("", "permerror"),
        ("\x00\ufffd;=;;p=", "permerror"),
    ],
)
def test_keys(record: str, expected: str) -> None:
    _, found = verify(ORG.sign(letter()), {ORG.name: record})
    assert found["dkim"].result == expected


def test_a_key_only_for_the_domain_itself() -> None:
    signed = ORG.sign(letter(), identity="ann@mail.example.org")
    assert result(signed, ORG)[0] == "pass"
    _, found = verify(signed, {ORG.name: ORG.record(t="s")})
    assert found["dkim"].result == "permerror"


# --- trouble and malice --------------------------------------------------------------------------


def test_an_outage_is_none_and_no_verdict() -> None:
    records: Records = {ORG.name: AWAY, "_dmarc.example.org": "v=DMARC1; p=reject"}
    proof, found = verify(ORG.sign(letter()), records)
    assert (found["dkim"].result, found["dmarc"].result) == ("temperror", "temperror")
    assert proof.authentication is NONE


def test_a_deadline_ends_the_hashing_of_a_large_mail() -> None:
    blocks = iter(range(3))

    def between() -> None:
        if next(blocks, None) is None:
            raise DnsAway("verifying took too long")

    signed = ORG.sign(letter(body="words\r\n" * 1_000_000), forms="relaxed/simple")
    (found,) = verify_all(
        SignedMail(signed, between=between),
        near=lambda _: True,
        ask=lambda _, __: (ORG.record(),),
        now=NOW,
    )
    assert found.words == "dkim=temperror (d=example.org, verifying took too long)"


def test_fifty_signatures_are_not_looked_at() -> None:
    raw = ORG.sign(letter())
    for number in range(50):
        raw = rsa_signer(f"d{number}.example").sign(raw, names=["From"])
    dns = FakeDns({})
    verify(raw, dns)
    assert len([name for name, _ in dns.asked if "_domainkey" in name]) == 5


def test_the_authors_own_signature_is_found_below_others() -> None:
    raw = ORG.sign(letter())
    others = [rsa_signer(f"d{number}.example") for number in range(20)]
    for other in others:
        raw = other.sign(raw, names=["From"])
    assert verify(raw, zone(ORG, *others))[0].authentication is PASS


@pytest.mark.parametrize(
    "raw",
    [
        ORG.sign(letter()).replace(b"\r\nTo:", b"\r\nnonsense\r\nTo:"),
        b"From nobody Mon\r\n" + ORG.sign(letter()),
        b"\r\n" + ORG.sign(letter()),
        b" folded\r\n" + ORG.sign(letter()),
    ],
)
def test_a_header_with_two_readings_is_not_verified(raw: bytes) -> None:
    assert result(raw, ORG)[0] == "permerror"


@pytest.mark.parametrize(
    "raw",
    [
        # The other implementation would need hours for some of these in relaxed form.
        *(
            ORG.sign(letter(body=body), forms="relaxed/simple")
            for body in (
                " " * 2_000_000 + "x\r\n",
                "\t \r\n" * 300_000,
                "\r" * 1_000_000,
                "\n" * 1_000_000,
                "a  b" * 500_000,
            )
        ),
        b"DKIM-Signature: b" + b"\r\n " * 60_000 + b"\r\n" + letter(),
        b"DKIM-Signature: " + b";" * 100_000 + b"\r\n" + letter(),
        b"DKIM-Signature: v=1; h=" + b"from:" * 3_000 + b"\r\n" + letter(),
        b"".join(b"X: y\r\n" for _ in range(20_000)) + ORG.sign(letter()),
    ],
    ids=range(9),
)
def test_no_mail_takes_long(raw: bytes) -> None:
    mail = SignedMail(raw, between=lambda: None)
    within(1, lambda: verify(raw, zone(ORG)))
    within(1, lambda: mail.body_hash(relaxed=True, length=None))


@given(
    st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"bc", b"\r", b"\n"]), max_size=30).map(
        b"".join
    ),
    st.booleans(),
    st.one_of(st.none(), st.integers(0, 40)),
)
def test_the_canonical_body_is_that_of_the_standard(
    body: bytes,
    relaxed: bool,  # noqa: FBT001 - drawn by hypothesis
    length: int | None,
) -> None:
    lines = [line.removesuffix(b"\r") for line in body.split(b"\n")]
    # Only the last line may lack its end, and its CR is then a character.
    lines[-1] = body.split(b"\n")[-1]
    if relaxed:
        lines = [re.sub(rb"[ \t]+", b" ", line).removesuffix(b" ") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    whole = b"".join(line + b"\r\n" for line in lines) or (b"" if relaxed else b"\r\n")
    found = hash_body(b"head" + body, 4, relaxed=relaxed, length=length)
    assert found.size == len(whole)
    assert found.digest == hashlib.sha256(whole if length is None else whole[:length]).digest()


@given(st.binary(max_size=300))
def test_any_bytes_are_taken(noise: bytes) -> None:
    signed = ORG.sign(letter())
    for raw in (noise, b"DKIM-Signature: " + noise + b"\r\n" + letter(), signed + noise):
        verify(raw, zone(ORG))
        try:
            split(raw)
        except MalformedHeader:
            continue
