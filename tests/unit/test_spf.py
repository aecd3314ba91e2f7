"""``check_host`` of RFC 7208: every mechanism, every bound, and records that nobody should write."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.evidence.dns import DnsAway, Kind
from channels.email.evidence.spf import check_host
from channels.email.evidence.spf_record import SpfSyntaxError, expand, parse_record
from tests.cost import within

V4, V6 = "8.8.4.4", "2001:4860::88"
Zone = Mapping[str, str | Sequence[str] | None]
#: What the records below refer to; None stands for a name server that does not answer.
HOSTS: Zone = {
    "A mail.example.org": [V4],
    "AAAA mail.example.org": [V6],
    "A near.example.org": ["8.8.4.9"],
    "MX example.org": ["mail.example.org"],
    "MX twelve.example.org": [f"m{n}.example.org" for n in range(12)],
    "PTR 4.4.8.8.in-addr.arpa": ["liar.example.org", "mail.example.org"],
    "A liar.example.org": ["9.9.9.9"],
    "A 4.4.8.8.ann.allowed.example.org": ["127.0.0.2"],
    "ok.example.net": f"v=spf1 ip4:{V4} -all",
    "no.example.net": "v=spf1 -all",
    "soft.example.net": "v=spf1 ~all",
    "broken.example.net": "v=spf1 frobnicate -all",
    "two.example.net": ["v=spf1 +all", "v=spf1 -all"],
    "loop.example.net": "v=spf1 include:pool.example.net -all",
    "pool.example.net": "v=spf1 include:loop.example.net -all",
    "me.example.net": "v=spf1 redirect=me.example.net",
    "away.example.net": None,
}


def check(
    record: str | Sequence[str] | None,
    *,
    peer: str = V4,
    sender: str = "ann@example.org",
    more: Zone | None = None,
) -> tuple[str, str]:
    zone = {**HOSTS, "example.org": record, **(more or {})}

    def ask(name: str, kind: Kind) -> tuple[str, ...]:
        found = zone.get(name if kind == "TXT" else f"{kind} {name}", ())
        if found is None:
            raise DnsAway("nobody answers")
        return (found,) if isinstance(found, str) else tuple(found)

    domain = sender.rpartition("@")[2]
    verdict = check_host(
        ipaddress.ip_address(peer), domain=domain, sender=sender, helo="mail.example.org", ask=ask
    )
    return verdict.result, verdict.why


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ((), "none"),
        ("v=spf10 -all", "none"),
        ("something else", "none"),
        ("v=spf1", "neutral"),
        ("V=SPF1 -ALL", "fail"),
        ("v=spf1 -all", "fail"),
        ("v=spf1   ~all ", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1 +all", "pass"),
        ("v=spf1 all", "pass"),
        (["v=spf1 -all", "v=spf1 +all"], "permerror"),
        (["site-verification=1", "v=spf1 +all"], "pass"),
        # Networks.
        ("v=spf1 ip4:8.8.4.4 -all", "pass"),
        ("v=spf1 ip4:8.8.0.0/16 -all", "pass"),
        ("v=spf1 ip4:8.8.5.0/24 -all", "fail"),
        ("v=spf1 ip4:0.0.0.0/0", "pass"),
        ("v=spf1 ip6:2001:4860::/32 -all", "fail"),
        ("v=spf1 ip4:8.8.4.4/33", "permerror"),
        ("v=spf1 ip4:8.8.4.4/08", "permerror"),
        ("v=spf1 ip4:8.8.4.04", "permerror"),
        ("v=spf1 ip4:8.8.4", "permerror"),
        ("v=spf1 ip4", "permerror"),
        ("v=spf1 ip6:2001::zz", "permerror"),
        # Hosts.
        ("v=spf1 a:mail.example.org -all", "pass"),
        ("v=spf1 a:near.example.org -all", "fail"),
        ("v=spf1 a:near.example.org/24 -all", "pass"),
        ("v=spf1 a:near.example.org/24//64 -all", "pass"),
        ("v=spf1 a:near.example.org//64 -all", "fail"),
        ("v=spf1 -a:mail.example.org +all", "fail"),
        ("v=spf1 a -all", "fail"),
        ("v=spf1 a/24 -all", "fail"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 mx:example.org/30 -all", "pass"),
        ("v=spf1 mx:twelve.example.org -all", "permerror"),
        ("v=spf1 a:example.org/33", "permerror"),
        ("v=spf1 a:", "permerror"),
        ("v=spf1 a:1.2.3.4", "permerror"),
        ("v=spf1 ptr -all", "pass"),
        ("v=spf1 ptr:liar.example.org -all", "fail"),
        # Macros.
        ("v=spf1 exists:%{ir}.%{l}.allowed.%{d} -all", "pass"),
        ("v=spf1 exists:%{ir}.%{l1r}.allowed.%{o} -all", "pass"),
        ("v=spf1 exists:%{i}.%{l}.allowed.%{d} -all", "fail"),
        ("v=spf1 a:%{h} -all", "pass"),
        ("v=spf1 a:%{p} -all", "fail"),
        ("v=spf1 exists:%{c}.example.org -all", "permerror"),
        ("v=spf1 exists:%{z}.example.org -all", "permerror"),
        ("v=spf1 exists:%.example.org -all", "permerror"),
        ("v=spf1 exists -all", "permerror"),
        # Other domains.
        ("v=spf1 include:ok.example.net -all", "pass"),
        ("v=spf1 -include:ok.example.net +all", "fail"),
        ("v=spf1 include:no.example.net ?all", "neutral"),
        ("v=spf1 include:soft.example.net -all", "fail"),
        ("v=spf1 include:nothing.example.net -all", "permerror"),
        ("v=spf1 include:broken.example.net -all", "permerror"),
        ("v=spf1 include:two.example.net -all", "permerror"),
        ("v=spf1 include:away.example.net -all", "temperror"),
        ("v=spf1 ip4:8.8.4.4 include:away.example.net", "pass"),
        ("v=spf1 redirect=ok.example.net", "pass"),
        ("v=spf1 redirect=no.example.net", "fail"),
        ("v=spf1 ?all redirect=no.example.net", "neutral"),
        ("v=spf1 redirect=nothing.example.net", "permerror"),
        ("v=spf1 redirect=ok.example.net redirect=ok.example.net", "permerror"),
        ("v=spf1 redirect=", "permerror"),
        ("v=spf1 exp=why.%{d} -all", "fail"),
        ("v=spf1 unknown=%{x} -all", "fail"),
        # Loops and bounds.
        ("v=spf1 include:example.org", "permerror"),
        ("v=spf1 include:loop.example.net", "permerror"),
        ("v=spf1 redirect=me.example.net", "permerror"),
        ("v=spf1 " + "a:near.example.org " * 10 + "-all", "fail"),
        ("v=spf1 " + "a:near.example.org " * 11 + "-all", "permerror"),
        ("v=spf1 a:n1.example.org a:n2.example.org -all", "fail"),
        ("v=spf1 a:n1.example.org a:n2.example.org a:n3.example.org -all", "permerror"),
        # Errors count wherever they stand.
        ("v=spf1 +all frobnicate", "permerror"),
        ("v=spf1 +all all:x", "permerror"),
        ("v=spf1 ip4:8.8.4.4 -all/8", "permerror"),
        ("v=spf1 include:ok.example.net/24", "permerror"),
        ("v=spf1 =a", "permerror"),
        ("v=spf1 ipv4:8.8.4.4", "permerror"),
        ("v=spf1 a:b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example", "permerror"),
        ("v=spf1 a:\ufffd.example", "permerror"),
        (None, "temperror"),
    ],
)
def test_what_a_record_says(record: str | Sequence[str] | None, result: str) -> None:
    assert check(record)[0] == result


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip6:2001:4860::/32 -all", "pass"),
        ("v=spf1 ip4:8.8.4.4 -all", "fail"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 a:mail.example.org/1//128 -all", "pass"),
        ("v=spf1 exists:%{ir}.%{v}.x.example.org ?all", "neutral"),
    ],
)
def test_a_peer_of_the_newer_internet(record: str, result: str) -> None:
    assert check(record, peer=V6)[0] == result


@pytest.mark.parametrize("sender", ["ann@localhost", "ann@[8.8.4.4]", "ann@ex..org", "ann"])
def test_a_sender_without_a_domain_has_no_record(sender: str) -> None:
    assert check("v=spf1 +all", sender=sender)[0] == "none"


def test_the_verdict_says_what_decided() -> None:
    assert check("v=spf1 redirect=no.example.net")[1] == "-all of no.example.net"
    assert check("v=spf1 " + "a:near.example.org " * 11)[1] == "more than 10 lookups"


#: The examples of RFC 7208 section 7.4, which are facts.
@pytest.mark.parametrize(
    ("macro", "expanded"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%{d}%%x", "email.example.com%x"),
        ("%{i}.%{v}", "192.0.2.3.in-addr"),
    ],
)
def test_macros(macro: str, expanded: str) -> None:
    values = {
        "s": "strong-bad@email.example.com",
        "l": "strong-bad",
        "o": "email.example.com",
        "d": "email.example.com",
        "i": "192.0.2.3",
        "v": "in-addr",
    }
    assert expand(macro, values) == expanded


def test_a_name_too_long_loses_its_left_end() -> None:
    long = expand("%{l}.example.org", {"l": ".".join(["x" * 50] * 10)})
    assert len(long) <= 253
    assert long.endswith(".x" + "x" * 49 + ".example.org")


TERMS = st.sampled_from(
    [
        *"%:=/+-~? .0aé\x00}",
        *["all", "a", "mx", "include:", "exists:", "ip4:", "ip6:", "ptr", "redirect=", "%{"],
    ]
)


@given(st.lists(TERMS, max_size=20).map("".join))
def test_any_record_has_a_verdict(terms: str) -> None:
    try:
        parse_record(f"v=spf1 {terms}")
    except SpfSyntaxError:
        assert check(f"v=spf1 {terms}")[0] == "permerror"
    else:
        check(f"v=spf1 {terms}")


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 " + "a" * 8000,
        "v=spf1 a:" + "a" * 8000 + "!",
        "v=spf1 exists:" + "%{d}" * 2000 + ".org",
        "v=spf1 exists:%{d" + "0" * 8000 + "}.org",
        "v=spf1 a:x" + "/1" * 4000,
        "v=spf1 a:" + "0-" * 4000 + ".0",
        "v=spf1 " + "ip4:9.9.9.9 " * 700,
        "v=spf1 " + " " * 8000 + "x",
    ],
)
def test_long_records_are_read_at_once(record: str) -> None:
    within(1, lambda: check(record))
