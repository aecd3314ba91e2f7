"""Two tickets become one, and one becomes two: nothing is lost, nobody hears twice, nothing leaks."""

from __future__ import annotations

import pytest

from bot import actions
from bot.errors import NotPossible
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, TOM, VERA, RunningDesk
from tests.flow.letters import Enclosed, Letter, Received

BEA = "Bea Boss <bea@customer.example>"
OLE = "Ole Other <ole@elsewhere.example>"
ann, bea, ole = "ann@customer.example", "bea@customer.example", "ole@elsewhere.example"
tess, tom, vera = "tess@example.org", "tom@example.org", "vera@printers.example"


def ask(desk: RunningDesk, frm: str, subject: str, text: str) -> tuple[Letter, Received]:
    """Somebody asks; their mail, and what Tess got."""
    letter = desk.mail(frm, DESK, subject, f"{text}\n")
    told = desk.expect(to=tess, containing=text)
    desk.drain()
    return letter, told


def answer(desk: RunningDesk, told: Received, text: str, to: str) -> Received:
    """Tess answers; what the requester got."""
    desk.reply(told, TESS, text)
    got = desk.expect(to=to, containing=text.split("\n", maxsplit=1)[0])
    desk.drain()
    return got


def kinds(desk: RunningDesk, number: int) -> list[str]:
    return desk.ticket(number).kinds()


def test_a_merge_moves_everything_and_tells_its_requester_once(desk: RunningDesk) -> None:
    ask(desk, ANN, "Printer", "It prints stripes.")
    letter, second = ask(desk, BEA, "Stripes", "Stripes on every page.")
    answer(desk, second, "Which printer is it?", bea)
    desk.reply(second, TESS, "#tag paper\n#room 2.17\n#merge 1")

    note = desk.expect(to=bea)
    done = desk.expect(to=tess, containing="Merged into: 1")
    desk.expect_nothing_more()
    assert "request 1" in note.words
    assert "Printer" not in note.everything, "the other one's words are not hers"
    assert "stripes" not in note.words
    assert done.automatic == "auto-replied"

    old, new = desk.ticket(2), desk.ticket(1)
    assert (old.status, old.ticket.merged_into, old.ticket.resolution) == ("closed", 1, "duplicate")
    assert old.texts == []
    assert new.texts == ["It prints stripes.", "Stripes on every page.", "Which printer is it?"]
    assert {(p.person.address, p.role.value) for p in new.participants} == {
        (ann, "requester"),
        (bea, "collaborator"),
        (tess, "owner"),
    }
    assert old.events[-1].data["into"] == 1
    assert new.events[-1].data["from"] == 2
    tags, assets = desk.core.database.read(
        lambda uow: (uow.relations.tags(1), uow.relations.assets(1))
    )
    assert tags == ["paper"]
    assert [str(asset) for asset in assets] == ["room 2.17"]

    # Everything that anybody still has leads to the ticket that is left.
    desk.mail(BEA, DESK, "Re: Stripes", "By my own mail.", In_Reply_To=f"<{letter.message_id}>")
    desk.mail(BEA, second.reply_to, "Re: Stripes", "To a technician's address.")
    desk.mail(BEA, DESK, "Re: [#2] Stripes", "By its number.")
    desk.reply(note, BEA, "To the note.")
    desk.settle()
    assert desk.ticket(1).texts[3:] == [
        "By my own mail.",
        "To a technician's address.",
        "By its number.",
        "To the note.",
    ]
    assert desk.ticket(2).texts == []
    assert desk.count_tickets() == 2
    for mail in desk.drain():
        assert bea not in mail.recipients


def test_nobody_is_sent_what_was_written_before_they_came_together(open_desk: OpenDesk) -> None:
    desk = open_desk()
    _, first = ask(desk, ANN, "Alpha", "ANNSECRET is our password.")
    answer(desk, first, "ANSWERTOANN is right.\n\n#cc vera@printers.example", ann)
    _, second = ask(desk, OLE, "Beta", "OLESECRET is ours.")
    desk.reply(second, TESS, "#merge 1")
    refused = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert "#merge 1 anyway" in refused.text
    assert desk.ticket(2).ticket.merged_into is None

    # A third party who joined and has had nothing yet is told nothing of it later, either.
    desk.reply(second, TESS, "#cc quiet@vendor.example\n#merge 1 anyway")
    note = desk.expect(to=ole)
    desk.drain()
    assert "SECRET" not in note.everything
    assert "Alpha" not in note.everything

    desk.reply(first, TESS, "To everybody, from now on.")
    for address in (ann, ole, vera, "quiet@vendor.example"):
        got = desk.expect(to=address)
        assert "To everybody" in got.text
        other = {ann: "OLESECRET", vera: "OLESECRET"}.get(address, "ANNSECRET")
        assert other not in got.everything
        assert "ANSWERTOANN" not in got.everything
    desk.expect_nothing_more()


def test_what_waits_to_be_sent_arrives_once_and_as_it_was(desk: RunningDesk) -> None:
    ask(desk, ANN, "Printer", "It prints stripes.")
    _, second = ask(desk, BEA, "Stripes", "Stripes on every page.")
    desk.sink.react("DATA", "451 4.3.0 Later", recipient=bea, times=1)
    desk.reply(second, TESS, "Which one is it?")
    desk.settle()
    desk.reply(second, TESS, "#merge 1")
    desk.settle()
    desk.advance(minutes=5)
    desk.settle()
    to_bea = [mail.text for mail in desk.drain() if bea in mail.recipients]
    assert len([text for text in to_bea if "Which one is it?" in text]) == 1
    assert len([text for text in to_bea if "request 1" in text]) == 1
    assert len(to_bea) == 2
    assert desk.ticket(1).texts[-1] == "Which one is it?"


def test_a_silent_desk_merges_in_silence(open_desk: OpenDesk) -> None:
    desk = open_desk(relations={"merge_notes": False})
    ask(desk, ANN, "Printer", "It prints stripes.")
    _, second = ask(desk, BEA, "Stripes", "Stripes on every page.")
    desk.reply(second, TESS, "#merge 1")
    desk.expect(to=tess)
    desk.expect_nothing_more()


def test_the_other_owner_hears_of_a_merge_once(desk: RunningDesk) -> None:
    _, first = ask(desk, ANN, "Printer", "It prints stripes.")
    desk.reply(first, TOM, "#assign me")
    desk.drain()
    _, second = ask(desk, BEA, "Stripes", "Stripes on every page.")
    desk.reply(second, TOM, "#assign tess")
    desk.drain()
    desk.reply(second, TESS, "#merge 1")
    told = desk.expect(to=tom)
    assert "merged request 2 into this one" in told.text
    desk.expect(to=bea)
    desk.expect(to=tess)
    desk.expect_nothing_more()
    assert desk.ticket(1).owner == tom


def test_no_circle_and_no_second_merge(desk: RunningDesk) -> None:
    _, first = ask(desk, ANN, "Printer", "It prints stripes.")
    _, second = ask(desk, ANN, "Stripes", "Stripes on every page.")
    desk.reply(second, TESS, "#merge 1")
    desk.drain()
    desk.reply(first, TESS, "#merge 2")
    assert "a part of it already" in " ".join(desk.expect(to=tess).text.split())
    desk.reply(second, TOM, "#merge 1")
    assert "itself" in desk.expect(to=tom).text
    desk.reply(first, TESS, "#merge 77")
    assert "no ticket 77" in desk.expect(to=tess).text
    desk.drain()
    assert kinds(desk, 1).count("ticket.took_in") == 1
    assert desk.ticket(1).ticket.merged_into is None


def test_two_people_who_merge_at_once_merge_once(desk: RunningDesk) -> None:
    ask(desk, ANN, "Printer", "It prints stripes.")
    ask(desk, ANN, "Stripes", "Stripes on every page.")
    database, now = desk.core.database, desk.clock()

    def merge(number: int, into: int) -> object:
        return database.submit(
            lambda uow: actions.merge_tickets(
                uow,
                uow.tickets.get(number),  # type: ignore[arg-type]  # it is there
                into=into,
                actor=None,
                rule="mail_command",
                now=now,
            )
        )

    futures = [merge(1, 2), merge(2, 1), merge(1, 2), merge(2, 1)]
    failed = [future.exception(10) for future in futures]  # type: ignore[attr-defined]
    assert [type(error) for error in failed].count(NotPossible) == 3
    left = [n for n in (1, 2) if desk.ticket(n).ticket.merged_into is None]
    assert len(left) == 1
    assert len(desk.ticket(left[0]).texts) == 2
    desk.drain()


def test_a_split_takes_its_words_its_people_and_their_answers_along(desk: RunningDesk) -> None:
    _, told = ask(desk, ANN, "Printer", "It prints stripes.")
    answer(desk, told, "Vera looks at it.\n\n#cc vera@printers.example", ann)
    letter = desk.mail(
        ANN,
        told.reply_to,
        "Re: Printer",
        "My chair is broken, too.\n",
        files=[Enclosed(name="chair.png", content_type="image/png", data=b"\x89PNG chair")],
    )
    desk.drain()
    got = answer(desk, told, "Which leg of the chair?", ann)
    numbers = [unit.id for unit in desk.ticket(1).workunits]
    desk.reply(told, TESS, f"#split {numbers[2]}-{numbers[3]} Broken chair")

    note = desk.expect(to=ann)
    own = desk.expect(to=tess, containing="My chair is broken")
    desk.expect(to=tess, containing="Split off: 2")
    desk.expect_nothing_more()
    assert "request 2" in note.words
    assert "Broken chair" in note.words
    assert not note.files

    old, new = desk.ticket(1), desk.ticket(2)
    assert new.texts == ["My chair is broken, too.", "Which leg of the chair?"]
    assert [file.name for unit in new.workunits for file in unit.files] == ["chair.png"]
    assert old.texts == ["It prints stripes.", "Vera looks at it."]
    assert new.ticket.title == "Broken chair"
    assert new.owner == tess
    assert new.copies == {vera}, "she was told of these words"
    assert old.events[-2].kind == "ticket.split"
    assert new.events[-1].data["from"] == 1

    # An answer follows the words that it answers, whatever address it goes to.
    desk.reply(got, ANN, "The left one.")
    desk.mail(ANN, DESK, "Re: Printer", "By my own mail.", In_Reply_To=f"<{letter.message_id}>")
    desk.reply(note, ANN, "To the note.")
    desk.drain()
    assert desk.ticket(2).texts[2:] == ["The left one.", "By my own mail.", "To the note."]
    assert desk.ticket(1).texts == old.texts

    # And an answer in the new ticket reaches its people with its own address.
    desk.reply(own, TESS, "A new one comes.")
    answered = desk.expect(to=ann, containing="A new one comes.")
    assert answered.subject == "Re: Broken chair"
    desk.drain()

    # Merging it back undoes it.
    desk.reply(own, TESS, "#merge 1")
    desk.drain()
    assert desk.ticket(1).texts == [
        "It prints stripes.",
        "Vera looks at it.",
        "My chair is broken, too.",
        "Which leg of the chair?",
        "The left one.",
        "By my own mail.",
        "To the note.",
        "A new one comes.",
    ]
    assert desk.ticket(2).texts == []


def test_a_third_partys_words_become_their_own_ticket(desk: RunningDesk) -> None:
    _, told = ask(desk, ANN, "Printer", "It prints stripes.")
    desk.reply(told, TESS, "Vera looks at it.\n\n#cc vera@printers.example")
    copied = desk.expect(to=vera)
    desk.drain()
    desk.reply(copied, VERA, "By the way: your invoice of March is unpaid.")
    desk.drain()
    number = desk.ticket(1).workunits[-1].id
    desk.reply(told, TESS, f"#split {number} Invoice")
    note = desk.expect(to=vera)
    assert "Invoice" in note.words
    desk.drain()
    new = desk.ticket(2)
    assert new.ticket.requester_id == next(
        p.person.id for p in new.participants if p.person.address == vera
    )


def test_a_split_of_notes_tells_nobody_outside(desk: RunningDesk) -> None:
    _, told = ask(desk, ANN, "Printer", "It prints stripes.")
    desk.reply(told, TESS, "#internal\nWe should buy another model. #1")
    desk.drain()
    number = desk.ticket(1).workunits[-1].id
    desk.reply(told, TESS, f"#split {number} New models")
    for mail in desk.drain():
        assert ann not in mail.recipients


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("#split 99", "has no words 99"),
        ("#split 1", "nothing would be left"),
        ("#split", "numbers"),
    ],
)
def test_a_split_that_cannot_be_is_refused(desk: RunningDesk, line: str, complaint: str) -> None:
    _, told = ask(desk, ANN, "Printer", "It prints stripes.")
    desk.reply(told, TESS, line)
    assert complaint in desk.expect(to=tess).text
    assert desk.count_tickets() == 1
