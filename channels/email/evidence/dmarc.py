"""What a domain asks of those who get mail in its name (RFC 9989, which replaces RFC 7489).

The organisational domain is found by the tree walk of that standard: records in the DNS above the
author say where an organisation begins, so there is no list of public suffixes that ages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.email.evidence.dns import Ask
from channels.email.evidence.tags import read_tags_leniently

_VERSION = re.compile(r"\s*v\s*=\s*DMARC1\s*(?:;|\Z)")
_REQUESTS = ("none", "quarantine", "reject")
#: Labels of a name that the walk looks at below the top (RFC 9989 section 4.10).
_DEEPEST = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What holds for one author domain."""

    #: The author's domain.
    author: str
    #: The domain under which relaxed alignment counts; the author's own where no record says more.
    organisation: str
    #: What the owner asks for when a mail fails: ``none``, ``quarantine``, ``reject``; empty when
    #: there is no record.
    request: str
    #: The methods (``dkim``, ``spf``) whose domain must be exactly the author's.
    strict: frozenset[str]


def find_policy(author: str, ask: Ask) -> Policy:
    """The policy for mails whose author is at ``author``. Raises DnsAway."""
    records = dict(_walk(author, ask))
    organisation = _organisation(author, records)
    # The record of the author's domain, of its organisation, or of the registry above it.
    at = next(
        (n for n in (author, organisation) if n in records), min(records, key=len, default="")
    )
    record = records.get(at)
    if record is None:
        return Policy(author=author, organisation=author, request="", strict=frozenset())
    return Policy(
        author=author,
        organisation=organisation,
        request=_request(record, below=at != author),
        strict=frozenset(
            method for method in ("dkim", "spf") if record.get(f"a{method}", "").lower() == "s"
        ),
    )


def is_aligned(policy: Policy, method: str, domain: str, ask: Ask) -> bool:
    """Whether ``domain`` may speak for the author by ``method``. Raises DnsAway."""
    if domain == policy.author:
        return True
    if not domain or method in policy.strict:
        return False
    if not policy.request:
        # No record says that a subdomain belongs to the same people; whoever has the domain above
        # has the author's as well.
        return is_above(domain, policy.author)
    if not is_near(policy, domain):
        return False
    return _organisation(domain, dict(_walk(domain, ask))) == policy.organisation


def is_near(policy: Policy, domain: str) -> bool:
    """Whether ``domain`` could be aligned at all, as far as that can be said without asking."""
    return (
        domain in {policy.author, policy.organisation}
        or is_above(policy.organisation, domain)
        or is_above(domain, policy.author)
    )


def is_above(upper: str, lower: str) -> bool:
    """Whether the domain ``upper`` contains ``lower``; a top-level domain contains nothing."""
    return "." in upper and lower.endswith(f".{upper}")


def _walk(domain: str, ask: Ask) -> Iterator[tuple[str, dict[str, str]]]:
    """Names with a record, from ``domain`` up, until a record says that its organisation ends."""
    for name in _names(domain):
        found = [text for text in ask(f"_dmarc.{name}", "TXT") if _VERSION.match(text)]
        if len(found) != 1:  # two contradict each other: both are void
            continue
        record = read_tags_leniently(found[0])
        if "." not in name and record.get("psd", "").lower() != "y":
            continue  # nobody's organisation is a whole top-level domain
        yield name, record
        if _is_end(record, start=name == domain):
            return


def _names(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    yield domain
    above = labels[1:] if len(labels) <= _DEEPEST else labels[-_DEEPEST + 1 :]
    while above:
        yield ".".join(above)
        above = above[1:]


def _is_end(record: dict[str, str], *, start: bool) -> bool:
    mark = record.get("psd", "").lower()
    return mark == "n" or (mark == "y" and not start)


def _organisation(domain: str, records: dict[str, dict[str, str]]) -> str:
    if not records:
        return domain
    top = min(records, key=lambda name: name.count("."))
    if records[top].get("psd", "").lower() == "y" and top != domain:
        # A registry's own record: organisations begin one label below.
        below = domain.removesuffix(f".{top}").rpartition(".")[2]
        return f"{below}.{top}"
    return top


def _request(record: dict[str, str], *, below: bool) -> str:
    wanted = record.get("p", "none")
    if below:
        wanted = record.get("sp", wanted)
    wanted = wanted.lower() if wanted.lower() in _REQUESTS else "none"
    # Who only tests (t=y, formerly pct=0) asks for one step less than it says.
    if record.get("t", "").lower() == "y" or record.get("pct") == "0":
        return _REQUESTS[max(_REQUESTS.index(wanted) - 1, 0)]
    return wanted
