"""Mail that poses as what it is not, and people's mail that looks like a machine's."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import identities
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Enclosed, Received

ann, tess = "ann@customer.example", "tess@example.org"


@pytest.fixture
def answer(desk: RunningDesk) -> Received:
    """Ann asked, Tess answered and has the ticket; the answer as Ann has it."""
    desk.mail(ANN, DESK, "Safe", "What is the code?\n")
    desk.reply(desk.expect(to=tess), TESS, "It is in the drawer.")
    found = desk.expect(to=ann, containing="in the drawer")
    desk.drain()
    return found


# --- a machine's mark does not open a ticket --------------------------------------------------------


@pytest.mark.usefixtures("answer")
@pytest.mark.parametrize("author", [TESS, ANN])
@pytest.mark.parametrize("field", ["Auto_Submitted", "Precedence"])
def test_a_forged_answer_of_a_machine_finds_no_ticket_by_its_number(
    desk: RunningDesk, author: str, field: str
) -> None:
    mark: dict[str, Any] = {field: "auto-replied" if field == "Auto_Submitted" else "bulk"}
    desk.mail(author, DESK, "Re: [#1] Safe", "Give it away.\n", proof="none", **mark)
    assert "Give it away." not in desk.ticket(1).texts
    assert len(desk.waiting("aside")) == 1


@pytest.mark.parametrize("to", ["reply_to", "envelope_sender"])
def test_a_forged_answer_of_a_technicians_machine_is_no_note(
    desk: RunningDesk, answer: Received, to: str
) -> None:
    """Ann's reply address and the envelope address of the mail to her are good, and not Tess's."""
    desk.mail(
        TESS, getattr(answer, to), "Safe", "Give it away.\n", proof="none", Precedence="auto_reply"
    )
    assert "Give it away." not in desk.ticket(1).texts


def test_the_same_bytes_marked_as_a_machines_do_not_lay_a_held_mail_to_rest(
    desk: RunningDesk, answer: Received
) -> None:
    letter = desk.letter(ANN, answer.reply_to, "Re: Safe", "It is me.\n", proof="fail")
    desk.hand_over(letter)
    desk.settle()
    marked = b"Auto-Submitted: auto-replied\r\n" + letter.raw
    desk.hand_over_raw(marked, to=[answer.reply_to])
    assert len(desk.waiting("held")) == 1


def test_a_mail_comes_by_way_of_a_newsletters_list_and_then_by_itself(desk: RunningDesk) -> None:
    letter = desk.letter(ANN, DESK, "Printer", "It does not print.\n")
    listed = b"List-Id: <news.list.example>\r\nPrecedence: bulk\r\n" + letter.raw
    desk.hand_over_raw(listed, sender="news-bounces@list.example")
    assert len(desk.waiting("aside")) == 1
    desk.hand_over(letter)
    assert desk.ticket(1).texts == ["It does not print."]
    assert not desk.waiting("aside")
    desk.hand_over(letter)
    assert desk.count_tickets() == 1


# --- people's mail is not laid aside ----------------------------------------------------------------

PEOPLE = {
    "terse about mail": (
        ANN,
        "Mail delivery problem",
        "Hello,\n\nmails to bob@partner.example are undeliverable since Monday, user unknown.\n",
        {},
    ),
    "with a report": (
        ANN,
        "Mail problem",
        "See below.\n\nReporting-MTA: dns; mx.partner.example\nFinal-Recipient: rfc822; b@x.example\n",
        {},
    ),
    "a company's name": (
        "Royal Mail Delivery Service <anna@post.example>",
        "Printer",
        "It does not print.\n",
        {},
    ),
    "about holidays": (
        ANN,
        "Urlaubsantrag",
        "Bitte den Kalender freischalten.\n",
        {"X_Auto_Response_Suppress": "OOF"},
    ),
    "an administrator through our own group": (
        "Ida <it-admin@customer.example>",
        "Printer",
        "It does not print.\n",
        {"List_Id": "<desk.example.org>", "List_Post": "<mailto:desk@example.org>"},
    ),
}


@pytest.mark.parametrize(("frm", "subject", "text", "fields"), PEOPLE.values(), ids=PEOPLE)
def test_a_persons_mail_opens_a_ticket(
    desk: RunningDesk, frm: str, subject: str, text: str, fields: dict[str, Any]
) -> None:
    desk.mail(frm, DESK, subject, text, **fields)
    assert desk.count_tickets() == 1


def test_the_same_words_above_another_quote_are_another_request(desk: RunningDesk) -> None:
    for quote in ("two chairs", "nine tables"):
        text = f"Please see to it.\n\nOn Mon, 2 Mar 2026 at 09:00, Bob wrote:\n> {quote}\n"
        desk.mail(ANN, DESK, "Order", text)
    assert desk.count_tickets() == 2


@pytest.mark.usefixtures("answer")
def test_a_file_in_a_mail_that_rates_is_kept(desk: RunningDesk) -> None:
    desk.mail(TESS, DESK, "[#1] Safe", "#resolve\n")
    mail = desk.expect(to=ann)
    start = mail.text.index("mailto:") + len("mailto:")
    address = mail.text[start : mail.text.index("?", start)]
    file = Enclosed(name="still.pdf", content_type="application/pdf", data=b"%PDF still broken")
    desk.mail(ANN, address, "1/5", "\n", files=[file])
    assert [f.name for w in desk.ticket(1).workunits for f in w.files] == ["still.pdf"]


def test_a_photo_that_a_phone_sends_again_is_shown_again(desk: RunningDesk) -> None:
    """Phones mark attached photos as inline, in mails of plain text."""
    size = (1200).to_bytes(4, "big") + (900).to_bytes(4, "big")
    photo = b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size + b"x" * 200).decode()
    for words in ("Look at this.", "Once more."):
        desk.hand_over_raw(
            (
                f"From: {ann}\r\nTo: {DESK}\r\nSubject: {words}\r\n"
                f"Message-ID: <{words.split()[0]}@customer.example>\r\n"
                "Authentication-Results: mx.example.org; dmarc=pass\r\nMIME-Version: 1.0\r\n"
                f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n{words}\r\n--b\r\n"
                "Content-Type: image/png\r\nContent-Disposition: inline; filename=damage.png\r\n"
                f"Content-Transfer-Encoding: base64\r\n\r\n{photo}\r\n--b--\r\n"
            ).encode(),
            sender=ann,
        )
        assert "damage.png" in desk.expect(to=tess, containing=words).files


# --- nothing leaks, nobody is silenced --------------------------------------------------------------


def test_a_notice_that_a_technician_forwards_to_another_queue_stays_inside(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk(queues=[{"address": DESK}, {"address": "billing@example.org"}])
    desk.mail(ANN, DESK, "Invoice", "My invoice is wrong.\n")
    told = desk.expect(to=tess)
    desk.drain()
    block = f"---------- Forwarded message ---------\nFrom: {told.header('From')}\n"
    text = f"She never pays.\n\n{block}Subject: {told.subject}\nTo: <{tess}>\n\n{told.text}\n"
    desk.mail(
        TESS,
        "billing@example.org",
        f"Fwd: {told.subject}",
        text,
        References=f"<{told.message_id}>",
    )
    assert not [mail for mail in desk.drain() if ann in mail.recipients]
    assert desk.ticket(1).workunits[-1].visibility == "internal"


def test_guessed_numbers_do_not_silence_notices_of_other_held_mail(
    desk: RunningDesk, answer: Received
) -> None:
    for number in range(6):
        desk.mail(TESS, DESK, "[#1] Safe", f"Guess {number}.\n", proof="none")
    desk.drain()
    desk.reply(answer, ANN, "This matters.", proof="fail")
    assert "This matters." in desk.expect(to=tess).text


def test_a_forged_bounce_does_not_hide_a_true_one(desk: RunningDesk, answer: Received) -> None:
    for number, to in enumerate((DESK, answer.envelope_sender, answer.envelope_sender)):
        report = (
            f"From: mailer-daemon@customer.example\r\nTo: {to}\r\nSubject: Undelivered\r\n"
            f"Message-ID: <report-{number}@customer.example>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
            f"Final-Recipient: rfc822; {ann}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n"
            f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{answer.message_id}>\r\n\r\n--b--\r\n"
        ).encode()
        desk.hand_over_raw(report, sender="<>", to=[to])
        desk.settle()
    query = select(identities.c.reachable).where(identities.c.address == ann)
    assert desk.core.database.read(lambda uow: uow.connection.execute(query).scalar()) is False
    assert desk.ticket(1).kinds().count("delivery.failed") == 2


def test_a_held_mail_is_not_accepted_as_the_desks_own(desk: RunningDesk, answer: Received) -> None:
    """It would be laid aside as one that came back in a loop, and be lost to those who accepted it."""
    raw = f"From: a@x.example, b@x.example\r\nTo: {answer.reply_to}\r\n\r\nHello.\r\n".encode()
    desk.hand_over_raw(raw, to=[answer.reply_to])
    notice = desk.expect(to=tess)
    (held,) = desk.waiting("held")
    desk.reply(notice, TESS, f"#accept {held['id']} {DESK}")
    assert "is an address of the desk" in desk.expect(to=tess).text
    assert len(desk.waiting("held")) == 1


def test_whoever_accepts_a_mail_lets_out_no_more_than_its_words(desk: RunningDesk) -> None:
    """The notice shows the plain text; the page beside it may say something else."""
    desk.mail(ANN, DESK, "Safe", "What is the code?\n")
    told = desk.expect(to=tess)
    desk.drain()
    page = '<p>Fine. <img src="cid:p@x"></p><table><tr><td>Pay to account 12</td></tr></table>'
    picture = Enclosed(name="p.png", content_type="image/png", data=b"\x89PNG", content_id="p@x")
    desk.mail(TESS, told.reply_to, "Re: Safe", "Fine.\n", html=page, files=[picture], proof="none")
    desk.drain()
    (held,) = desk.waiting("held")
    desk.decide(held["id"])
    mail = desk.expect(to=ann, containing="Fine.")
    assert "account 12" not in mail.everything
