"""Questions by mail: everybody is told what they may see, and nobody hears that they asked."""

from __future__ import annotations

import pytest

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, MALLORY, TESS, TOM, VERA, Proof, RunningDesk
from tests.flow.letters import Received

ann, bob, cleo, tess, tom, vera, mallory = (
    "ann@customer.example",
    "bob@customer.example",
    "cleo@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
    "mallory@elsewhere.example",
)
BOB, CLEO = f"Bob Buyer <{bob}>", f"Cleo Alone <{cleo}>"
NOTHING = "Nothing was found among the requests that you may see."


@pytest.fixture
def desk(open_desk: OpenDesk) -> RunningDesk:
    """Ann's ticket 1 with a vendor and a note, Cleo's 2, Mallory's 3; Tess has the first."""
    desk = open_desk(
        companies=[{"name": "Customer", "domains": ["customer.example"]}],
        people=[{"address": cleo, "independent": True}],
    )
    desk.mail(ANN, DESK, "Printer is dead", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "Vera will look at it.\n\n#cc vera@printers.example")
    desk.drain()
    desk.reply(told, TESS, "#internal\nVera is slow.")
    desk.drain()
    desk.mail(CLEO, DESK, "Chair squeaks", "Please oil my chair.\n")
    desk.drain()
    desk.mail(MALLORY, DESK, "Window broken", "A window is broken.\n")
    desk.drain()
    return desk


def ask(desk: RunningDesk, who: str, line: str, *, proof: Proof = "pass") -> list[Received]:
    """Everything that a question makes the desk send; it changes no ticket."""
    before = [(len(desk.ticket(n).workunits), desk.ticket(n).status) for n in (1, 2, 3)]
    desk.mail(who, DESK, "A question", f"{line}\n", proof=proof)
    told = desk.drain()
    assert [(len(desk.ticket(n).workunits), desk.ticket(n).status) for n in (1, 2, 3)] == before
    return told


def answer(desk: RunningDesk, who: str, line: str) -> Received:
    """The one answer, to whoever asked and to nobody else."""
    number = desk.count_tickets()
    (told,) = ask(desk, who, line)
    assert who.partition("<")[2] in f"{told.header('To')}>"
    assert told.automatic == "auto-replied"
    assert desk.count_tickets() == number
    return told


#: Whom Ann's company sees is not asked of Cleo: alone, she sees less, and is seen all the same.
LISTS: tuple[tuple[str, str, set[int]], ...] = (
    (ANN, "#tickets", {1, 2}),
    (BOB, "#tickets", {1, 2}),
    (CLEO, "#tickets", {2}),
    (VERA, "#tickets", {1}),
    (MALLORY, "#tickets", {3}),
    (TESS, "#tickets", {1}),
    (TOM, "#tickets", set()),
    (TOM, "#tickets is:open", {1, 2, 3}),
    (TOM, "#search chair", {2}),
    (TOM, "#search slow", {1}),
    (VERA, "#tickets slow", set()),
    (ANN, "#tickets slow", set()),
    (ANN, "#tickets chair", {2}),
    (CLEO, "#tickets printer", set()),
    (ANN, "#tickets window", set()),
    (ANN, "#tickets owner:tess@example.org", set()),
    (ANN, "#tickets requester:mallory@elsewhere.example", set()),
    (ANN, "#tickets requester:nobody@elsewhere.example", set()),
    (ANN, '#Tickets status:"in progress"', {1}),
)


def test_a_list_holds_what_somebody_may_see(desk: RunningDesk) -> None:
    for who, line, seen in LISTS:
        told = answer(desk, who, line)
        assert {n for n in (1, 2, 3) if f"Request {n}" in told.text} == seen, (who, line)
        assert (NOTHING in told.text) is (not seen)
        assert "Vera is slow" not in told.everything
        assert told.reply_to == DESK, "whoever answers a list answers no ticket"


def test_one_ticket_with_its_last_words(desk: RunningDesk) -> None:
    for who, note in ((ANN, False), (BOB, False), (VERA, False), (TESS, True), (TOM, True)):
        told = answer(desk, who, "#status #1")
        assert "Request 1 · Printer is dead" in told.text
        assert "Tess Tech" in told.text
        assert "Vera will look at it." in told.text
        assert ("Vera is slow." in told.everything) is note, who
        assert ("INTERNAL" in told.text) is note
        assert told.reply_to != DESK, "an answer enters the ticket"


@pytest.mark.parametrize("who", [CLEO, MALLORY])
def test_not_there_and_not_theirs_are_the_same(desk: RunningDesk, who: str) -> None:
    theirs, nobodys = answer(desk, who, "#status 1"), answer(desk, who, "#status 999")
    assert NOTHING in theirs.text
    assert theirs.text.replace("#status 1", "") == nobodys.text.replace("#status 999", "")
    assert theirs.reply_to == nobodys.reply_to == DESK
    assert "Printer" not in theirs.everything


def test_a_mistake_in_a_question_is_explained(desk: RunningDesk) -> None:
    told = answer(desk, ANN, "#tickets colour:red")
    assert "could not be understood" in told.text
    assert '"colour:" is nothing to search by' in told.text
    assert "owner: " not in answer(desk, ANN, "#tickets owner:nosuch").text


@pytest.mark.parametrize("proof", ["none", "fail"])
@pytest.mark.parametrize("who", [ANN, TESS, MALLORY])
def test_nobody_unproven_is_answered(desk: RunningDesk, who: str, proof: Proof) -> None:
    for told in ask(desk, who, "#status 1", proof=proof):
        assert "Printer is dead" not in told.everything
        assert "#status 1" not in told.subject


def test_somebody_without_any_ticket_makes_a_request(desk: RunningDesk) -> None:
    told = ask(desk, "New <new@nowhere.example>", "#status 1")
    assert desk.count_tickets() == 4
    assert not any("Printer is dead" in mail.everything for mail in told)


def test_search_and_commands_are_what_they_were(desk: RunningDesk) -> None:
    ask(desk, ANN, "#search chair")
    assert desk.count_tickets() == 4, "in a requester's mail it is a word"


def test_the_history_keeps_the_question_alone(desk: RunningDesk) -> None:
    answer(desk, VERA, "#status 1")
    (asked,) = (event for event in desk.ticket(1).events if event.kind == "question.answered")
    assert asked.data["question"] == "#status 1"
    assert "Printer" not in str(asked.data)


def test_what_was_merged_in_is_not_told_to_whom_it_was_not_written(desk: RunningDesk) -> None:
    desk.mail(TESS, DESK, "[#3] Window broken", "#merge 1 anyway\n")
    desk.drain()
    (told,) = (mail for mail in _asked(desk, MALLORY, "#status 3"))
    assert "Request 1" in told.text
    assert "Vera will look at it." not in told.everything


def _asked(desk: RunningDesk, who: str, line: str) -> list[Received]:
    desk.mail(who, DESK, "A question", f"{line}\n")
    return desk.drain()
