"""Domains that sign their mail, with real keys and the signatures of another implementation."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

SIGNED = ("From", "To", "Subject", "Date", "Message-ID", "Content-Type", "In-Reply-To")


@dataclass(frozen=True, kw_only=True)
class Signer:
    """One domain and its key."""

    domain: str
    selector: str = "s1"
    algorithm: str = "rsa-sha256"
    #: As dkimpy takes it.
    secret: bytes
    #: The public key in base64.
    public: str

    @property
    def name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    def record(self, **tags: str) -> str:
        """The text that belongs into the DNS."""
        kind = self.algorithm.partition("-")[0]
        pairs = {"v": "DKIM1", "k": kind, **tags, "p": tags.get("p", self.public)}
        return "; ".join(f"{name}={value}" for name, value in pairs.items())

    def sign(
        self,
        raw: bytes,
        *,
        forms: str = "relaxed/relaxed",
        names: Sequence[str] = SIGNED,
        length: bool = False,
        identity: str | None = None,
    ) -> bytes:
        """The mail with a signature on top."""
        header, body = forms.encode().split(b"/")
        field: bytes = dkim.sign(
            raw,
            self.selector.encode(),
            self.domain.encode(),
            self.secret,
            identity=identity.encode() if identity else None,
            canonicalize=(header, body),
            signature_algorithm=self.algorithm.encode(),
            include_headers=[name.lower().encode() for name in names],
            length=length,
        )
        return field + raw

    def seal(self, raw: bytes, *, results: str) -> bytes:
        """The mail with one more ARC set on top, which says ``results``."""
        earlier = "arc=pass; " if b"ARC-Seal:" in raw else ""
        saw = f"Authentication-Results: mx.{self.domain}; {earlier}{results}\r\n".encode()
        fields: list[bytes] = dkim.arc_sign(
            saw + raw,
            self.selector.encode(),
            self.domain.encode(),
            self.secret,
            f"mx.{self.domain}".encode(),
            include_headers=[b"from", b"to", b"subject", b"date", b"message-id"],
        )
        return b"".join(fields) + raw


def rsa_signer(domain: str, *, bits: int = 1024, selector: str = "s1") -> Signer:
    """A domain with an RSA key; domains share keys, for making one takes long."""
    key = _rsa_key(bits)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signer(
        domain=domain, selector=selector, secret=secret, public=base64.b64encode(public).decode()
    )


def ed25519_signer(domain: str, *, selector: str = "e1") -> Signer:
    """A domain with an Ed25519 key."""
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Signer(
        domain=domain,
        selector=selector,
        algorithm="ed25519-sha256",
        secret=base64.b64encode(secret),
        public=base64.b64encode(public).decode(),
    )


@cache
def _rsa_key(bits: int) -> RSAPrivateKey:
    return generate_private_key(65537, bits)


def zone(*signers: Signer, **more: str) -> Mapping[str, str]:
    """What the DNS has of these domains."""
    return {**{signer.name: signer.record() for signer in signers}, **more}
