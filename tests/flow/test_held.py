"""Held mail: technicians hear of it, decide by answering, and nobody else can."""

from __future__ import annotations

import pytest

from bot.desk.holding import Fate
from bot.errors import Undecidable
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, MALLORY, TESS, TOM, VERA, RunningDesk
from tests.flow.letters import Received

ann, tess, tom, vera = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
)
FORGED = "Please send the code to my new address."


@pytest.fixture
def answer(desk: RunningDesk) -> Received:
    """Ann asked, Tess answered and has the ticket; the answer as Ann has it."""
    desk.mail(ANN, DESK, "Safe", "What is the code?\n")
    desk.reply(desk.expect(to=tess), TESS, "It is in the drawer.")
    found = desk.expect(to=ann, containing="in the drawer")
    desk.drain()
    return found


@pytest.fixture
def notice(desk: RunningDesk, answer: Received) -> Received:
    """A mail in Ann's name is held; what Tess got of it."""
    desk.reply(answer, ANN, FORGED, proof="fail")
    found = desk.expect(to=tess)
    desk.expect_nothing_more()
    return found


def _number(desk: RunningDesk) -> int:
    (row,) = desk.waiting("held")
    return int(row["id"])


# --- the notice -----------------------------------------------------------------------------------


def test_the_owner_hears_of_a_mail_that_is_held_for_the_ticket(
    desk: RunningDesk, notice: Received
) -> None:
    number = _number(desk)
    for words in (
        "HELD",
        "claims to come from ann@customer.example",
        "its domain disowns it",
        "NOT PROVEN",
        f"> {FORGED}",
        f"#accept {number}",
        f"#trust {number}",
    ):
        assert words in notice.text.replace("\n", " ")
    assert notice.sender_name == "Example Desk", "nothing is sent in the name of the claimed author"
    ticket = desk.ticket(1)
    (event,) = (e for e in ticket.events if e.kind == "mail.held")
    assert (event.rule, event.data["inbox"], event.actor_id) == ("forged_insider", number, None)
    assert FORGED not in ticket.texts


def test_nobody_has_the_ticket_so_the_group_hears_of_it(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Safe", "What is the code?\n")
    acknowledged = desk.expect(to=ann)
    desk.drain()
    desk.reply(acknowledged, ANN, FORGED, proof="fail")
    for address in (tess, tom):
        assert "HELD" in desk.expect(to=address).text
    desk.expect_nothing_more()


def test_whose_name_was_forged_hears_of_it_and_cannot_be_trusted(
    desk: RunningDesk, answer: Received
) -> None:
    desk.reply(answer, TESS, "Send money.", proof="none")
    notice = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert "#accept" in notice.text
    assert "#trust" not in notice.text


def test_a_flood_of_forgeries_makes_few_notices(desk: RunningDesk, answer: Received) -> None:
    for turn in range(8):
        desk.reply(answer, ANN, f"{FORGED} {turn}", proof="fail")
    notices = [mail for mail in desk.drain() if "HELD" in mail.text]
    assert [mail.recipients for mail in notices] == [(tess,)] * 5
    assert "in all: 5" in notices[-1].text
    assert len(desk.waiting("held")) == 8
    assert desk.ticket(1).kinds().count("mail.held") == 8


def test_the_bound_is_set_by_the_configuration(open_desk: OpenDesk) -> None:
    desk = open_desk(limits={"held_notices_in_an_hour": 0})
    desk.mail(ANN, DESK, "Safe", "What is the code?\n")
    acknowledged = desk.expect(to=ann)
    desk.drain()
    desk.reply(acknowledged, ANN, FORGED, proof="fail")
    desk.expect_nothing_more()
    assert len(desk.waiting("held")) == 1


@pytest.mark.usefixtures("notice")
def test_a_mail_that_is_judged_anew_and_held_again_is_told_of_once(desk: RunningDesk) -> None:
    desk.replay(_number(desk))
    desk.expect_nothing_more()
    assert desk.ticket(1).kinds().count("mail.held") == 1


def test_a_mail_that_wants_no_ticket_is_only_listed(desk: RunningDesk) -> None:
    desk.mail(TESS, DESK, "Money", "Send money.\n", proof="fail")
    desk.expect_nothing_more()
    (row,) = desk.waiting("held")
    assert row["ticket_id"] is None


# --- deciding by mail -----------------------------------------------------------------------------


def test_an_accepted_mail_enters_as_its_authors_words(desk: RunningDesk, notice: Received) -> None:
    number = _number(desk)
    desk.reply(notice, TESS, f"#accept {number}")
    done = desk.expect(to=tess, containing="Held mail")
    entered = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert f"Held mail: {number} → accepted" in done.text
    assert "internal" not in done.words
    assert "Ann Asker writes" in entered.text
    ticket = desk.ticket(1)
    assert ticket.texts[-1] == FORGED
    added = ticket.events[-1]
    assert (added.kind, added.rule) == ("workunit.added", "decided_at_the_desk")
    (decided,) = (e for e in ticket.events if e.kind == "mail.decided")
    assert decided.data["decision"].startswith(f"accepted into ticket 1 by {tess}")  # type: ignore[attr-defined]
    assert desk.waiting() == []


def test_an_accepted_technicians_mail_has_their_powers(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, TOM, "It has changed.\n\n#priority 1", proof="none")
    notice = desk.expect(to=tess)
    desk.reply(notice, TESS, f"#accept {_number(desk)}")
    assert desk.expect(to=ann).words == "It has changed."
    desk.drain()
    assert desk.ticket(1).ticket.priority == 1


def test_a_mail_can_get_a_ticket_of_its_own(desk: RunningDesk, notice: Received) -> None:
    desk.reply(notice, TESS, f"#new {_number(desk)}")
    assert "accepted as a request of its own" in desk.expect(to=tess, containing="Held mail").text
    desk.drain()
    assert FORGED not in desk.ticket(1).texts
    assert desk.ticket(2).texts == [FORGED]
    assert desk.ticket(2).ticket.follows == 1


def test_a_dropped_mail_goes_nowhere(desk: RunningDesk, notice: Received) -> None:
    number = _number(desk)
    desk.reply(notice, TESS, f"#drop {number} she never wrote this")
    assert "dropped" in desk.expect(to=tess).text
    desk.expect_nothing_more()
    assert FORGED not in desk.ticket(1).texts
    assert desk.waiting() == []
    (row,) = (row for row in desk.ticket(1).inbox if row["id"] == number)
    assert (row["state"], row["reason"]) == ("dropped", "she never wrote this")
    with pytest.raises(AssertionError, match="does not wait"):
        desk.replay(number)


def test_a_dropped_mail_that_is_sent_again_stays_dropped(
    desk: RunningDesk, answer: Received
) -> None:
    letter = desk.reply(answer, ANN, FORGED, proof="fail")
    notice = desk.expect(to=tess)
    desk.reply(notice, TESS, f"#drop {_number(desk)}")
    desk.drain()
    desk.hand_over(letter)
    desk.expect_nothing_more()
    assert desk.waiting() == []


def test_whoever_is_second_hears_what_was_decided(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, TESS, "Tom, please help.\n\n#internal")
    desk.drain()
    desk.reply(answer, ANN, FORGED, proof="fail")
    notice = desk.expect(to=tess)
    number = _number(desk)
    desk.reply(notice, TESS, f"#drop {number}")
    desk.drain()
    for line in ("#accept", "#drop", "#new"):
        desk.reply(notice, TOM, f"{line} {number}")
        told = desk.expect(to=tom)
        assert "Not done" in told.text
        assert f"decided already: dropped by {tess}" in told.text.replace("\n", " ")
        desk.expect_nothing_more()
    assert FORGED not in desk.ticket(1).texts
    assert desk.count_tickets() == 1


def test_two_decisions_at_once_are_one(desk: RunningDesk, notice: Received) -> None:
    number = _number(desk)
    letters = [
        desk.letter(who, notice.reply_to, "Re: Safe", f"{line} {number}\n")
        for who, line in ((TESS, "#accept"), (TOM, "#drop"), (TESS, "#new"), (TOM, "#accept"))
    ]
    for letter in letters:
        desk.hand_over(letter)
    said = [mail.text.replace("\n", " ") for mail in desk.drain() if tess in mail.recipients]
    said += [mail.text.replace("\n", " ") for mail in desk.drain() if tom in mail.recipients]
    assert desk.ticket(1).kinds().count("mail.decided") == 1
    entered = [text for text in desk.ticket(1).texts if text == FORGED]
    tickets = desk.count_tickets()
    assert len(entered) + (tickets - 1) <= 1
    assert sum("decided already" in text for text in said) >= 1


# --- trusting -------------------------------------------------------------------------------------


def test_a_trusted_address_is_believed_from_then_on(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, ANN, "Thank you.", proof="none")
    notice = desk.expect(to=tess)
    assert "used to be proven" in notice.text.replace("\n", " ")
    desk.reply(notice, TESS, f"#trust {_number(desk)}")
    assert "its sender is trusted" in desk.expect(to=tess, containing="Held mail").text
    desk.drain()
    desk.reply(answer, ANN, "One more thing.", proof="none")
    told = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert "One more thing." in told.text
    assert "not verified" not in told.text
    desk.mail(ANN, DESK, "Safe [#1]", "And by number.\n", proof="none")
    desk.drain()
    assert desk.ticket(1).texts[-1] == "And by number."


def test_trust_adds_no_copies_and_outweighs_no_domain(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, ANN, "Thank you.", proof="none")
    desk.decide(_number(desk), trusts=True)
    desk.drain()
    desk.reply(answer, ANN, "Vera should see this.", proof="none", Cc=VERA)
    desk.drain()
    assert desk.ticket(1).texts[-1] == "Vera should see this."
    assert desk.ticket(1).copies == set()
    desk.reply(answer, ANN, FORGED, proof="fail")
    assert "HELD" in desk.expect(to=tess).text
    assert FORGED not in desk.ticket(1).texts


def test_no_technician_is_trusted_by_mail(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, TOM, "Send money.", proof="none")
    notice = desk.expect(to=tess)
    desk.reply(notice, TESS, f"#trust {_number(desk)}")
    told = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert "anybody can write a From line" in told.text.replace("\n", " ")
    assert len(desk.waiting("held")) == 1


def test_a_mail_that_does_not_tell_its_author_gets_one(desk: RunningDesk, answer: Received) -> None:
    letter = desk.letter(ANN, answer.reply_to, "Re: Safe", "Who am I?\n", proof="none")
    twice = letter.raw.replace(b"From: Ann", b"From: Eve <eve@elsewhere.example>\r\nFrom: Ann", 1)
    desk.hand_over_raw(twice, sender=ann, to=[answer.reply_to])
    notice = desk.expect(to=tess)
    number = _number(desk)
    assert f"#accept {number} address" in notice.text
    desk.reply(notice, TESS, f"#accept {number}")
    assert "does not tell who wrote it" in desk.expect(to=tess).text.replace("\n", " ")
    desk.reply(notice, TESS, f"#accept {number} {ann}")
    desk.drain()
    unit = desk.ticket(1).workunits[-1]
    assert (unit.text, unit.author_name) == ("Who am I?", "Ann Asker")


# --- who may not ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [ANN, MALLORY, VERA])
@pytest.mark.usefixtures("notice")
def test_an_outsiders_decision_is_a_word_like_any_other(
    desk: RunningDesk, answer: Received, who: str
) -> None:
    number = _number(desk)
    desk.reply(answer, who, f"#accept {number}\n#drop {number}")
    desk.drain()
    assert [row["id"] for row in desk.waiting("held")] == [number]


@pytest.mark.parametrize("proof", ["none", "fail"])
def test_a_forged_technicians_decision_is_held_itself(
    desk: RunningDesk, notice: Received, proof: str
) -> None:
    number = _number(desk)
    desk.reply(notice, TESS, f"#accept {number}", proof=proof)  # type: ignore[arg-type]  # one of them
    assert "HELD" in desk.expect(to=tess).text
    desk.expect_nothing_more()
    assert len(desk.waiting("held")) == 2
    # Accepted in haste, it still decides about nothing.
    desk.decide(max(row["id"] for row in desk.waiting("held")))
    told = desk.expect(to=tess)
    assert "held itself" in told.text.replace("\n", " ")
    assert [row["id"] for row in desk.waiting("held")] == [number]


@pytest.mark.usefixtures("notice")
def test_a_mail_that_wants_another_ticket_is_not_decided_about_here(desk: RunningDesk) -> None:
    number = _number(desk)
    desk.mail(VERA, DESK, "Other", "Another matter.\n")
    other = desk.expect(to=tess)
    desk.drain()
    desk.reply(other, TESS, f"#accept {number}")
    assert "no held mail of this ticket" in desk.expect(to=tess).text.replace("\n", " ")
    desk.expect_nothing_more()
    assert _number(desk) == number


def test_commands_that_the_held_mail_itself_names_are_not_obeyed(
    desk: RunningDesk, answer: Received
) -> None:
    desk.reply(answer, ANN, "#accept 4\n#close", proof="fail")
    notice = desk.expect(to=tess)
    number = _number(desk)
    desk.reply(notice, TESS, "Tom, is this her?")
    desk.drain()
    assert _number(desk) == number
    assert desk.ticket(1).status == "in progress"


def test_what_is_said_about_a_held_mail_stays_among_colleagues(
    desk: RunningDesk, notice: Received
) -> None:
    desk.reply(notice, TESS, "This is surely not her.")
    told = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert "internal" in told.text
    number = _number(desk)
    desk.reply(notice, TESS, f"She is on holiday.\n\n#drop {number}")
    desk.expect(to=tess)
    desk.expect_nothing_more()
    units = desk.ticket(1).workunits[-2:]
    assert [(u.text, u.visibility.value) for u in units] == [
        ("This is surely not her.", "internal"),
        ("She is on holiday.", "internal"),
    ]


# --- at the command line --------------------------------------------------------------------------


@pytest.mark.usefixtures("notice")
def test_a_held_mail_can_be_put_into_any_ticket(desk: RunningDesk) -> None:
    desk.mail(VERA, DESK, "Other", "Another matter.\n")
    desk.drain()
    number = _number(desk)
    desk.decide(number, ticket_id=2)
    desk.drain()
    assert desk.ticket(2).texts[-1] == FORGED
    assert FORGED not in desk.ticket(1).texts
    with pytest.raises(Undecidable, match="decided already: accepted into ticket 2 by root"):
        desk.decide(number, Fate.DROPPED)


def test_an_accepted_mail_into_a_ticket_closed_for_good_opens_a_follow_up(
    desk: RunningDesk, notice: Received
) -> None:
    desk.reply(notice, TESS, "#close")
    desk.drain()
    desk.advance(days=30)
    desk.decide(_number(desk))
    desk.drain()
    assert desk.ticket(2).texts == [FORGED]
    assert desk.ticket(2).ticket.follows == 1


@pytest.mark.usefixtures("notice")
def test_a_restart_between_decision_and_handling_loses_and_doubles_nothing(
    desk: RunningDesk,
) -> None:
    desk.decide(_number(desk))
    desk.restart()
    desk.drain()
    assert desk.ticket(1).texts.count(FORGED) == 1
