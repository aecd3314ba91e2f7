"""Whether a host may send mail for a domain: ``check_host`` of RFC 7208, with its bounds."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from channels.email.evidence.dns import Ask, DnsAway, is_name
from channels.email.evidence.spf_record import (
    Directive,
    SpfSyntaxError,
    address_macro,
    expand,
    parse_record,
    pick,
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Section 4.6.4: mechanisms that ask, questions that found nothing, hosts of one mechanism.
MOST_LOOKUPS, MOST_VOID, MOST_HOSTS = 10, 2, 10


class _PermanentError(Exception):
    """The records make no sense or ask for too much."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the records say."""

    #: ``pass``, ``fail``, ``softfail``, ``neutral``, ``none``, ``temperror`` or ``permerror``.
    result: str
    #: What decided, in words.
    why: str = ""


def check_host(address: Address, *, domain: str, sender: str, helo: str, ask: Ask) -> Verdict:
    """What ``domain`` says about mail of ``sender`` (its full address) from ``address``."""
    return _Check(address, sender=sender, helo=helo, ask=ask).run(domain)


class _Check:
    def __init__(self, address: Address, *, sender: str, helo: str, ask: Ask) -> None:
        self._address = address
        self._ask = ask
        local, _, domain = sender.rpartition("@")
        self._values = {
            "s": sender,
            "l": local or "postmaster",
            "o": domain,
            "i": address_macro(address),
            # Section 7.3 allows this answer in place of names that anybody can give himself.
            "p": "unknown",
            "h": helo,
            "v": "in-addr" if address.version == 4 else "ip6",  # noqa: PLR2004 - IPv4
        }
        self._lookups = 0
        self._void = 0

    def run(self, domain: str) -> Verdict:
        if "." not in domain or not is_name(domain):
            return Verdict(result="none", why="no domain")
        try:
            return self._evaluate(domain)
        except DnsAway as error:
            return Verdict(result="temperror", why=str(error))
        except (_PermanentError, SpfSyntaxError) as error:
            return Verdict(result="permerror", why=str(error))

    def _evaluate(self, domain: str) -> Verdict:
        text = pick(self._ask(domain, "TXT"))
        if text is None:
            return Verdict(result="none", why=f"{domain} says nothing")
        record = parse_record(text)
        for directive in record.directives:
            if self._matches(directive, domain):
                return Verdict(result=directive.result, why=f"{directive.text} of {domain}")
        if not record.redirect:
            return Verdict(result="neutral", why=f"{domain} does not name the host")
        self._count_lookup()
        verdict = self._evaluate(self._expanded(record.redirect, domain))
        if verdict.result == "none":
            raise _PermanentError("the redirection leads nowhere")
        return verdict

    def _matches(self, directive: Directive, domain: str) -> bool:
        if directive.kind == "all":
            return True
        if directive.network is not None:
            return self._address in directive.network
        self._count_lookup()
        name = self._expanded(directive.domain, domain) if directive.domain else domain
        return _MECHANISMS[directive.kind](self, directive, name)

    def _count_lookup(self) -> None:
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            raise _PermanentError(f"more than {MOST_LOOKUPS} lookups")

    def _expanded(self, text: str, domain: str) -> str:
        return expand(text, {**self._values, "d": domain})

    def _found(self, name: str, kind: str) -> tuple[str, ...]:
        records = self._ask(name, kind)  # type: ignore[arg-type]  # callers say MX, A or AAAA
        if not records:
            self._void += 1
            if self._void > MOST_VOID:
                raise _PermanentError(f"more than {MOST_VOID} names that do not exist")
        return records

    # --- mechanisms ---------------------------------------------------------------------------

    def include(self, _: Directive, name: str) -> bool:
        verdict = self._evaluate(name)
        if verdict.result == "none":
            raise _PermanentError(f"include:{name} has no record")
        return verdict.result == "pass"

    def host(self, directive: Directive, name: str) -> bool:
        return self._is_one_of(self._addresses(name), directive)

    def mail_hosts(self, directive: Directive, name: str) -> bool:
        hosts = self._found(name, "MX")
        if len(hosts) > MOST_HOSTS:
            raise _PermanentError(f"{name} has more than {MOST_HOSTS} mail hosts")
        return any(self._is_one_of(self._addresses(host), directive) for host in hosts if host)

    def exists(self, _: Directive, name: str) -> bool:
        return bool(self._found(name, "A"))

    def pointer(self, _: Directive, name: str) -> bool:
        """The address has a name below ``name`` that leads back to it (section 5.5)."""
        try:
            names = self._ask(self._address.reverse_pointer, "PTR")[:MOST_HOSTS]
        except DnsAway:
            return False
        wanted = name.lower()
        for host in (host.lower() for host in names):
            if (host == wanted or host.endswith(f".{wanted}")) and self._leads_back(host):
                return True
        return False

    def _leads_back(self, host: str) -> bool:
        try:
            return str(self._address) in self._addresses(host)
        except DnsAway:
            return False

    def _addresses(self, name: str) -> tuple[str, ...]:
        return self._found(name, "A" if self._address.version == 4 else "AAAA")  # noqa: PLR2004 - IPv4

    def _is_one_of(self, addresses: tuple[str, ...], directive: Directive) -> bool:
        prefix = directive.prefixes[self._address.version == 6]  # noqa: PLR2004 - IPv6
        for text in addresses:
            try:
                network = ipaddress.ip_network(f"{text}/{prefix}", strict=False)
            except ValueError:
                continue
            if self._address in network:
                return True
        return False


_MECHANISMS: dict[str, Callable[[_Check, Directive, str], bool]] = {
    "include": _Check.include,
    "a": _Check.host,
    "mx": _Check.mail_hosts,
    "exists": _Check.exists,
    "ptr": _Check.pointer,
}
