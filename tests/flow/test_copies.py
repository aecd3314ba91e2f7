"""Third parties: who joins a ticket, and that everybody hears everything once."""

from __future__ import annotations

import pytest

from tests.flow.desk import ANN, DESK, MALLORY, TESS, VERA, RunningDesk
from tests.flow.letters import Received

ann, tess, tom, vera, mallory = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
    "mallory@elsewhere.example",
)


@pytest.fixture
def asked(desk: RunningDesk) -> Received:
    """Ann has asked; what Tess got."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    return told


def _vendor_by_command(desk: RunningDesk, asked: Received) -> Received:
    desk.reply(asked, TESS, "Vera, please look at it.\n\n#cc vera@printers.example")
    desk.expect(to=ann)
    desk.expect(to=tess)
    copy = desk.expect(to=vera)
    desk.expect_nothing_more()
    return copy


def test_a_vendor_copied_by_command_gets_the_words(desk: RunningDesk, asked: Received) -> None:
    copy = _vendor_by_command(desk, asked)
    assert copy.words.startswith("Vera, please look at it.")
    assert "It does not print." in copy.text, "or she could not know what it is about"
    assert copy.sender_name == "Tess Tech (Example Desk)"
    assert "#cc" not in copy.everything


def test_a_vendor_who_joins_late_reads_no_internal_words(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "#internal\nThis customer never pays.")
    desk.drain()
    copy = _vendor_by_command(desk, asked)
    assert "never pays" not in copy.everything


def test_a_vendor_copied_by_the_technicians_mail_is_not_sent_it_again(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "Vera, please look at it.", Cc=VERA)
    assert desk.expect(to=ann).words == "Vera, please look at it."
    desk.expect_nothing_more()
    assert desk.ticket(1).copies == {vera}


def test_technicians_read_who_reads_their_answer(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Vera will look at it.\n\n#cc vera@printers.example")
    sent = desk.expect(to=vera)
    desk.drain()
    desk.reply(sent, VERA, "I will.")
    told = desk.expect(to=tess)
    assert "goes to Ann Asker and, in copy, to Vera Vendor" in " ".join(told.text.split())
    assert "in copy" not in desk.expect(to=ann).text


def test_a_vendors_answer_reaches_everybody_once(desk: RunningDesk, asked: Received) -> None:
    copy = _vendor_by_command(desk, asked)
    desk.reply(copy, VERA, "I come on Friday.")
    answer = desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert answer.words == "I come on Friday."
    assert "I come on Friday." in told.text
    assert desk.count_tickets() == 1


def test_a_vendor_who_had_the_mail_directly_finds_the_ticket_by_the_technicians_message(
    desk: RunningDesk, asked: Received
) -> None:
    technicians = desk.reply(asked, TESS, "Vera, please look at it.", Cc=VERA)
    desk.drain()
    desk.mail(
        VERA,
        [DESK, tess],
        "Re: Printer",
        "I come on Friday.\n",
        In_Reply_To=f"<{technicians.message_id}>",
    )
    assert desk.expect(to=ann).words == "I come on Friday."
    desk.expect_nothing_more()  # Tess had it directly
    assert desk.ticket(1).texts[-1] == "I come on Friday."


def test_whoever_had_the_mail_directly_is_not_told_again(
    desk: RunningDesk, asked: Received
) -> None:
    copy = _vendor_by_command(desk, asked)
    desk.reply(copy, VERA, "I come on Friday.", Cc="Ann Asker <ann@customer.example>")
    desk.expect(to=tess)
    desk.expect_nothing_more()


def test_the_requesters_words_reach_the_vendor(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Vera, please look at it.\n\n#cc vera@printers.example")
    answer = desk.expect(to=ann)
    desk.drain()
    desk.reply(answer, ANN, "It is in room 5.")
    copy = desk.expect(to=vera)
    desk.expect(to=tess)
    desk.expect_nothing_more()
    assert copy.words == "It is in room 5."
    assert copy.sender_name == "Ann Asker (Example Desk)"


def test_a_requesters_copy_takes_part_from_the_start(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", Cc="Carl <carl@customer.example>")
    desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.expect(to=tom)
    desk.expect_nothing_more()  # Carl had it directly
    assert desk.ticket(1).copies == {"carl@customer.example"}
    desk.reply(told, TESS, "Is it on?")
    desk.expect(to=ann)
    assert desk.expect(to="carl@customer.example").words.startswith("Is it on?")
    desk.expect_nothing_more()


def test_an_unproven_authors_copies_do_not_join(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", Cc=VERA, proof="none")
    told = desk.expect(to=tess)
    desk.drain()
    assert desk.ticket(1).copies == set()
    desk.reply(told, TESS, "Is it on?")
    desk.expect(to=ann)
    desk.expect_nothing_more()


def test_a_strangers_copies_do_not_join(desk: RunningDesk, asked: Received) -> None:
    copy = _vendor_by_command(desk, asked)
    desk.reply(copy, MALLORY, "I am new here.", Cc="Eve <eve@elsewhere.example>")
    desk.drain()
    assert desk.ticket(1).copies == {vera}
    assert desk.ticket(1).texts == ["It does not print.", "Vera, please look at it."]


def test_an_unproven_participants_copies_do_not_join(desk: RunningDesk, asked: Received) -> None:
    copy = _vendor_by_command(desk, asked)
    desk.reply(copy, VERA, "I come on Friday.", proof="none", Cc="Eve <eve@elsewhere.example>")
    desk.expect(to=tess)
    desk.expect(to=ann)
    desk.expect_nothing_more()
    assert desk.ticket(1).copies == {vera}


def test_the_desks_own_addresses_never_join(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Hello.\n\n#cc desk@example.org", Cc=f"{DESK}, {asked.reply_to}")
    desk.drain()
    assert desk.ticket(1).copies == set()


def test_a_technician_in_copy_joins_as_no_third_party(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Hello.\n\n#cc tom@example.org")
    desk.drain()
    assert desk.ticket(1).copies == set()


def test_the_same_vendor_twice_is_one(desk: RunningDesk, asked: Received) -> None:
    _vendor_by_command(desk, asked)
    desk.reply(asked, TESS, "Once more.\n\n#cc vera@printers.example", Cc=VERA)
    desk.expect(to=ann)
    desk.expect(to=tess)
    desk.expect_nothing_more()  # Vera had it directly
    assert desk.ticket(1).copies == {vera}


def test_the_name_of_a_copied_vendor_is_learnt(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Vera, please.\n\n#cc vera@printers.example")
    copy = desk.expect(to=vera)
    desk.drain()
    desk.reply(copy, VERA, "I come on Friday.")
    assert desk.expect(to=ann).sender_name == "Vera Vendor (Example Desk)"
