"""Two hosts that share one PostgreSQL database are one desk."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from storage.tables import workunits
from tests.flow.conftest import OpenDesk
from tests.flow.desk import DESK, TESS, RunningDesk
from tests.flow.letters import Letter, Received
from tests.servers.smtp_sink import SmtpSink

MAILS = 300
CONVERSATIONS = 20

tess = "tess@example.org"


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Only PostgreSQL is shared by several services."""
    return postgres_url


@pytest.fixture
def hosts(open_desk: OpenDesk, smtp_sink: SmtpSink) -> list[RunningDesk]:
    """Two services that start at the same time on an empty database."""

    def open_one(name: str) -> RunningDesk:
        out = {"host": smtp_sink.host, "port": smtp_sink.port, "tls": "none", "helo": name}
        technician = {"name": "Tess Tech", "address": tess}
        return open_desk(technicians=[technician], smtp_out=out)

    with ThreadPoolExecutor(2) as both:
        return list(both.map(open_one, ("one.example.org", "two.example.org")))


def _spread(hosts: list[RunningDesk], letters: list[Letter]) -> None:
    """Hand over to the hosts in turn, to both at once."""

    def hand_over(host: int) -> None:
        for letter in letters[host::2]:
            hosts[host].hand_over(letter)

    with ThreadPoolExecutor(2) as both:
        list(both.map(hand_over, range(2)))
    for host in hosts:
        host.settle(within=30)


def _texts(desk: RunningDesk) -> list[str]:
    query = select(workunits.c.text)
    return list(desk.core.database.read(lambda uow: uow.connection.execute(query).scalars()))


def _person(number: int) -> str:
    return f"Person {number} <p{number}@customer.example>"


def _received(sink: SmtpSink, address: str) -> list[Received]:
    return [
        Received(mail.sender, mail.recipients, mail.data)
        for mail in sink.mails
        if address in mail.recipients
    ]


def test_every_mail_is_one_workunit_and_one_acknowledgement(
    hosts: list[RunningDesk], smtp_sink: SmtpSink
) -> None:
    letters = [
        hosts[0].letter(_person(number), DESK, f"Thing {number}", f"Words {number}.\n")
        for number in range(MAILS)
    ]
    _spread(hosts, letters)
    assert hosts[0].count_tickets() == MAILS
    assert Counter(_texts(hosts[0])) == Counter(f"Words {number}." for number in range(MAILS))
    answered = Counter(
        Received(mail.sender, mail.recipients, mail.data).in_reply_to
        for mail in smtp_sink.mails
        if tess not in mail.recipients
    )
    assert answered == Counter(letter.message_id for letter in letters)
    assert len(_received(smtp_sink, tess)) == MAILS
    assert {mail.helo for mail in smtp_sink.mails} == {"one.example.org", "two.example.org"}


def test_answers_to_each_others_mails_find_their_ticket(
    hosts: list[RunningDesk], smtp_sink: SmtpSink
) -> None:
    requests = [
        hosts[0].letter(_person(number), DESK, f"Thing {number}", f"Words {number}.\n")
        for number in range(CONVERSATIONS)
    ]
    _spread(hosts, requests)
    # In turn, whichever host the mails came from.
    for number, told in enumerate(_received(smtp_sink, tess)):
        found = re.search(r"Words (\d+)", told.text)
        assert found
        hosts[number % 2].reply(told, TESS, f"Answer {found[1]}.")
    for host in hosts:
        host.settle(within=30)
    for number in range(CONVERSATIONS):
        _, answer = _received(smtp_sink, f"p{number}@customer.example")
        assert answer.words == f"Answer {number}."
        # By the signed address alone, to the host that did not take the request.
        hosts[1 - number % 2].mail(
            _person(number), answer.reply_to, "something else", f"Thanks {number}.\n"
        )
    for host in hosts:
        host.settle(within=30)
    assert hosts[0].count_tickets() == CONVERSATIONS
    threads = {tuple(hosts[0].ticket(number + 1).texts) for number in range(CONVERSATIONS)}
    assert threads == {
        (f"Words {number}.", f"Answer {number}.", f"Thanks {number}.")
        for number in range(CONVERSATIONS)
    }
