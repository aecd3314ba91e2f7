"""DKIM signatures of a mail, verified (RFC 6376, 8301, 8463).

A signature that is right but leaves open what the desk would read counts as ``policy`` (RFC 8601
section 2.4): an ordered table says when.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Evidence
from channels.email.evidence.dns import Ask, DnsAway
from channels.email.evidence.keys import KeyRefused, PublicKey, read_key
from channels.email.evidence.signatures import BadSignature, Signature, read_signature
from channels.email.evidence.signed_mail import SignedMail

#: Signatures of one mail that are looked at.
MOST = 5
#: Clocks differ, and mail waits in queues.
_SLACK = timedelta(hours=1)
#: Fields that stand once in a mail and steer what is read; a second one would be read or hidden.
_SINGLE = (
    *(b"subject", b"to", b"cc", b"reply-to", b"sender", b"date", b"message-id", b"in-reply-to"),
    *(b"references", b"mime-version", b"content-type", b"content-transfer-encoding"),
)


@dataclass(frozen=True, slots=True)
class _Case:
    signature: Signature
    mail: SignedMail
    now: datetime


def from_not_signed(case: _Case) -> str | None:
    """The author is not among the signed fields, or not every From field is."""
    return "From is not signed" if _uncovered(case, b"from") else None


def weak_hash(case: _Case) -> str | None:
    """SHA-1 is broken (RFC 8301)."""
    known = {"rsa-sha256", "ed25519-sha256"}
    return None if case.signature.algorithm in known else f"made by {case.signature.algorithm[:20]}"


def expired(case: _Case) -> str | None:
    """The signer gave it an end, and that has passed."""
    end = case.signature.expires_at
    return "it has expired" if end and case.now - end > _SLACK else None


def from_the_future(case: _Case) -> str | None:
    """It claims to be made later than now."""
    made = case.signature.made_at
    return "it comes from the future" if made and made - case.now > _SLACK else None


def other_identity(case: _Case) -> str | None:
    """The identity lies outside the signing domain."""
    identity, domain = case.signature.identity, case.signature.domain
    within = identity == domain or identity.endswith(f".{domain}")
    return None if within else "i= is not within d="


def added_field(case: _Case) -> str | None:
    """A field that stands once in a mail stands twice, and one of them was not signed."""
    for name in _SINGLE:
        if case.mail.count[name] > 1 and _uncovered(case, name):
            return f"a second {name.decode()} field is not signed"
    return None


REFUSALS: tuple[Callable[[_Case], str | None], ...] = (
    from_not_signed,
    weak_hash,
    expired,
    from_the_future,
    other_identity,
    added_field,
)


def verify_signature(
    signature: Signature, mail: SignedMail, *, ask: Ask, now: datetime
) -> tuple[str, str]:
    """Result and reason for one signature, by RFC 8601's words; raises DnsAway."""
    case = _Case(signature, mail, now)
    for refuse in REFUSALS:
        if why := refuse(case):
            return "policy", why
    try:
        key = fetch_key(signature, ask)
    except KeyRefused as error:
        return error.result, str(error)
    if key.strict and signature.identity != signature.domain:
        return "permerror", "the key is not for subdomains"
    return _compare(signature, mail, key)


def fetch_key(signature: Signature, ask: Ask) -> PublicKey:
    """The signer's key. Raises KeyRefused, DnsAway."""
    key = read_key(ask(signature.key_name, "TXT"))
    if not signature.algorithm.startswith(f"{key.kind}-"):
        raise KeyRefused("permerror", "the key is of another kind")
    return key


def _compare(signature: Signature, mail: SignedMail, key: PublicKey) -> tuple[str, str]:
    header, body = signature.relaxed
    data = mail.signed_bytes(signature.names, signature.field, relaxed=header)
    if not key.verifies(signature.value, data):
        return "fail", "the header was changed or never signed"
    hashed = mail.body_hash(relaxed=body, length=signature.length)
    if not hmac.compare_digest(hashed.digest, signature.body_hash):
        return "fail", "the body was changed"
    if signature.length is not None and signature.length < hashed.size:
        return "policy", "l= leaves text unsigned"
    if signature.length is not None and signature.length > hashed.size:
        return "permerror", "l= is longer than the body"
    return "pass", ""


def verify_all(
    mail: SignedMail, *, near: Callable[[str], bool], ask: Ask, now: datetime
) -> list[Evidence]:
    """The DKIM signatures, those of domains ``near`` the author's first, no more than `MOST`."""
    found: list[Evidence] = []
    read: list[Signature] = []
    for field in mail.named(b"dkim-signature")[: 10 * MOST]:
        try:
            read.append(read_signature(field))
        except BadSignature as error:
            found.append(Evidence(method="dkim", result="permerror", detail=str(error)))
    read.sort(key=lambda signature: not near(signature.domain))
    for signature in read[:MOST]:
        try:
            result, why = verify_signature(signature, mail, ask=ask, now=now)
        except DnsAway as error:
            result, why = "temperror", str(error)
        found.append(Evidence(method="dkim", result=result, domain=signature.domain, detail=why))
    return found[-MOST:]


def _uncovered(case: _Case, name: bytes) -> bool:
    """Whether fewer fields of this name are signed than there are; an absent From counts as one."""
    signed = case.signature.names.count(name)
    return signed < max(case.mail.count[name], 1)
