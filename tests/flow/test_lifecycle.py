"""How a ticket ends, comes back, and ends for good."""

from __future__ import annotations

import pytest

from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Received

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"


@pytest.fixture
def told(desk: RunningDesk) -> Received:
    """Ann asked and Tess has the ticket; what Tess got."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    found = desk.expect(to=tess)
    desk.reply(found, TESS, "Is it on?")
    desk.expect(to=ann, containing="Is it on?")
    desk.drain()
    return found


def _ended(desk: RunningDesk, told: Received, command: str) -> Received:
    desk.reply(told, TESS, f"It was the cable.\n\n{command}")
    closing = desk.expect(to=ann)
    desk.drain()
    return closing


@pytest.mark.parametrize("command", ["#resolve", "#close"])
def test_an_answer_to_a_finished_ticket_reopens_it(
    desk: RunningDesk, told: Received, command: str
) -> None:
    closing = _ended(desk, told, command)
    desk.advance(days=5)
    desk.reply(closing, ANN, "It is broken again.")
    assert "It is broken again." in desk.expect(to=tess).text
    desk.expect_nothing_more()
    ticket = desk.ticket(1)
    assert ticket.status == "reopened"
    assert ticket.ticket.closed_at is None
    assert desk.count_tickets() == 1


def test_a_resolved_ticket_closes_itself_and_tells_nobody(
    desk: RunningDesk, told: Received
) -> None:
    _ended(desk, told, "#resolve")
    desk.advance(days=6, hours=23)
    assert desk.ticket(1).status == "resolved"
    desk.advance(hours=2)
    desk.expect_nothing_more()
    ticket = desk.ticket(1)
    assert ticket.status == "closed"
    assert ticket.events[-1].rule == "auto-close"


def test_an_answer_stops_the_closing(desk: RunningDesk, told: Received) -> None:
    closing = _ended(desk, told, "#resolve")
    desk.advance(days=3)
    desk.reply(closing, ANN, "No, it was not.")
    desk.drain()
    desk.advance(days=10)
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "reopened"


def test_after_the_window_an_answer_opens_a_linked_ticket(
    desk: RunningDesk, told: Received
) -> None:
    closing = _ended(desk, told, "#close")
    desk.advance(days=15)
    desk.reply(closing, ANN, "It is broken again.")
    acknowledgement = desk.expect(to=ann)
    for address in (tess, tom):
        assert "It is broken again." in desk.expect(to=address).text
    desk.expect_nothing_more()
    assert acknowledgement.automatic == "auto-replied"
    assert desk.ticket(1).status == "closed"
    assert desk.ticket(2).ticket.follows == 1
    assert desk.ticket(2).texts == ["It is broken again."]


def test_answers_to_the_follow_up_stay_there(desk: RunningDesk, told: Received) -> None:
    closing = _ended(desk, told, "#close")
    desk.advance(days=15)
    desk.reply(closing, ANN, "It is broken again.")
    acknowledgement = desk.expect(to=ann)
    desk.drain()
    desk.reply(acknowledgement, ANN, "Both trays.")
    desk.drain()
    assert desk.ticket(2).texts == ["It is broken again.", "Both trays."]
    assert desk.count_tickets() == 2


def test_a_technicians_late_answer_reaches_the_requester(desk: RunningDesk, told: Received) -> None:
    _ended(desk, told, "#close")
    desk.reply(told, TESS, "One more thing: keep the cable.")
    assert "keep the cable" in desk.expect(to=ann).words
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "closed", "it needs no more work"


def test_a_machine_reopens_nothing(desk: RunningDesk, told: Received) -> None:
    closing = _ended(desk, told, "#close")
    desk.reply(closing, ANN, "I am on holiday.", Auto_Submitted="auto-replied")
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "closed"


def test_the_window_counts_from_the_last_closing(desk: RunningDesk, told: Received) -> None:
    closing = _ended(desk, told, "#close")
    desk.advance(days=13)
    desk.reply(closing, ANN, "It is broken again.")
    desk.drain()
    closing = _ended(desk, told, "#close")
    desk.advance(days=13)
    desk.reply(closing, ANN, "And again.")
    desk.drain()
    assert desk.count_tickets() == 1
    assert desk.ticket(1).status == "reopened"
