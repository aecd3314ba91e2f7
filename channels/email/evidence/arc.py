"""The chain of seals that forwarders put on a mail (RFC 8617), verified.

Anybody can seal, so a chain says something only when we trust its last sealer: nothing is fetched
or computed for the others. What counts is what the earliest sealer of the unbroken trusted end saw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.ports import Evidence
from channels.email.evidence.dkim import fetch_key, verify_signature
from channels.email.evidence.dns import Ask, DnsAway
from channels.email.evidence.fields import Field
from channels.email.evidence.keys import KeyRefused
from channels.email.evidence.signatures import BadSignature, Signature, read_signature
from channels.email.evidence.signed_mail import SignedMail, signed_bytes

#: Sealers of one mail; the standard allows 50, of which the first 45 are an attack.
MOST = 10
#: Characters of one sealer's statement.
_LONGEST = 4000
_RESULTS, _MESSAGE, _SEAL = (
    b"arc-authentication-results",
    b"arc-message-signature",
    b"arc-seal",
)
_INSTANCE = re.compile(r"\s*i\s*=\s*([0-9]{1,3})\s*;")


class _Broken(Exception):
    """The chain does not hold; the text says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Set:
    """What one forwarder added."""

    results: Field
    message: Signature
    seal: Signature

    @property
    def statement(self) -> str:
        text = self.results.text
        found = _INSTANCE.match(text)
        return text[found.end() :].strip() if found else text


def verify_chain(
    mail: SignedMail, *, sealers: frozenset[str], ask: Ask, now: datetime
) -> list[Evidence]:
    """One piece of evidence where the mail is sealed, none where it is not."""
    if not mail.count[_SEAL]:
        return []
    domain = ""
    try:
        sets = _read_sets(mail)
        domain = sets[-1].seal.domain
        if domain not in sealers:
            return [_evidence("policy", domain, "its last sealer is not in trust.arc_sealers")]
        _check_message(mail, sets[-1], ask=ask, now=now)
        for number in range(len(sets), 0, -1):
            _check_seal(sets[:number], ask)
    except DnsAway as error:
        return [_evidence("temperror", domain, str(error))]
    except (_Broken, BadSignature, KeyRefused) as error:
        return [_evidence("fail", domain, str(error))]
    first = _first_trusted(sets, sealers)
    return [_evidence("pass", first.seal.domain, "", first.statement[:_LONGEST])]


def _evidence(result: str, domain: str, detail: str, statement: str = "") -> Evidence:
    return Evidence(method="arc", result=result, domain=domain, detail=detail, statement=statement)


def _first_trusted(sets: list[_Set], sealers: frozenset[str]) -> _Set:
    first = sets[-1]
    for earlier in reversed(sets):
        if earlier.seal.domain not in sealers:
            break
        first = earlier
    return first


def _read_sets(mail: SignedMail) -> list[_Set]:
    """The sets in the order in which they were added."""
    number = mail.count[_SEAL]
    if number > MOST:
        raise _Broken(f"{number} seals")
    seals = {s.instance: s for s in map(read_signature, mail.named(_SEAL))}
    messages = {s.instance: s for s in map(read_signature, mail.named(_MESSAGE)[: MOST + 1])}
    results = {_instance(field): field for field in mail.named(_RESULTS)[: MOST + 1]}
    wanted = set(range(1, number + 1))
    counts = {mail.count[_SEAL], mail.count[_MESSAGE], mail.count[_RESULTS]}
    if counts != {number} or not seals.keys() == messages.keys() == results.keys() == wanted:
        raise _Broken("the sets of the chain are not complete")
    return [_Set(results=results[i], message=messages[i], seal=seals[i]) for i in sorted(wanted)]


def _instance(field: Field) -> int:
    found = _INSTANCE.match(field.text)
    return int(found[1]) if found else 0


def _check_message(mail: SignedMail, last: _Set, *, ask: Ask, now: datetime) -> None:
    """The mail is as the last sealer sent it on."""
    if _SEAL in last.message.names:
        raise _Broken("a seal is signed by a message signature")
    result, why = verify_signature(last.message, mail, ask=ask, now=now)
    if result != "pass":
        raise _Broken(f"message signature {last.message.instance}: {why}")


def _check_seal(sets: list[_Set], ask: Ask) -> None:
    """The last of these sets sealed all of them (RFC 8617 section 5.1.1)."""
    seal = sets[-1].seal
    if seal.chain != ("none" if len(sets) == 1 else "pass"):
        raise _Broken(f"seal {seal.instance} says cv={seal.chain[:10]}")
    if seal.algorithm not in {"rsa-sha256", "ed25519-sha256"}:
        raise _Broken(f"seal {seal.instance} is made by {seal.algorithm[:20]}")
    fields = [f for s in sets for f in (s.results, s.message.field, s.seal.field)][:-1]
    key = fetch_key(seal, ask)
    if not key.verifies(seal.value, signed_bytes(fields, seal.field, relaxed=True)):
        raise _Broken(f"seal {seal.instance} was changed or never made")
