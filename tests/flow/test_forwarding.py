"""A technician forwards a customer's mail to the desk: it becomes the customer's ticket."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.flow.desk import ANN, DESK, MALLORY, TESS, VERA, Proof, RunningDesk
from tests.flow.letters import Enclosed, Received

ann, tess, tom, bob, vera = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "bob@shop.example",
    "vera@printers.example",
)
BOB = f"Bob Buyer <{bob}>"


def forwarded(note: str = "", *, frm: str = BOB, words: str = "It prints stripes.") -> str:
    """The text of a forward as a web mail writes it."""
    return (
        f"{note}\n\n---------- Forwarded message ---------\nFrom: {frm}\n"
        "Date: Mon, 2 Mar 2026 at 08:00\nSubject: Printer stripes\n"
        f"To: Tess Tech <{tess}>\nCc: Carl <carl@shop.example>\n\n{words}\n"
    )


def forward(
    desk: RunningDesk,
    note: str = "",
    *,
    by: str = TESS,
    frm: str = BOB,
    proof: Proof = "pass",
    cc: str | None = None,
) -> None:
    desk.mail(by, DESK, "Fwd: Printer stripes", forwarded(note, frm=frm), proof=proof, Cc=cc)


def original(*, frm: str = BOB, **headers: str) -> EmailMessage:
    """The customer's own mail, for attaching."""
    mail = EmailMessage(policy=SMTP)
    fields = {"From": frm, "To": tess, "Subject": "Printer stripes", "Message-ID": "<orig@shop>"}
    for name, value in {**fields, **headers}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("It prints stripes.\n")
    mail.add_attachment(b"\x89PNG stripes", maintype="image", subtype="png", filename="stripes.png")
    return mail


def forward_attached(desk: RunningDesk, note: str, mail: EmailMessage, *, by: str = TESS) -> None:
    letter = desk.letter(by, DESK, "Fwd: Printer stripes", note)
    outer = EmailMessage(policy=SMTP)
    plain = letter.raw.decode().split("\r\n\r\n")[0]
    for line in plain.split("\r\n"):
        name, _, value = line.partition(": ")
        if name not in {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}:
            outer[name] = value
    outer.set_content(note)
    outer.add_attachment(mail)
    outer.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="manual.pdf")
    desk.hand_over_raw(outer.as_bytes(), sender=letter.sender, to=[DESK])


# --- the customer's ticket ------------------------------------------------------------------------


def test_a_forward_opens_the_customers_ticket(desk: RunningDesk) -> None:
    forward(desk)
    acknowledged = desk.expect(to=bob)
    for address in (tess, tom):
        told = desk.expect(to=address)
        assert "Bob Buyer asks, forwarded by Tess Tech" in told.text
        assert told.words.endswith("It prints stripes.")
    desk.expect_nothing_more()

    assert "Tess Tech has handed us your mail “Printer stripes”" in acknowledged.text.replace(
        "\n", " "
    )
    ticket = desk.ticket(1)
    assert ticket.ticket.title == "Printer stripes"
    assert ticket.ticket.trusted
    (unit,) = ticket.workunits
    assert (unit.text, unit.author_name, unit.by_technician, unit.visibility.value) == (
        "It prints stripes.",
        "Bob Buyer",
        False,
        "public",
    )
    assert {p.person.address: p.role.value for p in ticket.participants} == {
        bob: "requester",
        tess: "editor",
    }, "the original's other addressees have no part"
    (opened,) = ticket.events
    assert (opened.rule, opened.data["forwarded_by"]) == ("forwarded_by_technician", "Tess Tech")


def test_the_customer_and_the_forwarder_go_on_from_there(desk: RunningDesk) -> None:
    forward(desk)
    acknowledged, told = desk.expect(to=bob), desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "Is the drum new?")
    answer = desk.expect(to=bob)
    assert answer.words == "Is the drum new?"
    desk.drain()
    desk.reply(acknowledged, BOB, "Yes, it is.")
    assert "Yes, it is." in desk.expect(to=tess).text
    assert desk.count_tickets() == 1


def test_the_note_stays_inside_and_its_commands_are_obeyed(desk: RunningDesk) -> None:
    forward(desk, "This one pays late.\n\n#assign me\n#priority 1\n#cc vera@printers.example")
    assert "pays late" not in desk.expect(to=bob).everything
    mails = desk.drain()
    assert {to for m in mails if "pays late" in m.everything for to in m.recipients} == {tom}
    assert any("Priority" in mail.words for mail in mails if tess in mail.recipients)
    ticket = desk.ticket(1)
    assert [(u.text, u.visibility.value, u.author_name) for u in ticket.workunits] == [
        ("It prints stripes.", "public", "Bob Buyer"),
        ("This one pays late.", "internal", "Tess Tech"),
    ]
    assert (ticket.owner, ticket.ticket.priority, ticket.copies) == (tess, 1, {vera})


def test_the_group_reads_the_note(desk: RunningDesk) -> None:
    forward(desk, "This one pays late.")
    assert "pays late" in desk.expect(to=tom, containing="INTERNAL").text
    desk.drain()


def test_a_mistyped_command_in_the_note_is_told(desk: RunningDesk) -> None:
    forward(desk, "#asign me")
    assert "#asign is no command" in desk.expect(to=tess, containing="Not done").text
    desk.drain()
    assert desk.ticket(1).texts == ["It prints stripes."]


def test_commands_in_the_forwarded_words_are_words(desk: RunningDesk) -> None:
    desk.mail(TESS, DESK, "Fwd: x", forwarded("See below.", words="#close\n#priority 1\n\n#close"))
    desk.drain()
    ticket = desk.ticket(1)
    assert (ticket.status, ticket.ticket.priority) == ("new", 3)
    assert ticket.texts[0] == "#close\n#priority 1\n\n#close"


def test_an_attached_mail_is_read_whole(desk: RunningDesk) -> None:
    forward_attached(desk, "Please look.\n", original())
    acknowledged = desk.expect(to=bob)
    assert acknowledged.in_reply_to == "orig@shop", "it joins the customer's own thread"
    told = desk.expect(to=tom)
    # What one mail causes comes as one mail: the customer's words and the technician's note.
    assert list(told.files) == ["stripes.png", "manual.pdf"]
    desk.drain()
    ticket = desk.ticket(1)
    assert [(u.text, u.visibility.value, [f.name for f in u.files]) for u in ticket.workunits] == [
        ("It prints stripes.", "public", ["stripes.png"]),
        ("Please look.", "internal", ["manual.pdf"]),
    ]
    # The customer asks again in the thread of the mail that never came to the desk.
    desk.mail(BOB, DESK, "Re: Printer stripes", "Any news?\n", References="<orig@shop>")
    desk.drain()
    assert desk.ticket(1).texts[-1] == "Any news?"
    assert desk.count_tickets() == 1


def test_files_of_a_forward_belong_to_the_customers_words(desk: RunningDesk) -> None:
    file = Enclosed(name="stripes.png", content_type="image/png", data=b"\x89PNG")
    desk.mail(TESS, DESK, "Fwd: Printer stripes", forwarded(), files=[file])
    desk.drain()
    assert [f.name for f in desk.ticket(1).workunits[0].files] == ["stripes.png"]


def test_whoever_was_in_copy_of_the_forward_itself_joins(desk: RunningDesk) -> None:
    forward(desk, cc=f"{VERA}, {BOB}")
    desk.drain()
    ticket = desk.ticket(1)
    assert ticket.copies == {vera}
    assert not any(row["address"] == bob for row in ticket.deliveries), "Bob had the mail directly"


def test_a_machines_mail_is_not_acknowledged(desk: RunningDesk) -> None:
    forward_attached(desk, "Look.\n", original(Auto_Submitted="auto-generated"))
    assert not any(bob in mail.recipients for mail in desk.drain())
    assert desk.ticket(1).texts[0] == "It prints stripes."


def test_acknowledgements_of_forwards_have_their_budget(desk: RunningDesk) -> None:
    for _ in range(4):
        forward(desk)
    assert sum(bob in mail.recipients for mail in desk.drain()) == 2


# --- what is no such forward ----------------------------------------------------------------------


@pytest.mark.parametrize("proof", ["none", "fail"])
def test_an_unproven_technicians_forward_makes_nobody_a_requester(
    desk: RunningDesk, proof: Proof
) -> None:
    forward(desk, proof=proof)
    assert not any(bob in mail.recipients for mail in desk.drain())
    if proof == "none":
        ticket = desk.ticket(1)
        assert ticket.participants[0].person.address == tess
        assert not ticket.ticket.trusted
    else:
        assert len(desk.waiting("held")) == 1


@pytest.mark.parametrize("who", [ANN, MALLORY])
def test_anybody_elses_forward_is_a_request_of_their_own(desk: RunningDesk, who: str) -> None:
    forward(desk, "Is this real?", by=who)
    assert not any(bob in mail.recipients for mail in desk.drain())
    ticket = desk.ticket(1)
    assert ticket.participants[0].person.address in who
    assert [p.role.value for p in ticket.participants] == ["requester"]
    (text,) = ticket.texts
    for words in ("Is this real?", f"From: {BOB}", "Subject: Printer stripes", "prints stripes"):
        assert words in text


@pytest.mark.parametrize(
    "frm",
    [
        "Tom Tool <tom@example.org>",
        "Example Desk <desk@example.org>",
        "Bob <bob@shop.example>, Eve <eve@elsewhere.example>",
        "Bob Buyer",
    ],
)
def test_nobody_becomes_a_requester_who_cannot(desk: RunningDesk, frm: str) -> None:
    forward(desk, "See below.", frm=frm)
    assert {to for mail in desk.drain() for to in mail.recipients} <= {tess, tom}
    assert desk.ticket(1).participants[0].person.address == tess


def test_an_attached_mail_that_does_not_tell_its_author_is_the_technicians(
    desk: RunningDesk,
) -> None:
    forward_attached(desk, "Look.\n", original(frm="Bob <bob@shop.example>, <eve@evil.example>"))
    desk.drain()
    assert desk.ticket(1).participants[0].person.address == tess


# --- into a ticket that is there ------------------------------------------------------------------


@pytest.fixture
def asked(desk: RunningDesk) -> Received:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    return told


def test_a_forward_into_a_ticket_is_a_note(desk: RunningDesk, asked: Received) -> None:
    desk.mail(TESS, asked.reply_to, "Fwd: Printer stripes", forwarded("Same here.\n\n#priority 2"))
    mails = desk.drain()
    assert not any(ann in mail.recipients for mail in mails)
    assert any("Visibility: internal" in mail.words for mail in mails if tess in mail.recipients)
    unit = desk.ticket(1).workunits[-1]
    assert unit.visibility.value == "internal"
    assert unit.text.startswith(f"Same here.\n\nFrom: {BOB}\n")
    assert unit.text.endswith("It prints stripes.")
    assert desk.ticket(1).ticket.priority == 2


def test_no_command_of_the_forwarded_words_counts_in_a_ticket(
    desk: RunningDesk, asked: Received
) -> None:
    desk.mail(TESS, asked.reply_to, "Fwd: x", forwarded(words="#close\n\nHello\n\n#close"))
    desk.drain()
    assert desk.ticket(1).status == "new"
    assert desk.ticket(1).workunits[-1].visibility.value == "internal"


def test_a_requesters_forward_into_their_ticket_is_shown(
    desk: RunningDesk, asked: Received
) -> None:
    desk.mail(ANN, asked.reply_to, "Fwd: Printer stripes", forwarded("My colleague, too:"))
    assert "It prints stripes." in desk.expect(to=tess).text
    desk.drain()
    assert "It prints stripes." in desk.ticket(1).texts[-1]
    assert desk.ticket(1).workunits[-1].author_name == "Ann Asker"


def test_pictures_in_the_forwarded_words_are_no_decoration(desk: RunningDesk) -> None:
    small = (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x60\x00\x00\x00\x60\x08\x02\x00\x00\x00"
    )
    file = Enclosed(name="stripes.png", content_type="image/png", data=small, content_id="s@x")
    page = (
        '<div>See below.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded '
        f"message ---------<br>From: Bob Buyer &lt;{bob}&gt;<br>Date: Mon, 2 Mar 2026<br>"
        'Subject: Printer stripes<br>To: Tess</div><p>It prints this: <img src="cid:s@x"></p></div>'
    )
    text = forwarded("See below.", words="It prints this: [image: stripes.png]")
    desk.mail(TESS, DESK, "Fwd: Printer stripes", text, html=page, files=[file])
    desk.drain()
    (unit, note) = desk.ticket(1).workunits
    assert [(f.name, f.decorative) for f in unit.files] == [("stripes.png", False)]
    assert (unit.author_name, note.text) == ("Bob Buyer", "See below.")
