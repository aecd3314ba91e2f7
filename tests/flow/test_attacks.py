"""Attacks and accidents that once worked: internal words that a reply carries along, and forgeries."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.flow.desk import ANN, DESK, MALLORY, TESS, TOM, VERA, RunningDesk
from tests.flow.letters import Enclosed, Received

ann, tess = "ann@customer.example", "tess@example.org"
NOTE = "This customer never pays their invoices on time."
BLOCK = (
    "From: Example Desk <desk@example.org>\nSent: Monday, March 2, 2026 9:00 AM\n"
    "To: Tess Tech <tess@example.org>\nSubject: Re: Printer\n\n"
)
WROTE = "On Mon, 2 Mar 2026 at 09:00, Tom (Example Desk) <desk@example.org> wrote:\n"


@pytest.fixture
def asked(desk: RunningDesk) -> Received:
    """Ann has asked; what Tess got."""
    desk.mail(ANN, DESK, "Printer", "It does not print since the update on Monday.\n")
    told = desk.expect(to=tess)
    desk.drain()
    return told


@pytest.fixture
def note(desk: RunningDesk, asked: Received) -> Received:
    """An internal note of Tom's, as Tess has it."""
    desk.reply(asked, TESS, "Is it on?")
    desk.drain()
    desk.reply(asked, TOM, f"#internal\n{NOTE}")
    found = desk.expect(to=tess, containing=NOTE)
    desk.drain()
    return found


def _quoted(mail: Received) -> str:
    return "\n".join(f"> {line}".rstrip() for line in mail.text.strip().split("\n"))


def _answer(desk: RunningDesk, to_mail: Received, text: str, **more: object) -> list[Received]:
    """What goes out after Tess's answer, to Ann and to Tess."""
    ident = f"<{to_mail.message_id}>"
    desk.mail(
        TESS,
        to_mail.reply_to,
        to_mail.subject,
        text,
        In_Reply_To=ident,
        References=ident,
        **more,  # type: ignore[arg-type]
    )
    return desk.drain()


def _to_ann(mails: list[Received]) -> list[Received]:
    return [mail for mail in mails if ann in mail.recipients]


ANSWERS: dict[str, Callable[[Received], str]] = {
    "between the lines": lambda _: f"{WROTE}> {NOTE}\n\nReally?\n\n> Well\n\nYes, fine.\n",
    "below a line": lambda _: f"> {NOTE}\n\nReally? Let us see then.\n",
    "below a part of a line": lambda _: "> never pays their invoices\n\nReally? Let us see then.\n",
    "below the whole": lambda note: f"{_quoted(note)}\n\nWe come tomorrow and look at it.\n",
    "empty above a header block": lambda note: f"\n\n{BLOCK}{note.text}",
    "empty above a rule": lambda note: f"\n{'_' * 32}\n{BLOCK}{note.text}",
    "empty above a quote": lambda note: f"{_quoted(note)}\n",
    "empty from a phone": lambda note: f"\n\nSent from my iPhone\n\n{BLOCK}{note.text}\n",
    "empty forward": lambda note: f"-----Original Message-----\n{BLOCK}{note.text}",
    "above an unknown mark": lambda note: f"We come tomorrow.\n\n[quote]\n{note.text}",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_quotes_an_internal_note_stays_inside(
    desk: RunningDesk, note: Received, answer: Callable[[Received], str]
) -> None:
    mails = _answer(desk, note, answer(note))
    assert _to_ann(mails) == []
    told = [mail for mail in mails if tess in mail.recipients]
    assert len(told) == 1, "the author must learn that nothing went out"
    assert "Not done" in told[0].text
    assert desk.ticket(1).workunits[-1].visibility.value == "internal"


def test_an_answer_above_the_quoted_note_goes_out_without_it(
    desk: RunningDesk, note: Received
) -> None:
    mails = _answer(desk, note, f"We come tomorrow.\n\n{WROTE}{_quoted(note)}\n")
    assert [mail.words for mail in _to_ann(mails)] == ["We come tomorrow."]


def test_an_answer_between_the_requesters_own_lines_goes_out(
    desk: RunningDesk, note: Received
) -> None:
    """Even when a note repeats them: the requester said so."""
    _answer(desk, note, "#internal\nIt does not print since the update on Monday. Strange.")
    text = "> It does not print since the update on Monday.\n\nDoes it blink? Please look.\n"
    assert len(_to_ann(_answer(desk, note, text))) == 1


MISPLACED = {
    "below a signature": f"{NOTE}\n\n-- \nTess Tech\n\n#internal\n",
    "below a card": f"{NOTE}\n\nBest regards,\nTess Tech\nExample Ltd\n+49 30 1234567\n#internal\n",
    "below a phone's line": f"{NOTE}\n\nSent from my iPhone\n\n#internal\n",
    "below a quote": f"{NOTE}\n\n{WROTE}> It does not print.\n\n#internal\n",
    "below an unmarked quote": f"{NOTE}\n\n{BLOCK}It does not print.\n\n#internal\n",
    "below a greeting": f"Hi Tom,\n#internal\n{NOTE}\n\nBye for now\n",
    "bold": f"*#internal*\n{NOTE}\n",
    "apart": f"# internal\n{NOTE}\n",
    "wide": f"\uff03internal\n{NOTE}\n",
    "escaped": f"\\#internal\n{NOTE}\n",
    "behind something invisible": f"\u200b#internal\n{NOTE}\n",
}


@pytest.mark.parametrize("text", MISPLACED.values(), ids=MISPLACED)
def test_a_misplaced_internal_still_keeps_words_inside(
    desk: RunningDesk, asked: Received, text: str
) -> None:
    assert _to_ann(_answer(desk, asked, text)) == []
    assert desk.ticket(1).workunits[-1].visibility.value == "internal"


PAGES = {
    "gmail": '<div>We come.<br><img src="cid:mine@x"></div><div class="gmail_quote"><div'
    ' class="gmail_attr">On Mon, Tom wrote:<br></div><blockquote class="gmail_quote"><p>{}</p>'
    '<img src="cid:secret@x"></blockquote></div>',
    "outlook": '<div><p class="MsoNormal">We come.</p><p><img src="cid:mine@x"></p><div><p'
    ' class="MsoNormal"><b>From:</b> Desk &lt;desk@example.org&gt;<br><b>Sent:</b> Monday, March 2,'
    " 2026 9:00 AM<br><b>To:</b> Tess<br><b>Subject:</b> Re: Printer</p></div><p>{}</p>"
    '<img src="cid:secret@x"></div>',
    "apple": '<html><body>We come.<br><img src="cid:mine@x"><br><div><blockquote type="cite"><div>On'
    " 2 Mar 2026, at 09:00, Tom &lt;desk@example.org&gt; wrote:</div><br><div>{}<img"
    ' src="cid:secret@x"></div></blockquote></div></body></html>',
}
PICTURES = (
    Enclosed(name="secret.png", content_type="image/png", data=b"\x89PNG 1", content_id="secret@x"),
    Enclosed(name="mine.png", content_type="image/png", data=b"\x89PNG 2", content_id="mine@x"),
)


@pytest.mark.parametrize("text", ["", f"We come.\n\n{WROTE}> {NOTE}\n"], ids=["html", "both"])
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_pictures_of_a_quoted_note_stay_inside(
    desk: RunningDesk, note: Received, page: str, text: str
) -> None:
    mails = _answer(desk, note, text, html=page.format(NOTE), files=PICTURES)
    (answer,) = _to_ann(mails)
    assert set(answer.files) == {"mine.png"}
    assert "never pays" not in answer.everything


def test_a_page_that_shows_more_than_its_plain_text_stays_inside(
    desk: RunningDesk, note: Received
) -> None:
    page = f'<div>We come.<img src="cid:mine@x"></div><div class="new"><div>{NOTE}</div></div>'
    assert _to_ann(_answer(desk, note, "We come.\n", html=page, files=PICTURES[1:])) == []


# --- forgeries ------------------------------------------------------------------------------------


def test_a_name_that_a_forger_gave_does_not_last(desk: RunningDesk) -> None:
    desk.mail("Buy Pills <ann@customer.example>", DESK, "x", "y\n", proof="none")
    desk.drain()
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    assert "Ann Asker asks" in desk.expect(to=tess, containing="not print").text
    assert not any("Pills" in mail.everything for mail in desk.drain())


def test_a_stranger_cannot_let_the_desk_write_to_anybody(desk: RunningDesk) -> None:
    """Copies of a ticket that nobody at the desk has taken up hear nothing of its author."""
    victim = "vic@nowhere.example"
    desk.mail(MALLORY, DESK, "Cheap pills", "Hello.\n", Cc=f"Vic <{victim}>")
    acknowledgement = desk.expect(to="mallory@elsewhere.example")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(acknowledgement, MALLORY, "Buy at pills.example.")
    assert not any(victim in mail.recipients for mail in desk.drain())
    desk.reply(told, TESS, "What do you mean?")
    assert any(victim in mail.recipients for mail in desk.drain())


def test_closing_words_reach_those_in_copy_of_an_untouched_ticket(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", Cc="Carl <carl@customer.example>")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "It was off.\n\n#close")
    desk.expect(to="carl@customer.example", containing="It was off.")


def test_forged_mails_do_not_use_up_the_owners_acknowledgements(desk: RunningDesk) -> None:
    for number in range(5):
        desk.mail(ANN, DESK, f"Spam {number}", f"Spam {number}\n", proof="none")
    desk.drain()
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    assert len(_to_ann(desk.drain())) == 1


def test_a_forged_bounce_does_not_silence_a_technician(desk: RunningDesk, asked: Received) -> None:
    """Whoever was in copy of a technician's mail knows the Message-ID of the desk's mail to them."""
    report = (
        "From: mailer-daemon@elsewhere.example\r\nTo: desk@example.org\r\nSubject: Undelivered\r\n"
        "Message-ID: <forged@elsewhere.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {tess}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{asked.message_id}>\r\n\r\n--b--\r\n"
    ).encode()
    desk.hand_over_raw(report, sender="<>", to=[DESK])
    desk.drain()
    desk.mail(ANN, DESK, "Second", "Another question.\n")
    desk.expect(to=tess, containing="Another question.")


def test_a_mail_from_a_reply_address_of_ours_lies_aside(desk: RunningDesk) -> None:
    desk.mail("Desk <desk+x@example.org>", DESK, "Hello me", "Round and round.\n")
    desk.expect_nothing_more()
    assert len(desk.waiting("aside")) == 1


def test_a_page_posing_as_a_picture_is_not_shown_inline(desk: RunningDesk) -> None:
    trap = Enclosed(
        name="trap.html",
        content_type="text/html",
        data=b"<script>alert(1)</script>",
        content_id="trap@x",
    )
    page = '<p>See <img src="cid:trap@x"></p>'
    desk.mail(ANN, DESK, "Printer", "See\n", html=page, files=[trap])
    told = desk.expect(to=tess)
    assert b"attachment;\r\n filename=trap.html" in told.data.replace(b'"', b"")


def test_a_claimed_message_id_does_not_catch_the_answers_to_it(desk: RunningDesk) -> None:
    """Mallory writes to us under the id of a mail that Ann has from her, with Ann in Cc."""
    desk.mail(MALLORY, DESK, "Trap", "Look.\n", Cc=ANN, Message_ID="<known@elsewhere.example>")
    desk.drain()
    desk.mail(
        ANN,
        DESK,
        "Re: Trap",
        "My password is swordfish.\n",
        In_Reply_To="<known@elsewhere.example>",
    )
    mails = desk.drain()
    assert desk.count_tickets() == 2
    assert not any("swordfish" in m.text for m in mails if "mallory" in str(m.recipients))


def test_a_colleague_may_answer_to_all(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "Broken.\n", Cc=VERA, Message_ID="<all@customer.example>")
    desk.drain()
    desk.mail(
        VERA, DESK, "Re: Printer", "Mine, too.\n", Cc=ANN, In_Reply_To="<all@customer.example>"
    )
    desk.drain()
    assert desk.ticket(1).texts == ["Broken.", "Mine, too."]


def test_staff_see_that_a_reply_is_not_proven(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "Broken.\n", proof="none")
    acknowledgement = desk.expect(to=ann)
    desk.drain()
    desk.reply(acknowledgement, ANN, "Please call me at once.", proof="none")
    assert "not verified" in desk.expect(to=tess).text
