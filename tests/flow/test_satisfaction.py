"""How did we do? From the closing mail to the page, and who hears of the answer."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import httpx
import pytest

from bot.cli import run
from bot.desk.satisfaction import Rating
from storage.unit_of_work import SqlUnitOfWork
from tests.flow.browsing import REACHABLE, browser, close_a_ticket, links, local
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, TESS, TOM, RunningDesk
from threading_engine.tokens import Keyring, Kind

ann, tess, quinn = "ann@customer.example", "tess@example.org", "quinn@example.org"


@pytest.fixture
def desk(open_desk: OpenDesk) -> RunningDesk:
    """A desk whose pages people reach."""
    return open_desk(http=REACHABLE)


def ratings(desk: RunningDesk, number: int = 1) -> list[Rating]:
    desk.settle()
    return desk.core.database.read(lambda uow: uow.ratings.of_ticket(number))


def test_opening_links_votes_nothing_and_the_button_does(desk: RunningDesk) -> None:
    good, bad, own = links(close_a_ticket(desk))
    with browser() as client:
        for link in (good, bad, own):
            for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
                for fields in ({}, {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}):
                    client.request(method, local(desk, link), headers=fields)
        assert ratings(desk) == []

        page = client.get(local(desk, bad))
        assert page.status_code == 200
        assert 'value="bad" id="bad" required checked' in page.text
        assert 'value="good" id="good" required>' in page.text
        answer = client.post(local(desk, bad), data={"choice": "bad", "comment": "Too slow.\r\n"})
        assert (answer.status_code, answer.headers["location"]) == (303, "?saved")
        shown = client.get(str(page.url.join(answer.headers["location"])))
    assert "Thank you" in shown.text
    assert "Too slow.</textarea>" in shown.text
    (rating,) = ratings(desk)
    assert (rating.good, rating.comment, rating.changed_at) == (False, "Too slow.", None)
    assert rating.owner_id is not None
    assert desk.ticket(1).status == "closed"
    desk.expect_nothing_more()


def test_a_rating_is_about_whoever_had_the_ticket_when_it_was_done(desk: RunningDesk) -> None:
    desk.mail(ANN, desk.address, "Printer", "It does not print.")
    asked = desk.expect(to=tess)
    desk.drain()
    desk.reply(asked, TESS, "#close")
    closing = desk.expect(to=ann)
    desk.drain()
    (_, bad, _), people = links(closing), desk.core.database.read(lambda u: u.people.everyone())
    numbers = {person.address: person.id for person in people}
    with browser() as client:
        client.post(local(desk, bad), data={"choice": "bad"})
        assert ratings(desk)[0].owner_id == numbers[tess], "nobody had it: she closed it"
        desk.reply(closing, ANN, "It broke again.")
        desk.reply(desk.expect(to="tom@example.org"), TOM, "#assign me")
        desk.drain()
        client.post(local(desk, bad), data={"choice": "bad", "comment": "Slow."})
        assert ratings(desk)[0].owner_id == numbers[tess], "Tom has only begun"
        desk.reply(closing, ANN, "Thanks!")
        desk.reply(desk.expect(to="tom@example.org"), TOM, "#close")
        desk.drain()
        client.post(local(desk, bad), data={"choice": "good", "comment": "Fine now."})
    assert ratings(desk)[0].owner_id == numbers["tom@example.org"]


def test_an_answer_can_be_changed_until_the_link_expires(desk: RunningDesk) -> None:
    good, bad, _own = links(close_a_ticket(desk))
    with browser() as client:
        client.post(local(desk, bad), data={"choice": "bad", "comment": "Slow."})
        desk.advance(days=29)
        client.post(local(desk, good), data={"choice": "good", "comment": ""})
        client.post(local(desk, good), data={"choice": "good", "comment": ""})
        (rating,) = ratings(desk)
        assert (rating.good, rating.comment) == (True, "")
        assert rating.changed_at is not None
        assert desk.ticket(1).kinds().count("ticket.rated") == 2

        desk.advance(days=2)
        for answer in (
            client.get(local(desk, good)),
            client.post(local(desk, bad), data={"choice": "bad"}),
        ):
            assert answer.status_code == 410
            assert "expired" in answer.text
    assert ratings(desk) == [rating]


def test_nothing_that_technicians_read_says_what_the_requester_thought(desk: RunningDesk) -> None:
    closing = close_a_ticket(desk)
    _good, bad, _own = links(closing)
    with browser() as client:
        client.post(local(desk, bad), data={"choice": "bad", "comment": "xyzzy is rude"})
    desk.expect_nothing_more()
    seen = desk.ticket(1)
    assert "xyzzy" not in repr((seen.workunits, seen.events, seen.deliveries, seen.inbox))
    assert [e.data.get("rating") for e in seen.events] == [None] * len(seen.events)
    # Not by a reply, either: the next mails to Tess know nothing of it.
    desk.reply(closing, ANN, "And it broke again.")
    told = desk.expect(to=tess)
    assert "again" in told.text
    assert "xyzzy" not in told.everything


def test_quality_staff_hear_of_a_bad_rating_and_answer_its_author_alone(desk: RunningDesk) -> None:
    add_quality(desk, quinn)
    add_quality(desk, tess)  # the owner, and so kept from it
    _good, bad, _own = links(close_a_ticket(desk))
    with browser() as client:
        client.post(local(desk, bad), data={"choice": "bad", "comment": "Too slow.\nMuch."})
        told = desk.expect(to=quinn)
        client.post(local(desk, bad), data={"choice": "bad", "comment": ""})
        client.post(local(desk, bad), data={"choice": "good", "comment": "Fine."})
    desk.expect_nothing_more()
    assert "> Too slow.\n> Much." in told.text
    assert [e.data for e in desk.ticket(1).events if e.kind == "ticket.rated"] == [
        {}, {"changed": True}, {"changed": True}
    ], "that quality staff were told says enough"  # fmt: skip
    assert told.reply_to == ann


def test_quality_staff_can_be_left_alone(open_desk: OpenDesk) -> None:
    desk = open_desk(http=REACHABLE, satisfaction={"tell_quality": False})
    add_quality(desk, quinn)
    _good, bad, _own = links(close_a_ticket(desk))
    with browser() as client:
        client.post(local(desk, bad), data={"choice": "bad", "comment": "Too slow."})
    desk.expect_nothing_more()


def add_quality(desk: RunningDesk, address: str) -> None:
    now = desk.clock()

    def add(uow: SqlUnitOfWork) -> None:
        person = uow.people.add(name="", channel="email", address=address, at=now)
        uow.people.set_quality(person.id, quality=True)

    desk.core.database.run(add)


def test_a_reply_to_the_mail_that_asks_is_words_in_the_ticket(desk: RunningDesk) -> None:
    closing = close_a_ticket(desk)
    desk.reply(closing, ANN, "Thanks, all is well.")
    assert "all is well" in desk.expect(to=tess).text
    desk.drain()
    assert desk.ticket(1).texts[-1] == "Thanks, all is well."
    assert ratings(desk) == []


def test_a_link_that_the_requester_quotes_is_a_key_to_nobody(desk: RunningDesk) -> None:
    closing = close_a_ticket(desk)
    token = links(closing)[2].rpartition("/")[2]
    wrapped = f"https://guard.example/?url=https%3A%2F%2Fdesk.example.org%2Frate%2F{token}&x=1"
    desk.reply(closing, ANN, f"I clicked {links(closing)[0]} and {wrapped}, and now?")
    told = desk.expect(to=tess)
    assert "I clicked" in told.text
    desk.drain()
    desk.mail(
        ANN,
        closing.reply_to,
        "Re: Printer",
        "Look.",
        html=f'<p>Look.</p><ul><li><a href="{links(closing)[1]}">here</a></li></ul>',
    )
    also = desk.expect(to=tess)
    desk.drain()
    seen = desk.ticket(1)
    assert token not in told.everything + also.everything + repr((seen.workunits, seen.events))
    assert "p.…" in seen.texts[-2]


def test_a_forged_altered_or_strange_link_opens_nothing(desk: RunningDesk) -> None:
    good, *_ = links(close_a_ticket(desk))
    token = good.partition("?")[0].rpartition("/")[2]
    keyring = desk.core.keyring()
    person = desk.ticket(1).ticket.requester_id
    strange = (
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        Keyring({token.rpartition(".")[2][:2]: b"another key"}).sign(Kind.PAGE, 1, person, 99999),
        keyring.sign(Kind.RATING, 1, person, 5),
        keyring.sign(Kind.PAGE, 999, person, 99999),
        keyring.sign(Kind.PAGE, 1, 999, 99999),
        "x",
        "%00%ff",
        "a" * 5000,
    )
    with browser() as client:
        for text in strange:
            link = local(desk, good.partition("/rate/")[0] + f"/rate/{text}")
            for answer in (client.get(link), client.post(link, data={"choice": "bad"})):
                assert answer.status_code == 404, text
                assert "Traceback" not in answer.text
        old = keyring.sign(Kind.PAGE, 1, person, 10)
        far = keyring.sign(Kind.PAGE, 1, person, 36**12)
        for text in (old, far):
            link = local(desk, good.partition("/rate/")[0] + f"/rate/{text}")
            assert client.get(link).status_code == 410
    assert ratings(desk) == []


def test_every_answer_is_guarded(desk: RunningDesk) -> None:
    good, *_ = links(close_a_ticket(desk))
    home = f"http://127.0.0.1:{desk.thread.service.http_port}"
    link = local(desk, good)
    with browser() as client:
        answers = {
            200: client.get(link),
            404: client.get(f"{home}/admin"),
            405: client.request("PATCH", link),
            415: client.post(link, content=b"{}", headers={"Content-Type": "application/json"}),
            400: client.post(link, data={"choice": "maybe"}),
            413: client.post(link, data={"choice": "good", "comment": "x" * 100_000}),
        }
        many = client.post(link, data={f"f{n}": "" for n in range(50)} | {"choice": "good"})
        slash = client.get(link.replace("?", "/?"))
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "server" not in answer.headers
        assert "<script" not in answer.text
        assert "http:" not in answer.text.replace("http://127.0.0.1", "")
    assert set(answers[405].headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert (many.status_code, slash.status_code) == (400, 404)
    assert ratings(desk) == []


def test_the_secret_of_a_link_is_in_no_log(
    desk: RunningDesk, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    good, *_ = links(close_a_ticket(desk))
    # What has been logged so far is the words of the test's own mail server.
    capfd.readouterr()
    caplog.clear()
    caplog.set_level(0)
    token = good.partition("?")[0].rpartition("/")[2]
    with browser() as client:
        client.get(local(desk, good))
        client.post(local(desk, good), data={"choice": "good"})
        client.get(local(desk, good) + "/x")
    logged = [r for r in caplog.records if r.name.split(".")[0] not in {"httpx", "httpcore"}]
    shown = capfd.readouterr()
    assert token not in shown.out + shown.err + repr([r.getMessage() for r in logged])


def test_the_page_speaks_the_readers_language(open_desk: OpenDesk) -> None:
    desk = open_desk(http=REACHABLE)
    good, *_ = links(close_a_ticket(desk))
    link = local(desk, good)
    with browser() as client:
        assert "How did we do?" in client.get(link).text
        german = client.get(link, headers={"Accept-Language": "tlh, de-AT;q=0.8, en;q=0.5"})
        assert german.headers["content-language"] == "de"
        assert '<html lang="de">' in german.text
        assert "Wie zufrieden sind Sie?" in german.text
        desk.core.database.run(lambda uow: set_language(uow, ann, "en"))
        assert "How did" in client.get(link, headers={"Accept-Language": "de"}).text


def set_language(uow: SqlUnitOfWork, address: str, language: str) -> None:
    from sqlalchemy import update

    from storage.tables import people

    person = uow.people.find("email", address)
    assert person is not None
    uow.connection.execute(update(people).where(people.c.id == person.id).values(language=language))


def test_who_changes_their_mind_all_the_time_is_slowed_down(desk: RunningDesk) -> None:
    good, *_ = links(close_a_ticket(desk))
    with browser() as client:
        statuses = [
            client.post(local(desk, good), data={"choice": ("good", "bad")[n % 2]}).status_code
            for n in range(22)
        ]
    assert statuses == [303] * 20 + [429] * 2
    assert desk.ticket(1).kinds().count("ticket.rated") == 20


@pytest.mark.parametrize("section", [{"enabled": False}, {"groups_off": ["Service Desk"]}])
def test_where_nobody_is_asked_the_mail_has_no_links(
    open_desk: OpenDesk, section: dict[str, object]
) -> None:
    closing = close_a_ticket(open_desk(http=REACHABLE, satisfaction=section))
    assert links(closing) == []
    assert "How did we do" not in closing.everything


def test_where_storage_takes_no_votes_people_are_told_to_come_back(desk: RunningDesk) -> None:
    good, *_ = links(close_a_ticket(desk))
    health = f"http://127.0.0.1:{desk.thread.service.http_port}/health"
    assert httpx.get(health).status_code == 200
    desk.core.database.close()
    vote = httpx.post(local(desk, good), data={"choice": "good"})
    assert vote.status_code == 503
    assert vote.headers["retry-after"] == "60"
    assert "may not have reached us" in vote.text


def test_a_connection_that_asks_nothing_is_closed(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.http.port.PATIENCE", 0.2)
    desk = open_desk(http=REACHABLE)
    with socket.create_connection(("127.0.0.1", desk.thread.service.http_port)) as idle:
        idle.settimeout(5)
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        began = time.monotonic()
        assert idle.recv(100) == b""
        assert time.monotonic() - began < 2


def test_two_services_cannot_have_one_port(open_desk: OpenDesk) -> None:
    from bot.errors import ConfigurationError

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"http: cannot listen on 127.0.0.1:{port}"):
            open_desk(http={"port": port})


def test_the_port_can_stay_closed(open_desk: OpenDesk) -> None:
    desk = open_desk(http={"enabled": False, "public_url": "https://desk.example.org"})
    assert desk.thread.service.http_port == 0
    assert "mailto:" in close_a_ticket(desk).text


def test_the_command_line_shows_ratings_to_whoever_asks_for_them(
    desk: RunningDesk,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "desk.toml"
    url = desk.core.settings.desk.database
    file.write_text(f'[desk]\ndata = "{tmp_path}"\ndatabase = "{url}"\n')
    monkeypatch.setenv("REPLYDESK_CONFIG", str(file))

    def say(*words: str) -> str:
        capsys.readouterr()
        assert run(list(words)) == 0
        return capsys.readouterr().out

    _good, bad, _own = links(close_a_ticket(desk))
    add_quality(desk, quinn)
    assert say("people", "quality").splitlines()[1].split() == [quinn, "-"]
    with browser() as client:
        client.post(local(desk, bad), data={"choice": "bad", "comment": "Too slow.\nMuch."})
    desk.expect(to=quinn)
    desk.expect_nothing_more()

    for words in (("show", "1"), ("show", "1", "--why"), ("show", "1", "--json")):
        shown = say(*words)
        assert "Too slow" not in shown
        assert "rated " not in shown.replace("was rated ", "")
        assert "tell quality" not in shown
        assert quinn not in shown
        assert "Too slow." in say(*words, "--ratings")
    assert "| Much." in say("show", "1", "--why", "--ratings")

    listed = say("ratings", "--group", "Service Desk", "--since", "2026-01-01")
    assert [line.split()[-6:-2] for line in listed.splitlines()[1:3]] == [
        ["all", "1", "0", "1"],
        ["Tech", "1", "0", "1"],
    ]
    assert "| Much." in listed
    assert "Nobody has said" in say("ratings", "--since", "2027-01-01")
    (share, *_) = json.loads(say("ratings", "--json"))["shares"]
    assert share == {
        "group": "Service Desk", "owner": "all", "answers": 1, "good": 0, "percent": 0,
    }  # fmt: skip
    assert run(["ratings", "--group", "Ofice"]) == 1
    assert say("people", "quality", quinn, "--no") == f"{quinn} does not read ratings any more.\n"
    assert say("people", "quality") == "Nobody reads ratings yet.\n"
