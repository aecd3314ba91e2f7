"""What becomes of a delivery: refused, tried again, in order, and never twice."""

from __future__ import annotations

from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Received

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"


def _asked(desk: RunningDesk) -> Received:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    return told


def _of(desk: RunningDesk, address: str) -> list[tuple[str, str, int]]:
    """Notification, state and tries of every delivery to this address."""
    return [
        (row["notification"], row["state"], row["attempts"])
        for row in desk.ticket(1).deliveries
        if row["address"] == address
    ]


def test_a_refused_mail_is_shown_and_told_once(desk: RunningDesk) -> None:
    told = _asked(desk)
    desk.sink.react("RCPT", "550 5.7.1 We do not like you", recipient=ann)
    desk.reply(told, TESS, "Is it on?")
    notice = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert ann in notice.text
    assert "We do not like you" in notice.text
    (row,) = (row for row in desk.ticket(1).deliveries if row["notification"] == "reply")
    assert (row["state"], row["code"]) == ("refused", "5.7.1")
    assert "We do not like you" in row["reason"]
    desk.advance(days=3)
    desk.expect_nothing_more()


def test_a_dead_address_is_not_tried_again(desk: RunningDesk) -> None:
    told = _asked(desk)
    desk.sink.react("RCPT", "550 5.1.1 No such user", recipient=ann, times=1)
    desk.reply(told, TESS, "Is it on?")
    desk.expect(to=tess)
    desk.expect_nothing_more()
    desk.reply(told, TESS, "Is it still not on?")
    desk.expect_nothing_more()
    assert len(_of(desk, ann)) == 2


def test_a_mail_put_off_twice_is_sent_once_under_the_same_id(desk: RunningDesk) -> None:
    told = _asked(desk)
    desk.sink.react("DATA", "451 4.7.1 Try again later", recipient=ann, times=2)
    desk.reply(told, TESS, "Is it on?")
    desk.expect_nothing_more()
    desk.advance(minutes=1, seconds=5)
    desk.expect_nothing_more()
    desk.advance(minutes=2, seconds=5)
    answer = desk.expect(to=ann)
    desk.expect_nothing_more()
    tried = [m for m in desk.sink.attempts if ann in m.recipients and b"Is it on?" in m.data]
    assert len(tried) == 3
    assert len({mail.data for mail in tried}) == 1, "the same mail each time"
    assert answer.words == "Is it on?"
    assert _of(desk, ann)[-1] == ("reply", "sent", 3)


def test_nothing_overtakes_within_a_conversation(desk: RunningDesk) -> None:
    told = _asked(desk)
    desk.sink.react("RCPT", "450 4.2.0 Greylisted", recipient=ann, times=1)
    desk.reply(told, TESS, "First.")
    desk.expect_nothing_more()
    desk.reply(told, TESS, "Second.")
    desk.reply(told, TESS, "Third.")
    desk.expect_nothing_more()
    desk.advance(minutes=1, seconds=5)
    for words in ("First.", "Second.", "Third."):
        assert desk.expect(to=ann).words == words
    desk.expect_nothing_more()


def test_one_slow_conversation_holds_up_no_other(desk: RunningDesk) -> None:
    desk.sink.react("RCPT", "450 4.2.0 Greylisted", recipient=ann)
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.expect(to=tess)
    desk.expect(to=tom)
    desk.mail("Bob <bob@customer.example>", DESK, "Scanner", "It does not scan.\n")
    desk.expect(to="bob@customer.example")
    desk.drain()
    assert _of(desk, ann) == [("acknowledgement", "due", 1)]


def test_after_two_days_the_desk_gives_up_and_says_so(desk: RunningDesk) -> None:
    told = _asked(desk)
    desk.sink.react("RCPT", "450 4.2.1 Mailbox busy", recipient=ann)
    desk.reply(told, TESS, "Is it on?")
    desk.expect_nothing_more()
    for _ in range(10):
        desk.advance(hours=7)
        desk.settle()
    notice = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert "given up" in notice.text
    assert _of(desk, ann)[-1][1] == "refused"


def test_a_connection_lost_at_the_end_is_sent_again_under_the_same_id(desk: RunningDesk) -> None:
    told = _asked(desk)
    desk.sink.react("DATA", drop=True, recipient=ann, times=1)
    desk.reply(told, TESS, "Is it on?")
    desk.settle()
    desk.advance(minutes=2)
    first = desk.expect(to=ann)
    desk.expect_nothing_more()
    tried = [m for m in desk.sink.attempts if ann in m.recipients and b"Is it on?" in m.data]
    assert [mail.data for mail in tried] == [first.data, first.data]


def test_mails_wait_while_the_outgoing_server_is_away(desk: RunningDesk) -> None:
    desk.sink.react("MAIL", "421 4.3.2 Shutting down")
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.expect_nothing_more()
    desk.sink.clear()
    desk.advance(minutes=2)
    for address in (ann, tess, tom):
        desk.expect(to=address)
    desk.expect_nothing_more()


def test_deliveries_that_wait_survive_a_restart(desk: RunningDesk) -> None:
    desk.sink.react("RCPT", "450 4.2.0 Greylisted", recipient=ann, times=1)
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.drain()
    desk.restart()
    desk.advance(minutes=2)
    desk.expect(to=ann)
    desk.expect_nothing_more()


def test_an_undeliverable_notice_shows_the_words(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It is silent.\n")
    asked = desk.expect(to=tess)
    desk.drain()
    desk.sink.react("RCPT", "550 5.7.1 We do not like you", recipient=ann)
    desk.reply(asked, TESS, "Is it on?")
    assert "Is it on?" in desk.expect(to=tess).text
