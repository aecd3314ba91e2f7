"""How a ticket ends: by whom, how it is called, by itself, for good; and the order of statuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.flow.desk import ANN, DESK, TESS, TOM, RunningDesk
from tests.flow.letters import Received

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"


def said(mail: Received) -> str:
    """What a mail says, without its line breaks."""
    return " ".join(mail.text.split())


def ask(desk: RunningDesk) -> Received:
    """Ann asks; what Tess gets."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    return told


@pytest.fixture
def told(desk: RunningDesk) -> Received:
    """Ann asked and Tess has the ticket; what Tess got."""
    found = ask(desk)
    desk.reply(found, TESS, "Is it on?")
    desk.drain()
    return found


# --- how it is called ----------------------------------------------------------------------------


def test_a_closing_mail_says_how_and_why(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "Tom answered you there.\n\n#close duplicate: See request 12.")
    closing = desk.expect(to=ann)
    confirmation = desk.expect(to=tess)
    desk.drain()
    assert "Tom answered you there." in said(closing)
    assert "is closed (duplicate)" in said(closing)
    assert "In short: See request 12." in said(closing)
    assert "Resolution: duplicate" in said(confirmation)
    ticket = desk.ticket(1).ticket
    assert (ticket.resolution, ticket.epilogue) == ("duplicate", "See request 12.")
    assert ticket.closed_by_id == ticket.owner_id


def test_the_words_of_a_closing_mail_are_its_summary_once(
    desk: RunningDesk, told: Received
) -> None:
    desk.reply(told, TESS, "It was the cable.\nThe new one is in.\n\n#close")
    closing = desk.expect(to=ann)
    desk.drain()
    assert closing.text.count("It was the cable.") == 1
    ticket = desk.ticket(1).ticket
    assert ticket.epilogue == "It was the cable.\nThe new one is in."
    assert ticket.resolution == "solved"


def test_a_long_closing_summary_is_kept_whole_and_confirmed_in_short(
    desk: RunningDesk, told: Received
) -> None:
    words = "It was the cable. " * 100
    desk.reply(told, TESS, f"{words}\n\n#close")
    confirmation = said(desk.expect(to=tess))
    desk.drain()
    assert "Epilogue: It was the cable." in confirmation
    assert len(confirmation) < 400
    assert len(desk.ticket(1).ticket.epilogue) > 1700


def test_internal_words_never_become_a_summary(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "#internal\nShe had unplugged it herself, again and again.\n#close")
    desk.drain()
    assert desk.ticket(1).ticket.epilogue == ""
    assert desk.ticket(1).status == "closed"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("#internal\nShe never pays.\n#close: She never pays.", "stays among colleagues"),
        (
            "#close: See her own fault, unplugged it again and again.",
            "repeats words of an internal",
        ),
        ("#close dublicate", "did you mean duplicate?"),
        ("#close thanks a lot", "a closing summary stands behind a colon"),
    ],
)
def test_a_doubtful_ending_ends_nothing(
    desk: RunningDesk, told: Received, words: str, problem: str
) -> None:
    desk.reply(told, TESS, "#internal\nOwn fault, unplugged it again and again.")
    desk.drain()
    desk.reply(told, TESS, words)
    assert problem in said(desk.expect(to=tess))
    assert all(ann not in mail.recipients for mail in desk.drain())
    ticket = desk.ticket(1).ticket
    assert (ticket.status, ticket.resolution, ticket.epilogue) == ("in progress", "", "")


def test_a_cancelled_request_is_said_to_be_cancelled(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "#cancel: You called it off.")
    closing = desk.expect(to=ann)
    desk.drain()
    assert "is cancelled" in said(closing)
    assert "In short: You called it off." in said(closing)
    assert desk.ticket(1).ticket.resolution == "withdrawn"


def test_what_goes_on_has_not_ended(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "Done.\n\n#close rejected: No.")
    closing = desk.expect(to=ann)
    desk.drain()
    desk.reply(closing, ANN, "But yes!")
    desk.drain()
    ticket = desk.ticket(1).ticket
    assert ticket.status == "reopened"
    assert (ticket.resolution, ticket.epilogue, ticket.closed_by_id) == ("", "", None)


# --- by whom -------------------------------------------------------------------------------------


def test_only_who_has_a_ticket_ends_it(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TOM, "#close")
    refusal = said(desk.expect(to=tom))
    assert "Tess Tech" in refusal
    assert "#assign me" in refusal
    desk.drain()
    assert desk.ticket(1).status == "in progress"
    desk.reply(told, TOM, "#close\n#assign me")
    desk.expect(to=ann, containing="is resolved")
    desk.drain()
    assert (desk.ticket(1).status, desk.ticket(1).owner) == ("closed", tom)


def test_a_locked_ticket_comes_back_only_unlocked(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "#close\n#lock")
    closing = desk.expect(to=ann)
    desk.drain()
    assert desk.ticket(1).ticket.locked
    desk.reply(closing, ANN, "It is broken again.")
    desk.drain()
    assert desk.ticket(2).ticket.follows == 1
    desk.reply(told, TESS, "#reopen")
    assert "#unlock comes first" in said(desk.expect(to=tess))
    desk.drain()
    assert desk.ticket(1).status == "closed"
    desk.reply(told, TESS, "#reopen\n#unlock")
    desk.drain()
    assert desk.ticket(1).status == "reopened"
    assert not desk.ticket(1).ticket.locked
    assert desk.count_tickets() == 2


def test_a_technician_reopens_even_after_the_window(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "#close")
    desk.drain()
    desk.advance(days=40)
    desk.reply(told, TESS, "I was wrong.\n\n#reopen")
    assert desk.expect(to=ann).words.startswith("I was wrong.")
    desk.drain()
    assert desk.ticket(1).status == "reopened"
    assert desk.count_tickets() == 1


def test_a_follow_up_names_what_it_follows(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "#close")
    closing = desk.expect(to=ann)
    desk.drain()
    desk.advance(days=15)
    desk.reply(closing, ANN, "It is broken again.")
    assert "Your earlier request 1 is closed for good" in said(desk.expect(to=ann))
    assert "follow-up of request 1" in said(desk.expect(to=tess))


# --- by itself -----------------------------------------------------------------------------------


def test_who_does_not_answer_is_warned_and_then_closed(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "Which printer?\n\n#pending")
    desk.drain()
    desk.advance(days=12, hours=23)
    desk.expect_nothing_more()
    desk.advance(hours=2)
    warning = desk.expect(to=ann)
    assert "waiting for your answer about “Printer”" in said(warning)
    desk.expect_nothing_more()
    desk.advance(hours=25)
    assert "is closed (expired)" in said(desk.expect(to=ann))
    assert "Resolution: expired" in desk.expect(to=tess).text
    desk.expect_nothing_more()
    view = desk.ticket(1)
    assert (view.status, view.ticket.resolution, view.ticket.closed_by_id) == (
        "closed",
        "expired",
        None,
    )
    assert [event.rule for event in view.events[-2:]] == ["closing-warning", "auto-close"]


def test_an_answer_to_the_warning_stops_the_closing(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "It should work.\n\n#pending closure")
    desk.drain()
    desk.advance(days=2, hours=1)
    warning = desk.expect(to=ann)
    assert "We believe that “Printer” is done." in said(warning)
    desk.reply(warning, ANN, "It does not.")
    desk.drain()
    desk.advance(days=30)
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "in progress"


def test_a_desk_that_slept_warns_before_it_closes(desk: RunningDesk, told: Received) -> None:
    desk.reply(told, TESS, "Which printer?\n\n#pending")
    desk.drain()
    desk.advance(days=60)
    desk.expect(to=ann, containing="waiting for your answer")
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "pending user"


# --- in a house with an order of its own ---------------------------------------------------------

HOUSE = {
    "status_maps": [
        {
            "name": "house rules",
            "groups": ["Service Desk"],
            "allowed": {
                "new": ["assigned", "pending third party"],
                "assigned": ["pending closure"],
                "pending third party": ["pending closure"],
                "pending closure": ["closed"],
                "closed": ["reopened"],
            },
        }
    ],
    "groups": [{"name": "Service Desk", "pending_closure_hours": 30, "reopen_days": 2}],
}


@pytest.fixture
def house(open_desk: Callable[..., RunningDesk]) -> RunningDesk:
    """A desk with a map and patience of its own."""
    return open_desk(**HOUSE)


def test_a_house_has_a_status_map_of_its_own(house: RunningDesk) -> None:
    told = ask(house)
    house.reply(told, TESS, "#close")
    assert "allowed are: assigned, pending third party" in said(house.expect(to=tess))
    assert house.ticket(1).status == "new"
    house.reply(told, TESS, "I ask the vendor.\n\n#pending third party")
    house.expect(to=ann, containing="I ask the vendor.")
    house.drain()
    assert house.ticket(1).status == "pending third party"
    for line, status in (
        ("#status in progress", "pending third party"),
        ("#pending closure", "pending closure"),
        ("#reopen", "pending closure"),
        ("#close", "closed"),
        ("#status in progress", "closed"),
        ("#reopen", "reopened"),
        ("#close", "reopened"),
    ):
        house.reply(told, TESS, line)
        house.drain()
        assert house.ticket(1).status == status, line


def test_moves_of_themselves_follow_the_map(house: RunningDesk) -> None:
    told = ask(house)
    house.reply(told, TESS, "Is it on?")
    question = house.expect(to=ann)
    house.drain()
    assert house.ticket(1).status == "assigned", "the house knows no work in progress"
    house.reply(told, TESS, "It should work.\n\n#pending closure")
    house.drain()
    house.reply(question, ANN, "It does not.")
    house.drain()
    view = house.ticket(1)
    assert view.status == "pending closure", "nothing but closing may follow"
    assert view.events[-1].data["move"] == {
        "rule": "outsider_answers",
        "before": "pending closure",
        "after": "pending closure",
        "wished": ["in progress", "assigned", "reopened"],
        "map": "house rules",
    }
    house.advance(days=20)
    assert house.drain() == [], "who answered is neither warned nor closed"
    house.reply(told, TESS, "And now?")
    house.drain()
    house.advance(hours=7)
    house.expect(to=ann, containing="We believe that")
    house.advance(hours=25)
    house.expect(to=ann, containing="is resolved")
    house.drain()
    assert house.ticket(1).status == "closed"
    house.advance(days=3)
    house.reply(question, ANN, "It broke.")
    house.drain()
    assert house.ticket(2).ticket.follows == 1


def test_assigning_a_new_ticket_makes_it_assigned(desk: RunningDesk) -> None:
    told = ask(desk)
    desk.reply(told, TESS, "#assign tom")
    confirmation = desk.expect(to=tess)
    desk.drain()
    assert "new → assigned" in said(confirmation)
    assert desk.ticket(1).status == "assigned"
    assert desk.ticket(1).events[-1].data["move"]["rule"] == "assignment"  # type: ignore[index]  # JSON


def test_a_ticket_that_finds_its_owner_by_itself_is_assigned(
    open_desk: Callable[..., RunningDesk],
) -> None:
    desk = open_desk(groups=[{"name": "Service Desk", "assign": "round robin"}])
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.expect(to=tess)
    desk.drain()
    view = desk.ticket(1)
    assert (view.owner, view.status) == (tess, "assigned")
    assert view.events[0].data["changes"] == [["status", "new", "assigned"]]
