"""winmail.dat: its files and its words come out, and nothing else does."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.decode import decode
from channels.email.winmail import compressed_rtf, rtf, unpacking
from tests.cost import within
from tests.outlook import (
    BINARY,
    BODY,
    CODE_PAGE,
    CONTENT_ID,
    DATA,
    HTML,
    LONG,
    LONG_NAME,
    MESSAGE,
    MIME_TAG,
    OBJECT,
    RTF,
    SUBJECT,
    compressed,
    mail,
    text,
    winmail,
)

PDF = {
    LONG_NAME: text("Angebot für Ann.pdf"),
    DATA: (BINARY, b"%PDF-1.7 \x00\x00"),
    MIME_TAG: text("application/pdf"),
}
LOGO = {
    LONG_NAME: text("image001.png"),
    DATA: (BINARY, b"\x89PNG"),
    CONTENT_ID: text("image001@firm"),
}
FROM_HTML = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}"
    rb"{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 The \'fcber printer {\*\htmltag84 &amp;}\htmlrtf &\htmlrtf0  co"
    rb"\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}{\*\mhtmltag1 no}}"
)
WHOLE = winmail({SUBJECT: text("Printer"), RTF: (BINARY, compressed(FROM_HTML))}, (PDF, LOGO))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/ms-tnef", "winmail.dat"),
        ("application/vnd.ms-tnef", "att0001.dat"),
        ("application/octet-stream", "anything.bin"),
    ],
)
def test_files_come_out_unchanged(kind: str, name: str) -> None:
    message = decode(mail(WHOLE, words=b"See there.", kind=kind, name=name))
    assert message.text.strip() == "See there."
    assert message.html is None, "the mail's own words are better than Outlook's second copy"
    pdf, logo = message.attachments
    assert (pdf.name, pdf.content_type, pdf.data) == (
        "Angebot für Ann.pdf",
        "application/pdf",
        b"%PDF-1.7 \x00\x00",
    )
    assert (logo.content_id, logo.content_type, logo.inline) == ("image001@firm", "image/png", True)


@pytest.mark.parametrize(
    ("data", "page", "plain"),
    [
        (WHOLE, "<p>The über printer &amp; co</p>", ""),
        (winmail({HTML: (BINARY, "<b>groß</b>".encode()), CODE_PAGE: (LONG, struct.pack("<I", 65001))}), "<b>groß</b>", ""),
        (winmail({HTML: (BINARY, "<b>groß</b>".encode("cp1252")), CODE_PAGE: (LONG, struct.pack("<I", 1252))}), "<b>groß</b>", ""),
        (winmail({BODY: text("groß 😀")}), None, "groß 😀"),
        (winmail({BODY: (0x1E, "Принтер".encode("cp1251"))}, code_page=1251), None, "Принтер"),
        (winmail(body="groß".encode("cp1252")), None, "groß"),
        (winmail({RTF: (BINARY, compressed(rb"{\rtf1 one\par two\tab three}"))}), None, "one\ntwo\tthree"),
        (winmail({BODY: text("plain"), RTF: (BINARY, b"garbage")}), None, "plain"),
    ],
)  # fmt: skip
def test_its_words_are_read_where_the_mail_has_none(
    data: bytes, page: str | None, plain: str
) -> None:
    message = decode(mail(data))
    assert (message.html, message.text.strip()) == (page, plain)


def test_a_winmail_of_nothing_but_formats_disappears() -> None:
    message = decode(mail(winmail({CODE_PAGE: (LONG, bytes(4))}), words=b"Hello."))
    assert message.attachments == ()


def test_an_attached_message_becomes_its_words_and_its_files() -> None:
    inner = winmail({SUBJECT: text("Old story"), BODY: text("Once upon a time")}, (PDF,))
    outer = winmail(files=({LONG_NAME: text("Old"), DATA: (OBJECT, MESSAGE + inner)},))
    message = decode(mail(outer.replace(MESSAGE + inner, MESSAGE + inner), words=b"See below."))
    assert [a.name for a in message.attachments] == ["Old story.txt", "Angebot für Ann.pdf"]
    assert message.attachments[0].data == b"Once upon a time"
    assert message.text.strip() == "See below."


def test_a_damaged_one_gives_what_it_can_and_stays() -> None:
    message = decode(mail(WHOLE[:-40], words=b"See there."))
    assert "Angebot für Ann.pdf" in [a.name for a in message.attachments]
    assert message.attachments[-1].name == "winmail.dat"
    assert any("damaged" in defect for defect in message.defects)


def test_a_file_that_only_bears_the_name_is_left_alone() -> None:
    message = decode(mail(b"not that", words=b"x"))
    assert [(a.name, a.data) for a in message.attachments] == [("winmail.dat", b"not that")]


# --- RTF --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8}", "При"),
        (rb"{\rtf1\ansi\ansicpg932 \'82\'a0}", "あ"),
        (rb"{\rtf1\ansi{\fonttbl{\f0 A;}{\f1\fcharset204 B;}}\f0 a \f1\'cf\f0  b}", "a П b"),
        (rb"{\rtf1 \u8364?5 \uc0\u8364 6}", "€5 €6"),
        (rb"{\rtf1 \u-10179?\u-8704?}", "😀"),
        (rb"{\rtf1{\*\generator no;}{\info{\title no}}yes\{\\\}}", "yes{\\}"),
        (rb"{\rtf1 {\pict 0102}a\line b\~c}", "a\nb\xa0c"),
        (b"plain words", ""),
        (rb"{\rtf1 }}}}} still {{{{", " still "),
        (b"{\\rtf1 " + b"{" * 100_000 + b"deep", "deep"),
    ],
)
def test_rtf_as_text(body: bytes, read: str) -> None:
    assert rtf.read(body).text == read


def test_compressed_rtf_with_references() -> None:
    # The example of MS-OXRTFCP, section 4.1.1: "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    data = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3206865"
        "6c090020627705b06c647d0a800fa0"
    )
    assert compressed_rtf.decompress(data) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_compressed_rtf_that_repeats_itself() -> None:
    # Section 4.2.1: a reference that reaches into what it writes.
    data = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert compressed_rtf.decompress(data) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_uncompressed_rtf() -> None:
    assert (
        compressed_rtf.decompress(struct.pack("<II4sI", 17, 5, b"MELA", 0) + b"{abc}") == b"{abc}"
    )


@given(st.binary(max_size=3000))
def test_compressing_and_decompressing_is_nothing(data: bytes) -> None:
    assert compressed_rtf.decompress(compressed(data)) == data


# --- hostile ----------------------------------------------------------------------------------------


@given(at=st.integers(6, 2000), put=st.binary(max_size=8), skip=st.integers(0, 8))
def test_no_changed_byte_does_harm(at: int, put: bytes, skip: int) -> None:
    at %= len(WHOLE)
    message = decode(mail(WHOLE[:at] + put + WHOLE[at + skip :], words=b"Words."))
    assert message.text.strip() == "Words."
    assert sum(len(a.data) for a in message.attachments) <= 3 * len(WHOLE)


@given(st.binary(max_size=500))
def test_no_bytes_harm_the_readers(data: bytes) -> None:
    unpacking.unpack(b"\x78\x9f\x3e\x22\x00\x00" + data)
    rtf.read(b"{\\rtf1" + data)
    compressed_rtf.decompress(bytes(8) + b"LZFu" + bytes(4) + data)


def _bombs() -> Iterator[tuple[str, bytes]]:
    start = b"\x78\x9f\x3e\x22\x00\x00"
    mega = 1_000_000
    yield "claimed length", start + struct.pack("<BII", 1, 0x00069003, 0xFFFFFFFF) + bytes(mega)
    many = struct.pack("<I", 0xFFFFFFFF)
    yield (
        "claimed properties",
        start + struct.pack("<BII", 1, 0x00069003, mega) + many + bytes(mega),
    )
    empty = struct.pack("<BII", 1, 0x00069003, 0) + bytes(2)
    yield "thousands of attributes", start + empty * (mega // len(empty))
    files = struct.pack("<BII", 2, 0x00069002, 0) + bytes(2)
    yield "thousands of files", start + files * (mega // len(files))
    null = struct.pack("<I", 250_000) + struct.pack("<HH", 1, 5) * 250_000
    yield "nulls", start + struct.pack("<BII", 1, 0x00069003, len(null)) + null
    again = struct.pack("<II4sI", 0, 0, b"LZFu", 0) + b"\xff" + b"\x00\x0f" * 8
    body = again + (b"\xff" + b"\x00\x0f" * 8) * (mega // 17)
    yield "compressed page", winmail({RTF: (BINARY, body)})
    yield (
        "braces",
        winmail(
            {RTF: (BINARY, struct.pack("<II4sI", 0, 0, b"MELA", 0) + b"{\\rtf1" + b"{}" * 500_000)}
        ),
    )
    yield (
        "fonts",
        winmail(
            {
                RTF: (
                    BINARY,
                    struct.pack("<II4sI", 0, 0, b"MELA", 0) + b"{\\rtf1" + b"\\f1" * 300_000,
                )
            }
        ),
    )
    pages = b"".join(b"\\ansicpg%d" % n for n in range(70_000))
    yield (
        "code pages",
        winmail({RTF: (BINARY, struct.pack("<II4sI", 0, 0, b"MELA", 0) + b"{\\rtf1" + pages)}),
    )
    nested = winmail({BODY: text("x")})
    for _ in range(40):
        nested = winmail(files=({DATA: (OBJECT, MESSAGE + nested)},))[:mega]
    yield "nested", nested


@pytest.mark.parametrize(("what", "data"), [pytest.param(*bomb, id=bomb[0]) for bomb in _bombs()])
def test_claims_are_not_believed(what: str, data: bytes) -> None:
    message = within(2, lambda: decode(mail(data, words=b"")))
    assert sum(len(a.data) for a in message.attachments) <= 5 * len(data), what


SAMPLES = Path(__file__).parents[3] / "shared/corpora/decode/mails"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the mail corpora are not beside this tree")
def test_files_of_real_senders_are_read() -> None:
    found = {
        path.name.split("__")[1].partition(".")[0]: unpacking.unpack(path.read_bytes())
        for path in SAMPLES.glob("tnefparse__*")
    }
    assert all(whole for _, _, whole in found.values())
    sizes = {name: [len(leaf.data) for leaf in files] for name, (_, files, _) in found.items()}
    assert sizes["MAPI_ATTACH_DATA_OBJ"] == [61952, 213685, 68919]
    assert sizes["minimal_attachment"] == [16]
    assert sizes["missing-filenames"] == [61210, 33792, 34304, 33792]
    assert found["multi-value-attribute"][0][0].content_type == "text/html"
