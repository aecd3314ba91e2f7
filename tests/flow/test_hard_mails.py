"""Mails that other desks show as an attachment of gibberish, from the wire to the wire."""

from __future__ import annotations

import base64
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.dossier import read_dossier
from bot.cli.opening import Storage
from bot.cli.thread import thread
from tests import outlook, secrecy
from tests.flow.clock import TurnedClock
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, MALLORY, RELAY, TESS, RunningDesk
from tests.flow.letters import Enclosed

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"
HEAD = (
    f"Authentication-Results: {RELAY}; dmarc=pass\r\nFrom: {ANN}\r\nTo: {DESK}\r\n"
    "Subject: Printer\r\nMessage-ID: <hard@customer.example>\r\n"
).encode()
SIGNED = secrecy.signature_over(secrecy.ENTITY, secrecy.person(ann), detached=False)
KEY = secrecy.key("Desk <desk@example.org>")


def test_the_files_of_a_winmail_are_the_files_of_the_ticket(desk: RunningDesk) -> None:
    pdf = {
        outlook.LONG_NAME: outlook.text("Angebot.pdf"),
        outlook.DATA: (outlook.BINARY, b"%PDF-1.7 an offer"),
    }
    rich = outlook.compressed(rb"{\rtf1\ansi The printer is \b stuck\b0 .}")
    data = outlook.winmail({outlook.RTF: (outlook.BINARY, rich)}, (pdf,))
    desk.hand_over_raw(outlook.mail(data, head=HEAD), sender=ann)
    told = desk.expect(to=tess)
    assert "The printer is stuck." in told.words
    assert {name: file.data for name, file in told.files.items()} == {
        "Angebot.pdf": b"%PDF-1.7 an offer"
    }
    assert [file.name for file in desk.ticket(1).workunits[0].files] == ["Angebot.pdf"]


def test_a_signed_mail_is_words_and_a_verdict(open_desk: OpenDesk, tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_bytes(secrecy.authority().certificate_pem)
    clock = TurnedClock(datetime(2026, 6, 1, 9, tzinfo=UTC))
    desk = open_desk(clock=clock, sealed={"smime_authorities": authority})
    desk.hand_over_raw(secrecy.opaque(SIGNED, head=HEAD), sender=ann)
    told = desk.expect(to=tess)
    assert secrecy.WORDS in told.words
    assert told.files == {}
    workunit = desk.ticket(1).workunits[0]
    assert workunit.signed == "S/MIME signed by ann@customer.example, valid"
    assert workunit.files == ()


def test_an_encrypted_mail_says_so_and_is_kept(desk: RunningDesk) -> None:
    closed = secrecy.pgp_message(secrecy.ENTITY, KEY)
    desk.hand_over_raw(secrecy.pgp_encrypted(closed, head=HEAD), sender=ann)
    told = desk.expect(to=tess)
    assert "This mail is encrypted (PGP) and cannot be read here" in told.words
    assert told.files["encrypted.asc"].data.strip() == closed.strip()
    desk.expect(to=ann)
    view = desk.ticket(1)
    assert view.ticket.title == "Printer"
    assert view.inbox[0]["state"] == "done"


def test_an_encrypted_mail_is_read_with_the_key(open_desk: OpenDesk, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "desk.asc").write_bytes(secrecy.secret(KEY))
    ann_key = secrecy.key("Ann <ann@customer.example>")
    (keys / "ann.asc").write_bytes(secrecy.public(ann_key))
    smime = tmp_path / "desk.pem"
    smime.write_bytes(secrecy.person("desk@example.org").pem)
    desk = open_desk(sealed={"pgp_keys": keys, "smime_keys": [smime]})
    closed = secrecy.pgp_message(secrecy.ENTITY, KEY, by=ann_key)
    desk.hand_over_raw(secrecy.pgp_encrypted(closed, head=HEAD), sender=ann)
    assert secrecy.WORDS in desk.expect(to=tess).words
    assert desk.ticket(1).workunits[0].signed == "PGP signed by ann@customer.example, valid"
    envelope = secrecy.envelope_of(secrecy.ENTITY, secrecy.person("desk@example.org"))
    other = HEAD.replace(b"<hard@", b"<harder@")
    desk.drain()
    desk.advance(minutes=10)  # the same request again within minutes would join the first
    desk.hand_over_raw(secrecy.opaque(envelope, "enveloped-data", head=other), sender=ann)
    assert secrecy.WORDS in desk.expect(to=tess).words
    assert desk.ticket(2).workunits[0].files == ()


def test_a_copied_encrypted_mail_does_not_come_back_in_the_clear(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    """A stranger sends what Ann encrypted, without a subject; its words must not become one."""
    smime = tmp_path / "desk.pem"
    smime.write_bytes(secrecy.person("desk@example.org").pem)
    desk = open_desk(sealed={"smime_keys": [smime]})
    envelope = secrecy.envelope_of(secrecy.ENTITY, secrecy.person("desk@example.org"))
    head = HEAD.replace(ANN.encode(), MALLORY.encode()).replace(b"Subject: Printer\r\n", b"")
    desk.hand_over_raw(secrecy.opaque(envelope, "enveloped-data", head=head))
    assert secrecy.WORDS in desk.expect(to=tess).words
    acknowledgement = desk.expect(to="mallory@elsewhere.example")
    assert "stuck" not in acknowledgement.everything


def test_an_invitation_can_be_read(desk: RunningDesk) -> None:
    ics = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:New printer\r\n"
        "DTSTART;TZID=Europe/Berlin:20260305T140000\r\nDTEND;TZID=Europe/Berlin:20260305T150000\r\n"
        "RRULE:FREQ=WEEKLY;COUNT=2\r\nLOCATION:Room 3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    raw = (
        HEAD
        + (
            "Content-Type: multipart/alternative; boundary=cut\r\n\r\n--cut\r\n\r\nPlease come.\r\n--cut\r\n"
            f"Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n{ics}\r\n--cut--\r\n"
        ).encode()
    )
    desk.hand_over_raw(raw, sender=ann)
    told = desk.expect(to=tess)
    for words in (
        "Please come.",
        "[Invitation] New printer",
        "Thursday 2026-03-05, 14:00–15:00 (Europe/Berlin, UTC+01:00)",
        "every week, 2 times",
        "Room 3",
    ):
        assert words in told.words
    assert list(told.files) == ["attachment-1.ics"]
    assert desk.ticket(1).texts[0].startswith("Please come.\n\n[Invitation] New printer\nWhen:")


# --- logos ------------------------------------------------------------------------------------------


def _png(width: int, height: int, seed: int = 0) -> bytes:
    head = struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, seed)
    return b"\x89PNG\r\n\x1a\n" + head + bytes(500)


def _picture(name: str, data: bytes) -> Enclosed:
    return Enclosed(
        name=name,
        content_type="image/png",
        data=data,
        content_id=f"{name.split('.', maxsplit=1)[0]}@mail",
    )


LOGO = _picture("image001.png", _png(180, 60))
SHOT = _picture("image002.png", _png(1280, 720))
SIGNED_PAGE = (
    '<p>See <b>here</b>:</p><p><img src="cid:image002@mail"></p><div id="Signature"><p>-- <br>'
    'Ann</p><p><img src="cid:image001@mail"></p></div>'
)


@pytest.mark.parametrize("plain", ["", "See here:\n[cid:image002@mail]\n\n-- \nAnn\n"])
def test_a_logo_is_kept_and_goes_nowhere(desk: RunningDesk, plain: str) -> None:
    desk.mail(ANN, DESK, "Printer", plain, html=SIGNED_PAGE, files=[LOGO, SHOT])
    told = desk.expect(to=tess)
    assert list(told.files) == ["image002.png"]
    assert "image001" not in told.words + told.html
    workunit = desk.ticket(1).workunits[0]
    kept = {file.name: file.decorative for file in workunit.files}
    assert kept == {"image001.png": True, "image002.png": False}
    assert desk.core.blobs.get(workunit.files[0].sha256) in {LOGO.data, SHOT.data}
    verdict = desk.ticket(1).inbox[0]["verdict"]
    assert verdict["decoration"] == {"image001.png": "below_the_words"}


def test_a_logo_that_no_signature_holds_is_known_the_second_time(desk: RunningDesk) -> None:
    page = '<p>The <b>lamp</b> blinks</p><p>Ann</p><p><img src="cid:image001@mail"></p>'
    desk.mail(ANN, DESK, "Printer", "", html=page, files=[LOGO])
    assert list(desk.expect(to=tess).files) == ["image001.png"]
    desk.drain()
    desk.mail(ANN, DESK, "Lamp", "", html=page.replace("lamp", "bulb"), files=[LOGO])
    told = desk.expect(to=tess)
    assert told.files == {}
    assert "cid:" not in told.html + told.words
    again = desk.ticket(2).workunits[0]
    assert again.files[0].decorative
    assert again.files[0].sha256 == desk.ticket(1).workunits[0].files[0].sha256
    assert "[cid:" not in again.text
    desk.drain()
    from_bo = "Bo <bo@customer.example>"
    desk.mail(from_bo, DESK, "Logo", "", html=page, files=[LOGO])
    assert list(desk.expect(to=tess).files) == ["image001.png"], "Bo shows it for the first time"


def test_show_hides_decoration_and_tells_of_signatures(desk: RunningDesk) -> None:
    page = (
        b"Content-Type: multipart/related; boundary=page\r\n\r\n--page\r\n"
        b"Content-Type: text/html\r\n\r\n%b\r\n--page\r\nContent-Type: image/png; name=image001.png\r\n"
        b"Content-ID: <image001@mail>\r\nContent-Transfer-Encoding: base64\r\n\r\n%b\r\n--page--\r\n"
    ) % (SIGNED_PAGE.encode(), base64.b64encode(LOGO.data))
    signature = secrecy.signature_over(page, secrecy.person(ann), detached=True)
    desk.hand_over_raw(secrecy.clear(page, signature, head=HEAD), sender=ann)
    desk.settle()
    storage = Storage(
        settings=desk.core.settings, database=desk.core.database, blobs=desk.core.blobs
    )

    def shown(*, decoration: bool) -> list[str]:
        return list(thread(read_dossier(storage, 1), storage, decoration=decoration))

    assert (
        "  S/MIME signed by ann@customer.example, intact, but the signer's certificate is not trusted"
        in (shown(decoration=False))
    )
    assert not any("image001.png" in line for line in shown(decoration=False))
    assert "  + image001.png (image/png, 529 bytes, decoration: no attachment)" in (
        shown(decoration=True)
    )


def test_a_technicians_logo_does_not_reach_the_requester(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "How?\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.mail(TESS, told.reply_to, "Re: Printer", "", html=SIGNED_PAGE, files=[LOGO, SHOT])
    assert list(desk.expect(to=ann).files) == ["image002.png"]
