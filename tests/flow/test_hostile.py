"""Mails made to hurt: the desk stays up, says what became of them, and goes on."""

from __future__ import annotations

import random
import smtplib
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.flow.desk import ANN, DESK, TESS, RunningDesk

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"

_HEAD = (
    b"From: Eve <eve@elsewhere.example>\r\nTo: desk@example.org\r\nSubject: Trouble\r\n"
    b"Message-ID: <trouble@elsewhere.example>\r\n"
)
_NOISE = random.Random(4711)  # noqa: S311 - any bytes will do


def _many_parts() -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return (
        _HEAD
        + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + part * 100_000
        + b"--b--\r\n"
    )


def _deep_nesting() -> bytes:
    depth = 5_000
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(depth)
    )
    return _HEAD + b"MIME-Version: 1.0\r\n" + opening + b"Content-Type: text/plain\r\n\r\nhere\r\n"


def _nested_mails() -> bytes:
    inner = b"Content-Type: message/rfc822\r\n\r\n"
    return _HEAD + b"MIME-Version: 1.0\r\n" + inner * 5_000 + b"Subject: innermost\r\n\r\nhere\r\n"


def _long_header() -> bytes:
    line = b" " + b"a" * 900 + b"\r\n"
    return _HEAD + b"X-Long: yes\r\n" + line * 1_100 + b"\r\nStill here.\r\n"


def _many_addresses() -> bytes:
    lines = b",\r\n".join(b" p%d@elsewhere.example" % n for n in range(100_000))
    return _HEAD + b"Cc:" + lines + b"\r\n\r\nHello everybody.\r\n"


def _many_references() -> bytes:
    lines = b"\r\n".join(b" <r%d@elsewhere.example>" % n for n in range(50_000))
    return _HEAD + b"References:" + lines + b"\r\n\r\nHello again.\r\n"


def _many_fields() -> bytes:
    return _HEAD + b"X-Field: value\r\n" * 50_000 + b"\r\nHello.\r\n"


def _noise() -> bytes:
    return _NOISE.randbytes(200_000).replace(b"\r", b"").replace(b"\n", b"\r\n")


def _noise_below_a_head() -> bytes:
    return _HEAD + b"\r\n" + _noise()


def _nulls() -> bytes:
    return (
        b"From: E\0ve <eve@elsewhere.example>\r\nTo: desk@example.org\r\nSubject: Tr\0ouble\0\r\n"
        b"Message-ID: <nu\0ll@elsewhere.example>\r\n\r\nNull: \0\0\0 end.\r\n"
    )


def _attached_nulls() -> bytes:
    return (
        _HEAD + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nSee there.\r\n"
        b'--b\r\nContent-Type: text/plain; name="a\0b.txt"\r\n'
        b"Content-Disposition: attachment\r\nContent-ID: <a\0b>\r\n\r\n\0\r\n--b--\r\n"
    )


def _surrogates() -> bytes:
    return (
        _HEAD
        + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA- +3/8- \xed\xa0\x80 \xff\xfe\r\n"
    )


def _unknown_charset() -> bytes:
    return (
        _HEAD.replace(b"Trouble", b"=?x-nonsense?B?////?=")
        + b"Content-Type: text/plain; charset=../../etc/passwd\r\n\r\nHello.\r\n"
    )


def _deep_html() -> bytes:
    return _HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>\r\n" * 100_000 + b"Deep.\r\n"


def _deep_quotes() -> bytes:
    return _HEAD + b"\r\nLook:\r\n" + (b">" * 400 + b" x\r\n") * 5_000


BOMBS: tuple[Callable[[], bytes], ...] = (
    _many_parts,
    _deep_nesting,
    _nested_mails,
    _long_header,
    _many_addresses,
    _many_references,
    _many_fields,
    _noise,
    _noise_below_a_head,
    _nulls,
    _attached_nulls,
    _surrogates,
    _unknown_charset,
    _deep_html,
    _deep_quotes,
)


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__.strip("_"))
def test_after_a_bomb_the_desk_goes_on(desk: RunningDesk, bomb: Callable[[], bytes]) -> None:
    begun = time.monotonic()
    with suppress(smtplib.SMTPDataError):  # refused at the door is an answer, too
        desk.hand_over_raw(bomb(), sender="eve@elsewhere.example")
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.expect(to=ann)
    assert time.monotonic() - begun < 4, "a normal mail must not wait for it"
    seen = desk.waiting()
    tickets = desk.count_tickets() - 1
    # A mail that was cut is a ticket and listed, too.
    assert max(tickets, len(seen)) == 1, "it must be found somewhere, once"
    assert all(row["reason"] for row in seen)


@pytest.mark.parametrize(
    "value",
    [
        "=?utf-8?B?SGVsbG8NCkJjYzogZXZlQGV2aWwuZXhhbXBsZQ==?=",
        "=?utf-8?Q?Hello=0D=0ABcc=3A_eve=40evil.example?=",
        "=?utf-8?Q?Hello=0ABcc=3A_eve=40evil.example?=",
        "=?utf-8?Q?Hello=E2=80=A8Bcc=3A_eve=40evil.example?=",
        "=?utf-8?Q?Hello=00=1B[31m?=",
    ],
)
def test_line_ends_in_a_subject_and_a_name_add_no_field(desk: RunningDesk, value: str) -> None:
    desk.hand_over_raw(
        f"Authentication-Results: mx.example.org; dmarc=pass\r\nFrom: {value} <eve@evil.example>\r\n"
        f"To: desk@example.org\r\nSubject: {value}\r\nMessage-ID: <line@evil.example>\r\n\r\n"
        "Hello.\r\n".encode(),
        sender="eve@evil.example",
    )
    desk.expect(to=tess)
    mails = [*desk.drain()]
    assert len(mails) == 2
    for mail in mails:
        head, _, _ = mail.data.partition(b"\r\n\r\n")
        assert b"\nBcc" not in head
        assert b"\x1b" not in mail.data
        assert len(mail.recipients) == 1
    assert "\n" not in desk.ticket(1).ticket.title


def test_hostile_words_of_a_template_stay_words(desk: RunningDesk) -> None:
    words = "{{ 7*7 }} {% raw %} <script>alert(1)</script> <!channel> ${x} %s {0}"
    desk.mail(ANN, DESK, words, f"{words}\n")
    told = desk.expect(to=tess)
    desk.drain()
    assert words in told.text
    assert "<script>" not in told.html
    desk.reply(told, TESS, words)
    assert words in desk.expect(to=ann).text
    desk.expect_nothing_more()
