"""Signed and encrypted mails for tests, with keys that nobody else has."""

from __future__ import annotations

import base64
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pysequoia import SignatureMode, Tsk, encrypt, sign

HEAD = b"From: Ann <ann@customer.example>\r\nTo: desk@example.org\r\nSubject: Printer\r\n"
ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe printer is stuck, it says \xe2\x80\x9ejam\xe2\x80\x9c.\r\n"
WORDS = "The printer is stuck, it says „jam“."
_TODAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """Both in one file."""
        secret = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return self.certificate_pem + secret

    @property
    def certificate_pem(self) -> bytes:
        """What others may have."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@cache
def authority(name: str = "Example Authority") -> Identity:
    """Somebody who vouches for others."""
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        _builder(name, key)
        .issuer_name(_name(name))
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Identity(certificate=builder.sign(key, hashes.SHA256()), key=key)


@cache
def person(address: str, *, days: int = 3650, elliptic: bool = False) -> Identity:
    """Somebody with a mail address that the authority knows."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = (
        ec.generate_private_key(ec.SECP256R1())
        if elliptic
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    issuer = authority()
    builder = (
        _builder(address, key, days=days)
        .issuer_name(issuer.certificate.subject)
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
            critical=False,
        )
    )
    return Identity(certificate=builder.sign(issuer.key, hashes.SHA256()), key=key)


def _builder(
    name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, days: int = 3650
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_TODAY - timedelta(days=30))
        .not_valid_after(_TODAY + timedelta(days=days))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


# --- S/MIME ---------------------------------------------------------------------------------------


def signature_over(
    entity: bytes, by: Identity, *, detached: bool, attributes: bool = True
) -> bytes:
    """A signature as DER, with the words inside or without."""
    options = [pkcs7.PKCS7Options.Binary]
    if detached:
        options.append(pkcs7.PKCS7Options.DetachedSignature)
    if not attributes:
        options.append(pkcs7.PKCS7Options.NoAttributes)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(entity)
    builder = builder.add_signer(by.certificate, by.key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, options)


def envelope_of(entity: bytes, to: Identity) -> bytes:
    """The same encrypted, as DER."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(entity).set_content_encryption_algorithm(AES256)
    builder = builder.add_recipient(to.certificate)
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def opaque(
    data: bytes,
    kind: str = "signed-data",
    *,
    content_type: str = "application/pkcs7-mime",
    head: bytes = HEAD,
) -> bytes:
    """A mail whose whole body is S/MIME."""
    return head + opaque_entity(data, kind, content_type=content_type)


def opaque_entity(
    data: bytes, kind: str = "signed-data", *, content_type: str = "application/pkcs7-mime"
) -> bytes:
    """The same without the mail around it."""
    return (
        f'Content-Type: {content_type}; smime-type={kind}; name="smime.p7m"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
    ).encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")


def clear(entity: bytes, signature: bytes, *, head: bytes = HEAD) -> bytes:
    """A mail that any program can read, its S/MIME signature beside it."""
    part = (
        b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
        + base64.encodebytes(signature).replace(b"\n", b"\r\n")
    )
    return head + _signed(entity, part, "application/pkcs7-signature")


def _signed(entity: bytes, part: bytes, protocol: str) -> bytes:
    return (
        f'Content-Type: multipart/signed; protocol="{protocol}"; micalg=sha-256;'
        ' boundary="cut-here"\r\n\r\nThis is a signed message.\r\n'
    ).encode() + b"--cut-here\r\n%b\r\n--cut-here\r\n%b\r\n--cut-here--\r\n" % (entity, part)


# --- PGP ------------------------------------------------------------------------------------------


@cache
def key(user: str) -> Tsk:
    """A PGP key."""
    return Tsk.generate(user)


def public(tsk: Tsk) -> bytes:
    """What others may have of it."""
    return str(tsk.extract_certificate()).encode()


def secret(tsk: Tsk) -> bytes:
    """What nobody else may have of it."""
    return str(tsk).encode()


def pgp_clear(entity: bytes, by: Tsk, *, head: bytes = HEAD) -> bytes:
    """A mail with a PGP signature beside it."""
    signature = sign(by.signer(), entity, mode=SignatureMode.DETACHED)
    part = b'Content-Type: application/pgp-signature; name="signature.asc"\r\n\r\n' + signature
    return head + _signed(entity, part, "application/pgp-signature")


def pgp_clear_text(text: bytes, by: Tsk) -> bytes:
    """Words between the armour of their signature."""
    return sign(by.signer(), text, mode=SignatureMode.CLEAR).replace(b"\r\n", b"\n")


def pgp_message(data: bytes, to: Tsk, *, by: Tsk | None = None) -> bytes:
    """Words that only one can read."""
    return encrypt(data, [to.extract_certificate()], by.signer() if by else None)


def pgp_encrypted(message: bytes, *, head: bytes = HEAD) -> bytes:
    """A mail whose whole body is encrypted by PGP."""
    return head + (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";'
        b' boundary="cut-here"\r\n\r\n--cut-here\r\nContent-Type: application/pgp-encrypted\r\n\r\n'
        b"Version: 1\r\n\r\n--cut-here\r\n"
        b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n'
        b"%b\r\n--cut-here--\r\n" % message
    )
