"""Loops and floods end, nothing is doubled by pressing send twice, and every silence has a reason."""

from __future__ import annotations

import pytest

from bot.cli.dossier import read_dossier
from bot.cli.opening import Storage
from bot.cli.why import story
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Enclosed

ann, tess, tom, bob = "ann@customer.example", "tess@example.org", "tom@example.org", "bob@b.example"


def _to(desk: RunningDesk, address: str) -> int:
    return sum(address in mail.recipients for mail in desk.drain())


def _why(desk: RunningDesk, number: int) -> str:
    desk.settle()
    core = desk.core
    storage = Storage(settings=core.settings, database=core.database, blobs=core.blobs)
    return "\n".join(story(read_dossier(storage, number), storage))


# --- the same request again -----------------------------------------------------------------------


def test_pressing_send_twice_makes_one_ticket(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    assert sorted(to for mail in desk.drain() for to in mail.recipients) == [ann, tess, tom]
    assert desk.count_tickets() == 1
    assert desk.ticket(1).texts == ["It does not print."] * 2
    assert "guard    nobody is told, by same_request_again: " in _why(desk, 1)


def test_an_answer_to_the_second_copy_finds_the_ticket(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    second = desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.drain()
    desk.mail(ANN, DESK, "Re: Printer", "Now it does.\n", In_Reply_To=f"<{second.message_id}>")
    assert desk.ticket(1).texts[-1] == "Now it does."


def test_whoever_was_forgotten_in_copy_joins(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", Cc=f"Bob <{bob}>")
    assert desk.ticket(1).copies == {bob}
    assert desk.count_tickets() == 1


def test_other_files_are_another_request(desk: RunningDesk) -> None:
    def photo(data: bytes) -> Enclosed:
        return Enclosed(name="photo.jpg", content_type="image/jpeg", data=data)

    desk.mail(ANN, DESK, "Door", "See.\n", files=[photo(b"one")])
    desk.mail(ANN, DESK, "Door", "See.\n", files=[photo(b"two")])
    assert desk.count_tickets() == 2


def test_the_same_request_next_week_is_another(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Backup", "Please check the backup.\n")
    desk.drain()
    desk.advance(minutes=6)
    desk.mail(ANN, DESK, "Backup", "Please check the backup.\n")
    assert _to(desk, ann) == 1
    assert desk.count_tickets() == 2


def test_a_forger_cannot_swallow_the_genuine_request(desk: RunningDesk) -> None:
    """Whoever guesses a request and sends it first in Ann's name must not silence hers."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", proof="none")
    desk.drain()
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    assert {tess, tom} <= {to for mail in desk.drain() for to in mail.recipients}
    assert desk.count_tickets() == 2
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", proof="none")
    assert desk.drain() == []
    assert desk.count_tickets() == 2


# --- acknowledgements -----------------------------------------------------------------------------


def test_the_same_subject_again_opens_in_silence(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    assert _to(desk, ann) == 1
    desk.mail(ANN, DESK, "Printer", "The other one does not print either.\n")
    assert {to for mail in desk.drain() for to in mail.recipients} == {tess, tom}
    assert desk.count_tickets() == 2
    assert (
        "not acknowledged, by same_subject_again: "
        "The author asked under the same subject within the last minutes."
    ) in _why(desk, 2)


def test_the_address_budget_is_named(desk: RunningDesk) -> None:
    for number in (1, 2, 3):
        desk.mail(ANN, DESK, f"Request {number}", f"Number {number}.\n")
    assert _to(desk, ann) == 2
    assert "not acknowledged, by address_budget: " in _why(desk, 3)


def test_a_storm_opens_tickets_in_silence(open_desk: OpenDesk) -> None:
    desk = open_desk(limits={"acknowledgements_in_a_minute": 2})
    for number in range(5):
        desk.mail(f"P <p{number}@customer.example>", DESK, "Outage", f"{number} is down.\n")
    mails = desk.drain()
    outside = [to for mail in mails for to in mail.recipients if to.startswith("p")]
    assert len(outside) == 2
    assert sum(tess in mail.recipients for mail in mails) == 5
    assert "not acknowledged, by storm: " in _why(desk, 5)
    desk.advance(minutes=1)
    desk.mail("Q <q@customer.example>", DESK, "Outage", "Mine, too.\n")
    assert _to(desk, "q@customer.example") == 1


@pytest.mark.parametrize(("group", "acknowledged"), [(DESK, 1), ("support@company.example", 0)])
def test_a_groups_post_opens_a_ticket(desk: RunningDesk, group: str, acknowledged: int) -> None:
    """Our own group's is acknowledged like any mail; other lists are not answered."""
    letter = desk.letter(
        ANN,
        group,
        "Printer",
        "It does not print.\n",
        Precedence="list",
        List_ID=f"<{group.replace('@', '.')}>",
        List_Post=f"<mailto:{group}>",
    )
    desk.hand_over_raw(letter.raw, sender="support+bnc7@company.example", to=[DESK])
    mails = desk.drain()
    assert sum(ann in mail.recipients for mail in mails) == acknowledged
    assert sum(tess in mail.recipients for mail in mails) == 1
    assert desk.ticket(1).texts == ["It does not print."]


def test_a_groups_post_whose_author_was_rewritten_is_held(desk: RunningDesk) -> None:
    letter = desk.letter(
        f"'Ann Asker' via Desk <{DESK}>",
        DESK,
        "Printer",
        "It does not print.\n",
        Precedence="list",
        List_ID="<desk.example.org>",
        List_Post=f"<mailto:{DESK}>",
        X_Original_From=ANN,
        Reply_To=ANN,
    )
    desk.hand_over_raw(letter.raw, sender="desk+bnc7@example.org", to=[DESK])
    (held,) = desk.waiting("held")
    assert held["reason"].endswith(f"it names {ANN}")
    desk.expect_nothing_more()


# --- floods ---------------------------------------------------------------------------------------


def test_beyond_the_bound_technicians_get_one_summary(open_desk: OpenDesk) -> None:
    desk = open_desk(limits={"mails_to_one_in_an_hour": 2})
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.reply(told, TESS, "Is it on?")
    answer = desk.expect(to=ann, containing="Is it on?")
    desk.drain()
    for number in range(5):
        desk.reply(answer, ANN, f"Line {number} of my story.")
    assert _to(desk, tess) == 2
    assert len(desk.ticket(1).texts) == 7, "every word is kept"
    spared = [row for row in desk.ticket(1).deliveries if row["code"] == "mails_to_one"]
    assert [row["state"] for row in spared] == ["cancelled"] * 3
    assert "not sent: there were 2 mails to one person about a ticket" in _why(desk, 1)
    desk.advance(hours=1)
    summary = desk.expect(to=tess)
    assert "we did not send you one by one: 3" in summary.text
    desk.expect_nothing_more()
    desk.advance(hours=1)
    desk.expect_nothing_more()
    desk.reply(answer, ANN, "The end.")
    assert "The end." in desk.expect(to=tess).text


def test_one_ticket_cannot_flood_everybody(open_desk: OpenDesk) -> None:
    desk = open_desk(limits={"mails_about_a_ticket_in_an_hour": 3})
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", Cc=f"Bob <{bob}>")
    told = desk.expect(to=tess)
    desk.drain()
    for number in range(3):
        desk.reply(told, TESS, f"Step {number}.")
    assert len(desk.drain()) == 3
    withheld = {row["code"] for row in desk.ticket(1).deliveries} - {"", "thread_only"}
    assert withheld == {"mails_to_all"}


def test_the_same_answer_to_two_questions_is_told_twice(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    for question in ("Is it on?", "Is there paper in it?"):
        desk.reply(told, TESS, question)
        asked = desk.expect(to=ann, containing=question)
        desk.reply(asked, ANN, "Yes.")
        assert "Yes." in desk.expect(to=tess).text
    desk.reply(asked, ANN, "Yes.", Message_ID="<again@customer.example>")
    desk.expect_nothing_more()
