"""The same message again in other bytes, and bytes that a stranger handed in first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.desk import ANN, DESK, RELAY, TESS, RunningDesk
from tests.flow.letters import Enclosed, Letter

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"
WORDS = "The printer on floor 2 is broken.\n"
FOOTER = (
    "_______________________________________________\n"
    "it-team mailing list\nit-team@lists.example\nhttps://lists.example/it-team\n"
)
LIST: dict[str, Any] = {
    "List_Id": "<it-team.lists.example>",
    "List_Post": "<mailto:it-team@lists.example>",
}


def _letter(
    desk: RunningDesk,
    text: str = WORDS,
    subject: str = "Printer",
    **more: Any,  # noqa: ANN401 - header fields by name
) -> Letter:
    fields: dict[str, Any] = {
        "Message_ID": "<one@customer.example>",
        "Date": "Mon, 2 Mar 2026 09:00:00 +0000",
    }
    return desk.letter(ANN, DESK, subject, text, **{**fields, **more})


def _settled(desk: RunningDesk, *letters: Letter) -> None:
    for letter in letters:
        desk.hand_over(letter)
        desk.settle()


def _one_request(desk: RunningDesk) -> None:
    for address in (ann, tess, tom):
        desk.expect(to=address)
    desk.expect_nothing_more()
    assert desk.count_tickets() == 1
    assert len(desk.ticket(1).workunits) == 1


def test_a_copy_by_way_of_a_list_changes_nothing(desk: RunningDesk) -> None:
    direct = _letter(desk)
    listed = _letter(desk, f"{WORDS}{FOOTER}", "[it-team] Printer", proof="none", **LIST)
    _settled(desk, direct, listed)
    _one_request(desk)
    rows = desk.ticket(1).inbox
    assert [row["state"] for row in rows] == ["done", "done"]
    assert rows[1]["verdict"]["entry"] == "copy"
    assert rows[1]["verdict"]["copy of"] == rows[0]["id"]


def test_the_lists_copy_may_be_the_first(desk: RunningDesk) -> None:
    """Without the fields of a list, as gateways send them; the footer then stays with the words."""
    gateway = _letter(desk, f"{WORDS}-----\nThis mail is confidential.\n", "[EXTERN] Printer")
    _settled(desk, gateway, _letter(desk))
    _one_request(desk)


def test_an_answer_in_two_versions_is_one_workunit(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", WORDS)
    told = desk.expect(to=tess)
    desk.drain()
    more: dict[str, Any] = {
        "Message_ID": "<two@example.org>",
        "Date": "Mon, 2 Mar 2026 09:30:00 +0000",
    }
    words = "Is it on?\n"
    for text in (words, f"{words}-----\nThis mail is confidential.\n"):
        desk.mail(TESS, told.reply_to, "Re: Printer", text, **more)
        desk.settle()
    desk.expect(to=ann, containing="Is it on?")
    desk.expect_nothing_more()
    assert len(desk.ticket(1).workunits) == 2


OTHERS: dict[str, dict[str, Any]] = {
    "other words": {"text": "The scanner on floor 2 is broken.\n"},
    "more words": {"text": f"{WORDS}The scanner, too.\n"},
    "another subject": {"subject": "Scanner"},
    "a file more": {
        "files": [Enclosed(name="log.txt", content_type="text/plain", data=b"it failed")]
    },
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_reused_message_id_over_anything_else_is_another_mail(
    desk: RunningDesk, other: dict[str, Any]
) -> None:
    _settled(desk, _letter(desk), _letter(desk, **other))
    assert desk.count_tickets() == 2


@pytest.mark.parametrize("date", ["Mon, 2 Mar 2026 10:00:00 +0000", None])
def test_a_reused_message_id_of_another_date_is_another_mail_of_the_same_request(
    desk: RunningDesk, date: str | None
) -> None:
    _settled(desk, _letter(desk), _letter(desk, Date=date))
    assert desk.count_tickets() == 1
    assert len(desk.ticket(1).workunits) == 2


def test_a_reused_message_id_of_somebody_else_is_another_mail(desk: RunningDesk) -> None:
    letter = _letter(desk)
    other = letter.raw.replace(b"Ann Asker <ann@customer.example>", b"Bob <bob@customer.example>")
    _settled(desk, letter, Letter(sender="b@x.example", recipients=(DESK,), raw=other))
    assert desk.count_tickets() == 2


def test_the_same_words_for_another_ticket_enter_it(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Scanner", "It does not scan.\n")
    answer = desk.expect(to=ann)
    desk.drain()
    letter = _letter(desk)
    aimed = letter.raw.replace(b"To: desk@example.org", f"To: {answer.reply_to}".encode())
    _settled(desk, letter)
    desk.hand_over_raw(aimed.replace(b"floor 2", b"floor  2"), to=[answer.reply_to])
    assert desk.ticket(1).texts == ["It does not scan.", "The printer on floor  2 is broken."]


# --- the same bytes, first from a stranger --------------------------------------------------------


def _technicians_answer(desk: RunningDesk) -> Letter:
    desk.mail(ANN, DESK, "Printer", WORDS)
    told = desk.expect(to=tess)
    desk.drain()
    return desk.letter(TESS, told.reply_to, "Re: Printer", "Is it on?\n", proof="none")


def _proven(letter: Letter) -> bytes:
    return f"Authentication-Results: {RELAY}; dmarc=pass\r\n".encode() + letter.raw


def test_a_genuine_mail_enters_after_a_strangers_copy_of_it_was_held(desk: RunningDesk) -> None:
    letter = _technicians_answer(desk)
    desk.hand_over(letter)
    assert len(desk.waiting("held")) == 1
    desk.drain()
    desk.hand_over_raw(_proven(letter), sender=tess, to=[letter.recipients[0]])
    assert desk.expect(to=ann).words == "Is it on?"
    assert desk.waiting("held") == []
    assert desk.ticket(1).texts == [WORDS.strip(), "Is it on?"]
    desk.drain()
    # Once more, and nothing happens any more.
    desk.hand_over_raw(_proven(letter), sender=tess, to=[letter.recipients[0]])
    desk.expect_nothing_more()
    assert len(desk.ticket(1).workunits) == 2


def test_a_held_mail_that_comes_again_without_proof_is_held_once(desk: RunningDesk) -> None:
    letter = _technicians_answer(desk)
    for number in range(3):
        trace = f"Delivered-To: box{number}@example.org\r\n".encode()
        desk.hand_over_raw(trace + letter.raw, sender=tess, to=[letter.recipients[0]])
        desk.settle()
    assert len(desk.waiting("held")) == 1
    assert len([mail for mail in desk.drain() if ann in mail.recipients]) == 0
