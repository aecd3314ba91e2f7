"""Whole mails that pretend: whatever stands around the From field, one reading or none.

The forms of the field itself are in `test_sender`; here the bytes of a mail try to show one author
to a mail program and another one to the desk.
"""

from __future__ import annotations

import pytest

from channels.email.decode import decode

ME = "x@evil.test"
BODY = b"\n\nOpen the door.\n"

#: Raw header, and the author or None for nobody.
TRICKS: list[tuple[bytes, str | None]] = [
    # other fields that name people
    (b"From: x@evil.test\nSender: boss@firm.example", ME),
    (b"From: x@evil.test\nReply-To: boss@firm.example", ME),
    (b"From: x@evil.test\nReturn-Path: <boss@firm.example>", ME),
    (b"From: x@evil.test\nResent-From: boss@firm.example", ME),
    (b"From: x@evil.test\nX-Original-From: boss@firm.example", ME),
    (b"From: x@evil.test\nX-Google-Original-From: boss@firm.example", ME),
    (b"From: x@evil.test\nErrors-To: boss@firm.example", ME),
    (b"From: x@evil.test\nX-Envelope-From: boss@firm.example", ME),
    (b"From: x@evil.test\nDisposition-Notification-To: boss@firm.example", ME),
    # a list that writes itself into From speaks for itself, not for the member it names
    (
        b'From: "Boss via Team" <team@lists.example>\nReply-To: boss@firm.example\nList-Id: <t>',
        "team@lists.example",
    ),
    (
        b'From: "boss@firm.example" <team@lists.example>\nX-Original-From: boss@firm.example',
        "team@lists.example",
    ),
    (b"From: boss=40firm.example@lists.example", "boss=40firm.example@lists.example"),
    (b"From: boss.firm.example@dmarc.invalid", "boss.firm.example@dmarc.invalid"),
    # no author but other fields
    (b"Sender: boss@firm.example", None),
    (b"Reply-To: boss@firm.example", None),
    (b"X-From: boss@firm.example", None),
    (b"From:\nSender: boss@firm.example", None),
    # the field twice, in any dress
    (b"From: boss@firm.example\nFrom: x@evil.test", None),
    (b"From: x@evil.test\nFrom: boss@firm.example", None),
    (b"from: boss@firm.example\nFROM: x@evil.test", None),
    (b"From : boss@firm.example\nFrom: x@evil.test", None),
    (b"From\t: boss@firm.example\nFrom: x@evil.test", None),
    (b"From: boss@firm.example\nSubject: a\nfrom:x@evil.test", None),
    (b"From: boss@firm.example\r\nFrom: x@evil.test", None),
    # folded over lines
    (b"From: x@evil.test\n , boss@firm.example", None),
    (b"From: Boss\n <x@evil.test>", ME),
    (b"From:\n boss@firm.example\n x@evil.test", None),
    (b"From: Boss <\n x@evil.test\n >", ME),
    # bytes that some programs stop at or skip
    (b"From: boss@firm.example\x00 <x@evil.test>", None),
    (b"From: boss@firm.example\x00", None),
    (b"From: Boss <boss@firm.example>\rFrom: x@evil.test", None),
    (b"From: boss@firm.example\x0bx@evil.test", None),
    (b"From: =?utf-8?q?boss=40firm.example=0D=0AFrom=3A?= <x@evil.test>", ME),
    (b"From: =?utf-8?b?Ym9zc0BmaXJtLmV4YW1wbGU=?= <x@evil.test>", ME),
    (b"From: =?utf-8?q?=3Cboss=40firm=2Eexample=3E?= x@evil.test", None),
    (b"From: b\xf6ss@firm.example", None),
    (b"From: boss@firm.example\xe2\x80\xae", None),
    # what is no header of this mail
    (b"Subject: a\n\nFrom: boss@firm.example", None),
    (
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nFrom: boss@firm.example\n\nx\n--b--',
        None,
    ),
    (
        b"From: x@evil.test\nContent-Type: message/rfc822\n\nFrom: boss@firm.example\n\nx",
        ME,
    ),
    (b"Subject: =?utf-8?q?a=0D=0AFrom=3A_boss=40firm=2Eexample?=\nFrom: x@evil.test", ME),
    (b"Subject: a\n From: boss@firm.example\nFrom: x@evil.test", ME),
]


@pytest.mark.parametrize(("head", "author"), TRICKS)
def test_one_reading_or_none(head: bytes, author: str | None) -> None:
    for raw in (head + BODY, (head + BODY).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        sender = decode(raw).sender
        assert sender.address == author, sender
        assert (sender.address is None) == bool(sender.reason)
        assert "boss@" not in sender.name


def test_an_mbox_line_is_no_author() -> None:
    raw = b"From boss@firm.example Thu Nov 19 09:15:00 2026\nFrom: x@evil.test" + BODY
    assert decode(raw).sender.address in {ME, None}
    assert decode(b"From boss@firm.example Thu Nov 19 09:15:00 2026" + BODY).sender.address is None


def test_a_second_author_far_below_still_counts() -> None:
    filler = b"".join(b"X-Filler-%d: %b\n" % (n, b"a" * 60) for n in range(1500))
    raw = b"From: boss@firm.example\n" + filler + b"From: x@evil.test" + BODY
    assert decode(raw).sender.address is None
