"""Public keys of signers, as the DNS holds them (RFC 6376 section 3.6.1, RFC 8463)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from channels.email.evidence.tags import read_tags, without_space

#: Bits of an RSA key: below anybody can break it (RFC 8301), above it only costs time.
LEAST_BITS, MOST_BITS = 1024, 4096


class KeyRefused(Exception):
    """The key proves nothing; the text says why."""

    def __init__(self, result: str, why: str) -> None:
        super().__init__(why)
        #: ``permerror`` for a broken key, ``policy`` for one that we do not take.
        self.result = result


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicKey:
    """A key that can be used."""

    #: ``rsa`` or ``ed25519``.
    kind: str
    #: Whether the signature (first) is one of the data (second).
    verifies: Callable[[bytes, bytes], bool]
    #: True when ``i=`` must name the signing domain itself (``t=s``).
    strict: bool


def read_key(records: Iterable[str]) -> PublicKey:
    """The key among the TXT records of a selector. Raises KeyRefused."""
    record = next((text for text in records if "p=" in without_space(text)), None)
    if record is None:
        raise KeyRefused("permerror", "there is no key")
    try:
        tags = read_tags(record)
    except ValueError as error:
        raise KeyRefused("permerror", f"key: {error}") from None
    for refuse in _REFUSALS:
        refuse(tags)
    kind = tags.get("k", "rsa")
    data = _decoded(tags["p"])
    verifies = _ed25519(data) if kind == "ed25519" else _rsa(data)
    return PublicKey(kind=kind, verifies=verifies, strict="s" in _words(tags, "t"))


def _words(tags: dict[str, str], name: str) -> list[str]:
    return without_space(tags.get(name, "")).lower().split(":")


def _other_version(tags: dict[str, str]) -> None:
    if tags.get("v", "DKIM1") != "DKIM1":
        raise KeyRefused("permerror", "the key has another version")


def _revoked(tags: dict[str, str]) -> None:
    if not tags.get("p"):
        raise KeyRefused("permerror", "the key is revoked")


def _other_kind(tags: dict[str, str]) -> None:
    if tags.get("k", "rsa") not in {"rsa", "ed25519"}:
        raise KeyRefused("permerror", "a key of an unknown kind")


def _other_use(tags: dict[str, str]) -> None:
    if "s" in tags and not {"*", "email"} & set(_words(tags, "s")):
        raise KeyRefused("permerror", "the key is not for mail")
    if "h" in tags and "sha256" not in _words(tags, "h"):
        raise KeyRefused("permerror", "the key is not for SHA-256")


def _in_test_mode(tags: dict[str, str]) -> None:
    """RFC 6376: a mail signed in test mode is to be treated like an unsigned one."""
    if "y" in _words(tags, "t"):
        raise KeyRefused("policy", "the domain only tests this key")


_REFUSALS = (_other_version, _revoked, _other_kind, _other_use, _in_test_mode)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(without_space(text), validate=True)
    except (binascii.Error, ValueError):
        raise KeyRefused("permerror", "the key is not base64") from None


def _rsa(data: bytes) -> Callable[[bytes, bytes], bool]:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm, TypeError):
        raise KeyRefused("permerror", "the key cannot be read") from None
    if not isinstance(key, RSAPublicKey):
        raise KeyRefused("permerror", "not an RSA key")
    if not LEAST_BITS <= key.key_size <= MOST_BITS:
        raise KeyRefused("policy", f"an RSA key of {key.key_size} bits")

    def verifies(signature: bytes, signed: bytes) -> bool:
        try:
            key.verify(signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    return verifies


def _ed25519(data: bytes) -> Callable[[bytes, bytes], bool]:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(data)
    except ValueError:
        raise KeyRefused("permerror", "not an Ed25519 key") from None

    def verifies(signature: bytes, signed: bytes) -> bool:
        try:
            # RFC 8463 section 3: what is signed is the hash.
            key.verify(signature, hashlib.sha256(signed).digest())
        except InvalidSignature:
            return False
        return True

    return verifies
