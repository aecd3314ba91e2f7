"""Who may write where: a token is not an identity, and neither is a From line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.unit_of_work import SqlUnitOfWork
from tests.flow.desk import ANN, DESK, MALLORY, TESS, VERA, RunningDesk
from tests.flow.letters import Received

ann, tess, tom, mallory = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "mallory@elsewhere.example",
)
SECRET = "The safe's code is 4711."


@pytest.fixture
def answer(desk: RunningDesk) -> Received:
    """Ann asked, Tess answered; the answer as Ann has it."""
    desk.mail(ANN, DESK, "Safe", "What is the code?\n")
    desk.reply(desk.expect(to=tess), TESS, SECRET)
    found = desk.expect(to=ann, containing=SECRET)
    desk.drain()
    return found


def _only_a_linked_ticket(desk: RunningDesk) -> None:
    """Mallory got a ticket of their own, and no word of the other one."""
    for mail in desk.drain():
        if mallory in mail.recipients:
            for word in (SECRET, "What is the code", "Ann", "Tess"):
                assert word not in mail.everything
        else:
            assert mail.recipients[0] in {tess, tom}
    assert desk.ticket(2).ticket.follows == 1
    first = desk.ticket(1)
    assert first.texts == ["What is the code?", SECRET]
    assert {p.person.address for p in first.participants} == {ann, tess}


def test_a_stranger_with_a_passed_on_mail(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, MALLORY, "Tell me more.", quoting="nothing")
    _only_a_linked_ticket(desk)


def test_a_stranger_with_only_the_address(desk: RunningDesk, answer: Received) -> None:
    desk.mail(MALLORY, answer.reply_to, "Hello", "Tell me more.\n")
    _only_a_linked_ticket(desk)


def test_a_stranger_with_only_the_message_id(desk: RunningDesk, answer: Received) -> None:
    desk.mail(MALLORY, DESK, "Hello", "Tell me more.\n", References=f"<{answer.message_id}>")
    _only_a_linked_ticket(desk)


def test_a_stranger_without_proof(desk: RunningDesk, answer: Received) -> None:
    desk.mail(MALLORY, answer.reply_to, "Hello", "Tell me more.\n", proof="none")
    _only_a_linked_ticket(desk)


def test_a_stranger_with_a_token_of_their_own_other_ticket(
    desk: RunningDesk, answer: Received
) -> None:
    desk.mail(MALLORY, DESK, "Mine", "My own question.\n")
    own = desk.expect(to=mallory)
    desk.drain()
    desk.reply(own, MALLORY, "And what about the other?", In_Reply_To=f"<{answer.message_id}>")
    desk.drain()
    assert desk.ticket(1).texts == ["What is the code?", SECRET]
    assert desk.ticket(2).texts == ["My own question.", "And what about the other?"]


def test_a_token_that_somebody_altered(desk: RunningDesk, answer: Received) -> None:
    swapped = answer.reply_to.replace("+t.1.", "+t.2.")
    assert swapped != answer.reply_to
    desk.mail(ANN, swapped, "Hello", "Is this mine?\n")
    desk.drain()
    assert desk.ticket(2).ticket.follows is None
    assert desk.ticket(2).texts == ["Is this mine?"]


def test_a_technicians_name_without_proof_is_held(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, TESS, "Please send money.", proof="none")
    desk.expect(to=tess, containing="HELD")
    desk.expect_nothing_more()
    held = desk.waiting("held")
    assert len(held) == 1
    assert "technician" in held[0]["reason"]
    assert desk.ticket(1).texts == ["What is the code?", SECRET]


def test_results_of_another_server_prove_nothing(desk: RunningDesk, answer: Received) -> None:
    desk.reply(
        answer,
        TESS,
        "Please send money.",
        proof="none",
        Authentication_Results="mx.elsewhere.example; dmarc=pass",
    )
    desk.expect(to=tess, containing="HELD")
    desk.expect_nothing_more()
    assert len(desk.waiting("held")) == 1


def test_only_the_topmost_results_count(desk: RunningDesk, answer: Received) -> None:
    letter = desk.letter(TESS, answer.reply_to, "Re: Safe", "Please send money.\n", proof="fail")
    forged = letter.raw.replace(
        b"\r\n\r\n", b"\r\nAuthentication-Results: mx.example.org; dmarc=pass\r\n\r\n", 1
    )
    desk.hand_over_raw(forged, sender=tess, to=[answer.reply_to])
    desk.expect(to=tess, containing="HELD")
    desk.expect_nothing_more()
    assert len(desk.waiting("held")) == 1


def test_what_is_held_goes_out_once_a_person_vouches_for_it(
    desk: RunningDesk, answer: Received
) -> None:
    desk.reply(answer, TESS, "The code has changed.", proof="none")
    desk.expect(to=tess, containing="HELD")
    held = desk.waiting("held")[0]
    desk.decide(held["id"])
    assert desk.expect(to=ann).words == "The code has changed."
    desk.expect_nothing_more()
    assert desk.waiting() == []


def test_what_is_held_stays_held_when_it_is_only_tried_again(
    desk: RunningDesk, answer: Received
) -> None:
    desk.reply(answer, TESS, "The code has changed.", proof="none")
    desk.expect(to=tess, containing="HELD")
    desk.replay(desk.waiting("held")[0]["id"])
    desk.expect_nothing_more()
    assert len(desk.waiting("held")) == 1


def test_a_participant_whose_domain_disowns_the_mail_is_held(
    desk: RunningDesk, answer: Received
) -> None:
    desk.reply(answer, ANN, "Please send the code to Mallory.", proof="fail")
    desk.expect(to=tess, containing="HELD")
    desk.expect_nothing_more()
    assert len(desk.waiting("held")) == 1
    assert desk.ticket(1).texts == ["What is the code?", SECRET]


def test_a_participant_without_proof_may_answer_what_they_were_sent(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Safe", "What is the code?\n", proof="none")
    answer = desk.expect(to=ann)
    desk.drain()
    desk.reply(answer, ANN, "Thank you.", proof="none")
    for address in (tess, tom):
        assert "Thank you." in desk.expect(to=address).text
    desk.expect_nothing_more()


def test_a_borrowed_reply_address_is_named(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, MALLORY, "Tell me more.", quoting="nothing")
    assert desk.ticket(2).inbox[0]["verdict"]["token of"] == ann


def test_a_new_request_that_its_domain_disowns_is_not_acknowledged(desk: RunningDesk) -> None:
    desk.mail(VERA, DESK, "Hello", "I am somebody else.\n", proof="fail")
    for address in (tess, tom):
        assert "not verified" in desk.expect(to=address).text
    desk.expect_nothing_more()


def test_an_unproven_requests_words_do_not_come_back(desk: RunningDesk) -> None:
    desk.mail(
        "Buy Pills <victim@elsewhere.example>",
        DESK,
        "Cheap pills at pills.example",
        "Visit pills.example\n",
        proof="none",
    )
    mail = desk.expect(to="victim@elsewhere.example")
    desk.drain()
    assert "pills" not in mail.everything.lower()


def test_an_ambiguous_sender_is_held(desk: RunningDesk, answer: Received) -> None:
    letter = desk.letter(ANN, answer.reply_to, "Re: Safe", "Who am I?\n")
    twice = letter.raw.replace(b"From: Ann", b"From: Tess Tech <tess@example.org>\r\nFrom: Ann", 1)
    desk.hand_over_raw(twice, sender=ann, to=[answer.reply_to])
    desk.expect(to=tess, containing="HELD")
    desk.expect_nothing_more()
    assert len(desk.waiting("held")) == 1


def test_a_display_name_is_not_an_address(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, '"tess@example.org" <mallory@elsewhere.example>', "#close", quoting="x")
    _only_a_linked_ticket(desk)
    assert desk.ticket(1).status == "in progress"


@pytest.mark.parametrize("sent", [True, False])
def test_an_answer_to_a_mail_whose_key_was_forgotten(
    desk: RunningDesk,
    answer: Received,
    sent: bool,  # noqa: FBT001 - of the test's table
) -> None:
    """It counts when the id is one that we sent; anybody can make one that looks so."""

    def forget(uow: SqlUnitOfWork) -> None:
        uow.house.add_signing_key("zz", b"z" * 32, now=desk.clock() + timedelta(days=1))
        uow.house.keep_signing_keys(1)

    desk.core.database.run(forget)
    desk.restart()
    local, _, domain = answer.message_id.partition("@")
    code = local[-20:] if sent else local[-20:][::-1]
    found = f"<{local[:-20]}{code}@{domain}>"
    desk.mail(ANN, DESK, "Re: Safe", "It does not open.\n", References=found)
    assert len(desk.ticket(1).texts) == (3 if sent else 2)
    if not sent:
        assert desk.ticket(2).ticket.follows == 1
