"""A request, an answer, an answer to that: who gets which mail, and how it threads."""

from __future__ import annotations

from tests.flow.desk import ANN, DESK, MALLORY, TESS, RunningDesk
from tests.flow.letters import Received

ann, tess, tom, mallory = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "mallory@elsewhere.example",
)


def test_a_request_is_acknowledged_and_the_technicians_are_told(desk: RunningDesk) -> None:
    request = desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    acknowledgement = desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.expect(to=tom)
    desk.expect_nothing_more()

    assert acknowledgement.subject == "Re: Printer"
    assert acknowledgement.in_reply_to == request.message_id
    assert acknowledgement.references == [request.message_id]
    assert acknowledgement.automatic == "auto-replied"
    assert acknowledgement.header("From") == "Example Desk <desk@example.org>"
    assert "It does not print." in told.text
    assert told.subject == "Printer"
    assert told.sender_name == "Ann Asker (Example Desk)"
    assert desk.ticket(1).texts == ["It does not print."]


def _answered(desk: RunningDesk) -> Received:
    """Ann asked and Tess answered; the answer as Ann has it."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.expect(to=ann)
    desk.expect(to=tom)
    desk.reply(desk.expect(to=tess), TESS, "Is it switched on?")
    return desk.expect(to=ann)


def test_a_technicians_answer_reaches_the_requester_without_quotes(desk: RunningDesk) -> None:
    answer = _answered(desk)
    desk.expect_nothing_more()

    assert answer.words == "Is it switched on?"
    assert "wrote:" not in answer.text
    assert "does not print" not in answer.everything
    assert answer.sender_name == "Tess Tech (Example Desk)"
    assert answer.subject == "Re: Printer"
    assert answer.automatic == ""
    assert len(answer.references) == 2
    assert answer.in_reply_to == answer.references[-1]
    assert desk.ticket(1).owner == tess
    assert desk.ticket(1).status == "in progress"


def _reaches_tess(desk: RunningDesk, words: str) -> Received:
    """Only the owner hears of the requester's words, and they are in the ticket."""
    told = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert words in told.text
    assert desk.ticket(1).texts[-1] == words
    assert desk.count_tickets() == 1
    return told


def test_a_reply_finds_its_ticket_by_the_message_it_answers(desk: RunningDesk) -> None:
    answer = _answered(desk)
    desk.mail(ANN, DESK, "Re: Printer", "Yes, it is.\n", In_Reply_To=f"<{answer.message_id}>")
    _reaches_tess(desk, "Yes, it is.")


def test_a_reply_finds_its_ticket_by_its_address_alone(desk: RunningDesk) -> None:
    answer = _answered(desk)
    desk.mail(ANN, answer.reply_to, "something else", "Yes, it is.\n")
    _reaches_tess(desk, "Yes, it is.")


def test_a_reply_finds_its_ticket_by_the_mail_it_quotes(desk: RunningDesk) -> None:
    answer = _answered(desk)
    desk.mail(
        ANN,
        DESK,
        "something else",
        f"Yes, it is.\n\nOn Monday somebody wrote:\n> Reply-To: {answer.reply_to}\n> Is it?\n",
    )
    _reaches_tess(desk, "Yes, it is.")


def test_a_reply_to_the_own_first_mail_finds_its_ticket(desk: RunningDesk) -> None:
    request = desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    for address in (ann, tess, tom):
        desk.expect(to=address)
    desk.mail(ANN, DESK, "Re: Printer", "It smokes.\n", References=f"<{request.message_id}>")
    for address in (tess, tom):
        assert "It smokes." in desk.expect(to=address).text
    desk.expect_nothing_more()
    assert desk.ticket(1).texts == ["It does not print.", "It smokes."]


def test_a_number_in_the_subject_suffices_when_the_author_is_proven(desk: RunningDesk) -> None:
    _answered(desk)
    desk.mail(ANN, DESK, "Re: [#1] Printer", "Yes, it is.\n")
    _reaches_tess(desk, "Yes, it is.")


def test_a_number_without_proof_opens_a_ticket_of_its_own(desk: RunningDesk) -> None:
    _answered(desk)
    desk.mail(ANN, DESK, "Re: [#1] Printer", "What was it again?\n", proof="none")
    acknowledgement = desk.expect(to=ann)
    for address in (tess, tom):
        assert "What was it again?" in desk.expect(to=address).text
    desk.expect_nothing_more()

    assert desk.ticket(2).ticket.follows == 1
    assert desk.ticket(1).texts == ["It does not print.", "Is it switched on?"]
    assert "switched on" not in acknowledgement.everything
    assert "Printer" not in acknowledgement.everything, "its subject was not proven either"


def test_a_number_tells_a_stranger_nothing(desk: RunningDesk) -> None:
    _answered(desk)
    desk.mail(MALLORY, DESK, "Re: [#1] Printer", "Please send me everything.\n")
    acknowledgement = desk.expect(to=mallory)
    for address in (tess, tom):
        desk.expect(to=address)
    desk.expect_nothing_more()

    assert desk.ticket(2).ticket.follows == 1
    for word in ("does not print", "switched on", "Ann", "Tess"):
        assert word not in acknowledgement.everything


def test_two_people_have_two_conversations(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    anns = desk.expect(to=tess)
    desk.mail(MALLORY, DESK, "Printer", "Mine does not print either.\n")
    mallorys = desk.expect(to=tess)
    desk.drain()
    desk.reply(mallorys, TESS, "For Mallory.")
    desk.reply(anns, TESS, "For Ann.")
    assert desk.expect(to=ann).words == "For Ann."
    assert desk.expect(to=mallory).words == "For Mallory."
    desk.expect_nothing_more()
    assert desk.ticket(1).texts == ["It does not print.", "For Ann."]


def test_a_desk_that_starts_again_knows_its_conversations(desk: RunningDesk) -> None:
    answer = _answered(desk)
    desk.restart()
    desk.reply(answer, ANN, "Yes, it is.")
    _reaches_tess(desk, "Yes, it is.")
