"""Forwards of many clients, and answers that only look like one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threading_engine import forwards
from threading_engine.message import Mailbox, Message, Sender

ANA = Mailbox(address="ana@shop.example", name="Ana Bell")
BEN = Mailbox(address="ben@shop.example", name="Ben")
NOTE = "Can you look at this?"
BODY = "The lamp is dark.\n\nAna"
ANNOUNCED = {
    "gmail": (
        "---------- Forwarded message ---------\nVon: Ana Bell <ana@shop.example>\n"
        "Date: Di., 3. März 2020 um 08:15 Uhr\nSubject: Lamp\nTo: Ben <ben@shop.example>\n\n\n"
    ),
    "thunderbird": (
        "-------- Mensaje reenviado --------\nAsunto: \tLamp\nFecha: \tTue, 3 Mar 2020 08:15\n"
        "De: \tAna Bell <ana@shop.example>\nPara: \tBen <ben@shop.example>\n\n\n"
    ),
    "outlook web": (
        "_________________________\nFrom: Ana Bell <ana@shop.example>\n"
        "Sent: Tuesday, March 3, 2020 8:15 AM\nTo: Ben <ben@shop.example>\nSubject: Lamp\n\n"
    ),
    "outlook, bold and doubly spaced": (
        "*De :* Ana Bell [mailto:ana@shop.example]\n\n*Envoyé :* mardi 3 mars 2020 08:15\n\n"
        "*À :* Ben <ben@shop.example<mailto:ben@shop.example>>\n\n*Objet :* Lamp\n\n"
    ),
    "yahoo": (
        "  ----- Przekazana wiadomość ----- Od: Ana Bell <ana@shop.example>Do: Ben "
        "<ben@shop.example>Wysłano: wtorek, 3 marca 2020, 08:15:00 CETTemat: Lamp\n "
    ),
    "wrapped subject": (
        "---------- Forwarded message ----------\nFrom: Ana Bell <ana@shop.example>\n"
        "Subject:\nLamp\nDate: 3 Mar 2020 08:15\nTo: Ben\n<ben@shop.example>\n\n"
    ),
    "a client nobody knows": (
        "=== Weitergeleitete Mail ===\n---- Weitergeleitete Mail von Ana ----\n"
        "Von: Ana Bell <ana@shop.example>\nAn: Ben <ben@shop.example>\nBetreff: Lamp\n\n"
    ),
}


@pytest.mark.parametrize("client", ANNOUNCED)
def test_an_inline_forward_is_taken_apart(client: str) -> None:
    forwarded = forwards.find_in_text(f"{NOTE}\n\n{ANNOUNCED[client]}{BODY}\n", "Fwd: Lamp")
    assert forwarded is not None
    assert forwarded.sender == ANA
    assert forwarded.to == (BEN,)
    assert forwarded.subject == "Lamp"
    assert forwarded.body == BODY
    assert forwarded.note.startswith(NOTE)


@pytest.mark.parametrize(
    "opening",
    ["Begin forwarded message:", "Anfang der weitergeleiteten Nachricht:", "İleti başlangıcı:"],
)
def test_apple_quotes_what_it_forwards(opening: str) -> None:
    fields = "From: Ana Bell <ana@shop.example>\nSubject: Lamp\nDate: 3 March 2020\nTo: x@y.example"
    quoted = "\n".join(
        f"> {line}".rstrip() for line in f"{opening}\n\n{fields}\n\n{BODY}".split("\n")
    )
    forwarded = forwards.find_in_text(f"{NOTE}\n\n{quoted}\n\nBen")
    assert forwarded is not None
    assert (forwarded.sender, forwarded.body, forwarded.note) == (ANA, BODY, f"{NOTE}\nBen")


def test_outlook_for_mac_forwards_below_an_attribution() -> None:
    text = (
        '\ufeffAm 03.03.20, 08:15 schrieb "Ana Bell" <ana@shop.example>:\n\n    The lamp is dark.'
    )
    forwarded = forwards.find_in_text(text, "WG: Lamp")
    assert forwarded is not None
    assert forwarded.sender == Mailbox(address="ana@shop.example")
    assert forwarded.body == "The lamp is dark."


BLOCK = (
    "From: Ana Bell <ana@shop.example>\nSent: 3 March 2020 08:15\nTo: desk@example.org\n"
    "Subject: Lamp\n\nThe lamp is dark."
)


@pytest.mark.parametrize(
    ("message", "is_forward"),
    [
        (Message(text=f"Look:\n\n{BLOCK}", subject="FW: Lamp"), True),
        (Message(text=f"Look:\n\n{BLOCK}", subject="RE: Lamp"), False),
        (Message(text=f"Look:\n\n{BLOCK}", subject="Lamp"), False),
        (Message(text=BLOCK, subject="Lamp"), True),
        (Message(text=BLOCK, subject="Re: Lamp"), False),
        (Message(text=f"Look\n\n{BLOCK}", to=(ANA,)), False),
        (Message(text=f"Look\n\n{BLOCK}", to=(BEN,)), True),
        (Message(text=f"Done.\n\nRegards\nBen\n\n{BLOCK}"), False),
    ],
)
def test_a_bare_block_needs_another_fact(message: Message, *, is_forward: bool) -> None:
    assert (forwards.find(message) is not None) == is_forward


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please forward the lamp.",
        "Yes.\n\nOn 3/3/2020 8:15, Ana <ana@shop.example> wrote:\n> On?",
        f"Yes.\n\nOn 3/3/2020 8:15, Ana <ana@shop.example> wrote:\n\n{ANNOUNCED['gmail']}{BODY}",
        "---------- Forwarded message ---------\nbut nothing is below",
        "The form:\nFrom: where?\nTo: where?",
    ],
)
def test_what_is_no_forward(text: str) -> None:
    assert forwards.find_in_text(text) is None


def test_only_the_outermost_forward_is_taken_apart() -> None:
    inner = f"{ANNOUNCED['thunderbird']}{BODY}"
    forwarded = forwards.find_in_text(f"{ANNOUNCED['gmail']}See below\n\n{inner}")
    assert forwarded is not None
    assert forwarded.body == f"See below\n\n{inner}"


def test_an_attached_mail_is_a_forward() -> None:
    original = Message(
        sender=Sender(address="ana@shop.example", name="Ana Bell"),
        to=(BEN,),
        subject="Lamp",
        date=datetime(2020, 3, 3, 8, 15, tzinfo=UTC),
        html="<p>The lamp is dark.</p>",
    )
    forwarded = forwards.find(Message(text=f"{NOTE}\n\n-- \nBen", embedded=original))
    assert forwarded == forwards.Forwarded(
        sender=ANA,
        name="Ana Bell",
        to=(BEN,),
        subject="Lamp",
        date="2020-03-03T08:15:00+00:00",
        body="The lamp is dark.",
        note=NOTE,
        rule="attached",
    )


@pytest.mark.parametrize(
    "report",
    [
        {"report_type": "delivery-status"},
        {"delivery_status": "Action: failed"},
        {"feedback_report": "Feedback-Type: abuse"},
        {"headers": (("auto-submitted", "auto-replied"),)},
        {"headers": (("x-failed-recipients", "ana@shop.example"),)},
        {"sender": Sender(address="mailer-daemon@shop.example")},
    ],
)
def test_a_report_is_no_forward(report: dict[str, object]) -> None:
    message = Message(embedded=Message(text="x"), text="Undelivered", **report)  # type: ignore[arg-type]
    assert forwards.find(message) is None


def test_html_is_read_when_there_is_no_text() -> None:
    html = (
        "<div>Look</div><div class=gmail_quote><div class=gmail_attr>---------- Forwarded message "
        "---------<br>From: <b>Ana Bell</b> &lt;<a href='mailto:ana@shop.example'>ana@shop.example"
        "</a>&gt;<br>Date: 3 Mar 2020<br>Subject: Lamp<br>To: desk@example.org<br></div><br>"
        "<p>The lamp is dark.</p></div>"
    )
    forwarded = forwards.find(Message(html=html, subject="Fwd: Lamp"))
    assert forwarded is not None
    assert (forwarded.sender, forwarded.body, forwarded.note) == (ANA, "The lamp is dark.", "Look")


LINES = [
    "",
    "> ",
    "Begin forwarded message:",
    "From: Ana <ana@shop.example>",
    "To: <",
    "x",
    "Date: 1",
]
LINES += [
    "-----Original Message-----",
    "----- Forwarded Message ----- From: a@b.exampleTo: c",
    "Cc: ,",
]
LINES += ["On 3/3/2020 8:15, Ana <a@b.example> wrote:", "    indented", "\ufeff", "Subject: ", "--"]


@given(st.lists(st.sampled_from(LINES), max_size=20), st.sampled_from(["", "Fwd: x", "Re: x", "x"]))
def test_any_mixture_can_be_read(lines: list[str], subject: str) -> None:
    found = forwards.find_in_text("\n".join(lines), subject)
    assert found is None or found.sender is None or "@" in found.sender.address


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    forwards.find_in_text(text, "Fwd: x")
