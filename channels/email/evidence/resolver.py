"""The real DNS, by dnspython."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Sequence

from bot.errors import ConfigurationError
from channels.email.evidence.dns import Answer, DnsAway, Kind, Lookup

#: Seconds for one server before the next one is asked.
_ONE_SERVER = 2.0
_PORT = 53


def system_lookup(servers: Sequence[str] = ()) -> Lookup:
    """A lookup that asks ``servers`` (``address`` or ``address:port``), or the system's own.

    Raises ConfigurationError for a server that is no address.
    """
    addresses = [_server(text) for text in servers]
    # Half of what a command of ours takes to start would be this import.
    import dns.exception
    import dns.nameserver
    import dns.resolver

    try:
        resolver = dns.resolver.Resolver(configure=not addresses)
    except dns.resolver.NoResolverConfiguration:
        resolver = dns.resolver.Resolver(configure=False)
    if addresses:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(*address) for address in addresses]
    resolver.timeout = _ONE_SERVER

    def lookup(name: str, kind: Kind, seconds: float) -> Answer:
        try:
            found = resolver.resolve(
                f"{name}.", kind, lifetime=seconds, raise_on_no_answer=False, search=False
            )
        except dns.resolver.NXDOMAIN:
            return Answer()
        except dns.exception.DNSException as error:
            raise DnsAway(str(error)) from error
        except OSError as error:  # no network, no descriptors
            raise DnsAway(str(error)) from error
        ttl = found.expiration - time.time()
        if found.rrset is None:
            return Answer((), ttl)
        return Answer(tuple(_texts(list(found.rrset), kind)), ttl)

    return lookup


def _texts(records: list[object], kind: Kind) -> list[str]:
    """The records as texts; ``records`` are dnspython's, which has a class for each kind."""
    found: list[str] = []
    ordered = records
    if kind == "MX":
        ordered = sorted(records, key=lambda record: int(getattr(record, "preference", 0)))
    for record in ordered:
        if kind == "TXT":
            strings: Sequence[bytes] = getattr(record, "strings", ())
            found.append(b"".join(strings).decode("utf-8", "replace"))
        elif kind in {"A", "AAAA"}:
            found.append(str(getattr(record, "address", "")))
        else:
            name = getattr(record, "exchange" if kind == "MX" else "target", "")
            found.append(str(name).rstrip("."))
    return found


def _server(text: str) -> tuple[str, int]:
    address, colon, port = text.rpartition(":")
    if not colon or (":" in address and not address.startswith("[")):
        address, port = text, ""  # an IPv6 address without a port
    try:
        return str(ipaddress.ip_address(address.strip("[]"))), int(port) if port else _PORT
    except ValueError:
        raise ConfigurationError(
            f"trust.resolvers: expected addresses such as 192.0.2.53 or 127.0.0.1:5353, found {text!r}"
        ) from None
