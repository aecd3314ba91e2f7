"""Ticket types and their fields, asked for and filled by mail; priorities, groups, and quotas."""

from __future__ import annotations

import pytest

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"

LAPTOP = {
    "name": "New laptop",
    "kind": "service request",
    "fields": [
        {"name": "Device", "kind": "choice", "choices": "Laptop,PC", "required": True},
        {
            "name": "Vendor",
            "kind": "choice",
            "choices": "Laptop|HP,Laptop|Lenovo,PC|HP",
            "depends_on": "Device",
            "required": True,
        },
        {"name": "Needed by", "kind": "date", "hint": "the first day you need it"},
    ],
}


def fields(desk: RunningDesk, number: int) -> dict[str, str]:
    return desk.core.database.read(lambda uow: uow.fields.get(number))


@pytest.fixture
def typed(open_desk: OpenDesk) -> RunningDesk:
    queues = [{"address": DESK, "type": "New laptop"}]
    return open_desk(types=[LAPTOP], queues=queues)


def test_what_is_missing_is_asked_for_and_the_answer_fills_it(typed: RunningDesk) -> None:
    typed.mail(ANN, DESK, "A laptop", "Please.\n\nNeeded by: 1.12.2026\n")
    question = typed.expect(to=ann)
    typed.expect(to=tess)
    typed.expect(to=tom)
    typed.expect_nothing_more()
    assert "Device:" in question.text
    assert "Laptop: HP, Lenovo" in question.text
    assert "Needed by" not in question.text, "she has said that"
    ticket = typed.ticket(1)
    assert (ticket.status, ticket.ticket.kind.value) == ("unconfirmed", "service request")

    typed.reply(question, ANN, "device: laptop\nVendor = Lenovo\n\nThanks!")
    typed.expect(to=tess)
    typed.expect(to=tom)
    typed.expect_nothing_more()
    assert fields(typed, 1) == {"Device": "Laptop", "Vendor": "Lenovo", "Needed by": "2026-12-01"}
    assert typed.ticket(1).status == "new"
    assert "Thanks!" in typed.ticket(1).texts[-1], "the words stay, too"


def test_an_answer_with_a_mistake_is_asked_about_once_more(typed: RunningDesk) -> None:
    typed.mail(ANN, DESK, "A laptop", "Please.")
    question = typed.expect(to=ann)
    typed.drain()
    typed.reply(question, ANN, "Device: PC\nVendor: Lenovo")
    again = typed.expect(to=ann)
    assert "'Lenovo' is no Vendor of a PC; there are: HP" in again.text
    assert "Device:" not in again.text
    typed.drain()
    typed.reply(again, ANN, "HP")
    typed.settle()
    assert fields(typed, 1) == {"Device": "PC", "Vendor": "HP"}
    assert typed.ticket(1).status == "new"


def test_people_write_into_the_quoted_mail(typed: RunningDesk) -> None:
    typed.mail(ANN, DESK, "A laptop", "Please.")
    question = typed.expect(to=ann)
    typed.drain()
    filled = question.words.replace("Device:", "Device: PC").replace("Vendor:", "Vendor: hp")
    quoted = "\n".join(f"> {line}" for line in filled.split("\n"))
    typed.reply(question, ANN, f"See below.\n\nExample Desk wrote:\n{quoted}", quoting="")
    typed.settle()
    assert fields(typed, 1) == {"Device": "PC", "Vendor": "HP"}


def test_nobody_is_asked_for_ever(typed: RunningDesk) -> None:
    typed.mail(ANN, DESK, "A laptop", "Please.")
    question = typed.expect(to=ann)
    typed.drain()
    asked = 0
    for attempt in range(6):
        typed.reply(question, ANN, f"Device: a toaster, number {attempt}")
        asked += sum(mail.recipients == (ann,) for mail in typed.drain())
    assert asked == 3
    assert typed.ticket(1).status == "unconfirmed"


def test_a_stranger_fills_nothing(typed: RunningDesk) -> None:
    typed.mail(ANN, DESK, "A laptop", "Please.")
    question = typed.expect(to=ann)
    typed.drain()
    typed.reply(question, "Mallory <m@elsewhere.example>", "Device: PC\nVendor: HP")
    typed.settle()
    assert fields(typed, 1) == {}


def test_technicians_shape_a_ticket_by_mail(open_desk: OpenDesk) -> None:
    people = [
        {"name": "Tess Tech", "address": tess},
        {"name": "Nora Net", "address": "nora@example.org", "groups": ["Network"]},
    ]
    desk = open_desk(types=[LAPTOP], technicians=people)
    desk.mail(ANN, DESK, "Laptop", "Please.")
    told = desk.expect(to=tess)
    desk.expect(to=ann)
    desk.reply(told, TESS, "#type new laptop\n#impact high\n#urgency medium\n#field device: PC")
    asked = desk.expect(to=ann)
    assert "Vendor:" in asked.text
    assert "Device:" not in asked.text
    done = desk.expect(to=tess)
    assert "P2" in done.text
    assert "- Impact: high\n- Urgency: medium" in done.text
    ticket = desk.ticket(1).ticket
    assert (ticket.type, ticket.kind.value, ticket.priority) == ("New laptop", "service request", 2)
    desk.reply(told, TESS, "#group netwrk")
    assert "did you mean Network?" in desk.expect(to=tess).text
    desk.reply(told, TESS, "#group network\n#title A laptop for Ann")
    desk.settle()
    ticket = desk.ticket(1).ticket
    assert (ticket.title, ticket.owner_id) == ("A laptop for Ann", None)


QUOTA = {"name": "Service Desk", "open_tickets": 2}


@pytest.mark.parametrize("forced", [True, False])
def test_beyond_a_quota(open_desk: OpenDesk, *, forced: bool) -> None:
    desk = open_desk(groups=[{**QUOTA, "limits_forced": forced}])
    for subject in ("One", "Two"):
        desk.mail(ANN, DESK, subject, f"{subject} broke.")
    desk.drain()
    desk.advance(hours=1)
    desk.mail(ANN, DESK, "Three", "Three broke.")
    told = desk.expect(to=ann)
    assert ("2 open requests" in told.text) is forced
    if forced:
        desk.expect_nothing_more()
        ticket = desk.ticket(3).ticket
        assert (ticket.status, ticket.resolution) == ("cancelled", "over the limit")
        desk.reply(told, ANN, "It is really urgent.")
        desk.expect(to=tess)
        assert desk.ticket(3).status == "reopened"
    else:
        assert "beyond the limit of 2 open requests" in desk.expect(to=tess).text
        assert desk.ticket(3).status == "new"


def test_a_year_of_requests(open_desk: OpenDesk) -> None:
    desk = open_desk(
        groups=[{"name": "Service Desk", "tickets_per_year": 1, "limits_forced": True}]
    )
    desk.mail(ANN, DESK, "One", "One broke.")
    desk.drain()
    desk.advance(days=200)
    desk.mail(ANN, DESK, "Two", "Two broke.")
    assert "within a year" in desk.expect(to=ann).text
    desk.advance(days=166)
    desk.mail(ANN, DESK, "Three", "Three broke.")
    desk.settle()
    assert desk.ticket(3).status == "new", "what was refused does not count, nor what is older"
