"""PGP: signed words without their armour, and what happens to what is encrypted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.decode import decode
from channels.email.limits import Limits
from channels.email.sealed import armour
from channels.email.sealed.vault import Vault
from tests.cost import within
from tests.secrecy import (
    ENTITY,
    HEAD,
    WORDS,
    key,
    pgp_clear,
    pgp_clear_text,
    pgp_encrypted,
    pgp_message,
    public,
    secret,
)

ANN, DESK = key("Ann <ann@customer.example>"), key("Desk <desk@example.org>")
VAULT = Vault(pgp=(secret(DESK), public(ANN)))
BESIDE = pgp_clear(ENTITY, ANN)
TEXT = pgp_clear_text(b"Hello,\n- the printer\n-----BEGIN PGP is no armour\nAnn\n", ANN)
UNPACKED = "Hello,\n- the printer\n-----BEGIN PGP is no armour\nAnn"
CLOSED = pgp_message(ENTITY, DESK, by=ANN)
VALID = "PGP signed by ann@customer.example, valid"


def plain(text: bytes) -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text


@pytest.mark.parametrize(
    ("vault", "signed"),
    [
        (Vault(), "PGP signed, not verified"),
        (VAULT, VALID),
        (Vault(pgp=(public(DESK),)), "PGP signed, not verified"),
    ],
)
def test_a_signature_beside_the_words(vault: Vault, signed: str) -> None:
    message = decode(BESIDE, vault=vault)
    assert (message.text.strip(), message.attachments, message.signed) == (WORDS, (), signed)


@pytest.mark.parametrize("raw", [BESIDE, plain(TEXT + ENTITY)])
def test_changed_words_break_a_known_signature(raw: bytes) -> None:
    changed = raw.replace(b"printer", b"printed")
    signed = decode(changed, vault=VAULT).signed
    assert signed == "PGP signed, broken: these are not the words that were signed"


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_signed_text_is_read_without_its_armour(line_end: bytes) -> None:
    message = decode(plain(TEXT.replace(b"\n", line_end)), vault=VAULT)
    assert (message.text.strip(), message.signed) == (UNPACKED, VALID)
    assert message.attachments == ()


def test_words_around_a_signed_text_stay() -> None:
    message = decode(plain(b"Above.\n\n" + TEXT + b"\nBelow.\n"))
    assert message.text.split() == f"Above. {UNPACKED} Below.".split()


def test_the_same_armour_as_a_page_is_not_read_twice() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/alternative; boundary=m\r\n\r\n--m\r\n\r\n%b\r\n"
        b"--m\r\nContent-Type: text/html\r\n\r\n<pre>%b</pre>\r\n--m--\r\n" % (TEXT, TEXT)
    )
    message = decode(raw)
    assert (message.text.strip(), message.html) == (UNPACKED, None)


@pytest.mark.parametrize(
    "text",
    [
        b"> -----BEGIN PGP SIGNED MESSAGE-----\n> Hash: SHA256\n>\n> old\n",
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nnever ends\n",
        b"-----BEGIN PGP MESSAGE-----\n\nnever ends\n",
        b"-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n",
    ],
)
def test_what_is_no_whole_armour_stays_as_it_is(text: bytes) -> None:
    message = decode(plain(text))
    assert message.text == text.decode()
    assert message.signed == ""


# --- encrypted ------------------------------------------------------------------------------------


def test_without_a_key_the_mail_says_that_it_is_encrypted_and_keeps_its_part() -> None:
    message = decode(pgp_encrypted(CLOSED))
    assert message.text.strip() == (
        "[This mail is encrypted (PGP) and cannot be read here: no key is configured.]"
    )
    assert [(a.name, a.data.strip()) for a in message.attachments] == [
        ("encrypted.asc", CLOSED.strip())
    ]


def test_with_the_key_the_words_and_the_signature_inside_are_read() -> None:
    message = decode(pgp_encrypted(CLOSED), vault=VAULT)
    assert (message.text.strip(), message.attachments, message.signed) == (WORDS, (), VALID)


def test_a_signed_entity_inside_is_read() -> None:
    inner = pgp_clear(ENTITY, ANN, head=b"")
    message = decode(pgp_encrypted(pgp_message(inner, DESK)), vault=VAULT)
    assert (message.text.strip(), message.signed) == (WORDS, VALID)


def test_what_exchange_makes_of_it_is_read() -> None:
    raw = pgp_encrypted(CLOSED).replace(b"multipart/encrypted", b"multipart/mixed", 1)
    assert decode(raw, vault=VAULT).text.strip() == WORDS


def test_a_key_for_others_opens_nothing() -> None:
    message = decode(pgp_encrypted(pgp_message(ENTITY, ANN)), vault=VAULT)
    assert "encrypted for other keys" in message.text
    assert len(message.attachments) == 1


def test_an_encrypted_text_between_words() -> None:
    raw = plain(b"Above.\n\n" + pgp_message("Grüße von innen".encode(), DESK) + b"\nBelow.\n")
    assert decode(raw, vault=VAULT).text.split() == ["Above.", "Grüße", "von", "innen", "Below."]
    closed = decode(raw)
    assert [a.name for a in closed.attachments] == ["encrypted.asc"]
    assert closed.text.split("[")[0].strip() == "Above."


def test_a_page_around_an_encrypted_text_keeps_it_closed() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/html\r\n\r\n"
        b'<a href="https://elsewhere.example/\r\n--m\r\n\r\n%b\r\n--m--\r\n' % CLOSED
    )
    message = decode(raw, vault=VAULT)
    assert "only a part of the mail" in message.text
    assert "stuck" not in message.text + (message.html or "")


def test_a_message_that_unfolds_to_more_than_is_read_is_kept_closed() -> None:
    closed = pgp_message(ENTITY + b"more words\r\n" * 10_000, DESK)
    message = decode(pgp_encrypted(closed), Limits(decoded_bytes=100_000), vault=VAULT)
    assert "more than is read" in message.text or message.is_cut
    opened = decode(pgp_encrypted(closed), Limits(decoded_bytes=1_000_000), vault=VAULT)
    assert len(opened.text) > 100_000


# --- hostile --------------------------------------------------------------------------------------


@given(at=st.integers(0, 2000), put=st.binary(max_size=6), skip=st.integers(0, 9))
def test_no_changed_byte_does_harm(at: int, put: bytes, skip: int) -> None:
    for raw in (BESIDE, plain(TEXT)):
        place = len(HEAD) + at % (len(raw) - len(HEAD))
        decode(raw[:place] + put + raw[place + skip :], vault=VAULT)


@settings(max_examples=6, deadline=None)
@given(at=st.integers(0, 2000), put=st.binary(max_size=6))
def test_no_changed_byte_of_an_encrypted_mail_does_harm(at: int, put: bytes) -> None:
    place = at % len(CLOSED)
    message = decode(pgp_encrypted(CLOSED[:place] + put + CLOSED[place + 2 :]), vault=VAULT)
    assert message.text or message.attachments


@given(
    st.lists(
        st.sampled_from(
            [
                b"-----BEGIN PGP SIGNED MESSAGE-----\n",
                b"-----BEGIN PGP SIGNATURE-----\n",
                b"-----END PGP SIGNATURE-----\n",
                b"-----BEGIN PGP MESSAGE-----\n",
                b"-----END PGP MESSAGE-----\n",
                b"\n",
                b"- words\n",
                b"x",
            ]
        )
    )
)
def test_blocks_lose_nothing(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert b"".join(block.raw for block in armour.blocks(data)) == data


@pytest.mark.parametrize(
    "piece",
    [
        b"-----BEGIN PGP SIGNED MESSAGE-----\n",
        b"-----BEGIN PGP MESSAGE-----\n",
        b"-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n",
        b"-----BEGIN PGP SIGNED MESSAGE-----\n\n-----BEGIN PGP SIGNATURE-----\n-----END PGP SIGNATURE-----\n",
    ],
)
def test_time_is_linear(piece: bytes) -> None:
    within(1, lambda: decode(plain(piece * (1_000_000 // len(piece)))))
