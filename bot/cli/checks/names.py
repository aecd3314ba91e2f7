"""A check of the name servers: without them no signature can be verified."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.checks.finding import Desk, Finding, ok, warning, wrong
from bot.errors import ConfigurationError
from bot.settings import Settings
from channels.email.evidence.dns import DnsAway
from channels.email.evidence.resolver import system_lookup

_PATIENCE = 5.0
_ABOUT = "trust.resolvers"


def name_servers(desk: Desk) -> Iterator[Finding]:
    """The DNS answers, where mail is verified that comes from elsewhere."""
    section = desk.settings.trust
    try:
        lookup = system_lookup(section.resolvers)
    except ConfigurationError as error:
        yield wrong(_ABOUT, str(error), "write addresses, not names")
        return
    if not section.verify or not (section.resolvers or _is_open(desk.settings)):
        return
    domain = desk.settings.queues[0].address.rpartition("@")[2]
    try:
        lookup(domain, "MX", _PATIENCE)
    except DnsAway as error:
        yield warning(
            _ABOUT,
            f"the name servers do not answer, so no mail can be verified: {error}",
            "repair /etc/resolv.conf, or name servers in trust.resolvers",
        )
    else:
        yield ok(_ABOUT, "the name servers answer")


def _is_open(settings: Settings) -> bool:
    """Whether other machines can bring us mail."""
    return any(
        listener.socket is None and listener.host not in {"localhost", "127.0.0.1", "::1"}
        for listener in settings.listeners
    )
