"""S/MIME: whose signature, what it is worth, and what happens to what is encrypted."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.decode import decode
from channels.email.limits import Limits
from channels.email.sealed import ber
from channels.email.sealed.vault import Vault
from tests.cost import within
from tests.secrecy import (
    ENTITY,
    HEAD,
    WORDS,
    authority,
    clear,
    envelope_of,
    opaque,
    opaque_entity,
    person,
    signature_over,
)

ANN, DESK = person("ann@customer.example"), person("desk@example.org")
MAY = datetime(2026, 5, 1, tzinfo=UTC)
VAULT = Vault(smime=(DESK.pem,), authorities=authority().certificate_pem, clock=lambda: MAY)
INSIDE = signature_over(ENTITY, ANN, detached=False)
BESIDE = signature_over(ENTITY, ANN, detached=True)
CLOSED = envelope_of(ENTITY, DESK)
VALID = "S/MIME signed by ann@customer.example, valid"


def loose(data: bytes, levels: int = 6) -> bytes:
    """The same in the encoding of streaming senders: unknown lengths, strings in pieces."""
    node = ber.parse(data)
    if node.tag == ber.OCTETS:
        body = bytes(node.body)
        pieces = [body[at : at + 50] for at in range(0, len(body), 50)]
        return b"\x24\x80" + b"".join(bytes([4, len(p)]) + p for p in pieces) + b"\x00\x00"
    if not levels or not node.children:
        return data
    first = [bytes(child.whole) for child in node.children]
    # Certificates and signers follow the content and must stay as they were signed.
    at = min(len(first) - 1, 2 if len(first) > 3 else 1)
    first[at] = loose(first[at], levels - 1)
    return bytes([node.tag, 0x80]) + b"".join(first) + b"\x00\x00"


@pytest.mark.parametrize(
    "content_type",
    ["application/pkcs7-mime", "application/x-pkcs7-mime", "application/octet-stream"],
)
def test_a_mail_inside_its_signature_is_read(content_type: str) -> None:
    message = decode(opaque(INSIDE, content_type=content_type))
    assert (message.text.strip(), message.attachments) == (WORDS, ())
    assert message.signed.startswith("S/MIME signed by ann@customer.example, intact, but")


@pytest.mark.parametrize("vault", [VAULT, Vault()])
def test_a_signature_from_a_streaming_sender_is_read(vault: Vault) -> None:
    streamed = loose(INSIDE)
    assert streamed != INSIDE
    message = decode(opaque(streamed), vault=vault)
    assert message.text.strip() == WORDS
    assert "signed by ann@customer.example" in message.signed


@pytest.mark.parametrize("attributes", [True, False])
@pytest.mark.parametrize("elliptic", [True, False])
def test_a_trusted_signature_is_valid(attributes: bool, elliptic: bool) -> None:  # noqa: FBT001 - a table
    ann = person("ann@customer.example", elliptic=elliptic)
    signature = signature_over(ENTITY, ann, detached=False, attributes=attributes)
    assert decode(opaque(signature), vault=VAULT).signed == VALID


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_a_signature_beside_the_words_is_no_attachment(line_end: bytes) -> None:
    message = decode(clear(ENTITY, BESIDE).replace(b"\r\n", line_end), vault=VAULT)
    assert (message.text.strip(), message.attachments, message.signed) == (WORDS, (), VALID)


def test_a_signature_that_a_gateway_made_octets_is_no_attachment() -> None:
    octets = clear(ENTITY, BESIDE).replace(
        b"Type: application/pkcs7-signature", b"Type: application/octet-stream"
    )
    message = decode(octets, vault=VAULT)
    assert (message.attachments, message.signed) == ((), VALID)


def test_an_envelope_inside_a_signature_is_opened() -> None:
    envelope = opaque_entity(CLOSED, "enveloped-data").rstrip(b"\r\n")
    signature = signature_over(envelope, ANN, detached=True)
    message = decode(clear(envelope, signature), vault=VAULT)
    assert (message.text.strip(), message.attachments, message.signed) == (WORDS, (), VALID)


def test_changed_words_break_the_signature() -> None:
    message = decode(clear(ENTITY.replace(b"stuck", b"fine!"), BESIDE), vault=VAULT)
    assert "fine!" in message.text
    assert message.signed.startswith("S/MIME signed by ann@customer.example, broken")


def test_a_signature_of_somebody_else_says_so() -> None:
    bob = signature_over(ENTITY, person("bob@elsewhere.example"), detached=True)
    signed = decode(clear(ENTITY, bob), vault=VAULT).signed
    assert signed == "S/MIME signed by bob@elsewhere.example, who is not the sender, valid"


def test_an_expired_certificate_is_not_trusted() -> None:
    late = Vault(authorities=VAULT.authorities, clock=lambda: datetime(2046, 1, 1, tzinfo=UTC))
    assert "not trusted" in decode(clear(ENTITY, BESIDE), vault=late).signed


def test_another_authority_is_not_trusted() -> None:
    other = Vault(authorities=authority("Another One").certificate_pem, clock=lambda: MAY)
    assert "not trusted" in decode(clear(ENTITY, BESIDE), vault=other).signed


def test_a_list_that_adds_a_footer_leaves_the_signature_unverified() -> None:
    inner = clear(ENTITY, BESIDE, head=b"")
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=list\r\n\r\n--list\r\n"
        b"%b\r\n--list\r\n\r\nA list of people.\r\n--list--\r\n" % inner
    )
    message = decode(raw, vault=VAULT)
    assert message.signed == "S/MIME signed by ann@customer.example, not verified"
    assert WORDS in message.text
    assert "A list of people." in message.text
    assert message.attachments == ()


def test_a_signed_document_stays_an_attachment() -> None:
    document = signature_over(b"%PDF-1.7 not a mail at all", ANN, detached=False)
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nSee there.\r\n--m\r\n"
        b"%b\r\n--m--\r\n" % opaque_entity(document).replace(b"smime.p7m", b"contract.pdf.p7m")
    )
    message = decode(raw, vault=VAULT)
    assert [a.name for a in message.attachments] == ["contract.pdf.p7m"]
    assert message.attachments[0].data == document
    assert (message.text.strip(), message.signed) == ("See there.", "")


# --- encrypted ------------------------------------------------------------------------------------


def test_without_a_key_the_mail_says_that_it_is_encrypted_and_keeps_its_part() -> None:
    message = decode(opaque(CLOSED, "enveloped-data"))
    assert message.text.strip() == (
        "[This mail is encrypted (S/MIME) and cannot be read here: no key is configured.]"
    )
    assert [(a.name, a.data) for a in message.attachments] == [("smime.p7m", CLOSED)]
    assert not message.is_cut


def test_a_mail_for_somebody_else_stays_closed() -> None:
    message = decode(opaque(envelope_of(ENTITY, ANN), "enveloped-data"), vault=VAULT)
    assert "encrypted for other keys" in message.text
    assert len(message.attachments) == 1


@pytest.mark.parametrize("data", [CLOSED, loose(CLOSED, 3)])
def test_with_the_key_the_words_are_read(data: bytes) -> None:
    message = decode(opaque(data, "enveloped-data"), vault=VAULT)
    assert (message.text.strip(), message.attachments, message.signed) == (WORDS, (), "")


def test_a_signature_inside_an_envelope_is_seen() -> None:
    for entity in (opaque_entity(INSIDE), clear(ENTITY, BESIDE, head=b"")):
        message = decode(opaque(envelope_of(entity, DESK), "enveloped-data"), vault=VAULT)
        assert (message.text.strip(), message.signed) == (WORDS, VALID)


def test_the_true_subject_is_shown_and_stays_out_of_the_title() -> None:
    entity = ENTITY.replace(b"utf-8", b'utf-8; protected-headers="v1"', 1)
    entity = b"Subject: The =?utf-8?q?Dr=C3=BCcker?=\r\n" + entity
    message = decode(opaque(envelope_of(entity, DESK), "enveloped-data"), vault=VAULT)
    assert message.subject == "Printer"
    assert message.text.split("\n", 1)[0] == "Subject: The Drücker"


def test_only_a_mail_that_is_encrypted_as_a_whole_is_opened() -> None:
    """Around a stolen part, a page could carry its words away (the EFAIL attacks)."""
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=m\r\n\r\n"
        b'--m\r\nContent-Type: text/html\r\n\r\n<a href="https://elsewhere.example/\r\n'
        b'--m\r\n%b\r\n--m\r\nContent-Type: text/html\r\n\r\n">Look</a>\r\n--m--\r\n'
        % opaque_entity(CLOSED, "enveloped-data")
    )
    message = decode(raw, vault=VAULT)
    assert "only a part of the mail" in message.text
    assert "stuck" not in message.text + (message.html or "")
    assert [a.data for a in message.attachments] == [CLOSED]


# --- hostile --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80" * 5000,
        b"\x30\x84\xff\xff\xff\xff",
        INSIDE[:300],
        INSIDE[:-1],
        b"\x30\x82\xff\xff" + INSIDE[4:],
    ],
)
def test_a_damaged_body_is_kept_as_it_came(data: bytes) -> None:
    message = decode(opaque(data))
    assert [a.data for a in message.attachments] == [data]
    assert "it is damaged" in message.text


@given(
    which=st.sampled_from([INSIDE, BESIDE, CLOSED, loose(INSIDE)]),
    at=st.integers(0, 3000),
    put=st.binary(max_size=6),
    skip=st.integers(0, 6),
)
def test_no_changed_byte_does_harm(which: bytes, at: int, put: bytes, skip: int) -> None:
    at %= len(which)
    data = which[:at] + put + which[at + skip :]
    for raw in (opaque(data), clear(ENTITY, data), opaque(data, "enveloped-data")):
        message = decode(raw, vault=VAULT)
        assert message.text or message.attachments, "nothing is lost"


def test_wrappings_in_wrappings_end() -> None:
    entity = ENTITY
    for _ in range(6):
        entity = opaque_entity(signature_over(entity, ANN, detached=False))
    message = decode(HEAD + entity)
    assert len(message.attachments) == 1


def test_a_bound_on_decoded_bytes_holds_inside_a_wrapping() -> None:
    entity = ENTITY + b"more words\r\n" * 10_000
    message = decode(
        opaque(signature_over(entity, ANN, detached=False)), Limits(decoded_bytes=150_000)
    )
    assert message.is_cut


def test_time_is_linear() -> None:
    chunks = b"\x24\x80" + b"\x04\x01x" * 90_000 + b"\x00\x00"
    for data in (b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + chunks, CLOSED * 500):
        within(1, partial(decode, opaque(data), vault=VAULT))
