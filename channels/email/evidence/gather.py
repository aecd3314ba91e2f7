"""Everything that can be verified about one mail, while its sender waits for our answer.

Nothing is decided here: `channels.email.authenticate` judges what was found. Any bytes are taken;
what cannot be asked or read is said in the evidence.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.ports import Envelope, Evidence
from channels.email.authenticate import NOTHING_KNOWN, Trust, authenticate, within
from channels.email.decode import decode
from channels.email.evidence import arc, dkim, dmarc, spf
from channels.email.evidence.dns import DnsAway, Questions
from channels.email.evidence.fields import MalformedHeader, head_end
from channels.email.evidence.signed_mail import SignedMail
from channels.email.limits import DEFAULT
from threading_engine import encoded_words

#: Peers that say nothing about the sender's domain: this machine, this house, our own network.
_INSIDE = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
    )
)
#: Results that another attempt could change.
_UNKNOWN = "temperror"
_LONGEST_DETAIL = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What the evidence of one mail depends on beside the mail."""

    envelope: Envelope
    #: What the peer called itself.
    helo: str
    trust: Trust
    ask: Questions
    now: datetime


def is_outside(envelope: Envelope, trust: Trust) -> bool:
    """Whether the peer's address says something about the sender's domain."""
    if envelope.transport != "smtp" or envelope.login:
        return False
    try:
        ipaddress.ip_address(envelope.peer)
    except ValueError:
        return False
    return not within(envelope.peer, (*_INSIDE, *trust.relays))


def gather(raw: bytes, about: Circumstances) -> tuple[Evidence, ...]:
    """The evidence for one mail; none where its author is proven, disproved or unreadable."""
    if len(raw) > DEFAULT.raw_bytes:
        return ()
    head = decode(raw[: head_end(raw)] + b"\r\n\r\n")
    if authenticate(head, about.envelope, about.trust).rule != NOTHING_KNOWN:
        return ()
    author = (head.sender.address or "").rpartition("@")[2]
    policy, trouble = _find_policy(author, about)
    mail = _readable(raw, about)
    # Signatures first: they are what counts behind a forwarder, should the time run out.
    signatures = _signatures(mail, policy, about)
    host = _check_host(about)
    found = [_aligned(one, policy, about.ask) for one in (*signatures, *host)]
    found.append(_conclude(found, policy, trouble=trouble, host_is_known=bool(host)))
    if found[-1].result != "pass" and isinstance(mail, SignedMail):
        sealers = about.trust.arc_sealers
        found += arc.verify_chain(mail, sealers=sealers, ask=about.ask, now=about.now)
    return tuple(_clean(found))


def _find_policy(author: str, about: Circumstances) -> tuple[dmarc.Policy, str]:
    """The author's policy, or one by which only their own domain speaks for them, and why."""
    try:
        return dmarc.find_policy(author, about.ask), ""
    except DnsAway as error:
        strict = frozenset({"dkim", "spf"})
        policy = dmarc.Policy(author=author, organisation=author, request="", strict=strict)
        return policy, str(error)


def _signatures(
    mail: SignedMail | Evidence, policy: dmarc.Policy, about: Circumstances
) -> list[Evidence]:
    if isinstance(mail, Evidence):
        return [mail]
    return dkim.verify_all(
        mail, near=lambda domain: dmarc.is_near(policy, domain), ask=about.ask, now=about.now
    )


def _readable(raw: bytes, about: Circumstances) -> SignedMail | Evidence:
    def between() -> None:
        if about.ask.seconds_left() < 0:
            raise DnsAway("verifying took too long")

    try:
        return SignedMail(raw, between=between)
    except MalformedHeader as error:
        return Evidence(method="dkim", result="permerror", detail=str(error))


def _check_host(about: Circumstances) -> list[Evidence]:
    envelope = about.envelope
    if not is_outside(envelope, about.trust):
        return []
    peer = ipaddress.ip_address(envelope.peer)
    # RFC 7208 section 2.4: a bounce has no sender, the host speaks for itself.
    sender = envelope.sender or f"postmaster@{about.helo}"
    domain = sender.rpartition("@")[2].lower().rstrip(".")
    verdict = spf.check_host(
        getattr(peer, "ipv4_mapped", None) or peer,
        domain=domain,
        sender=sender,
        helo=about.helo,
        ask=about.ask,
    )
    return [Evidence(method="spf", result=verdict.result, domain=domain, detail=verdict.why)]


def _aligned(one: Evidence, policy: dmarc.Policy, ask: Questions) -> Evidence:
    """The evidence with its alignment: of a pass, or of what might still have become one."""
    if one.result not in {"pass", _UNKNOWN}:
        return one
    try:
        return replace(one, aligned=dmarc.is_aligned(policy, one.method, one.domain, ask))
    except DnsAway as error:
        return replace(one, result=_UNKNOWN, aligned=True, detail=str(error))


def _conclude(
    found: Iterable[Evidence], policy: dmarc.Policy, *, trouble: str, host_is_known: bool
) -> Evidence:
    """DMARC's verdict; a mail fails only when nothing is left that could have spoken for it."""
    aligned = {one.result for one in found if one.aligned}
    if trouble:
        result, detail = _UNKNOWN, trouble
    elif not policy.request:
        result, detail = "none", "no record"
    elif "pass" in aligned:
        result, detail = "pass", ""
    elif _UNKNOWN in aligned:
        result, detail = _UNKNOWN, ""
    elif not host_is_known:
        result, detail = "none", "it came by a host of ours, where SPF says nothing"
    else:
        result, detail = "fail", ""
    if result == "fail" and policy.request == "none":
        detail = "its domain asks for nothing"
    return Evidence(
        method="dmarc", result=result, domain=policy.author, policy=policy.request, detail=detail
    )


def _clean(found: Iterable[Evidence]) -> Iterable[Evidence]:
    """The evidence without control characters, in a length that can be stored and shown."""
    for one in found:
        yield replace(
            one,
            domain=encoded_words.clean(one.domain)[:_LONGEST_DETAIL],
            detail=encoded_words.clean(one.detail)[:_LONGEST_DETAIL],
            statement=encoded_words.clean(one.statement),
        )
