"""What an S/MIME signature is worth, and what an envelope holds (RFC 8551, RFC 5652)."""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from channels.email.sealed.cms import Enveloped, Recipient, Signed, Signer, identities
from channels.email.sealed.signature import Verdict
from channels.email.sealed.smime_keys import authorities, key_pair
from channels.email.sealed.vault import CannotOpen, Vault

try:  # ciphers of yesterday move away from release to release
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
except ImportError:
    from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES


_DIGESTS: dict[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("2b0e03021a"): hashes.SHA1(),  # noqa: S303 - old mails are told apart, not trusted
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
_PSS = bytes.fromhex("2a864886f70d01010a")
_RSA, _OAEP = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d010107")
_SHA1 = bytes.fromhex("2b0e03021a")
_TRIPLE_DES = bytes.fromhex("2a864886f70d0307")
_AES_CBC = {bytes.fromhex(f"6086480165030401{last}") for last in ("02", "16", "2a")}
_AES_GCM = {bytes.fromhex(f"6086480165030401{last}") for last in ("06", "1a", "2e")}

# --- signatures -----------------------------------------------------------------------------------


def verdict_on(signed: Signed, content: bytes, vault: Vault) -> Verdict:
    """The worst verdict on any of the signers; raises nothing."""
    verdicts = [_verdict(signer, signed, content, vault) for signer in signed.signers]
    order = (Verdict.BROKEN, Verdict.UNVERIFIED, Verdict.UNTRUSTED, Verdict.VALID)
    return next((v for v in order if v in verdicts), Verdict.UNVERIFIED)


def _verdict(signer: Signer, signed: Signed, content: bytes, vault: Vault) -> Verdict:
    own = next((c for c in signed.certificates if signer.certificate in identities(c)), None)
    digest = _DIGESTS.get(signer.digest)
    if own is None or digest is None:
        return Verdict.UNVERIFIED
    try:
        certificate = x509.load_der_x509_certificate(own)
        if not _holds(signer, certificate, digest, content):
            return Verdict.BROKEN
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return Verdict.UNVERIFIED
    others = [c for c in signed.certificates if c != own]
    if signer.digest == _SHA1 or not _is_trusted(certificate, others, vault):
        return Verdict.UNTRUSTED
    return Verdict.VALID


def _holds(
    signer: Signer, certificate: x509.Certificate, digest: hashes.HashAlgorithm, content: bytes
) -> bool:
    if signer.attributes is not None:
        if signer.content_digest != hashlib.new(digest.name, content).digest():
            return False
        content = signer.attributes
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
            scheme = pss if signer.algorithm == _PSS else padding.PKCS1v15()
            key.verify(signer.signature, content, scheme, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signer.signature, content, ec.ECDSA(digest))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signer.signature, content)
        else:
            raise UnsupportedAlgorithm("no algorithm of S/MIME")
    except InvalidSignature:
        return False
    return True


def _is_trusted(certificate: x509.Certificate, others: list[bytes], vault: Vault) -> bool:
    """Whether one of the configured authorities vouches for the certificate today."""
    if not vault.authorities or not _is_for_mail(certificate):
        return False
    policy = PolicyBuilder().store(Store(list(authorities(vault.authorities))))
    policy = policy.time(vault.clock().replace(tzinfo=None)).extension_policies(
        ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
    )
    try:
        between = [x509.load_der_x509_certificate(other) for other in others]
        policy.build_client_verifier().verify(certificate, between)
    except (VerificationError, ValueError):
        return False
    return True


def _is_for_mail(certificate: x509.Certificate) -> bool:
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    mail, any_use = (
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    )
    return mail in usages or any_use in usages


# --- envelopes ------------------------------------------------------------------------------------


def open_envelope(envelope: Enveloped, vault: Vault) -> bytes:
    """The MIME entity inside; raises CannotOpen."""
    for pem in vault.smime:
        names, key = key_pair(pem, vault.smime_password)
        for recipient in envelope.recipients:
            if recipient.certificate in names:
                return _decrypted(envelope, _content_key(recipient, key))
    raise CannotOpen("it is encrypted for other keys")


def _content_key(recipient: Recipient, key: rsa.RSAPrivateKey) -> bytes:
    scheme: padding.AsymmetricPadding
    if recipient.algorithm == _RSA:
        scheme = padding.PKCS1v15()
    elif recipient.algorithm == _OAEP:
        named = (d for oid, d in _DIGESTS.items() if oid in recipient.parameters)
        digest = next(named, _DIGESTS[_SHA1])
        scheme = padding.OAEP(padding.MGF1(digest), digest, None)
    else:
        raise CannotOpen("its key is wrapped in a way that is not understood")
    try:
        return key.decrypt(recipient.key, scheme)
    except ValueError:
        raise CannotOpen("our key does not open it") from None


def _decrypted(envelope: Enveloped, key: bytes) -> bytes:
    try:
        if envelope.algorithm in _AES_GCM:
            cipher = AESGCM(key)
            sealed = envelope.data + envelope.tag
            return cipher.decrypt(envelope.start, sealed, envelope.attributes or None)
        if envelope.algorithm in _AES_CBC:
            return _unpadded(Cipher(algorithms.AES(key), modes.CBC(envelope.start)), envelope, 128)
        if envelope.algorithm == _TRIPLE_DES:
            return _unpadded(Cipher(TripleDES(key), modes.CBC(envelope.start)), envelope, 64)
    except (ValueError, InvalidTag):
        raise CannotOpen("what is inside cannot be decrypted") from None
    raise CannotOpen("its cipher is not understood")


def _unpadded(cipher: Cipher[modes.CBC], envelope: Enveloped, block: int) -> bytes:
    decryptor, padder = cipher.decryptor(), PKCS7(block).unpadder()
    text = decryptor.update(envelope.data) + decryptor.finalize()
    return padder.update(text) + padder.finalize()
