"""How much one peer may take of a listener."""

from __future__ import annotations

import ipaddress
from collections import Counter
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerLimits:
    """Bounds of a listener; None means unbounded."""

    #: Sessions open at once.
    connections: int | None = 500
    #: Sessions open at once from one peer.
    connections_per_peer: int | None = 50
    #: Mails begun within one minute of the clock by one peer.
    messages_per_minute: int | None = 600


class PeerBook:
    """Counts sessions and mails of each peer; holds no more peers than are active."""

    def __init__(self, limits: PeerLimits) -> None:
        self._limits = limits
        self._sessions: Counter[str] = Counter()
        self._total = 0
        self._mails: Counter[str] = Counter()
        self._minute = 0

    def admit(self, peer: str) -> str | None:
        """Count a new session, or give the reply that turns it away."""
        key = peer_key(peer)
        if _reached(self._total, self._limits.connections):
            return "421 4.3.2 Too many connections, try again later"
        if key and _reached(self._sessions[key], self._limits.connections_per_peer):
            return "421 4.7.0 Too many connections from your address, try again later"
        self._total += 1
        self._sessions[key] += 1
        return None

    def leave(self, peer: str) -> None:
        """A session that was admitted has ended."""
        key = peer_key(peer)
        self._total -= 1
        self._sessions[key] -= 1
        if not self._sessions[key]:
            del self._sessions[key]

    def begin_mail(self, peer: str, now: datetime) -> str | None:
        """Count a new mail, or give the reply that puts it off."""
        key = peer_key(peer)
        minute = int(now.timestamp() // 60)
        if minute != self._minute:
            self._minute = minute
            self._mails.clear()
        if key and _reached(self._mails[key], self._limits.messages_per_minute):
            return "450 4.7.1 Too many messages from your address, try again later"
        self._mails[key] += 1
        return None


def peer_key(peer: str) -> str:
    """What counts as one peer: an IPv4 address, a /64 of IPv6, or empty for a Unix socket.

    A host commands a whole /64, so its addresses share one count. Whoever may open our Unix
    socket is our own mail server and passes on other people's mail: it has no count of its own.
    """
    if ":" not in peer:
        return "" if peer == "unix" else peer
    try:
        address = ipaddress.IPv6Address(peer)
    except ValueError:
        return peer
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(address) >> 64 << 64))


def _reached(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit
