"""What thirty clients hand on in thirty-five languages, and the odd cases between."""

from __future__ import annotations

import pytest

from tests.corpus.imitations.forwarded import PLAIN, RICH, Client, Handed
from tests.corpus.imitations.letters import LABELS
from threading_engine import forwards
from threading_engine.message import Mailbox, Message

#: Clients that write no addresses of addressees, and one that writes no subject.
NO_ADDRESSEES = {"notes", "yandex"}
NO_SUBJECT = {"yandex"}
#: What phones add to the note.
DEVICE_LINES = ("Get Outlook for iOS<https://aka.example/o0ukef>", "Sent from my Galaxy")


def folded(text: str) -> str:
    return " ".join(text.replace("---", "").split())


@pytest.mark.parametrize("client", [*PLAIN, *RICH])
def test_every_client_and_language_is_taken_apart(client: Client) -> None:
    for language in LABELS:
        mail = Handed(language=language)
        made = client(mail)
        message = Message(html=made) if client in RICH else Message(text=made)
        found = forwards.find(message)
        assert found is not None, language
        note = found.note
        for line in DEVICE_LINES:
            note = note.replace(line, "")
        assert (language, found.sender) == (
            language,
            Mailbox(address="ana@shop.example", name="Ana Bell"),
        )
        assert (language, folded(found.body), folded(note)) == (
            language,
            folded(mail.words),
            mail.note,
        )
        if client.__name__ not in NO_SUBJECT:
            assert (language, found.subject) == (language, mail.subject)
        if client.__name__ not in NO_ADDRESSEES:
            assert (language, found.to[0].address) == (language, "ben@shop.example")


@pytest.mark.parametrize("client", PLAIN)
def test_what_answers_an_older_forward_is_none(client: Client) -> None:
    old = client(Handed())
    quoted = "\n".join(f"> {line}".rstrip() for line in old.split("\n"))
    for text in (
        f"Thanks.\n\nOn Tue, Mar 3, 2020 at 8:15 AM Ben Hall <ben@shop.example> wrote:\n\n{quoted}",
        f"Thanks.\n\n> On 3 Mar 2020, at 08:15, Ben Hall <ben@shop.example> wrote:\n>\n{quoted}",
        f"Thanks.\n\nOn Tuesday, March 3, 2020, Ben Hall <ben@shop.example> wrote:\n\n{old}",
        (
            f"Thanks.\n\nFrom: Ben Hall <ben@shop.example>\nSent: 3 March 2020 08:15\nTo: desk@example.org\n"
            f"Subject: Fwd: The lamp\n\n{old}"
        ),
        (
            f"Thanks.\n\n-----Original Message-----\nFrom: Ben Hall <ben@shop.example>\nSent: 3 March 2020\n"
            f"Subject: Fwd: The lamp\n\n{old}"
        ),
        f"{quoted}\n\nThanks.\n".replace("> ", "> > ").replace(
            "> >", "> On 3/3/2020, Ben wrote:\n> >", 1
        ),
    ):
        assert forwards.find(Message(text=text, subject="Re: Fwd: The lamp")) is None


BLOCK = "From: {}\nSent: Tuesday, March 3, 2020 8:15 AM\nTo: {}\nSubject: The lamp\n\nIt is dark."


@pytest.mark.parametrize(
    ("author", "address", "name"),
    [
        ('"Bell, Ana" <ana@shop.example>', "ana@shop.example", "Bell, Ana"),
        ("Bell, Ana [mailto:ana@shop.example]", "ana@shop.example", "Bell, Ana"),
        ("Ana Bell [ana@shop.example]", "ana@shop.example", "Ana Bell"),
        ("Ana Bell (ana@shop.example)", "ana@shop.example", "Ana Bell"),
        ("Ana Bell <mailto:ana@shop.example>", "ana@shop.example", "Ana Bell"),
        ("Ana Bell <ana@shop.example<mailto:ana@shop.example>>", "ana@shop.example", "Ana Bell"),
        ("<ana@shop.example>", "ana@shop.example", ""),
        ("Ana.Bell@Shop.Example", "ana.bell@shop.example", ""),
        ("'ana@shop.example' <ana@shop.example>", "ana@shop.example", ""),
        ("Ana O'Bell <ana@shop.example>", "ana@shop.example", "Ana O'Bell"),
        ("“Ana Bell” <ana@shop.example>", "ana@shop.example", "Ana Bell"),
        ("Ana Bell via Lamps <lamps@list.example>", "lamps@list.example", "Ana Bell via Lamps"),
        ("Ana Bell", None, "Ana Bell"),
        ("Bell, Ana", None, "Bell, Ana"),
    ],
)
def test_authors_are_written_in_many_ways(author: str, address: str | None, name: str) -> None:
    text = BLOCK.format(author, "Ben <ben@shop.example>; 'Cy' <cy@shop.example>")
    found = forwards.find_in_text(f"Look\n\n{text}", "FW: The lamp")
    assert found is not None
    assert found.sender == (Mailbox(address=address, name=name) if address else None)
    assert found.name == name
    assert found.to == (
        Mailbox(address="ben@shop.example", name="Ben"),
        Mailbox(address="cy@shop.example", name="Cy"),
    )


@pytest.mark.parametrize(
    ("block", "subject", "body"),
    [
        ("Date: 3 Mar 2020\nFrom: Ana <a@b.example>\nTo: x@y.example\nSubject: S", "S", "B"),
        ("Subject: S\nFrom: Ana <a@b.example>\nDate: 3 Mar 2020\nTo: x@y.example", "S", "B"),
        ("From: Ana <a@b.example>\nDate: 3 Mar 2020\nTo: x@y.example", "", "B"),
        ("From: Ana <a@b.example>\nDate: 3 Mar 2020\nSubject:\nTo: x@y.example", "", "B"),
        (
            "From: Ana <a@b.example>\nDate: 3 Mar 2020\nSubject: a long\n subject\nTo: x@y.example",
            "a long subject",
            "B",
        ),
        (
            "From: Ana <a@b.example>\nDate: 3 Mar 2020\nSubject: S\nTo: x@y.example,\n z@y.example\nCc: q@y.example,\n  r@y.example",
            "S",
            "B",
        ),
        (
            "From: Ana <a@b.example>\nReply-To: q@b.example\nDate: 3 Mar 2020\nTo: x@y.example\nSubject: S\nX-Priority: 1",
            "S",
            "B",
        ),
        (
            "From: Ana <a@b.example>\nDate: 3 Mar 2020\nTo: x@y.example\nSubject: Re: From: To: me",
            "Re: From: To: me",
            "B",
        ),
        (
            "From: Ana <a@b.example>\nSent: 3 Mar 2020\nTo: x@y.example\nSubject: S\nImportance: High\nAttachments: a.pdf",
            "S",
            "B",
        ),
        ("From: Ana <a@b.example>\nSent: 3 Mar 2020\nTo: x@y.example\nCc:\nSubject: S", "S", "B"),
    ],
)
@pytest.mark.parametrize("announced", ["---------- Forwarded message ---------\n", ""])
def test_fields_come_in_any_order(announced: str, block: str, subject: str, body: str) -> None:
    for mark in ("", "> "):
        marked = "\n".join(mark + line for line in f"{announced}{block}\n\n{body}".split("\n"))
        found = forwards.find_in_text(f"Look\n\n{marked}", "Fwd: S")
        assert found is not None
        assert found.sender == Mailbox(address="a@b.example", name="Ana")
        assert (found.subject, found.body, found.note) == (subject, body, "Look")


@pytest.mark.parametrize(
    "prefix",
    [
        "Fwd:",
        "FW:",
        "fw:",
        "WG:",
        "TR:",
        "RV:",
        "ENC:",
        "I:",
        "Doorst:",
        "PD:",
        "VL:",
        "VB:",
        "İLT:",
        "转发:",
        "轉寄:",
        "転送:",
        "전달:",
        "Továbbítás:",
        "Пересл:",
        "Fwd :",
        "[EXTERN] WG:",
        "TRS:",
        "FS:",
        "ΠΡΘ:",
        "VS:",
        "Fwd: Re:",
        "[Fwd:",
        "הועבר:",
    ],
)
def test_prefixes_say_that_it_is_a_forward(prefix: str) -> None:
    text = "Look, please\n\n" + BLOCK.format("Ana <ana@shop.example>", "Ben <ben@shop.example>")
    desk = (Mailbox(address="desk@example.org"),)
    assert forwards.find(Message(text=text, subject=f"{prefix} The lamp", to=desk))


@pytest.mark.parametrize(
    "prefix",
    [
        "Re:",
        "RE:",
        "AW:",
        "SV:",
        "Sv:",
        "Antw:",
        "RES:",
        "Rif:",
        "R:",
        "Odp:",
        "YNT:",
        "Vá:",
        "Отв:",
        "回复:",
        "答复:",
        "返信:",
        "회신:",
        "VS:",
        "Re: Fwd:",
        "[EXTERN] AW:",
        "Re[2]:",
        "השב:",
    ],
)
def test_prefixes_say_that_it_is_an_answer(prefix: str) -> None:
    ana = Mailbox(address="ana@shop.example")
    text = "Done, thanks\n\n" + BLOCK.format("Ana <ana@shop.example>", "Ben <ben@shop.example>")
    assert forwards.find(Message(text=text, subject=f"{prefix} The lamp", to=(ana,))) is None


@pytest.mark.parametrize(
    "text",
    [
        "I forward you the message that came from Ana:\nthe lamp is dark.",
        "The form says\nFrom: Berlin\nTo: Paris\nDate: 3.3.2020\nand nothing else.",
        "Their server logged this:\nfrom: a@b.example\nto: c@d.example\ndate: 3 Mar\nWhat now?",
        "Please look.\n\n-- \nBen Hall\nTel: 123\nFrom: the lamp shop",
        "---------- Forwarded message ---------\n\nis what it says, and no more.",
        "----- Ben Hall wrote: -----\nFrom: Ana <ana@shop.example>\nDate: 3/3/2020\nSubject: S\n\nB",
    ],
)
def test_what_only_looks_like_a_forward(text: str) -> None:
    assert forwards.find(Message(text=text, subject="The lamp")) is None


def test_a_remark_about_forwarding_belongs_to_the_note() -> None:
    text = "Hi Desk, I forward you this message:\n\n" + BLOCK.format(
        "Ana <a@b.example>", "x@y.example"
    )
    found = forwards.find_in_text(text, "FW: The lamp")
    assert found is not None
    assert (found.rule, found.note) == ("header_block", "Hi Desk, I forward you this message:")


def test_words_below_the_end_of_a_forward_belong_to_the_note() -> None:
    text = (
        "See below.\n\n----- Forwarded message from Ana <a@b.example> -----\n\nDate: 3 Mar 2020\nFrom: Ana <a@b.example>\n"
        "To: x@y.example\nSubject: S\n\nIt is dark.\n\n----- End forwarded message -----\n\nWhat do you say?\n"
    )
    found = forwards.find_in_text(text)
    assert found is not None
    assert (found.body, found.note) == ("It is dark.", "See below.\nWhat do you say?")


def test_an_answer_that_a_phone_wrote_above_is_part_of_the_note() -> None:
    text = "Look\n\nSent from my iPhone\n\nBegin forwarded message:\n\n" + "\n".join(
        f"> {line}" for line in BLOCK.format("Ana <a@b.example>", "x@y.example").split("\n")
    )
    found = forwards.find_in_text(text)
    assert found is not None
    assert (found.note, found.body) == ("Look\n\nSent from my iPhone", "It is dark.")
