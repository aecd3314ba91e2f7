from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.fingerprint import fingerprint

NOON = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)

MAIL = (
    b"From: Ada <ada@customer.example>\r\n"
    b"To: desk@help.example\r\n"
    b"Subject: The printer on floor two\r\n"
    b"Date: Mon, 2 Mar 2026 13:05:00 +0100\r\n"
    b"Message-ID: <one@customer.example>\r\n"
    b"\r\n"
    b"It prints, but only the letter q.\r\n"
    b"\r\n"
    b"Ada\r\n"
)


def test_it_is_sixty_four_hexadecimal_digits() -> None:
    assert len(bytes.fromhex(fingerprint(MAIL, received_at=NOON))) == 32


@pytest.mark.parametrize(
    "copy",
    [
        b"Return-Path: <ada@customer.example>\r\nReceived: from a by b;\r\n\tMon\r\n" + MAIL,
        b"Delivered-To: desk@help.example\r\nX-Spam-Status: No,\r\n score=0\r\n" + MAIL,
        b"Status: RO\r\nX-Keywords: seen\r\n" + MAIL,
        MAIL.replace(b"\r\n", b"\n"),
        MAIL.replace(b"\r\n", b"\n", 7),
        MAIL + b"\r\n\r\n",
        MAIL.removesuffix(b"\r\n"),
        MAIL.replace(b"Subject: The printer on", b"Subject:  The\r\n\tprinter  on"),
        MAIL.replace(b"Message-ID:", b"Message-Id :"),
    ],
    ids=[
        "smtp trace",
        "delivery fields",
        "mbox status",
        "line feeds",
        "mixed line ends",
        "more newlines at the end",
        "no newline at the end",
        "folded elsewhere",
        "field name written differently",
    ],
)
def test_copies_of_one_mail_are_the_same(copy: bytes) -> None:
    assert copy != MAIL
    later = NOON + timedelta(days=3)
    assert fingerprint(copy, received_at=later) == fingerprint(MAIL, received_at=NOON)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"letter q", b"letter p"),
        (b"Ada\r\n", b"\r\nAda\r\n"),
        (b"floor two", b"floor three"),
        (b"ada@customer", b"bob@customer"),
        (b"13:05:00", b"13:05:01"),
        (b"<one@", b"<two@"),
    ],
)
def test_a_reused_message_id_with_other_content_is_another_mail(old: bytes, new: bytes) -> None:
    other = MAIL.replace(old, new)
    assert fingerprint(other, received_at=NOON) != fingerprint(MAIL, received_at=NOON)


def test_words_cannot_move_between_fields_or_into_the_body() -> None:
    base = b"Message-ID: <x@y>\n"
    forms = [
        base + b"Subject: a\nFrom: b\n\nc",
        base + b"Subject: a b\n\nc",
        base + b"Subject: a\nSubject: b\n\nc",
        base + b"From: a b\n\nc",
        base + b"Subject: a\n\nb\nc",
        base + b"Subject: a\n\nb c",
    ]
    assert len({fingerprint(form, received_at=NOON) for form in forms}) == len(forms)


def test_without_id_and_date_the_hour_tells_two_alarms_apart() -> None:
    alarm = b"From: cron@host.example\nSubject: disk full\nMessage-ID: \n\n/var 100%\n"
    same_hour = fingerprint(alarm, received_at=NOON + timedelta(minutes=54))
    next_hour = fingerprint(alarm, received_at=NOON + timedelta(minutes=55))
    assert same_hour == fingerprint(alarm, received_at=NOON) != next_hour


@pytest.mark.parametrize("line", [b"Message-ID: <x@y>\n", b"Date: Mon, 2 Mar 2026 12:00 +0000\n"])
def test_an_id_or_a_date_is_enough_to_forget_the_hour(line: bytes) -> None:
    later = NOON + timedelta(days=1)
    assert fingerprint(line + b"\nx", received_at=NOON) == fingerprint(
        line + b"\nx", received_at=later
    )


@given(st.binary(max_size=400))
def test_any_bytes_have_a_fingerprint_that_ignores_line_ends(raw: bytes) -> None:
    raw = raw.replace(b"\r", b"")
    wired = raw.replace(b"\n", b"\r\n")
    assert fingerprint(raw, received_at=NOON) == fingerprint(wired, received_at=NOON)


@pytest.mark.parametrize("filler", [b"\r\n", b"\r", b"\n", b"x", b" \n", b"\n "])
def test_large_bodies_are_read_in_chunks_and_in_linear_time(filler: bytes) -> None:
    body = filler * 400_000
    head = b"Message-ID: <x@y>\n"
    expected = body.replace(b"\r", b"").rstrip(b"\n")
    digest = hashlib.sha256(b"message-id:<x@y>\n\n" + expected).hexdigest()
    assert fingerprint(head + b"\n" + body, received_at=NOON) == digest
