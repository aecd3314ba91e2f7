"""S/MIME certificates and private keys from PEM files."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from channels.email.sealed.cms import identities


@lru_cache(maxsize=16)
def key_pair(pem: bytes, password: str) -> tuple[tuple[bytes, ...], RSAPrivateKey]:
    """How mails name the certificate, and its key; raises ValueError or TypeError."""
    key = load_pem_private_key(pem, password.encode() if password else None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("only RSA keys open S/MIME mails here")
    certificates = x509.load_pem_x509_certificates(pem)
    own = [c for c in certificates if c.public_key() == key.public_key()]
    if not own:
        raise ValueError("the file holds no certificate of its private key")
    names = [name for c in own for name in identities(c.public_bytes(Encoding.DER))]
    return tuple(names), key


def ends_at(pem: bytes) -> datetime:
    """When the last certificate of the file expires; raises ValueError."""
    return max(c.not_valid_after_utc for c in x509.load_pem_x509_certificates(pem))


@lru_cache(maxsize=4)
def authorities(pem: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file; raises ValueError."""
    return tuple(x509.load_pem_x509_certificates(pem))
