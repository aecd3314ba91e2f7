"""Hard cases of threading: where a mail ends that was not simply answered."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions import Changes, change_ticket
from bot.desk.ticket import Status
from storage.unit_of_work import SqlUnitOfWork
from tests.flow.desk import ANN, DESK, TESS, VERA, RunningDesk
from tests.flow.letters import Received
from threading_engine.tokens import Keyring, Kind

ann, tess, vera = "ann@customer.example", "tess@example.org", "vera@printers.example"
OTTO = "Otto Other <otto@other.example>"


def _ask(desk: RunningDesk, frm: str, subject: str, **headers: Any) -> Received:  # noqa: ANN401 - header fields by name
    """A request; its acknowledgement."""
    desk.mail(frm, DESK, subject, f"About {subject}.\n", **headers)
    found = desk.expect(to=frm.rpartition("<")[2].rstrip(">"))
    desk.drain()
    return found


def _merge(desk: RunningDesk, **into: int) -> None:
    def merge(uow: SqlUnitOfWork) -> None:
        for number, target in into.items():
            uow.tickets.change(int(number.removeprefix("t")), merged_into=target)

    desk.core.database.run(merge)


def _verdict(desk: RunningDesk, number: int) -> dict[str, object]:
    return desk.ticket(number).inbox[-1]["verdict"]  # type: ignore[no-any-return]


# --- merged, closed, locked -----------------------------------------------------------------------


def test_an_answer_follows_a_chain_of_merges(desk: RunningDesk) -> None:
    first = _ask(desk, ANN, "Printer")
    for subject in ("Printer again", "Printer at last"):
        desk.advance(minutes=11)  # nobody gets three acknowledgements in ten
        _ask(desk, ANN, subject)
    _merge(desk, t1=2, t2=3)
    desk.reply(first, ANN, "It blinks.")
    assert desk.ticket(3).texts == ["About Printer at last.", "It blinks."]
    assert desk.ticket(1).texts == ["About Printer."]


def test_merged_in_a_circle_an_answer_still_arrives_once(desk: RunningDesk) -> None:
    answers = [_ask(desk, ANN, subject) for subject in ("One", "Two")]
    _merge(desk, t1=2, t2=1)
    for answer in answers:
        desk.reply(answer, ANN, f"Words to {answer.subject}")
    assert [len(desk.ticket(number).texts) for number in (1, 2)] == [3, 1]
    assert desk.count_tickets() == 2


def test_whoever_had_a_part_before_the_merge_keeps_it(desk: RunningDesk) -> None:
    """And whoever had none in either still gets none."""
    _ask(desk, OTTO, "Printer on floor 2")
    asked = _ask(desk, ANN, "The same printer")
    _merge(desk, t2=1)
    desk.reply(asked, ANN, "It blinks.")
    assert desk.ticket(1).texts[-1] == "It blinks."
    desk.reply(asked, VERA, "Let me in.")
    assert desk.ticket(1).texts[-1] == "It blinks."
    assert desk.ticket(3).ticket.follows == 1


def test_a_locked_ticket_gets_a_linked_follow_up(desk: RunningDesk) -> None:
    answer = _ask(desk, ANN, "Printer")
    desk.core.database.run(lambda uow: uow.tickets.change(1, locked=True))
    desk.reply(answer, ANN, "One more thing.")
    assert desk.ticket(1).texts == ["About Printer."]
    assert desk.ticket(2).ticket.follows == 1
    assert desk.ticket(2).texts == ["One more thing."]
    assert _verdict(desk, 2)["access rule"] == "closed_for_good"


# --- other desks ----------------------------------------------------------------------------------

THEIRS = Keyring({"q7": b"another installation of the same product"})


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ({}, "[#1] Your order"),
        ({"In_Reply_To": "<their-thread@printers.example>"}, "Re: [#1] Your order"),
        (
            {"In_Reply_To": f"<{THEIRS.sign(Kind.MESSAGE, 1, 1)}@printers.example>"},
            "Re: Your order",
        ),
        ({"Cc": f"help+{THEIRS.sign(Kind.TICKET, 1, 1)}@printers.example"}, "Your order"),
    ],
    ids=["number", "number in their thread", "their Message-ID", "their reply address"],
)
def test_what_belongs_to_another_desk_enters_no_ticket_of_ours(
    desk: RunningDesk, headers: dict[str, Any], subject: str
) -> None:
    """Vera is in copy of ticket 1; her own ticket system counts from one, too."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", Cc=VERA)
    desk.drain()
    desk.mail(VERA, DESK, subject, "Your order is on its way.\n", **headers)
    assert desk.ticket(1).texts == ["It does not print."]
    assert desk.ticket(2).texts == ["Your order is on its way."]


def test_another_desks_message_is_known_once_it_is_part_of_a_ticket(desk: RunningDesk) -> None:
    """A vendor with the same product: their ids look like ours, and answers to them arrive."""
    their_id = f"{THEIRS.sign(Kind.MESSAGE, 7, 7)}@printers.example"
    desk.mail(VERA, DESK, "Toner", "Which toner?\n", Cc=ANN, Message_ID=f"<{their_id}>")
    desk.drain()
    desk.mail(ANN, DESK, "Re: Toner", "Black.\n", Cc=VERA, In_Reply_To=f"<{their_id}>")
    assert desk.ticket(1).texts == ["Which toner?", "Black."]


def test_another_desks_automatic_answer_opens_nothing(desk: RunningDesk) -> None:
    desk.mail(
        VERA,
        DESK,
        "[#1] We have your request",
        "A ticket was made.\n",
        Auto_Submitted="auto-replied",
        X_Replydesk_Loop=THEIRS.sign(Kind.LOOP, 0),
    )
    desk.expect_nothing_more()
    assert desk.count_tickets() == 0


# --- two tickets at once --------------------------------------------------------------------------


def test_a_mail_to_two_reply_addresses_enters_both_tickets_once(desk: RunningDesk) -> None:
    first, second = _ask(desk, ANN, "Printer"), _ask(desk, ANN, "Scanner")
    to = [first.reply_to, second.reply_to, second.reply_to]
    desk.mail(ANN, to, "Both work now", "Thank you.\n")
    assert desk.ticket(1).texts == ["About Printer.", "Thank you."]
    assert desk.ticket(2).texts == ["About Scanner.", "Thank you."]
    assert desk.count_tickets() == 2
    assert _verdict(desk, 1)["also"] == ["it entered ticket 2, too"]
    assert desk.ticket(2).events[-1].rule == "also_addressed"


def test_two_reply_addresses_of_tickets_that_were_merged_are_one(desk: RunningDesk) -> None:
    first, second = _ask(desk, ANN, "Printer"), _ask(desk, ANN, "Scanner")
    _merge(desk, t2=1)
    desk.mail(ANN, [first.reply_to, second.reply_to], "Both work now", "Thank you.\n")
    assert desk.ticket(1).texts == ["About Printer.", "Thank you."]
    assert desk.ticket(2).texts == ["About Scanner."]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_reply_addresses_a_strange_one_is_left_out(desk: RunningDesk, order: int) -> None:
    own, strange = _ask(desk, ANN, "Printer"), _ask(desk, OTTO, "Secret")
    desk.mail(ANN, [own.reply_to, strange.reply_to][::order], "Hello", "Tell me more.\n")
    assert desk.ticket(1).texts == ["About Printer.", "Tell me more."]
    assert desk.ticket(2).texts == ["About Secret."]
    assert desk.count_tickets() == 2
    assert _verdict(desk, 1)["also"] == ["it did not enter ticket 2"]


def test_a_technicians_command_to_two_tickets_holds_for_both(desk: RunningDesk) -> None:
    told = []
    for subject in ("Printer", "Scanner"):
        desk.mail(ANN, DESK, subject, f"About {subject}.\n")
        told.append(desk.expect(to=tess).reply_to)
        desk.drain()
    desk.mail(TESS, told, "Both", "It was the cable.\n\n#close\n")
    desk.drain()
    assert [desk.ticket(number).status for number in (1, 2)] == ["closed", "closed"]
    assert [desk.ticket(number).texts[-1] for number in (1, 2)] == ["It was the cable."] * 2


def test_what_the_mail_answers_outweighs_older_threads(desk: RunningDesk) -> None:
    first, second = _ask(desk, ANN, "Printer"), _ask(desk, ANN, "Scanner")
    desk.mail(
        ANN,
        DESK,
        "Re: Scanner",
        "It scans.\n",
        In_Reply_To=f"<{second.message_id}>",
        References=f"<{first.message_id}> <{second.message_id}>",
    )
    assert desk.ticket(2).texts[-1] == "It scans."
    assert desk.ticket(1).texts == ["About Printer."]


def test_an_answer_to_a_collection_of_mails_is_linked(desk: RunningDesk) -> None:
    first, second = _ask(desk, ANN, "Printer"), _ask(desk, ANN, "Scanner")
    quoted = f"> Answer to {first.reply_to}\n> Answer to {second.reply_to}\n"
    desk.mail(ANN, DESK, "Everything of this week", f"When will this be done?\n\n{quoted}")
    assert [len(desk.ticket(n).texts) for n in (1, 2)] == [1, 1]
    assert desk.ticket(3).ticket.follows == 1
    assert _verdict(desk, 3)["thread rule"] == "several_quoted"


# --- something new in an old thread ---------------------------------------------------------------


def test_a_new_subject_in_an_old_thread_is_a_new_ticket(desk: RunningDesk) -> None:
    """Ann looks for any mail with the desk in it, takes one of her boss's, and writes anew."""
    answer = _ask(desk, ANN, "Printer")
    desk.mail(
        ANN,
        DESK,
        "New laptop",
        "I need a laptop.\n",
        In_Reply_To="<boss@customer.example>",
        References=f"<{answer.message_id}> <boss@customer.example>",
    )
    assert desk.ticket(1).texts == ["About Printer."]
    assert desk.ticket(2).ticket.follows == 1
    assert desk.ticket(2).ticket.title == "New laptop"
    assert _verdict(desk, 2)["thread rule"] == "another_subject"


def test_the_old_subject_in_an_old_thread_stays(desk: RunningDesk) -> None:
    answer = _ask(desk, ANN, "Printer")
    desk.mail(
        ANN,
        DESK,
        "WG: AW: Printer",
        "My boss asks when.\n",
        In_Reply_To="<boss@customer.example>",
        References=f"<{answer.message_id}> <boss@customer.example>",
    )
    assert desk.ticket(1).texts[-1] == "My boss asks when."


@pytest.mark.parametrize("tie", ["address", "message", "quote"])
def test_a_new_subject_under_a_mail_of_ours_stays(desk: RunningDesk, tie: str) -> None:
    """People answer the last mail and write what it is about now."""
    answer = _ask(desk, ANN, "Printer")
    to = answer.reply_to if tie == "address" else DESK
    ident = f"<{answer.message_id}>" if tie == "message" else None
    quoted = f"\n> Answer to {answer.reply_to}\n" if tie == "quote" else ""
    desk.mail(ANN, to, "Printer: toner, too", f"It needs toner.\n{quoted}", In_Reply_To=ident)
    assert desk.ticket(1).texts[-1] == "It needs toner."


# --- what programs write --------------------------------------------------------------------------

CONVERSATION = "AdGcUzMxvcbVxkQMQjKJR+1ETvXYZA"


def test_outlook_without_references_is_known_by_its_conversation(desk: RunningDesk) -> None:
    _ask(desk, ANN, "Printer", Thread_Index=f"{CONVERSATION}==")
    desk.mail(
        ANN,
        DESK,
        "AW: Printer",
        "It blinks.\n",
        Thread_Index=f"{CONVERSATION[:20]} {CONVERSATION[20:]}AAbcdefg",
        Thread_Topic="Printer",
    )
    assert desk.ticket(1).texts[-1] == "It blinks."
    assert _verdict(desk, 1)["thread rule"] == "known_message_id_before"


def test_outlooks_conversation_under_another_subject_is_a_new_ticket(desk: RunningDesk) -> None:
    _ask(desk, ANN, "Printer", Thread_Index=f"{CONVERSATION}==")
    desk.mail(ANN, DESK, "Laptop", "I need one.\n", Thread_Index=f"{CONVERSATION}AAbcdefg")
    assert desk.ticket(1).texts == ["About Printer."]
    assert desk.ticket(2).ticket.follows == 1


@pytest.mark.parametrize(
    "written",
    [
        "<x@y>,<{id}>,<z@y>",
        "<x@y><{id}><z@y>",
        "<x@y> <{id}> <broken-at-the-e",
        "x@y {id} z@y",
        '"<x@y>" "<{id}>" "<z@y>"',
        "&lt;{id}&gt;",
        "<{ID}>",
        "<<{id}>>",
        "<{id}> <{id}> <{id}>",
        "<x@y> <{cut}",
    ],
)
def test_mangled_references_find_the_ticket(desk: RunningDesk, written: str) -> None:
    answer = _ask(desk, ANN, "Printer")
    ident = answer.message_id
    field = written.format(id=ident, ID=ident.upper(), cut=ident[:-4])
    desk.mail(ANN, DESK, "Re: Printer", "It blinks.\n", References=field)
    assert desk.ticket(1).texts[-1] == "It blinks."


def test_a_phone_that_folds_the_case_of_ids(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "Broken.\n", Message_ID="<CAF+AbC=x@Mail.Customer.example>")
    acknowledgement = desk.expect(to=ann)
    assert acknowledgement.in_reply_to == "CAF+AbC=x@Mail.Customer.example"
    desk.drain()
    desk.mail(ANN, DESK, "Re: Printer", "Still.\n", In_Reply_To="<caf+abc=x@mail.customer.example>")
    assert desk.ticket(1).texts == ["Broken.", "Still."]


# --- what was given to whom -----------------------------------------------------------------------


def test_a_vendor_without_proof_answers_to_all(desk: RunningDesk) -> None:
    """Vera has Tess's own mail, with Tess's reply address in it, and nothing from the desk."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    letter = desk.reply(told, TESS, "Vera, can you come?", Cc=VERA)
    desk.drain()
    desk.mail(
        VERA,
        [tess, told.reply_to],
        "Re: Printer",
        "Tomorrow at nine.\n",
        proof="none",
        In_Reply_To=f"<{letter.message_id}>",
        References=f"<{told.message_id}> <{letter.message_id}>",
    )
    assert desk.ticket(1).texts[-1] == "Tomorrow at nine."


def test_a_vendor_cannot_speak_as_the_requester_with_what_the_vendor_has(
    desk: RunningDesk,
) -> None:
    """The same mail of Tess's; Ann had its words from the desk, in a mail of her own."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", proof="none")
    told = desk.expect(to=tess)
    desk.drain()
    letter = desk.reply(told, TESS, "Vera, can you come?", Cc=VERA)
    desk.drain()
    desk.mail(
        ANN,
        [tess, told.reply_to],
        "Re: Printer",
        "Send me the keys of the building.\n",
        proof="none",
        In_Reply_To=f"<{letter.message_id}>",
        References=f"<{told.message_id}> <{letter.message_id}>",
    )
    assert desk.ticket(1).texts == ["It does not print.", "Vera, can you come?"]
    (held,) = desk.waiting("held")
    assert "somebody else" in held["reason"]


def test_one_own_sign_is_enough_for_an_unproven_requester(desk: RunningDesk) -> None:
    """Ann answers her mail from the desk, to an address that a colleague gave her."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", proof="none", Cc=VERA)
    own = desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.drain()
    desk.mail(
        ANN, told.reply_to, "x", "It blinks.\n", proof="none", In_Reply_To=f"<{own.message_id}>"
    )
    assert desk.ticket(1).texts[-1] == "It blinks."


def test_who_was_proven_once_stays_proven_or_is_held(desk: RunningDesk) -> None:
    answer = _ask(desk, ANN, "Printer")
    desk.reply(answer, ANN, "I am Ann.", proof="none")
    assert desk.ticket(1).texts == ["About Printer."]
    (held,) = desk.waiting("held")
    assert "used to be proven" in held["reason"]
    desk.reply(answer, ANN, "I really am.")
    assert desk.ticket(1).texts[-1] == "I really am."


def test_a_late_answer_within_its_window_reopens_by_a_quoted_address(desk: RunningDesk) -> None:
    answer = _ask(desk, ANN, "Printer")

    def close(uow: SqlUnitOfWork) -> None:
        ticket = uow.tickets.get(1)
        assert ticket is not None
        change_ticket(
            uow,
            ticket,
            actor=None,
            changes=Changes(status=Status.CLOSED),
            rule="test",
            now=desk.clock(),
        )

    desk.core.database.run(close)
    desk.drain()
    desk.advance(days=3)
    desk.mail(ANN, DESK, "Re: Printer", f"Again.\n\n> Answer to {answer.reply_to}\n")
    assert desk.ticket(1).status == "reopened"
