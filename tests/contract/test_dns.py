"""Asking the DNS: what is remembered, how much one mail may ask, and a real server's answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.errors import ConfigurationError
from channels.email.evidence.dns import Answer, Cache, DnsAway, Kind, Questions, is_name
from channels.email.evidence.resolver import system_lookup
from tests.servers.name_server import NameServer


class Source:
    """A lookup that counts; a clock that is turned by hand."""

    def __init__(self) -> None:
        self.answer: Answer | None = Answer(("v=spf1 -all",), 600)
        self.asked = 0
        self.now = 1000.0

    def __call__(self, name: str, _: Kind, __: float) -> Answer:
        self.asked += 1
        if self.answer is None:
            raise DnsAway(name)
        return self.answer

    def clock(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        (Answer(("x",), 600), 600),
        (Answer(("x",), 0), 30),
        (Answer(("x",), 10**6), 3600),
        (Answer(("x",), -5), 30),
        (Answer((), 0), 30),
        (Answer((), 10**6), 300),
        (None, 10),
    ],
)
def test_answers_are_remembered_for_a_bounded_time(answer: Answer | None, held: float) -> None:
    source = Source()
    source.answer = answer
    cache = Cache(source, clock=source.clock)

    def ask() -> object:
        try:
            return cache("example.org", "TXT", 5)
        except DnsAway:
            return None

    expected = answer.records if answer else None
    assert ask() == expected
    source.now += held - 1
    assert ask() == expected
    assert source.asked == 1
    source.now += 2
    assert ask() == expected
    assert source.asked == 2


def test_names_and_kinds_are_told_apart() -> None:
    source = Source()
    cache = Cache(source, clock=source.clock)
    for name, kind in (("a.example", "TXT"), ("a.example", "A"), ("b.example", "TXT")):
        cache(name, kind, 5)  # type: ignore[arg-type]
    assert source.asked == 3


def test_room_is_bounded_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.email.evidence.dns.ROOM", 3)
    source = Source()
    cache = Cache(source, clock=source.clock)
    for name in ("a.example", "b.example", "c.example", "d.example", "b.example", "a.example"):
        cache(name, "TXT", 5)
    assert source.asked == 5


def test_records_beyond_measure_are_left_out() -> None:
    source = Source()
    source.answer = Answer(("x" * 1_000_000, "v=spf1 -all", *["y"] * 1000), 60)
    found = Cache(source, clock=source.clock)("example.org", "TXT", 5)
    assert found[0] == "v=spf1 -all"
    assert len(found) == 59


# --- one mail -------------------------------------------------------------------------------------


def questions(source: Source, *, seconds: float = 5, most: int = 100) -> Questions:
    cache = Cache(source, clock=source.clock)
    return Questions(cache, deadline=source.now + seconds, clock=source.clock, most=most)


def test_a_mail_asks_until_its_time_is_over() -> None:
    source = Source()
    ask = questions(source)
    assert ask("Example.ORG.", "TXT") == ("v=spf1 -all",)
    source.now += 5
    with pytest.raises(DnsAway, match="long enough"):
        ask("example.org", "TXT")


def test_a_mail_asks_so_often_and_no_more() -> None:
    ask = questions(Source(), most=3)
    for _ in range(3):
        ask("example.org", "TXT")
    with pytest.raises(DnsAway):
        ask("example.org", "TXT")


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "a..b",
        "x" * 64 + ".org",
        "a." * 127 + "org",
        "bü.org",
        "a\\000.org",
        "a\nb",
        "a b\0",
    ],
)
def test_what_is_no_name_is_not_asked_for(name: str) -> None:
    source = Source()
    assert not is_name(name)
    assert questions(source)(name, "TXT") == ()
    assert source.asked == 0


# --- a real server --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    zone = {
        "example.org": ["v=spf1 -all", 'quoted " and \\ back', "ü"],
        "A example.org": ["192.0.2.1", "192.0.2.2"],
        "AAAA example.org": "2001:db8::1",
        "MX example.org": ["20 b.example.org.", "10 a.example.org."],
        "PTR 1.2.0.192.in-addr.arpa": "mail.example.org.",
        "long.example.org": "x" * 5000,
        "_under._score.example.org": "yes",
    }
    running = NameServer(zone).start()
    yield running
    running.close()


@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [
        ("example.org", "TXT", {"v=spf1 -all", 'quoted " and \\ back', "ü"}),
        ("example.org", "A", {"192.0.2.1", "192.0.2.2"}),
        ("example.org", "AAAA", {"2001:db8::1"}),
        ("1.2.0.192.in-addr.arpa", "PTR", {"mail.example.org"}),
        ("long.example.org", "TXT", {"x" * 5000}),  # by TCP
        ("_under._score.example.org", "TXT", {"yes"}),
        ("example.org", "PTR", set()),
        ("nothing.example.org", "TXT", set()),
    ],
)
def test_every_kind_of_record(server: NameServer, name: str, kind: Kind, records: set[str]) -> None:
    answer = system_lookup([server.address])(name, kind, 5)
    assert set(answer.records) == records
    assert -1 <= answer.ttl <= 300


def test_mail_hosts_come_by_preference(server: NameServer) -> None:
    answer = system_lookup([server.address])("example.org", "MX", 5)
    assert answer.records == ("a.example.org", "b.example.org")


def test_a_server_that_keeps_silent_is_away(server: NameServer) -> None:
    server.silent.add("silent.example.org")
    with pytest.raises(DnsAway):
        system_lookup([server.address])("silent.example.org", "TXT", 0.3)


def test_a_server_that_is_not_there_is_away() -> None:
    with pytest.raises(DnsAway):
        system_lookup(["127.0.0.1:1"])("example.org", "TXT", 0.3)


@pytest.mark.parametrize("text", ["dns.example.org", "1.2.3.4:dns", "1.2.3", "", ":53"])
def test_a_resolver_is_an_address(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"trust\.resolvers"):
        system_lookup([text])


@pytest.mark.parametrize("text", ["192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:5353"])
def test_addresses_with_and_without_port(text: str) -> None:
    system_lookup([text])
