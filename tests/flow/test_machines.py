"""Mail that no human wrote opens, reopens, answers and acknowledges nothing, and loops end."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, Proof, RunningDesk
from tests.flow.letters import Received
from tests.flow.machines import DELAYED, MAILBOX_FULL, NO_SUCH_USER, delivery_report

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"


@pytest.fixture
def answer(desk: RunningDesk) -> Received:
    """Ann asked, Tess answered; the answer as Ann has it."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.reply(desk.expect(to=tess), TESS, "Is it on?")
    found = desk.expect(to=ann, containing="Is it on?")
    desk.drain()
    return found


MACHINES: dict[str, dict[str, Any]] = {
    "an auto-reply": {"Auto_Submitted": "auto-replied"},
    "a generated mail": {"Auto_Submitted": "auto-generated"},
    "an Exchange rule": {"X_Auto_Response_Suppress": "All"},
    "an old responder": {"X_Autoreply": "yes", "Precedence": "auto_reply"},
    "a mailing list": {"List_Id": "<friends.lists.example>", "Precedence": "list"},
    "bulk mail": {"Precedence": "bulk"},
}


@pytest.mark.parametrize("headers", MACHINES.values(), ids=MACHINES)
def test_a_machines_mail_without_a_ticket_lies_aside(
    desk: RunningDesk, headers: dict[str, Any]
) -> None:
    desk.mail("Robot <robot@elsewhere.example>", DESK, "Offer", "Buy this.\n", **headers)
    desk.expect_nothing_more()
    aside = desk.waiting("aside")
    assert len(aside) == 1
    assert "a machine wrote it" in aside[0]["reason"]
    assert desk.count_tickets() == 0


#: Words that no report of one line can hold.
LONG = "I am on holiday until May. " + "My colleagues at the front desk know everything. " * 6


@pytest.mark.parametrize("headers", MACHINES.values(), ids=MACHINES)
def test_a_machines_long_answer_is_a_quiet_note(
    desk: RunningDesk, answer: Received, headers: dict[str, Any]
) -> None:
    desk.reply(answer, ANN, LONG, **headers)
    desk.expect_nothing_more()
    note = desk.ticket(1).workunits[-1]
    assert note.text == LONG.strip()
    assert note.visibility.value == "internal"
    assert desk.ticket(1).status == "in progress"


def test_a_vacation_note_that_its_domain_disowns_lies_aside(
    desk: RunningDesk, answer: Received
) -> None:
    desk.reply(answer, ANN, "I am away.", proof="fail", Auto_Submitted="auto-replied")
    desk.expect_nothing_more()
    assert len(desk.waiting("aside")) == 1


def test_a_vacation_note_stands_at_the_delivery_that_it_answers(
    desk: RunningDesk, answer: Received
) -> None:
    desk.reply(answer, ANN, "I am on holiday until May.", Auto_Submitted="auto-replied")
    desk.expect_nothing_more()
    ticket = desk.ticket(1)
    assert ticket.texts == ["It does not print.", "Is it on?"]
    (report,) = ticket.reports
    assert (report["kind"], report["reason"]) == ("answered", "I am on holiday until May.")
    delivered = {row["id"]: row["message_id"] for row in ticket.deliveries}
    assert delivered[report["delivery_id"]] == answer.message_id


def test_a_vacation_note_wakes_nothing_that_waits(desk: RunningDesk, answer: Received) -> None:
    desk.mail(TESS, answer.reply_to, "Re: [#1] Printer", "Which one?\n\n#pending\n")
    desk.drain()
    desk.reply(answer, ANN, "Out of office", Auto_Submitted="auto-replied")
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "pending user"


def test_nothing_answers_the_null_sender(desk: RunningDesk) -> None:
    letter = desk.letter(ANN, DESK, "Hello", "I have no way back.\n")
    desk.hand_over_raw(letter.raw, sender="<>")
    desk.expect_nothing_more()
    assert len(desk.waiting("aside")) == 1


def test_a_queue_for_monitoring_takes_machines_and_answers_none(open_desk: OpenDesk) -> None:
    desk = open_desk(queues=[{"address": DESK, "takes_automatic": True}])
    desk.mail(
        "Nagios <nagios@it.example>", DESK, "Disk", "Full.\n", Auto_Submitted="auto-generated"
    )
    for address in (tess, tom):
        assert "Full." in desk.expect(to=address).text
    desk.expect_nothing_more()
    assert desk.count_tickets() == 1


# --- bounces --------------------------------------------------------------------------------------


def test_a_bounce_marks_its_delivery_and_is_told_once(desk: RunningDesk, answer: Received) -> None:
    report = delivery_report(answer, **NO_SUCH_USER)
    desk.hand_over_raw(report, sender="<>", to=[answer.envelope_sender])
    notice = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert ann in notice.text
    assert "No such user" in notice.text
    row = next(r for r in desk.ticket(1).deliveries if r["message_id"] == answer.message_id)
    assert (row["state"], row["code"]) == ("refused", "5.1.1")

    desk.hand_over_raw(
        delivery_report(answer, **NO_SUCH_USER), sender="<>", to=[answer.envelope_sender]
    )
    desk.expect_nothing_more()


def test_an_address_that_does_not_exist_gets_no_more_mail(
    desk: RunningDesk, answer: Received
) -> None:
    report = delivery_report(answer, **NO_SUCH_USER)
    desk.hand_over_raw(report, sender="<>", to=[answer.envelope_sender])
    desk.drain()
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "Are you there?\n")
    desk.expect_nothing_more()


def test_a_full_mailbox_does_not_kill_the_address(desk: RunningDesk, answer: Received) -> None:
    report = delivery_report(answer, **MAILBOX_FULL)
    desk.hand_over_raw(report, sender="<>", to=[answer.envelope_sender])
    assert "Mailbox full" in desk.expect(to=tess).text
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "Are you there?\n")
    assert desk.expect(to=ann).words == "Are you there?"
    desk.expect_nothing_more()


def test_a_delay_is_only_noted(desk: RunningDesk, answer: Received) -> None:
    report = delivery_report(answer, **DELAYED)
    desk.hand_over_raw(report, sender="<>", to=[answer.envelope_sender])
    desk.expect_nothing_more()
    row = next(r for r in desk.ticket(1).deliveries if r["message_id"] == answer.message_id)
    assert row["state"] == "sent"
    assert desk.waiting() == []


def test_a_bounce_to_the_desk_itself_is_known_by_the_mail_it_returns(
    desk: RunningDesk, answer: Received
) -> None:
    desk.hand_over_raw(delivery_report(answer, **NO_SUCH_USER), sender="<>", to=[DESK])
    assert ann in desk.expect(to=tess).text
    desk.expect_nothing_more()


def test_a_forged_bounce_address_marks_nothing(desk: RunningDesk, answer: Received) -> None:
    local, _, domain = answer.envelope_sender.partition("@")
    forged = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    report = delivery_report(answer, **NO_SUCH_USER)
    report = report.replace(answer.message_id.encode(), b"x@y.example")
    report = report.replace(answer.envelope_sender.encode(), forged.encode())
    desk.hand_over_raw(report, sender="<>", to=[forged])
    desk.expect_nothing_more()
    sent = [row for row in desk.ticket(1).deliveries if row["code"] != "thread_only"]
    assert {row["state"] for row in sent} == {"sent"}


def test_a_persons_reply_about_a_bounce_is_words(desk: RunningDesk, answer: Received) -> None:
    desk.reply(answer, ANN, "Your mail bounced: Undelivered Mail Returned to Sender. Why?")
    assert "Your mail bounced" in desk.expect(to=tess).text
    desk.expect_nothing_more()


# --- loops ----------------------------------------------------------------------------------------


def test_our_own_mail_that_comes_back_lies_aside(desk: RunningDesk, answer: Received) -> None:
    desk.hand_over_raw(answer.data, sender=answer.envelope_sender, to=[DESK])
    desk.expect_nothing_more()
    assert len(desk.waiting("aside")) == 1
    assert desk.ticket(1).texts == ["It does not print.", "Is it on?"]


def test_a_mail_from_our_own_address_lies_aside(desk: RunningDesk) -> None:
    desk.mail(f"Desk <{DESK}>", DESK, "Hello me", "Round and round.\n")
    desk.expect_nothing_more()
    assert len(desk.waiting("aside")) == 1


@pytest.fixture
def other(desk: RunningDesk, tmp_path: Path) -> Iterator[RunningDesk]:
    """Another company's desk."""
    folder = tmp_path / "other"
    found = RunningDesk(
        database_url=f"sqlite:///{folder / 'other.db'}",
        folder=folder,
        sink=desk.sink,
        sections={
            "queues": [{"address": "help@other.example"}],
            "technicians": [{"name": "Otto Other", "address": "otto@other.example"}],
        },
        address="help@other.example",
    )
    yield found.start()
    found.close()


def _exchange(one: RunningDesk, two: RunningDesk) -> int:
    """Carry mail between the two desks until none is left; the number of mails carried."""
    carried = 0
    for _ in range(20):
        letters = [
            (desk_to, mail)
            for desk_from, desk_to in ((one, two), (two, one))
            for mail in desk_from.drain()
            if mail.recipients[0].partition("+")[0].split("@")[0]
            == desk_to.address.partition("@")[0]
            and mail.recipients[0].endswith(desk_to.address.partition("@")[2])
        ]
        if not letters:
            return carried
        for desk_to, mail in letters:
            desk_to.hand_over_raw(mail.data, sender=mail.envelope_sender, to=mail.recipients)
        carried += len(letters)
    return carried


def test_two_desks_do_not_talk_to_each_other_for_ever(
    desk: RunningDesk, other: RunningDesk
) -> None:
    desk.mail(f"Other Help <{other.address}>", DESK, "Order 5", "Where is our order?\n")
    assert _exchange(desk, other) <= 2


def test_a_persons_words_pass_from_desk_to_desk(desk: RunningDesk, other: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Order 5", "Where is it?\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "The supplier knows.\n\n#cc help@other.example")
    carried = _exchange(desk, other)
    assert 1 <= carried <= 3
    assert other.count_tickets() == 1
    assert "The supplier knows." in other.ticket(1).texts[0]


@pytest.mark.parametrize("threads", [True, False], ids=["in reply to", "out of nowhere"])
@pytest.mark.parametrize("constant", [True, False], ids=["constant subject", "changing subject"])
@pytest.mark.parametrize("proof", ["pass", "none"])
def test_a_robot_that_answers_everything_ends_within_five_mails(
    desk: RunningDesk, *, threads: bool, constant: bool, proof: Proof
) -> None:
    robot = "Robot <robot@elsewhere.example>"
    desk.mail(robot, DESK, "Your message", "Thank you for your message.\n", proof=proof)
    answered = 0
    for turn in range(12):
        mails = [m for m in desk.drain() if "robot@elsewhere.example" in m.recipients]
        answered += len(mails)
        if not mails:
            break
        for mail in mails:
            subject = "Your message" if constant else f"Re: {mail.subject} ({turn})"
            headers: dict[str, Any] = {"In_Reply_To": f"<{mail.message_id}>"} if threads else {}
            to = mail.reply_to if threads else DESK
            desk.mail(robot, to, subject, "Thank you for your message.\n", proof=proof, **headers)
    assert answered <= 5


def test_a_robot_and_a_technician_do_not_flood_each_other(
    desk: RunningDesk, answer: Received
) -> None:
    """The robot answers the technician's mail once, and our telling Tess answers nothing."""
    desk.reply(answer, ANN, "Thank you for your message.")
    desk.reply(answer, ANN, "Thank you for your message.", Message_ID="<second@customer.example>")
    mails = desk.drain()
    assert {to for mail in mails for to in mail.recipients} == {tess}
    assert len(mails) <= 2


def test_a_report_without_structure_lies_aside(desk: RunningDesk) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "postmaster@customer.example", DESK
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail.set_content("I'm sorry to have to inform you that your message could not be delivered.")
    desk.hand_over_raw(mail.as_bytes(), sender="<>")
    desk.expect_nothing_more()
    assert len(desk.waiting("aside")) == 1
