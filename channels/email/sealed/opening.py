"""The door between the mail and the libraries of secrecy, which are slow to load, and one of which may be absent."""

from __future__ import annotations

from channels.email.limits import Limits
from channels.email.sealed.cms import Enveloped, Signed, addresses, identities
from channels.email.sealed.signature import Signature, Verdict
from channels.email.sealed.vault import CannotOpen, Vault, can_pgp

_NO_KEY = "no key is configured"


def smime_signature(signed: Signed, content: bytes | None, vault: Vault) -> Signature:
    """What an S/MIME signature says about ``content``, which is None when it is not at hand."""
    named = {signer.certificate for signer in signed.signers}
    own = [c for c in signed.certificates if named & set(identities(c))]
    signers = tuple(dict.fromkeys(a for c in own for a in addresses(c)))
    verdict = Verdict.UNVERIFIED
    if content is not None:
        from channels.email.sealed import smime

        verdict = smime.verdict_on(signed, content, vault)
    return Signature(kind="S/MIME", signers=signers, verdict=verdict)


def open_smime(envelope: Enveloped, vault: Vault) -> bytes:
    """What an envelope holds; raises CannotOpen."""
    if not vault.smime:
        raise CannotOpen(_NO_KEY)
    from channels.email.sealed import smime

    return smime.open_envelope(envelope, vault)


def pgp_signature(content: bytes | None, signature: bytes, vault: Vault) -> Signature:
    """What a PGP signature says about ``content``, which is None when it is not at hand."""
    if content is None or not vault.pgp or not can_pgp():
        return Signature(kind="PGP")
    from channels.email.sealed import pgp

    return pgp.verdict_on(content, signature, vault)


def pgp_text_signature(armoured: bytes, vault: Vault) -> Signature:
    """What the signature of a clear-signed text says about it."""
    if not vault.pgp or not can_pgp():
        return Signature(kind="PGP")
    from channels.email.sealed import pgp

    return pgp.verdict_on_text(armoured, vault)


def open_pgp(message: bytes, vault: Vault, limits: Limits) -> tuple[bytes, Signature | None]:
    """What a PGP message holds and who signed it; raises CannotOpen."""
    if not vault.pgp:
        raise CannotOpen(_NO_KEY)
    from channels.email.sealed import pgp

    return pgp.open_message(message, vault, limits.decoded_bytes)
