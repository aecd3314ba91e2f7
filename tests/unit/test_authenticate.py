"""What speaks for a From address, and that nobody else can make it speak."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.entry import Authentication
from bot.ports import Envelope, Evidence
from channels.email.authenticate import Trust, authenticate
from channels.email.authentication_results import read_results
from tests.cost import within
from threading_engine.message import Message, Sender

PASS, FAIL, NONE = Authentication.PASS, Authentication.FAIL, Authentication.NONE
TRUST = Trust.of(
    senders=["192.0.2.0/24", "2001:db8::/32"],
    relays=["10.0.0.0/8"],
    authserv_ids=["MX.example.org"],
)
FROM_RELAY = Envelope(transport="smtp", peer="10.1.2.3")


def mail(*results: str, author: str | None = "ann@example.com") -> Message:
    sender = Sender(address=author, reason="" if author else "two From fields")
    return Message(
        sender=sender, headers=tuple(("authentication-results", result) for result in results)
    )


def verdict_on(message: Message, envelope: Envelope, trust: Trust) -> Authentication:
    return authenticate(message, envelope, trust).authentication


def judge(*results: str, author: str = "ann@example.com") -> Authentication:
    return verdict_on(mail(*results, author=author), FROM_RELAY, TRUST)


# --- the envelope ---


@pytest.mark.parametrize(
    ("envelope", "verdict"),
    [
        (Envelope(transport="smtp", peer="198.51.100.7"), NONE),
        (Envelope(transport="smtp", peer="192.0.2.9"), PASS),
        (Envelope(transport="smtp", peer="::ffff:192.0.2.9"), PASS),
        (Envelope(transport="smtp", peer="2001:db8::7"), PASS),
        (Envelope(transport="smtp", peer="2001:db9::7"), NONE),
        (Envelope(transport="smtp", peer="not an address"), NONE),
        (Envelope(transport="smtp", peer=""), NONE),
        (Envelope(transport="smtp", peer="198.51.100.7", login="ann@example.com"), PASS),
        (Envelope(transport="smtp", peer="198.51.100.7", login="Ann@Example.com"), PASS),
        (Envelope(transport="smtp", peer="198.51.100.7", login="bob@example.com"), NONE),
        (Envelope(transport="smtp", peer="198.51.100.7", login=""), NONE),
        (Envelope(transport="smtp", peer="198.51.100.7", vouched=True), PASS),
        (Envelope(transport="imap", peer="imap.example.org"), NONE),
    ],
)
def test_the_envelope_alone(envelope: Envelope, verdict: Authentication) -> None:
    assert verdict_on(mail(), envelope, TRUST) is verdict


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(transport="smtp", peer="192.0.2.9"),
        Envelope(transport="smtp", peer="192.0.2.9", vouched=True, login="ann@example.com"),
        FROM_RELAY,
    ],
)
def test_an_author_who_cannot_be_told_is_never_proven(envelope: Envelope) -> None:
    message = mail("mx.example.org; dmarc=pass header.from=example.com", author=None)
    assert verdict_on(message, envelope, TRUST) is NONE


@pytest.mark.parametrize(
    ("envelope", "verdict"),
    [
        (Envelope(transport="smtp", peer="10.1.2.3"), PASS),
        (Envelope(transport="smtp", peer="::ffff:10.1.2.3"), PASS),
        (Envelope(transport="imap", peer="imap.example.org"), PASS),
        (Envelope(transport="pipe"), PASS),
        (Envelope(transport="lmtp", peer="unix"), PASS),
        (Envelope(transport="smtp", peer="198.51.100.7"), NONE),
        (Envelope(transport="lmtp", peer="127.0.0.1"), NONE),
        (Envelope(transport="smtp", peer="11.0.0.1"), NONE),
    ],
)
def test_only_our_relays_word_counts(envelope: Envelope, verdict: Authentication) -> None:
    message = mail("mx.example.org; dmarc=pass header.from=example.com")
    assert verdict_on(message, envelope, TRUST) is verdict


@pytest.mark.parametrize(
    ("envelope", "rule"),
    [
        (Envelope(transport="smtp", peer="192.0.2.9"), "trusted_network"),
        (Envelope(transport="smtp", peer="8.8.4.4", login="ann@example.com"), "logged_in"),
        (Envelope(transport="smtp", peer="8.8.4.4", vouched=True), "vouched_for"),
        (FROM_RELAY, "results_of_our_relay"),
        (Envelope(transport="smtp", peer="8.8.4.4"), "nothing_known"),
    ],
)
def test_the_verdict_names_its_rule(envelope: Envelope, rule: str) -> None:
    message = mail("mx.example.org; dmarc=pass header.from=example.com")
    assert authenticate(message, envelope, TRUST).rule == rule


# --- what was verified on arrival ---

DKIM = Evidence(method="dkim", result="pass", domain="example.com", aligned=True)
DMARC = Evidence(method="dmarc", result="pass", domain="example.com", policy="reject")


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        ([DKIM], PASS),
        ([replace(DKIM, aligned=False)], NONE),
        ([replace(DKIM, result="policy")], NONE),
        ([DMARC], PASS),
        ([replace(DMARC, domain="evil.example")], NONE),
        ([replace(DMARC, result="fail")], FAIL),
        ([replace(DMARC, result="fail", policy="none")], NONE),
        ([replace(DMARC, result="temperror")], NONE),
        ([replace(DMARC, result="fail", domain="evil.example")], NONE),
        ([replace(DKIM, method="arc")], NONE),
    ],
)
def test_evidence(evidence: list[Evidence], verdict: Authentication) -> None:
    envelope = Envelope(transport="smtp", peer="8.8.4.4", evidence=tuple(evidence))
    assert verdict_on(mail(), envelope, TRUST) is verdict
    assert verdict_on(mail(author=None), envelope, TRUST) is NONE


def test_evidence_in_words() -> None:
    envelope = Envelope(transport="smtp", peer="8.8.4.4", evidence=(DKIM, DMARC))
    proof = authenticate(mail(), envelope, TRUST)
    assert proof.evidence == "dkim=pass (d=example.com, aligned), dmarc=pass (p=reject)"


# --- the field ---


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        # DMARC decides.
        ("dmarc=pass header.from=example.com", PASS),
        ("dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com", PASS),
        ("dmarc=pass", PASS),
        ("DMARC = Pass header.from = Example.COM", PASS),
        ("dmarc/1=pass header.from=example.com", PASS),
        ("dmarc=fail header.from=example.com", FAIL),
        ("dmarc=fail; dkim=pass header.d=example.com", FAIL),
        ("dkim=pass header.d=example.com; dmarc=fail", FAIL),
        ("dmarc=none; dkim=pass header.d=example.com", PASS),
        ("dmarc=none", NONE),
        ("dmarc=temperror", NONE),
        ("dmarc=pass header.from=example.com; dmarc=fail header.from=example.com", FAIL),
        # Whose From the relay saw.
        ("dmarc=pass header.from=evil.example", NONE),
        ("dmarc=fail header.from=evil.example", NONE),
        # DKIM, aligned with the author's domain or from above it.
        ("dkim=pass header.d=example.com", PASS),
        ("dkim=pass header.i=@example.com", PASS),
        ("dkim=pass header.i=ann@example.com header.s=sel", PASS),
        ('dkim=pass header.d="example.com"', PASS),
        ("dkim=pass header.d=Example.COM", PASS),
        ("dkim=fail header.d=example.com", NONE),
        ("dkim=pass header.d=evil.example", NONE),
        ("dkim=pass header.d=notexample.com", NONE),
        ("dkim=pass header.d=mail.example.com", NONE),
        ("dkim=pass header.d=com", NONE),
        ("dkim=pass", NONE),
        ("dkim=pass header.b=example.com", NONE),
        ("dkim=pass smtp.mailfrom=example.com", NONE),
        ("dkim=fail header.d=example.com; dkim=pass header.d=example.com", PASS),
        # SPF, by the envelope sender only.
        ("spf=pass smtp.mailfrom=ann@example.com", PASS),
        ("spf=pass smtp.mailfrom=example.com", PASS),
        ("spf=pass smtp.mailfrom=bounce+ann=evil.example@example.com", PASS),
        ("spf=softfail smtp.mailfrom=ann@example.com", NONE),
        ("spf=pass smtp.helo=example.com", NONE),
        ("spf=pass header.d=example.com", NONE),
        ("spf=pass smtp.mailfrom=x@evil.example", NONE),
        # Others prove nothing about the author.
        ("arc=pass header.d=example.com", NONE),
        ("auth=pass smtp.mailfrom=ann@example.com", NONE),
        ("x-dmarc=pass header.from=example.com", NONE),
        ("dkim-adsp=pass header.from=example.com", NONE),
        ("dmarc=passed", NONE),
        # Nothing, and nonsense.
        ("none", NONE),
        ("", NONE),
        (";;;", NONE),
        ("= ; dmarc ; =pass", NONE),
    ],
)
def test_what_our_relay_says(results: str, verdict: Authentication) -> None:
    assert judge(f"mx.example.org; {results}") is verdict


def test_a_parent_domain_speaks_for_its_subdomain() -> None:
    field = "mx.example.org; dkim=pass header.d=example.com"
    assert judge(field, author="ann@mail.example.com") is PASS
    assert judge(field, author="ann@badexample.com") is NONE


@pytest.mark.parametrize(
    "name",
    [
        "mx.example.org",
        "MX.Example.Org",
        " mx.example.org ",
        "mx.example.org 1",
        '"mx.example.org"',
    ],
)
def test_the_field_bears_our_name(name: str) -> None:
    assert judge(f"{name}; dmarc=pass") is PASS
    assert judge(f"(a comment) {name} (another; one); dmarc=pass") is PASS


@pytest.mark.parametrize(
    "name",
    ["mx.evil.example", "xmx.example.org", "mx.example.org.evil.example", "", "x mx.example.org"],
)
def test_a_field_of_another_name_is_not_believed(name: str) -> None:
    assert judge(f"{name}; dmarc=pass") is NONE


def test_only_the_topmost_field_counts() -> None:
    ours, theirs = "mx.example.org; dmarc=pass", "mx.evil.example; dmarc=pass"
    failed = "mx.example.org; dmarc=fail"
    assert judge(ours, failed) is PASS
    assert judge(failed, ours) is FAIL
    assert judge(theirs, ours) is NONE


#: What a sender may get a relay to repeat: their MAIL FROM, their HELO, their From's comments.
@pytest.mark.parametrize(
    "results",
    [
        'spf=pass smtp.mailfrom="; dmarc=pass"@evil.example',
        'spf=pass smtp.mailfrom="x; dkim=pass header.d=example.com"@evil.example',
        'spf=pass smtp.mailfrom="a header.d=example.com"@evil.example',
        'spf=pass smtp.mailfrom="a smtp.mailfrom=ann@example.com b"@evil.example',
        'spf=pass smtp.mailfrom="\\"; dmarc=pass; \\""@evil.example',
        'spf=pass smtp.mailfrom="ann@example.com"@evil.example',
        'spf=pass smtp.mailfrom="; dmarc=pass',
        'spf=pass smtp.mailfrom="a\\',
        "spf=pass (domain of x; dmarc=pass) smtp.mailfrom=x@evil.example",
        "spf=pass (a (nested; dmarc=pass) b; dmarc=pass) smtp.mailfrom=x@evil.example",
        "spf=pass (escaped \\) ; dmarc=pass ) smtp.mailfrom=x@evil.example",
        "spf=pass (never closed ; dmarc=pass header.from=example.com",
        "spf=pass ((never closed) ; dmarc=pass header.from=example.com",
        'dkim=fail reason="dmarc=pass; dkim=pass header.d=example.com" header.d=example.com',
        'dkim=pass reason="x header.d=example.com" header.d=evil.example',
        "dkim=pass header.d=evil.example header.i=@evil.example (header.d=example.com)",
        "dkim=pass header.d=example.com@evil.example",
    ],
)
def test_a_sender_cannot_write_into_the_field(results: str) -> None:
    assert judge(f"mx.example.org; {results}") is NONE


def test_a_forged_pass_does_not_outweigh_the_relays_fail() -> None:
    assert judge("mx.example.org; dmarc=pass header.from=example.com; dmarc=fail") is FAIL


def test_without_a_configured_name_nobody_is_believed() -> None:
    trust = Trust.of(senders=[], relays=["0.0.0.0/0"], authserv_ids=[])
    assert verdict_on(mail("; dmarc=pass"), FROM_RELAY, trust) is NONE
    assert verdict_on(mail("mx.example.org; dmarc=pass"), FROM_RELAY, trust) is NONE


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        Trust.of(senders=["office"], relays=[], authserv_ids=[])


PIECES = st.sampled_from(
    [*'();="\\ .', "dmarc", "dkim", "pass", "header.d", "example.com", "é", "\0"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_field_is_read(field: str) -> None:
    name, results = read_results(field)
    assert name == name.lower()
    for result in results:
        assert result.method == result.method.lower()


@given(st.text(max_size=60).filter(lambda text: '"' not in text and "\\" not in text))
def test_nothing_in_a_quoted_string_has_a_meaning(words: str) -> None:
    field = f'mx.example.org; spf=pass smtp.mailfrom="{words}"@evil.example'
    _name, results = read_results(field)
    (result,) = results
    ((name, value),) = result.properties
    assert name == "smtp.mailfrom"
    assert value.endswith("@evil.example")


@pytest.mark.parametrize(
    "field",
    [
        "(" * 100_000,
        "(" * 50_000 + ")" * 50_000,
        '"' * 100_000,
        '"\\' * 50_000,
        "\\" * 100_000,
        ";" * 100_000,
        "a=" * 50_000,
        "mx.example.org;" + "dkim=pass header.d=" * 5000,
        " " * 100_000,
        "a." * 50_000,
        "dkim" + " " * 100_000 + "=",
    ],
)
def test_long_fields_are_read_at_once(field: str) -> None:
    within(1, lambda: read_results(field))
    within(1, lambda: judge(f"mx.example.org; {field}"))
