"""From bytes to a message: what is read, what is repaired, and what never harms."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.decode import Limits, UnreadableMail, decode
from tests.cost import within
from threading_engine.message import Message

HEAD = b"From: Anna <anna@firm.example>\r\nSubject: Printer\r\n"


def mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    """A multipart of ``parts``, each with its own header."""
    body = b"".join(b"--line\r\n" + part + b"\r\n" for part in parts)
    return (
        HEAD + b"Content-Type: multipart/" + kind + b"; boundary=line\r\n\r\n" + body + b"--line--"
    )


def test_a_plain_mail() -> None:
    message = decode(
        b"Return-Path: <anna@firm.example>\r\n"
        b"From: Anna <Anna@firm.example>\r\n"
        b"To: Desk <desk@help.example>, Bo <bo@firm.example>\r\nCc: cy@firm.example\r\n"
        b"Reply-To: anna@home.example\r\n"
        b"Subject: The\r\n printer\r\nDate: Mon, 4 Mar 2024 10:00:00 +0100\r\n"
        b"Message-ID: <one@firm.example>\r\nIn-Reply-To: <zero@help.example>\r\n"
        b"References: <a@help.example> <b@help.example>\r\n\tfolded@help.example\r\n"
        b"\r\nIt is stuck.\r\nPlease come.\r\n"
    )
    assert message.sender.address == "anna@firm.example"
    assert [box.address for box in message.to] == ["desk@help.example", "bo@firm.example"]
    assert [box.address for box in message.cc] == ["cy@firm.example"]
    assert [box.address for box in message.reply_to] == ["anna@home.example"]
    assert message.subject == "The printer"
    assert message.date == datetime(2024, 3, 4, 9, 0, tzinfo=UTC)
    assert message.message_id == "one@firm.example"
    assert message.in_reply_to == ("zero@help.example",)
    assert message.references == ("a@help.example", "b@help.example")
    assert message.text == "It is stuck.\nPlease come.\n"
    assert (message.html, message.attachments, message.defects) == (None, (), ())
    assert message.header("return-path") == "<anna@firm.example>"


def test_the_alternative_bodies_and_a_file() -> None:
    inner = (
        b"Content-Type: multipart/alternative; boundary=in\r\n\r\n"
        b"--in\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"
        b"--in\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>Gr\xfc\xdfe</p>\r\n--in--"
    )
    file = (
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''Bericht%20M%C3%A4rz.pdf\r\n\r\n"
        + base64.b64encode(b"%PDF-1.4 ...")
    )
    message = decode(mixed(inner, file))
    assert message.text == "Grüße"
    assert message.html == "<p>Grüße</p>"
    (attached,) = message.attachments
    assert (attached.name, attached.content_type) == ("Bericht März.pdf", "application/pdf")
    assert attached.data == b"%PDF-1.4 ..."


def test_an_inline_picture_keeps_its_content_id() -> None:
    picture = b"Content-Type: image/png\r\nContent-ID: <logo@firm.example>\r\n\r\nPNG"
    (attached,) = decode(mixed(b"\r\nhi", picture, kind=b"related")).attachments
    assert (attached.content_id, attached.inline) == ("logo@firm.example", True)
    assert attached.name == "attachment-1.png"


def test_text_parts_are_joined_and_attached_text_is_not_body() -> None:
    message = decode(
        mixed(
            b"Content-Type: text/plain\r\n\r\nOne",
            b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nL",
            b'Content-Type: text/plain; name="more.txt"\r\n\r\nM',
            b"Content-Type: text/plain\r\n\r\nTwo",
        )
    )
    assert message.text == "One\nTwo"
    assert [attached.name for attached in message.attachments] == ["log.txt", "more.txt"]


def test_html_does_not_lose_a_plain_part_beside_it() -> None:
    message = decode(
        mixed(b"Content-Type: text/html\r\n\r\n<p>Hi</p>", b"\r\n-- \r\nThe <list>'s footer")
    )
    assert message.html is not None
    assert "<p>Hi</p>" in message.html
    assert "The &lt;list&gt;'s footer" in message.html


def test_a_forwarded_mail_is_embedded_and_attached() -> None:
    inner = (
        b"Content-Type: message/rfc822\r\n\r\nFrom: bo@firm.example\r\nSubject: Old\r\n\r\nwords"
    )
    message = decode(mixed(b"\r\nsee below", inner))
    assert message.embedded is not None
    assert message.embedded.sender.address == "bo@firm.example"
    assert message.embedded.text == "words"
    assert [attached.name for attached in message.attachments] == ["attachment-1.eml"]


def test_a_delivery_report() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/report; report-type=Delivery-Status; boundary=line\r\n\r\n"
        b"--line\r\n\r\nSorry.\r\n"
        b"--line\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; bo@firm.example\r\n"
        b"--line\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Old\r\n--line--"
    )
    message = decode(raw)
    assert (message.content_type, message.report_type) == ("multipart/report", "delivery-status")
    assert message.delivery_status is not None
    assert "Final-Recipient: rfc822; bo@firm.example" in message.delivery_status
    assert message.embedded is not None
    assert message.embedded.subject == "Old"


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        (b"=?utf-8?Q?Dr=C3=BCcker_klemmt?=", "Drücker klemmt"),
        (b"=?utf-8?B?RHLDvA==?= =?utf-8?B?Y2tlcg==?=", "Drücker"),
        (b"=?utf-8?Q?Dr=C3?=\r\n =?utf-8?Q?=BCcker?=", "Drücker"),
        (b"=?utf-8?B?RHLDvGNrZXI?=", "Drücker"),
        (b"=?iso-8859-1?Q?Dr=FCcker a b?=", "Drücker a b"),
        (b"=?iso-8859-1?Q?Dr\xfccker?=", "Drücker"),
        (b"=?utf-8*de?Q?Dr=C3=BCcker?=", "Drücker"),
        (b"=?no-such-set?Q?Dr=C3=BCcker?=", "Drücker"),
        (b"Dr\xc3\xbccker", "Drücker"),
        (b"Der Dr\xfccker klemmt heute", "Der Drücker klemmt heute"),
        (b"a =?utf-8?Q?b?= c", "a b c"),
        (b"=?utf-8?Q?one=0D=0ABcc:_x?=", "one  Bcc: x"),
        (b"=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
        (b"=?utf-8?B?!!!?= x", "x"),
        (b"Nul\x00l", "Null"),
    ],
)
def test_subjects(field: bytes, subject: str) -> None:
    assert decode(b"Subject: " + field + b"\r\n\r\n").title == subject


@pytest.mark.parametrize(
    ("field", "body_charset", "stated", "meant"),
    [
        (b"Der Dr\xfccker", b"iso-8859-1", "Der Dr\ufffdcker", "Der Drücker"),
        (b"\xcf\xf0\xe8\xed\xf2\xe5\xf0", b"windows-1251", "\ufffd" * 7, "Принтер"),
        ("Der Drücker".encode(), b"iso-8859-1", "Der Drücker", "Der Drücker"),
        (b"=?iso-8859-1?Q?Dr\xfccker?=", b"utf-8", "Drücker", "Drücker"),
    ],
)
def test_a_subject_in_no_charset_is_read_as_stated_and_as_meant(
    field: bytes, body_charset: bytes, stated: str, meant: str
) -> None:
    content_type = b"\r\nContent-Type: text/plain; charset=" + body_charset
    message = decode(b"Subject: " + field + content_type + b"\r\n\r\nx")
    assert (message.subject, message.title) == (stated, meant)
    assert (message.guessed_subject is None) == (stated == meant)
    assert any("no UTF-8" in defect for defect in message.defects) == (stated != meant)


def test_a_raw_iso_2022_subject_is_read() -> None:
    assert decode(b"Subject: " + "印刷".encode("iso2022_jp") + b"\r\n\r\n").title == "印刷"


@pytest.mark.parametrize(
    ("declared", "data", "text"),
    [
        (b"utf-8", "Grüße".encode(), "Grüße"),
        (b"us-ascii", "Grüße".encode(), "Grüße"),
        (b"iso-8859-1", b"20 \x80", "20 €"),
        (b"utf-8", "Viele Grüße aus Köln".encode("cp1252"), "Viele Grüße aus Köln"),
        (b"unknown-8bit", "Grüße".encode(), "Grüße"),
        (b"gb2312", "您好".encode("gb18030"), "您好"),
        (b"iso-2022-jp", "こんにちは".encode("iso2022_jp"), "こんにちは"),
        (b"idna", b"xn--abc", "xn--abc"),
        (b"utf-7", b"+2AA-x", "?x"),
    ],
)
def test_charsets(declared: bytes, data: bytes, text: str) -> None:
    raw = HEAD + b"Content-Type: text/plain; charset=" + declared + b"\r\n\r\n" + data
    assert decode(raw).text == text


def test_format_flowed_is_joined() -> None:
    raw = HEAD + (
        b"Content-Type: text/plain; format=flowed; delsp=no\r\n\r\n"
        b"One long \r\nline.\r\n> quoted \r\n> too\r\n From here\r\n-- \r\nAnna\r\n"
    )
    assert decode(raw).text == "One long line.\n> quoted too\nFrom here\n-- \nAnna\n"


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        (b'"../../etc/passwd"', "passwd"),
        (b'"C:\\Users\\anna\\plan.doc"', "plan.doc"),
        (b'"=?utf-8?Q?Pl=C3=A4ne.doc?="', "Pläne.doc"),
        (b'"a\x07b\xe2\x80\xaecod.exe"', "abcod.exe"),
        (b'"con.txt"', "_con.txt"),
        (b'""', "attachment-1"),
        (b'".."', "attachment-1"),
        (b"two words.doc", "two words.doc"),
    ],
)
def test_file_names_are_harmless(given_name: bytes, name: str) -> None:
    part = b"Content-Type: x/y\r\nContent-Disposition: attachment; filename=" + given_name
    (attached,) = decode(mixed(part + b"\r\n\r\nx")).attachments
    assert attached.name == name


def test_continued_file_names_may_split_a_character() -> None:
    part = (
        b"Content-Type: x/y\r\nContent-Disposition: attachment; filename*0*=utf-8''%e4%bd;"
        b" filename*1*=%a0; filename*2=.txt\r\n\r\nx"
    )
    (attached,) = decode(mixed(part)).attachments
    assert attached.name == "你.txt"


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        (b"<a@b>,<c@d>", ("a@b", "c@d")),
        (b"a@b c@d", ("a@b", "c@d")),
        (b"<a\r\n @b>", ("a@b",)),
        (b"(comment) <a@b> (other)", ("a@b",)),
        (b"Your message of Monday to desk@help.example <a@b>", ("a@b",)),
        (b"<a@b> <a@b>", ("a@b",)),
        (b"nothing", ()),
    ],
)
def test_ids_of_a_thread(field: bytes, ids: tuple[str, ...]) -> None:
    assert decode(b"References: " + field + b"\r\n\r\n").references == ids


def test_long_threads_keep_both_ends() -> None:
    field = b" ".join(b"<%d@b>" % number for number in range(500))
    ids = decode(b"References: " + field + b"\r\n\r\n").references
    assert len(ids) == 100
    assert (ids[0], ids[-1]) == ("0@b", "499@b")


class TestBrokenMail:
    def test_nothing_at_all(self) -> None:
        assert decode(b"").sender.reason == "no From field"

    def test_no_header(self) -> None:
        message = decode(b"just words\nand more\n")
        assert message.text == "just words\nand more\n"
        assert "no empty line between header and body" in message.defects

    def test_junk_between_fields(self) -> None:
        message = decode(b"Subject: a\njunk here\nFrom: anna@firm.example\n\nbody")
        assert (message.subject, message.text) == ("a", "body")
        assert message.sender.address == "anna@firm.example"

    def test_envelope_line_and_empty_lines_first(self) -> None:
        message = decode(b"\r\nFrom anna Mon Mar 4\r\nSubject: a\r\n\r\nbody")
        assert (message.subject, message.text) == ("a", "body")

    def test_a_multipart_without_its_boundary_keeps_its_words(self) -> None:
        message = decode(HEAD + b"Content-Type: multipart/mixed; boundary=line\r\n\r\nwords")
        assert message.text == "words"
        assert message.defects == ("a multipart without parts",)

    def test_base64_with_foreign_characters(self) -> None:
        part = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!d29yZHM=\r\n"
        assert decode(mixed(part)).text == "words"

    def test_uuencode(self) -> None:
        part = (
            b"Content-Type: x/y\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
            b"begin 644 f\r\n%=V]R9',*\r\n`\r\nend\r\n"
        )
        (attached,) = decode(mixed(part)).attachments
        assert attached.data.startswith(b"words")

    def test_a_part_whose_header_runs_into_its_text(self) -> None:
        message = decode(mixed(b"Content-Type: text/plain\r\nHello: dear desk!\r\n\r\nwords"))
        assert message.text == "words"
        message = decode(mixed(b"Content-Type: text/plain\r\nHello dear desk!\r\n\r\nwords"))
        assert "Hello dear desk!" in message.text

    @pytest.mark.parametrize("date", [b"yesterday", b"Mon, 99 Foo 9999", b"1 Jan 0001 -9999", b""])
    def test_unreadable_dates(self, date: bytes) -> None:
        assert decode(b"Date: " + date + b"\r\n\r\n").date is None

    def test_control_characters_leave_the_fields_but_spoil_the_author(self) -> None:
        message = decode(b"From: anna@firm.example\x00.evil.test\r\nX-A: a\x00b\x1bc\r\n\r\n")
        assert message.header("x-a") == "abc"
        assert message.sender.address is None

    def test_nul_leaves_the_text(self) -> None:
        assert decode(HEAD + b"\r\na\x00b").text == "ab"


def bomb(fields: bytes, body: bytes) -> Message:
    """Decode a hostile mail, fast."""
    return within(2, lambda: decode(HEAD + fields + b"\r\n" + body))


class TestBombs:
    def test_a_hundred_thousand_parts(self) -> None:
        message = bomb(
            b"Content-Type: multipart/mixed; boundary=b\r\n",
            b"--b\r\nContent-Type: x/y\r\n\r\nx\r\n" * 100_000,
        )
        assert len(message.attachments) == 1000
        assert message.defects == ("more than 1000 parts; the rest is cut",)

    def test_a_hundred_thousand_parts_behind_an_encoded_boundary(self) -> None:
        message = bomb(
            b"Content-Type: multipart/mixed; boundary*0=b\r\n", b"--b\r\n\r\nx\r\n" * 100_000
        )
        assert message.text.count("x") == 1000

    @pytest.mark.parametrize("levels", [50, 5000])
    def test_nested_containers(self, levels: int) -> None:
        body = b"".join(
            b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (level, level + 1)
            for level in range(levels)
        )
        message = bomb(b"Content-Type: multipart/mixed; boundary=b0\r\n", body + b"x")
        assert message.defects

    def test_nested_mails(self) -> None:
        message = bomb(
            b"Content-Type: message/rfc822\r\n", b"Content-Type: message/rfc822\r\n\r\n" * 5000
        )
        assert message.defects

    @pytest.mark.parametrize("fields", [b"X: " + b"a" * 1_000_000 + b"\r\n", b"X: a\r\n" * 200_000])
    def test_a_header_of_a_megabyte_is_cut_and_names_nobody(self, fields: bytes) -> None:
        message = bomb(fields, b"words")
        assert message.sender.address is None
        assert message.text == "words"
        assert message.defects[0].endswith("cut at 262144")

    def test_a_hundred_thousand_addresses(self) -> None:
        addresses = b", ".join(b"a%d@b.example" % number for number in range(100_000))
        bomb(b"To: " + addresses + b"\r\n", b"words")
        message = bomb(b"To: " + addresses[:200_000] + b"\r\n", b"words")
        assert len(message.to) == 1000

    @pytest.mark.parametrize("piece", [b"<", b'"\\', b"(", b"=?a?q?", b"=?a?q?x?= ", b"a:", b"@"])
    def test_fields_of_one_repeated_piece(self, piece: bytes) -> None:
        field = piece * (200_000 // len(piece))
        for name in (b"To", b"Subject", b"References", b"Content-Type"):
            bomb(name + b": " + field + b"\r\n", b"words")
        decode(b"From: " + field + b"\r\n\r\n")

    def test_junk_lines(self) -> None:
        assert bomb(b"junk\r\n" * 40_000 + b"X: y\r\n", b"words").text == "words"

    def test_a_mail_beyond_all_bounds_is_refused_in_words(self) -> None:
        with pytest.raises(UnreadableMail, match="mail of 11 bytes, more than 10"):
            decode(b"Subject: a\n", Limits(raw_bytes=10))

    def test_parts_that_decode_to_too_much_are_left_out(self) -> None:
        parts = [b"Content-Type: x/y\r\n\r\n" + b"x" * 100] * 3
        message = decode(mixed(*parts), Limits(decoded_bytes=250))
        assert len(message.attachments) == 2
        assert message.defects == ("a part is left out: the mail decodes to too many bytes",)


@given(st.binary(max_size=300))
def test_any_bytes_make_a_message(raw: bytes) -> None:
    decode(raw)


PIECES = st.sampled_from(
    [
        b"From: a@b.example\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: text/html; charset=x\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: uuencode\r\n",
        b"Content-Disposition: attachment; filename*0*=x''%\r\n",
        b"\r\n",
        b"\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"\xff\xfe\x00",
        b"=?utf-8?b?",
        b"words",
        b" ",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=25))
def test_any_shape_makes_a_message(pieces: list[bytes]) -> None:
    message = decode(b"".join(pieces))
    for _, value in message.headers:
        assert value.isprintable() or not set(value) & set(map(chr, range(32)))
    message.text.encode()
    message.subject.encode()
