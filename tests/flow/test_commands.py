"""Commands in a technician's mail, and internal words that must not leave the house."""

from __future__ import annotations

import re

import pytest

from tests.flow.desk import ANN, DESK, TESS, TOM, Proof, RunningDesk
from tests.flow.letters import Received

ann, tess, tom, vera = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
)


@pytest.fixture
def asked(desk: RunningDesk) -> Received:
    """Ann has asked; what Tess got."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.expect(to=ann)
    desk.expect(to=tom)
    desk.expect_nothing_more()
    return told


def test_internal_words_stay_inside(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#internal\n\nThis customer never pays.")
    note = desk.expect(to=tom)
    confirmation = desk.expect(to=tess)
    desk.expect_nothing_more()

    assert "never pays" in note.text
    assert "INTERNAL" in note.text
    assert "#internal" not in note.words
    assert confirmation.automatic == "auto-replied"
    assert [w.visibility.value for w in desk.ticket(1).workunits] == ["public", "internal"]
    assert desk.ticket(1).status == "new", "a note for colleagues is no answer"


@pytest.mark.parametrize("where", ["#intenal\nThis customer never pays.", "Never pays.\n\n#intern"])
def test_a_mistyped_internal_holds_the_words_back(
    desk: RunningDesk, asked: Received, where: str
) -> None:
    desk.reply(asked, TESS, where)
    note = desk.expect(to=tom)
    told = desk.expect(to=tess)
    desk.expect_nothing_more()

    assert "ever pays" in note.text
    assert "is no command" in told.text
    assert "#internal" in told.text, "it says what would have been one"
    assert desk.ticket(1).workunits[-1].visibility.value == "internal"


def test_internal_words_reach_no_copy_either(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Vera will look at it.\n\n#cc vera@printers.example")
    desk.expect(to=ann)
    desk.expect(to=vera)
    desk.drain()
    desk.reply(asked, TESS, "Vera is slow.\n#internal")
    confirmation = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert "slow" not in confirmation.everything


def test_a_reply_by_mail_to_an_internal_note_is_public_unless_it_says_otherwise(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "#internal\nDoes anybody know this printer?")
    note = desk.expect(to=tom)
    desk.drain()
    desk.reply(note, TOM, "Have you tried the other tray?")
    answer = desk.expect(to=ann)
    desk.expect_nothing_more()
    assert answer.words == "Have you tried the other tray?"
    assert "anybody know" not in answer.everything


def test_commands_in_quoted_text_are_not_obeyed(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "I am on it.", quoting="#close\n#internal\n#priority 1")
    answer = desk.expect(to=ann)
    desk.expect_nothing_more()
    assert answer.words == "I am on it."
    assert desk.ticket(1).status == "in progress"
    assert desk.ticket(1).ticket.priority == 3


def test_a_requesters_commands_are_plain_words(desk: RunningDesk, asked: Received) -> None:
    desk.mail(ANN, asked.reply_to, "Re: Printer", "#close\n#priority 1\n")
    for address in (tess, tom):
        assert "#close" in desk.expect(to=address).text
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "new"
    assert desk.ticket(1).ticket.priority == 3


def test_a_command_inside_a_sentence_is_a_word(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Write #close when it works.\nThe printer\n#close\nis what I mean.")
    assert "#close" in desk.expect(to=ann).text
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "in progress"


def test_closing_with_words_sends_the_requester_one_mail(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "It was the cable.\n\n#close")
    closing = desk.expect(to=ann)
    confirmation = desk.expect(to=tess)
    told = desk.expect(to=tom)
    desk.expect_nothing_more()

    assert "It was the cable." in closing.text
    assert "#close" not in closing.everything
    assert "It was the cable." in told.text
    assert "closed" in confirmation.text.lower()
    assert len(_rating_addresses(closing)) == 2
    assert desk.ticket(1).status == "closed"
    assert _rating_addresses(confirmation) == []


def test_closing_without_words_sends_the_requester_one_mail(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "#close")
    closing = desk.expect(to=ann)
    desk.expect(to=tess)
    # Nobody had it, so it was the whole group's.
    assert "Tess Tech changed this" in desk.expect(to=tom).text
    desk.expect_nothing_more()
    assert "is resolved" in closing.text
    assert len(_rating_addresses(closing)) == 2


def test_closing_with_internal_words_keeps_them_inside(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#internal\nShe had unplugged it.\n#close")
    closing = desk.expect(to=ann)
    desk.expect(to=tess)
    assert "unplugged" in desk.expect(to=tom).text
    desk.expect_nothing_more()
    assert "unplugged" not in closing.everything
    assert desk.ticket(1).status == "closed"


def _rating_addresses(mail: Received) -> list[str]:
    """The address for good, then the one for bad, as text and HTML offer them."""
    links = re.findall(r"mailto:([^?\s]+)\?", mail.text)
    assert all(link in mail.html for link in links)
    return links


def test_a_rating_is_recorded(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#close")
    best = _rating_addresses(desk.expect(to=ann))[0]
    desk.drain()
    desk.mail(ANN, best, "Good", "\n")
    desk.expect_nothing_more()
    rated = [e for e in desk.ticket(1).events if e.kind == "ticket.rated"]
    assert [e.data for e in rated] == [{}], "technicians read events"
    (rating,) = desk.core.database.read(lambda uow: uow.ratings.of_ticket(1))
    assert rating.good
    assert desk.ticket(1).status == "closed"
    assert desk.count_tickets() == 1


def test_somebody_else_does_not_rate(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#close")
    worst = _rating_addresses(desk.expect(to=ann))[-1]
    desk.drain()
    desk.mail("Mallory <mallory@elsewhere.example>", worst, "Bad", "Bad!\n")
    desk.drain()
    assert "ticket.rated" not in desk.ticket(1).kinds()
    assert desk.ticket(1).status == "closed"
    assert desk.ticket(1).texts == ["It does not print."]


@pytest.mark.parametrize("proof", ["fail", "none"])
def test_a_rating_in_somebodys_name_is_held(
    desk: RunningDesk, asked: Received, proof: Proof
) -> None:
    """Ann's mails are proven. Whoever else holds her mail rates nothing and says nothing for her."""
    desk.reply(asked, TESS, "#close")
    worst = _rating_addresses(desk.expect(to=ann))[-1]
    desk.drain()
    desk.mail(ANN, worst, "Bad", "Bad!\n", proof=proof)
    desk.drain()
    assert "ticket.rated" not in desk.ticket(1).kinds()
    assert desk.ticket(1).texts == ["It does not print."]
    assert len(desk.waiting("held")) == 1


def test_a_late_rating_counts_and_its_words_open_a_follow_up(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "#close")
    worst = _rating_addresses(desk.expect(to=ann))[-1]
    desk.drain()
    desk.advance(days=30)
    desk.mail(ANN, worst, "Bad", "It broke again!\n")
    desk.drain()
    assert "ticket.rated" in desk.ticket(1).kinds()
    assert desk.ticket(1).status == "closed"
    assert desk.ticket(2).texts == ["It broke again!"]
    assert desk.ticket(2).ticket.follows == 1


def test_assigning_tells_the_new_owner(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#assign tom")
    assert "Tess Tech" in desk.expect(to=tom).text
    desk.expect(to=tess)
    assert "Tom Tool" in desk.expect(to=ann).text, "she knows who looks after it"
    desk.expect_nothing_more()
    assert desk.ticket(1).owner == tom


def test_assigning_with_words_for_the_requester(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Tom knows this printer.\n\n#assign Tom Tool")
    answer = desk.expect(to=ann)
    confirmation = desk.expect(to=tess)
    assigned = desk.drain()
    assert answer.words == "Tom knows this printer."
    assert "Tom Tool" in confirmation.text
    assert {to for mail in assigned for to in mail.recipients} == {tom}
    assert desk.ticket(1).owner == tom


def test_priority_is_set_and_confirmed(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#priority 1")
    assert "1" in desk.expect(to=tess).words
    desk.expect_nothing_more()
    assert desk.ticket(1).ticket.priority == 1


def test_pending_waits_for_the_requester(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Which printer?\n\n#pending")
    question = desk.expect(to=ann)
    desk.expect(to=tess)
    desk.expect_nothing_more()
    assert question.words == "Which printer?\n\nTo carry on we need an answer from you."
    assert desk.ticket(1).status == "pending user"
    desk.reply(question, ANN, "The blue one.")
    assert "The blue one." in desk.expect(to=tess).text
    desk.expect_nothing_more()
    assert desk.ticket(1).status == "in progress"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("#priority", "#priority needs a number"),
        ("#priority high", "#priority needs a number"),
        ("#priority 7", "#priority needs a number"),
        ("#assign", "#assign needs a name"),
        ("#assign nobody", "no technician is called"),
        ("#assign t", "could be"),
        ("#cc", "#cc needs one or more"),
        ("#cc vera", "#cc needs one or more"),
    ],
)
def test_a_wrong_argument_changes_nothing_and_the_author_is_told(
    desk: RunningDesk, asked: Received, line: str, complaint: str
) -> None:
    desk.reply(asked, TESS, f"#close\n{line}")
    assert complaint in desk.expect(to=tess).text
    desk.expect_nothing_more()
    ticket = desk.ticket(1)
    assert (ticket.status, ticket.ticket.priority, ticket.owner, ticket.copies) == (
        "new",
        3,
        "",
        set(),
    )


def test_several_commands_are_one_confirmation(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#priority 2\n#assign me\n#cc vera@printers.example\n\nI am on it.")
    answer = desk.expect(to=ann)
    copy = desk.expect(to=vera)
    confirmation = desk.expect(to=tess)
    desk.expect_nothing_more()
    for mail in (answer, copy):
        assert mail.words.startswith("I am on it.")
        assert not re.search(r"#(priority|assign|cc)", mail.everything)
    assert "vera@printers.example" in confirmation.text
    ticket = desk.ticket(1)
    assert (ticket.ticket.priority, ticket.owner, ticket.copies) == (2, tess, {vera})


def test_command_lines_leave_no_trace_in_html(desk: RunningDesk, asked: Received) -> None:
    desk.mail(
        TESS,
        asked.reply_to,
        "Re: Printer",
        "I am on it.\n\n#priority 1\n",
        html="<p><b>I am on it.</b></p><p>#priority 1</p>",
        In_Reply_To=f"<{asked.message_id}>",
    )
    assert "#priority" not in desk.expect(to=ann).everything
    desk.expect(to=tess)
    desk.expect_nothing_more()


def test_html_alone_may_hold_commands(desk: RunningDesk, asked: Received) -> None:
    desk.mail(
        TESS,
        asked.reply_to,
        "Re: Printer",
        "",
        html="<div>She never pays.</div><div><br></div><div>#internal</div>",
        In_Reply_To=f"<{asked.message_id}>",
    )
    assert "never pays" in desk.expect(to=tom).text
    desk.expect(to=tess)
    desk.expect_nothing_more()


def test_copying_somebody_without_words_tells_only_the_author(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "#cc vera@printers.example")
    desk.expect(to=tess)
    desk.expect_nothing_more()
    assert desk.ticket(1).copies == {vera}


def test_a_rating_with_words_keeps_the_words(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#close")
    worst = _rating_addresses(desk.expect(to=ann))[-1]
    desk.drain()
    desk.mail(ANN, worst, "Bad", "It still does not print!\n")
    desk.drain()
    assert "ticket.rated" in desk.ticket(1).kinds()
    assert "It still does not print!" in desk.ticket(1).texts


def test_whoever_gets_a_ticket_gets_the_request_with_it(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "#assign tom")
    given = next(mail for mail in desk.drain() if "tom@example.org" in mail.recipients)
    assert "gave you this" in given.text
    assert "Ann Asker wrote:" in given.text
    assert "\n> " in given.text


def test_a_mistyped_command_says_that_nobody_was_answered(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "It is the fuse.\n\n#clsoe")
    mails = desk.drain()
    assert not any("ann@customer.example" in mail.recipients for mail in mails)
    assert "went to nobody outside" in next(
        m for m in mails if "tess@example.org" in m.recipients
    ).text.replace("\n", " ")


PLANTED = "#cc mallory@elsewhere.example"
UNMARKED = "We come tomorrow.\n\n[quote]\nIt does not print either.\n{}\n"


@pytest.fixture
def planted(desk: RunningDesk, asked: Received) -> Received:
    """Ann has written a command into her mail; what Tess got."""
    desk.reply(asked, TESS, "Which one?")
    answer = desk.expect(to=ann)
    desk.drain()
    desk.reply(answer, ANN, f"It does not print either.\n{PLANTED}")
    found = desk.expect(to=tess)
    desk.drain()
    return found


def test_a_command_in_a_quote_that_no_program_marks_is_not_obeyed(
    desk: RunningDesk, planted: Received
) -> None:
    desk.mail(TESS, planted.reply_to, "Re: Printer", UNMARKED.format(PLANTED))
    assert "Not done" in desk.expect(to=tess).text
    desk.expect_nothing_more()
    assert desk.ticket(1).copies == set()
    assert desk.ticket(1).workunits[-1].visibility.value == "internal"


def test_the_same_command_above_a_quote_that_is_marked_is_the_technicians_own(
    desk: RunningDesk, planted: Received
) -> None:
    desk.reply(planted, TESS, f"We come tomorrow.\n\n{PLANTED}")
    desk.drain()
    assert desk.ticket(1).copies == {"mallory@elsewhere.example"}
    assert desk.ticket(1).texts[-1] == "We come tomorrow."
