"""Exactly once: the same mail twice changes nothing, and another mail is never taken for it."""

from __future__ import annotations

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"


def _three_mails_of_one_request(desk: RunningDesk) -> None:
    for address in (ann, tess, tom):
        desk.expect(to=address)
    desk.expect_nothing_more()
    assert desk.count_tickets() == 1
    assert len(desk.ticket(1).workunits) == 1


def test_the_same_mail_twice_by_smtp(desk: RunningDesk) -> None:
    letter = desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.hand_over(letter)
    _three_mails_of_one_request(desk)
    desk.hand_over(letter)
    desk.expect_nothing_more()
    assert desk.ticket(1).inbox[0]["copies"] == 2


def test_the_same_mail_by_smtp_and_lmtp(desk: RunningDesk) -> None:
    letter = desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    received = b"Received: from one by another; Mon, 2 Mar 2026 09:00:06 +0000\r\n"
    desk.hand_over_raw(received + letter.raw, sender=ann, to=[DESK], protocol="lmtp")
    _three_mails_of_one_request(desk)


def test_one_mail_to_three_of_our_addresses(open_desk: OpenDesk) -> None:
    addresses = [DESK, "sales@example.org", "it@example.org"]
    desk = open_desk(queues=[{"address": address} for address in addresses])
    letter = desk.mail(ANN, addresses, "Printer", "It does not print.\n")
    for address in addresses:
        desk.hand_over_raw(letter.raw, sender=ann, to=[address])
    _three_mails_of_one_request(desk)


def test_a_reused_message_id_above_other_words_is_another_mail(desk: RunningDesk) -> None:
    same = "<always-the-same@customer.example>"
    desk.mail(ANN, DESK, "Disk full on A", "A is full.\n", Message_ID=same)
    desk.settle()
    desk.mail(ANN, DESK, "Disk full on B", "B is full.\n", Message_ID=same)
    desk.drain()
    assert desk.count_tickets() == 2
    assert desk.ticket(2).texts == ["B is full."]


def test_mails_without_any_message_id(desk: RunningDesk) -> None:
    first = desk.mail(ANN, DESK, "Printer", "It does not print.\n", Message_ID=None)
    desk.hand_over(first)
    _three_mails_of_one_request(desk)
    desk.mail(ANN, DESK, "Scanner", "It does not scan.\n", Message_ID=None)
    desk.drain()
    assert desk.count_tickets() == 2


def test_a_reply_twice_is_one_workunit_and_one_mail(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    reply = desk.reply(told, TESS, "Is it on?\n\n#priority 2")
    desk.hand_over(reply)
    desk.hand_over(reply, protocol="lmtp")
    desk.expect(to=ann)
    desk.expect(to=tess)
    desk.expect_nothing_more()
    assert desk.ticket(1).texts == ["It does not print.", "Is it on?"]


def test_a_mail_that_comes_again_after_a_restart(desk: RunningDesk) -> None:
    letter = desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    _three_mails_of_one_request(desk)
    desk.restart()
    desk.hand_over(letter)
    desk.expect_nothing_more()
    assert desk.count_tickets() == 1


def test_many_mails_at_once_are_each_one_ticket(desk: RunningDesk) -> None:
    for number in range(20):
        desk.mail(
            f"Person {number} <p{number}@customer.example>", DESK, f"Thing {number}", "Broken.\n"
        )
    mails = desk.drain()
    assert len(mails) == 60
    assert desk.count_tickets() == 20
    for number in range(20):
        assert sum(f"p{number}@customer.example" in mail.recipients for mail in mails) == 1
