"""The two kinds of S/MIME body as values (RFC 5652): signed data and enveloped data."""

from __future__ import annotations

from dataclasses import dataclass

from channels.email.sealed import ber
from channels.email.sealed.ber import Node, NotBer

__all__ = ["Enveloped", "NotBer", "Recipient", "Signed", "Signer", "addresses", "read"]

_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENVELOPED = bytes.fromhex("2a864886f70d010703")
_AUTH_ENVELOPED = bytes.fromhex("2a864886f70d0109100117")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_ALTERNATIVE_NAME = bytes.fromhex("551d11")
_KEY_IDENTIFIER = bytes.fromhex("551d0e")
_EMAIL_ATTRIBUTE = bytes.fromhex("2a864886f70d010901")
#: Object identifiers with which every S/MIME body begins.
_BEGINNINGS = (bytes.fromhex("06092a864886f70d0107"), bytes.fromhex("060b2a864886f70d0109100117"))
#: The identifier stands behind at most two lengths.
_WINDOW = 24

#: Context-specific tags.
_0, _0_PLAIN, _1, _3, _RFC822_NAME = 0xA0, 0x80, 0xA1, 0xA3, 0x81
#: Certificates and signers that are looked at.
_MOST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """One signature (RFC 5652, section 5.3)."""

    #: Issuer and serial number of the certificate as encoded, or its key's identifier.
    certificate: bytes
    #: Object identifier of the digest.
    digest: bytes
    #: The attributes that are signed in place of the content, as encoded, or None.
    attributes: bytes | None
    #: The digest of the content among them, or None.
    content_digest: bytes | None
    #: Object identifier of the signature algorithm.
    algorithm: bytes
    signature: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """A signature, with what it is about or without."""

    #: The signed MIME entity, or None when it stands beside the signature.
    content: bytes | None
    #: The certificates that came along, DER.
    certificates: tuple[bytes, ...]
    signers: tuple[Signer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Somebody who can open it, by an RSA key (RFC 5652, section 6.2.1)."""

    #: As in `Signer`.
    certificate: bytes
    #: Object identifier and parameters of the way the key is wrapped.
    algorithm: bytes
    parameters: bytes
    key: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Enveloped:
    """An encrypted MIME entity."""

    recipients: tuple[Recipient, ...]
    #: Object identifier of the cipher.
    algorithm: bytes
    #: Its parameters: a primitive string is the start vector; a sequence begins with the nonce.
    start: bytes
    data: bytes
    #: The authentication tag, empty where the cipher has none.
    tag: bytes = b""
    #: The attributes that are authenticated along, as encoded.
    attributes: bytes = b""


def looks_like(data: bytes) -> bool:
    """Whether the bytes begin as every S/MIME body does."""
    return data[:1] == b"\x30" and any(begin in data[:_WINDOW] for begin in _BEGINNINGS)


def read(data: bytes) -> Signed | Enveloped:
    """Read a body; raises NotBer for anything else."""
    try:
        kind, holder = ber.parse(data).children
        inner = holder.children[0].children
        if kind.body == _SIGNED:
            return _signed(inner)
        if kind.body in {_ENVELOPED, _AUTH_ENVELOPED}:
            return _enveloped(inner)
    except (IndexError, ValueError) as why:
        raise NotBer(str(why)) from None
    raise NotBer("neither signed nor enveloped")


def _signed(fields: tuple[Node, ...]) -> Signed:
    content = fields[2].children[1].children[0].octets() if len(fields[2].children) > 1 else None
    certificates = next((node.children for node in fields[3:-1] if node.tag == _0), ())
    return Signed(
        content=content,
        certificates=tuple(
            bytes(node.whole) for node in certificates[:_MOST] if node.tag == ber.SEQUENCE
        ),
        signers=tuple(_signer(node.children) for node in fields[-1].children[:_MOST]),
    )


def _signer(fields: tuple[Node, ...]) -> Signer:
    attributes = fields[3] if fields[3].tag == _0 else None
    at = 4 if attributes is not None else 3
    return Signer(
        certificate=_identity(fields[1]),
        digest=bytes(fields[2].children[0].body),
        # What is signed is the encoding as a plain set, not as the tagged field.
        attributes=b"\x31" + bytes(attributes.whole[1:]) if attributes else None,
        content_digest=_content_digest(attributes.children) if attributes else None,
        algorithm=bytes(fields[at].children[0].body),
        signature=fields[at + 1].octets(),
    )


def _content_digest(attributes: tuple[Node, ...]) -> bytes | None:
    for node in attributes:
        kind, values = node.children
        if kind.body == _MESSAGE_DIGEST:
            return values.children[0].octets()
    return None


def _identity(node: Node) -> bytes:
    return bytes(node.body)


def _enveloped(fields: tuple[Node, ...]) -> Enveloped:
    at = 2 if fields[1].tag == _0 else 1
    cipher = fields[at + 1].children
    parameters = cipher[1].children[1]
    attributes = next((node for node in fields[at + 2 :] if node.tag == _1), None)
    tag = next((node for node in fields[at + 2 :] if node.tag == ber.OCTETS), None)
    start = parameters.children[0] if parameters.children else parameters
    return Enveloped(
        recipients=tuple(
            _recipient(node.children)
            for node in fields[at].children[:_MOST]
            if node.tag == ber.SEQUENCE
        ),
        algorithm=bytes(cipher[1].children[0].body),
        start=bytes(start.body),
        data=cipher[2].octets(),
        tag=tag.octets() if tag else b"",
        attributes=b"\x31" + bytes(attributes.whole[1:]) if tag and attributes else b"",
    )


def _recipient(fields: tuple[Node, ...]) -> Recipient:
    algorithm = fields[2].children
    return Recipient(
        certificate=_identity(fields[1]),
        algorithm=bytes(algorithm[0].body),
        parameters=bytes(algorithm[1].whole) if len(algorithm) > 1 else b"",
        key=fields[3].octets(),
    )


# --- certificates ---------------------------------------------------------------------------------


def addresses(certificate: bytes) -> tuple[str, ...]:
    """The mail addresses that a certificate is made out to, lower-cased; none when unreadable."""
    try:
        found = _addresses(ber.parse(certificate))
    except (IndexError, ValueError):
        return ()
    texts = (bytes(body).decode("ascii", "replace").strip().lower() for body in found)
    return tuple(dict.fromkeys(text for text in texts if "@" in text and text.isprintable()))[:3]


def _addresses(certificate: Node) -> list[memoryview]:
    """Alternative names (RFC 5280, section 4.2.1.6), else the subject's own attribute."""
    fields = certificate.children[0].children
    at = 1 if fields[0].tag == _0 else 0
    extensions = next((node for node in fields[at + 6 :] if node.tag == _3), None)
    for extension in extensions.children[0].children if extensions else ():
        if extension.children[0].body == _ALTERNATIVE_NAME:
            names = ber.parse(extension.children[-1].octets()).children
            if found := [name.body for name in names if name.tag == _RFC822_NAME]:
                return found
    attributes = [node for names in fields[at + 4].children for node in names.children]
    return [a.children[1].body for a in attributes if a.children[0].body == _EMAIL_ATTRIBUTE]


def identities(certificate: bytes) -> tuple[bytes, ...]:
    """How signers and recipients may name the certificate: issuer and serial number, key id."""
    try:
        fields = ber.parse(certificate).children[0].children
        at = 1 if fields[0].tag == _0 else 0
        extensions = fields[-1].children[0].children if fields[-1].tag == _3 else ()
        ids = [e.children[-1] for e in extensions if e.children[0].body == _KEY_IDENTIFIER]
        name = bytes(fields[at + 2].whole) + bytes(fields[at].whole)
        return (name, *(ber.parse(one.octets()).octets() for one in ids))
    except (IndexError, ValueError):
        return ()
