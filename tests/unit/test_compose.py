from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parseaddr
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports import Outgoing, OutgoingFile
from channels.email.compose import compose
from channels.email.header_lines import header_address, one_line

NOTICE = Outgoing(
    delivery_id=7,
    to_name="Anna Abel",
    to_address="anna@client.example",
    from_name="Help Desk",
    from_address="help@desk.example",
    reply_to="help+t.token@desk.example",
    envelope_sender="help+b.token@desk.example",
    message_id="7.token@desk.example",
    in_reply_to="first@client.example",
    references=("first@client.example", "6.token@desk.example"),
    subject="[#12] The printer does not print",
    text="It prints again.\n\n-- \nHelp Desk\n",
    html="<p>It prints again.</p>\n",
    automatic="auto-generated",
    list_id="help.desk.example",
    loop_mark="mark-1",
    language="en",
    at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
)
PICTURE = OutgoingFile(
    name="logo.png", content_type="image/png", data=b"\x89PNG\r\n\x1a\n", content_id="logo@desk"
)
REPORT = OutgoingFile(name="report.pdf", content_type="application/pdf", data=b"%PDF-1.7 " * 100)


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


def structure(message: Message) -> object:
    if not message.is_multipart():
        return message.get_content_type()
    parts = cast("list[Message]", message.get_payload())
    return {message.get_content_subtype(): [structure(part) for part in parts]}


def test_a_notification_reads_back() -> None:
    message = parsed(compose(NOTICE))
    assert dict(message.items()) == {
        "From": "Help Desk <help@desk.example>",
        "To": "Anna Abel <anna@client.example>",
        "Reply-To": "Help Desk <help+t.token@desk.example>",
        "Subject": "[#12] The printer does not print",
        "Date": "Fri, 20 Nov 2026 12:00:00 +0000",
        "Message-ID": "<7.token@desk.example>",
        "In-Reply-To": "<first@client.example>",
        "References": "<first@client.example> <6.token@desk.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
        "List-Id": "<help.desk.example>",
        "X-Replydesk-Loop": "mark-1",
        "Content-Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }
    plain, html = message.iter_parts()
    assert plain.get_content() == NOTICE.text.removesuffix("\n").replace("\n", "\r\n")
    assert html.get_content() == NOTICE.html.removesuffix("\n")


def test_a_person_words_carry_no_mark_of_a_machine() -> None:
    message = parsed(compose(replace(NOTICE, automatic=None, list_id=None)))
    assert "Auto-Submitted" not in message
    assert "X-Auto-Response-Suppress" not in message
    assert "List-Id" not in message


@pytest.mark.parametrize(
    ("html", "files", "expected"),
    [
        ("", (), "text/plain"),
        ("", (REPORT,), {"mixed": ["text/plain", "application/pdf"]}),
        ("<p>x</p>", (), {"alternative": ["text/plain", "text/html"]}),
        (
            '<img src="cid:logo@desk">',
            (PICTURE,),
            {"related": [{"alternative": ["text/plain", "text/html"]}, "image/png"]},
        ),
        (
            '<img src="cid:logo@desk">',
            (REPORT, PICTURE),
            {
                "mixed": [
                    {"related": [{"alternative": ["text/plain", "text/html"]}, "image/png"]},
                    "application/pdf",
                ]
            },
        ),
        (
            "<p>no picture</p>",
            (PICTURE,),
            {"mixed": [{"alternative": ["text/plain", "text/html"]}, "image/png"]},
        ),
    ],
)
def test_the_parts_nest(html: str, files: tuple[OutgoingFile, ...], expected: object) -> None:
    raw = compose(replace(NOTICE, html=html, files=files))
    message = parsed(raw)
    assert structure(message) == expected
    leaves = [part for part in message.walk() if not part.is_multipart()]
    data = [part.get_payload(decode=True) for part in leaves[-len(files) :]] if files else []
    assert sorted(map(str, data)) == sorted(str(file.data) for file in files)
    if '"cid:' in html:
        (picture,) = [part for part in leaves if part.get_content_type() == "image/png"]
        assert picture["Content-ID"] == "<logo@desk>"
        assert picture.get_content_disposition() == "inline"


def test_the_same_notification_gives_the_same_bytes() -> None:
    one = replace(NOTICE, files=(REPORT, PICTURE))
    assert compose(one) == compose(one)
    assert compose(one) != compose(replace(one, message_id="8.token@desk.example"))


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("plain words", "7bit"),
        ("The cable is grün and the lamp is too.", "quoted-printable"),
        ("プリンターが動きません", "base64"),
        ("x" * 2000, "quoted-printable"),
        ("a boundary: --=_a", "quoted-printable"),
        ("a bell \x07", "quoted-printable"),
    ],
)
def test_each_text_has_the_cheapest_coding(text: str, coding: str) -> None:
    message = parsed(compose(replace(NOTICE, text=text, html="")))
    assert message["Content-Transfer-Encoding"] == coding
    assert cast("bytes", message.get_payload(decode=True)).decode().rstrip("\r\n") == text


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("report.pdf", "report.pdf"),
        ('a "quoted" name.pdf', 'a "quoted" name.pdf'),
        ("Übersicht.pdf", "Übersicht.pdf"),
        ("Übersicht %27 '" + "ö" * 60 + ".pdf", "Übersicht %27 '" + "ö" * 60 + ".pdf"),
        ("a/b\\c.pdf", "a_b_c.pdf"),
        ("x\r\nBcc: evil@client.example", "x Bcc: evil@client.example"),
        ("", "attachment"),
    ],
)
def test_file_names_read_back(name: str, read: str) -> None:
    raw = compose(replace(NOTICE, files=(replace(REPORT, name=name),)))
    assert [part.get_filename() for part in parsed(raw).iter_attachments()] == [read]


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("text/plain; charset=latin-1", "text/plain"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        ("x/y\r\nBcc: evil@client.example", "application/octet-stream"),
    ],
)
def test_media_types_are_honest(declared: str, written: str) -> None:
    raw = compose(replace(NOTICE, files=(replace(REPORT, content_type=declared),)))
    (attachment,) = parsed(raw).iter_attachments()
    assert attachment.get_content_type() == written


def test_long_references_keep_the_first_and_the_newest() -> None:
    ids = tuple(f"{number}@client.example" for number in range(500))
    written = str(parsed(compose(replace(NOTICE, references=ids)))["References"]).split()
    assert written[0] == "<0@client.example>"
    assert written[-1] == "<499@client.example>"
    assert len(written) < 50


def test_smtputf8_only_where_a_local_part_needs_it() -> None:
    raw = compose(replace(NOTICE, to_address="anna@bücher.example"))
    assert raw.isascii()
    assert b"<anna@xn--bcher-kva.example>" in raw
    raw = compose(replace(NOTICE, to_address="änna@client.example"))
    assert "<änna@client.example>".encode() in raw


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("anna@client.example", "anna@client.example"),
        ('"a b"@client.example', '"a b"@client.example'),
        ("a,b@client.example", '"a,b"@client.example'),
        ("a@b@client.example", '"a@b"@client.example'),
        (
            "anna@client.example>, <evil@client.example",
            '"anna@client.example>, <evil"@client.example',
        ),
        ("postmaster", "postmaster"),
        ("\r\n", ""),
    ],
)
def test_header_addresses(address: str, written: str) -> None:
    assert header_address(address) == written


# --- any text in any field ----------------------------------------------------------------------

#: Text that likes to be mistaken for the grammar around it.
_nasty = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "\r\n",
                    "\n",
                    "\r",
                    "\0",
                    " ",
                    "  ",
                    "\t",
                    "\u2028",
                    "\x85",
                    "\ud800",
                    "=?",
                    "?=",
                ),
                *(
                    "=?utf-8?q?x?=",
                    '"',
                    "\\",
                    "<",
                    ">",
                    ",",
                    ";",
                    ":",
                    "@",
                    ".",
                    "(",
                    ")",
                    "%",
                    "'",
                ),
                *("\r\nBcc: evil@client.example", "\r\n\r\nbody", "--=_a", "ü", "💥", "日本"),
                *("x" * 80, "x" * 1100, "word " * 40),
            ]
        ),
        st.text(max_size=20),
    ),
    max_size=12,
).map("".join)
any_text = st.one_of(st.text(), _nasty)
files = st.builds(
    OutgoingFile,
    name=any_text,
    content_type=any_text,
    data=st.binary(max_size=300),
    content_id=st.none() | any_text,
)
outgoings = st.builds(
    replace,
    st.just(NOTICE),
    to_name=any_text,
    to_address=any_text,
    from_name=any_text,
    from_address=any_text,
    reply_to=any_text,
    message_id=any_text,
    in_reply_to=st.none() | any_text,
    references=st.lists(any_text, max_size=3).map(tuple),
    subject=any_text,
    text=any_text,
    html=any_text,
    files=st.lists(files, max_size=2).map(tuple),
    automatic=st.none() | any_text,
    list_id=st.none() | any_text,
    loop_mark=any_text,
    language=any_text,
)
KNOWN = {
    *("from", "to", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"),
    *("auto-submitted", "x-auto-response-suppress", "list-id", "x-replydesk-loop"),
    *("content-language", "mime-version", "content-type", "content-transfer-encoding"),
}


def words(value: object) -> str:
    """A field's words as a client shows them."""
    return str(make_header(decode_header(str(value)))).replace("\r\n", "")


def lines_of(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def read_text(part: Message) -> str:
    return lines_of(cast("bytes", part.get_payload(decode=True)).decode())


@settings(deadline=None)
@given(outgoings)
def test_any_text_in_any_field(outgoing: Outgoing) -> None:
    raw = compose(outgoing)
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii() or not all(
        header_address(address).isascii()
        for address in (outgoing.to_address, outgoing.from_address, outgoing.reply_to)
    )
    message = email.message_from_bytes(raw)
    names = [name.lower() for name in message.keys()]  # noqa: SIM118 -- a Message is no dict.
    assert set(names) <= KNOWN
    assert len(names) == len(set(names))
    assert not any(part.defects for part in message.walk())
    if raw.isascii():
        assert words(message["Subject"]) == one_line(outgoing.subject)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    texts = [outgoing.text, outgoing.html] if outgoing.html else [outgoing.text]
    shown = [text.encode(errors="replace").decode() for text in texts]
    assert [read_text(part) for part in leaves[: len(texts)]] == [lines_of(one) for one in shown]
    data = [part.get_payload(decode=True) for part in leaves[len(texts) :]]
    assert sorted(map(str, data)) == sorted(str(file.data) for file in outgoing.files)


@settings(deadline=None)
@given(any_text)
def test_any_display_name_reads_back(name: str) -> None:
    message = email.message_from_bytes(compose(replace(NOTICE, to_name=name)))
    field = str(message["To"]).replace("\r\n", "")
    shown, address = parseaddr(field)
    assert address == NOTICE.to_address
    assert words(shown) == one_line(name)
