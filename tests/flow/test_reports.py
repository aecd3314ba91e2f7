"""What machines say about a delivery stands at that delivery, is told once, and stirs nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.cli.dossier import read_dossier
from bot.cli.opening import Storage
from bot.cli.thread import thread
from bot.cli.why import story
from storage.unit_of_work import SqlUnitOfWork
from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Received
from tests.flow.machines import (
    ARRIVED,
    DELAYED,
    MAILBOX_FULL,
    NO_SUCH_USER,
    automatic,
    complaint,
    delivery_report,
    invitation_answer,
    receipt,
)

ann, home, tess = "ann@customer.example", "ann@home.example", "tess@example.org"


@pytest.fixture
def answer(desk: RunningDesk) -> Received:
    """Ann asked, Tess answered; the answer as Ann has it."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.reply(desk.expect(to=tess), TESS, "Is it on?")
    found = desk.expect(to=ann, containing="Is it on?")
    desk.drain()
    return found


def _has_second_address(desk: RunningDesk) -> None:
    def give(uow: SqlUnitOfWork) -> None:
        person = uow.people.find("email", ann)
        assert person is not None
        uow.people.add_identity(person.id, channel="email", address=home)

    desk.core.database.run(give)


def _comes_back(desk: RunningDesk, report: bytes, mail: Received) -> None:
    desk.hand_over_raw(report, sender="<>", to=[mail.envelope_sender])


EVERY_KIND: dict[str, Callable[[Received], bytes]] = {
    "failed": lambda mail: delivery_report(mail, **MAILBOX_FULL),
    "delayed": lambda mail: delivery_report(mail, **DELAYED),
    "delivered": lambda mail: delivery_report(mail, **ARRIVED),
    "read": receipt,
    "answered": lambda mail: automatic(mail, "I am away.", {"Auto-Submitted": "auto-replied"}),
    "answered by Exchange": lambda mail: automatic(
        mail, "I am away.", {"X-Auto-Response-Suppress": "All"}
    ),
    "answered by a calendar": invitation_answer,
    "complained": complaint,
}


@pytest.mark.parametrize("status", ["pending user", "resolved", "closed"])
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_report_is_kept_and_changes_and_answers_nothing(
    desk: RunningDesk, answer: Received, kind: str, status: str
) -> None:
    command = {"pending user": "#pending", "resolved": "#resolve", "closed": "#close"}[status]
    desk.mail(TESS, answer.reply_to, "Re: [#1] Printer", f"{command}\n")
    desk.drain()
    before = desk.ticket(1)
    assert before.status == status
    _comes_back(desk, EVERY_KIND[kind](answer), answer)
    told = desk.drain()
    after = desk.ticket(1)
    assert {to for mail in told for to in mail.recipients} <= {tess}, "technicians only"
    assert (after.status, after.texts) == (before.status, before.texts)
    (report,) = after.reports
    assert report["kind"] == kind.partition(" ")[0]
    about = next(row for row in after.deliveries if row["id"] == report["delivery_id"])
    assert about["message_id"] == answer.message_id
    assert desk.count_tickets() == 1
    assert desk.waiting() == []


def test_the_cause_is_told_in_a_persons_words(desk: RunningDesk, answer: Received) -> None:
    _comes_back(desk, delivery_report(answer, **MAILBOX_FULL), answer)
    assert "mailbox full: 552 5.2.2 Mailbox full" in desk.expect(to=tess).text
    desk.expect_nothing_more()
    (report,) = desk.ticket(1).reports
    assert report["code"] == "5.2.2"


def test_show_tells_it_at_the_words_and_at_the_delivery(
    desk: RunningDesk, answer: Received
) -> None:
    for report in (
        delivery_report(answer, **DELAYED),
        receipt(answer),
        automatic(answer, "I am away until May.", {"Auto-Submitted": "auto-replied"}),
        invitation_answer(answer),
        delivery_report(answer, **NO_SUCH_USER),
    ):
        _comes_back(desk, report, answer)
        desk.settle()
    core = desk.core
    storage = Storage(settings=core.settings, database=core.database, blobs=core.blobs)
    dossier = read_dossier(storage, 1)
    shown = [line.rpartition("  ")[2] for line in thread(dossier, storage) if f"! {ann}" in line]
    assert shown == [
        "delayed: mailbox full (4.2.2)",
        "read",
        "a program answered: I am away until May.",
        "a program answered: invitation accepted",
        "not delivered: no such address (5.1.1)",
    ]
    why = list(story(dossier, storage))
    number = next(row["id"] for row in dossier.deliveries if row["message_id"] == answer.message_id)
    told = next(i for i, line in enumerate(why) if f"delivery {number} (reply by email" in line)
    assert any(line.endswith("  delayed: mailbox full (4.2.2)") for line in why[told:])
    assert "             the server said: 550 5.1.1 No such user" in why[told:]
    assert (
        f"  about    delivery {number}, by bounce_address: "
        "It was sent to the signed envelope address of that delivery."
    ) in why


# --- other addresses of the same person -----------------------------------------------------------


def test_what_came_back_goes_to_another_address_of_theirs(
    desk: RunningDesk, answer: Received
) -> None:
    _has_second_address(desk)
    _comes_back(desk, delivery_report(answer, **NO_SUCH_USER), answer)
    again = desk.expect(to=home)
    assert again.words == "Is it on?"
    notice = desk.expect(to=tess)
    assert f"This did not reach {ann}" in notice.text
    assert f"It was sent to {home} instead." in notice.text
    desk.expect_nothing_more()

    desk.mail(TESS, answer.reply_to, "Re: [#1]", "And now?\n")
    assert desk.expect(to=home).words == "And now?"
    desk.expect_nothing_more()


def test_it_goes_to_each_address_once(desk: RunningDesk, answer: Received) -> None:
    _has_second_address(desk)
    _comes_back(desk, delivery_report(answer, **MAILBOX_FULL), answer)
    again = desk.expect(to=home)
    desk.drain()
    _comes_back(desk, delivery_report(again, **MAILBOX_FULL), again)
    notice = desk.expect(to=tess)
    assert "instead" not in notice.text
    desk.expect_nothing_more()


def test_what_was_queued_for_a_dead_address_goes_elsewhere(
    desk: RunningDesk, answer: Received
) -> None:
    _has_second_address(desk)
    desk.sink.react("RCPT", "450 4.2.0 Greylisted", recipient=ann, times=1)
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "And now?\n")
    desk.drain()
    _comes_back(desk, delivery_report(answer, **NO_SUCH_USER), answer)
    assert desk.expect(to=home).words == "Is it on?"
    desk.drain()
    desk.advance(minutes=2)
    assert desk.expect(to=home).words == "And now?"
    desk.expect_nothing_more()


def test_a_second_mail_under_way_to_a_dead_address_is_no_news(
    desk: RunningDesk, answer: Received
) -> None:
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "And now?\n")
    second = desk.expect(to=ann)
    _comes_back(desk, delivery_report(answer, **NO_SUCH_USER), answer)
    desk.expect(to=tess)
    _comes_back(desk, delivery_report(second, **NO_SUCH_USER), second)
    desk.expect_nothing_more()
    assert [row["kind"] for row in desk.ticket(1).reports] == ["failed", "failed"]


def test_a_proven_mail_from_a_dead_address_brings_it_back(
    desk: RunningDesk, answer: Received
) -> None:
    _comes_back(desk, delivery_report(answer, **NO_SUCH_USER), answer)
    desk.drain()
    desk.mail(ANN, answer.reply_to, "Re: [#1]", "I exist, says a forger.\n", proof="none")
    desk.drain()
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "Are you there?\n")
    desk.expect_nothing_more()
    desk.mail(ANN, answer.reply_to, "Re: [#1]", "I exist.\n")
    desk.drain()
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "Are you there?\n")
    assert desk.expect(to=ann).words == "Are you there?"


def test_a_bounce_from_behind_an_address_does_not_kill_it(
    desk: RunningDesk, answer: Received
) -> None:
    report = delivery_report(answer, **NO_SUCH_USER, address="ann@forwarded.example")
    _comes_back(desk, report, answer)
    desk.expect(to=tess)
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "Are you there?\n")
    assert desk.expect(to=ann).words == "Are you there?"


def test_a_message_id_proves_too_little_to_kill_an_address(
    desk: RunningDesk, answer: Received
) -> None:
    """Everybody in copy can read our Message-IDs; none of them can have Ann struck off."""
    _has_second_address(desk)
    report = delivery_report(answer, **NO_SUCH_USER)
    forged = report.replace(answer.envelope_sender.encode(), DESK.encode())
    desk.hand_over_raw(forged, sender="mallory@elsewhere.example", to=[DESK])
    assert "instead" not in desk.expect(to=tess).text
    desk.expect_nothing_more()
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "Are you there?\n")
    assert desk.expect(to=ann).words == "Are you there?"


def test_a_relay_that_refuses_our_own_address_kills_nobodys(
    desk: RunningDesk, answer: Received
) -> None:
    desk.sink.react("MAIL", "550 5.1.8 Sender's domain not found", times=1)
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "One.\n")
    desk.drain()
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "Two.\n")
    assert desk.expect(to=ann).words == "Two."


# --- complaints -----------------------------------------------------------------------------------


def test_a_complaint_is_told_once_and_ends_what_nobody_wrote(
    desk: RunningDesk, answer: Received
) -> None:
    _comes_back(desk, complaint(answer), answer)
    assert f"{ann} called this mail spam" in desk.expect(to=tess).text
    _comes_back(desk, complaint(answer), answer)
    desk.expect_nothing_more()
    desk.mail(TESS, answer.reply_to, "Re: [#1]", "It is the fuse.\n\n#close\n")
    closing = desk.expect(to=ann)
    assert "It is the fuse." in closing.text
    assert "mailto:" not in closing.text
    desk.drain()
    desk.mail(ANN, DESK, "Scanner", "It does not scan.\n")
    desk.expect(to=tess)
    assert {to for mail in desk.drain() for to in mail.recipients} == {"tom@example.org"}


def test_a_complaint_that_nothing_proves_is_only_told(desk: RunningDesk, answer: Received) -> None:
    report = complaint(answer, proven=False).replace(
        answer.envelope_sender.encode(), b"abuse@provider.example"
    )
    desk.hand_over_raw(report, to=[DESK])
    desk.expect(to=tess)
    desk.mail(ANN, DESK, "Scanner", "It does not scan.\n")
    desk.expect(to=ann)


def test_praise_of_the_spam_filter_is_no_complaint(desk: RunningDesk, answer: Received) -> None:
    _comes_back(desk, complaint(answer, "not-spam"), answer)
    desk.expect_nothing_more()
    assert desk.ticket(1).reports == []
