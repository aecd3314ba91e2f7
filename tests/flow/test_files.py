"""Attachments and pictures: the bytes that went in come out, and programs stay where they are."""

from __future__ import annotations

import random

import pytest

from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Enclosed, digest

ann, tess, tom, vera = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
)


def _bytes(count: int, *, begin: bytes = b"") -> bytes:
    return begin + random.Random(count).randbytes(count)  # noqa: S311 - any bytes will do


PHOTO = Enclosed(
    name="printer.jpg", content_type="image/jpeg", data=_bytes(60_000, begin=b"\xff\xd8\xff\xe0")
)
PDF = Enclosed(
    name="Anleitung für Ann.pdf",
    content_type="application/pdf",
    data=_bytes(100_000, begin=b"%PDF-1.7\n"),
)
PROGRAM = Enclosed(
    name="fix.exe", content_type="application/octet-stream", data=_bytes(500, begin=b"MZ")
)
LOGO = Enclosed(
    name="logo.png",
    content_type="image/png",
    data=_bytes(900, begin=b"\x89PNG\r\n\x1a\n"),
    content_id="logo@customer",
)


def test_a_photo_arrives_unchanged(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It looks like this.\n", files=[PHOTO])
    acknowledgement = desk.expect(to=ann)
    for address in (tess, tom):
        files = desk.expect(to=address).files
        assert list(files) == ["printer.jpg"]
        assert digest(files["printer.jpg"].data) == digest(PHOTO.data)
        assert files["printer.jpg"].content_type == "image/jpeg"
    desk.expect_nothing_more()
    assert acknowledgement.files == {}
    kept = desk.ticket(1).workunits[0].files[0]
    assert desk.core.blobs.get(kept.sha256) == PHOTO.data


def test_a_technicians_document_reaches_the_requester(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "How does it work?\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "Like this.", files=[PDF])
    answer = desk.expect(to=ann)
    desk.expect_nothing_more()
    assert digest(answer.files[PDF.name].data) == digest(PDF.data)
    assert PDF.name in answer.words


def test_files_of_an_internal_note_stay_inside(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "How does it work?\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "#internal\nThe contract.", files=[PDF])
    assert PDF.name in desk.expect(to=tom).files
    assert desk.expect(to=tess).files == {}
    desk.expect_nothing_more()


def test_a_file_without_words_is_sent_on(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "How does it work?\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "", files=[PDF])
    assert digest(desk.expect(to=ann).files[PDF.name].data) == digest(PDF.data)
    desk.expect_nothing_more()


def test_a_program_is_kept_but_not_sent_on(desk: RunningDesk) -> None:
    renamed = Enclosed(name="photo.jpg", content_type="image/jpeg", data=PROGRAM.data)
    desk.mail(ANN, DESK, "Printer", "Two files.\n", files=[PROGRAM, renamed, PHOTO])
    told = desk.expect(to=tess)
    desk.drain()
    assert list(told.files) == ["printer.jpg"]
    assert "fix.exe" in told.words, "the technician learns that there was one"
    kept = {file.name: file for file in desk.ticket(1).workunits[0].files}
    assert kept["fix.exe"].blocked
    assert kept["photo.jpg"].blocked
    assert desk.core.blobs.get(kept["fix.exe"].sha256) == PROGRAM.data


@pytest.mark.parametrize(
    "plain", ["", "The lamp blinks:\n"], ids=["page alone", "beside plain text"]
)
def test_a_picture_inside_the_text_shows(desk: RunningDesk, plain: str) -> None:
    page = '<p>The lamp <b>blinks</b>:</p><p><img src="cid:logo@customer" alt="lamp"></p>'
    desk.mail(ANN, DESK, "Printer", plain, html=page, files=[LOGO])
    told = desk.expect(to=tess)
    desk.drain()
    shown = told.files["logo.png"]
    assert digest(shown.data) == digest(LOGO.data)
    assert shown.content_id is not None
    assert f"cid:{shown.content_id}" in told.html


@pytest.mark.parametrize("plain", ["", "Press this:\n"], ids=["page alone", "beside plain text"])
def test_a_picture_reaches_the_requester_too(desk: RunningDesk, plain: str) -> None:
    desk.mail(ANN, DESK, "Printer", "What do I do?\n")
    told = desk.expect(to=tess)
    desk.drain()
    page = '<p>Press this:</p><p><img src="cid:logo@customer"></p>'
    desk.mail(TESS, told.reply_to, "Re: Printer", plain, html=page, files=[LOGO, PDF])
    answer = desk.expect(to=ann)
    desk.expect_nothing_more()
    assert f"cid:{answer.files['logo.png'].content_id}" in answer.html
    assert digest(answer.files["logo.png"].data) == digest(LOGO.data)
    assert digest(answer.files[PDF.name].data) == digest(PDF.data)


def test_pictures_from_the_web_and_scripts_do_not_come_through(desk: RunningDesk) -> None:
    page = (
        '<p><b>Look</b> <img src="https://spy.example/pixel.png"></p>'
        "<script>alert(1)</script><p onclick='x()'>here</p>"
    )
    desk.mail(ANN, DESK, "Printer", "", html=page)
    told = desk.expect(to=tess)
    desk.drain()
    for word in ("spy.example", "<script", "onclick"):
        assert word not in told.html
    assert "Look" in told.text


def test_five_files_of_one_name_are_five_files(desk: RunningDesk) -> None:
    scans = [
        Enclosed(name="scan.pdf", content_type="application/pdf", data=_bytes(1000 + n))
        for n in range(5)
    ]
    desk.mail(ANN, DESK, "Scans", "Five of them.\n", files=scans)
    told = desk.expect(to=tess)
    desk.drain()
    assert told.data.count(b"Content-Disposition: attachment") == 5
    assert len({file.sha256 for file in desk.ticket(1).workunits[0].files}) == 5


def test_a_large_mail_arrives_whole(desk: RunningDesk) -> None:
    film = Enclosed(name="film.mp4", content_type="video/mp4", data=_bytes(8_000_000))
    desk.mail(ANN, DESK, "Film", "See for yourself.\n", files=[film])
    assert digest(desk.expect(to=tess).files["film.mp4"].data) == digest(film.data)
    desk.drain()
