"""The HTTP port as browsers, supervisors and attackers meet it, with pages that may fail."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from bot.errors import ConfigurationError, StorageAway
from channels.http.pages import Answer, Asked, Vote
from channels.http.port import HttpOptions, HttpPort


@dataclass
class Desk:
    """Pages that keep what they were asked, and fail when they are told to."""

    fails: Exception | None = None
    #: Fails even where there is only something to be said about a failure.
    speechless: bool = False
    asked: list[Asked] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)

    def show(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self._answer(200)

    def vote(self, asked: Asked, vote: Vote) -> Answer:
        self.asked.append(asked)
        self.votes.append(vote)
        return self._answer(200)

    def notice(self, status: int, languages: tuple[str, ...]) -> Answer:
        if self.speechless:
            raise RuntimeError("xyzzy")
        return Answer(status=status, html=f"{status} {languages}", nonce="n")

    def healthy(self) -> bool:
        self._answer(200)
        return True

    def _answer(self, status: int) -> Answer:
        if self.fails:
            raise self.fails
        return Answer(status=status, html="page", nonce="n")


@dataclass
class Served:
    """A port in a loop of its own."""

    desk: Desk
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def served() -> Iterator[Served]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    served = Served(Desk())
    port = HttpPort(HttpOptions(host="127.0.0.1", port=0), served.desk)
    asyncio.run_coroutine_threadsafe(port.start(), loop).result(5)
    served.port = port.port
    yield served
    asyncio.run_coroutine_threadsafe(port.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def test_what_is_asked_arrives_as_a_value(served: Served) -> None:
    httpx.get(
        f"{served.url}/rate/abc?choice=good&saved", headers={"Accept-Language": "de, en;q=0.5"}
    )
    httpx.post(f"{served.url}/rate/abc?choice=good", data={"choice": "bad", "comment": "Äh.\n"})
    assert served.desk.asked[0] == Asked(
        token="abc", languages=("de", "en"), choice="good", saved=True
    )
    assert served.desk.votes == [Vote(choice="bad", comment="Äh.\n")]


@pytest.mark.parametrize("why", [StorageAway("disk full"), RuntimeError("xyzzy"), KeyError("x")])
def test_a_failure_is_503_and_says_nothing_of_itself(served: Served, why: Exception) -> None:
    served.desk.fails = why
    for answer in (
        httpx.get(f"{served.url}/rate/abc"),
        httpx.post(f"{served.url}/rate/abc", data={"choice": "bad"}),
    ):
        assert (answer.status_code, answer.text) == (503, "503 ()")
        assert answer.headers["retry-after"] == "60"
    sick = httpx.get(f"{served.url}/health")
    assert (sick.status_code, sick.text) == (503, "storage is away\n")
    served.desk.fails = None
    assert httpx.get(f"{served.url}/health").text == "ok\n"


def test_where_no_page_can_be_made_there_are_plain_words(served: Served) -> None:
    served.desk.speechless = True
    served.desk.fails = RuntimeError("xyzzy")
    for path, status in (("/rate/abc", 503), ("/nothing", 404)):
        answer = httpx.get(f"{served.url}{path}")
        assert answer.status_code == status
        assert answer.text.startswith("This page cannot be shown.")
        assert answer.headers["cache-control"] == "no-store"


def test_head_has_the_same_fields_and_no_body(served: Served) -> None:
    full, head = httpx.get(f"{served.url}/rate/abc"), httpx.head(f"{served.url}/rate/abc")
    assert head.content == b""
    assert {**head.headers, "date": ""} == {**full.headers, "date": ""}


def test_a_form_that_does_not_end_is_given_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.http.app.PATIENCE", 0.2)
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as slow:
        slow.sendall(
            b"POST /rate/abc HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\nchoice="
        )
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")
    assert served.desk.votes == []


def test_a_form_without_a_length_is_cut_off_on_the_way(served: Served) -> None:
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    client.putrequest("POST", "/rate/abc")
    client.putheader("Content-Type", "application/x-www-form-urlencoded")
    client.putheader("Transfer-Encoding", "chunked")
    client.endheaders()
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    for _ in range(5):
        client.send(chunk)
    assert client.getresponse().status == 413
    client.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS greeting\r\n\r\n",
        b"GET /rate/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"EHLO mail.example.org\r\n\r\n",
        b"POST /rate/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nx",
    ],
    ids=["a long field", "TLS", "no UTF-8", "SMTP", "two lengths"],
)
def test_nonsense_gets_a_refusal_and_no_trace(served: Served, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as peer:
        peer.sendall(raw)
        peer.shutdown(socket.SHUT_WR)
        answer = peer.recv(100_000)
    assert answer[:10] in {b"HTTP/1.1 4", b""} or answer.startswith(b"HTTP/1.1 200")
    assert b"Traceback" not in answer
    assert httpx.get(f"{served.url}/health").status_code == 200


def test_a_host_that_is_none_is_a_mistake_in_the_configuration() -> None:
    port = HttpPort(HttpOptions(host="nowhere.invalid", port=0), Desk())
    with pytest.raises(ConfigurationError, match=r"http: cannot listen on nowhere\.invalid"):
        asyncio.run(port.start())
