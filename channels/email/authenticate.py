"""What speaks for the From address of a mail: an ordered table over envelope and header.

Header fields can be forged by anyone, so `Authentication-Results` (RFC 8601) counts only when a
mail came through a relay of ours, and then only the topmost field, and only when it bears a name
(authserv-id) that is ours. What we verified ourselves stands in the envelope since the mail
arrived (`channels.email.evidence`); here it is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from bot.desk.entry import Authentication
from bot.desk.proof import Proof
from bot.ports import Envelope, Evidence
from channels.email.authentication_results import Result, read_results
from threading_engine.message import Message

#: Which property of a result names the domain that it speaks for.
_SPEAKS_FOR = {"dkim": frozenset({"header.d", "header.i"}), "spf": frozenset({"smtp.mailfrom"})}


@dataclass(frozen=True, kw_only=True, slots=True)
class Trust:
    """Whose word counts."""

    #: Networks whose mail is taken as written by whom it says: the office's own, say.
    senders: tuple[IPv4Network | IPv6Network, ...] = ()
    #: Networks of our own relays, whose Authentication-Results are believed.
    relays: tuple[IPv4Network | IPv6Network, ...] = ()
    #: The names under which those relays write their results, lower-cased.
    authserv_ids: frozenset[str] = frozenset()
    #: Transports that only our own mail system uses: what comes by them came through a relay.
    relay_transports: frozenset[str] = frozenset({"imap", "pipe"})
    #: Forwarders whose ARC seals count, by their signing domain, lower-cased.
    arc_sealers: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        *,
        senders: Iterable[str],
        relays: Iterable[str],
        authserv_ids: Iterable[str],
        arc_sealers: Iterable[str] = (),
    ) -> Trust:
        """Build from texts; raises ValueError for what is no network."""
        return cls(
            senders=tuple(ip_network(text) for text in senders),
            relays=tuple(ip_network(text) for text in relays),
            authserv_ids=frozenset(text.lower() for text in authserv_ids),
            arc_sealers=frozenset(text.lower() for text in arc_sealers),
        )


@dataclass(frozen=True, slots=True)
class _Case:
    message: Message
    envelope: Envelope
    trust: Trust

    @property
    def domain(self) -> str:
        return (self.message.sender.address or "").rpartition("@")[2]

    def found(self, method: str, result: str) -> Iterator[Evidence]:
        return (e for e in self.envelope.evidence if (e.method, e.result) == (method, result))


_Rule = Callable[[_Case], Authentication | None]


def no_author(case: _Case) -> Authentication | None:
    """A From field that can be read two ways proves nothing."""
    return Authentication.NONE if case.message.sender.address is None else None


def vouched_for(case: _Case) -> Authentication | None:
    """A person at the desk looked at it and said that it is genuine."""
    return Authentication.PASS if case.envelope.vouched else None


def logged_in(case: _Case) -> Authentication | None:
    """The SMTP session logged in as the author."""
    login = (case.envelope.login or "").lower()
    return Authentication.PASS if login and login == case.message.sender.address else None


def trusted_network(case: _Case) -> Authentication | None:
    """It comes straight from a network whose senders are known."""
    return Authentication.PASS if within(case.envelope.peer, case.trust.senders) else None


def results_of_our_relay(case: _Case) -> Authentication | None:
    """One of our relays wrote the topmost Authentication-Results."""
    if not _came_through_our_relay(case):
        # Whoever is not ours can write any header field.
        return None
    field = case.message.header("authentication-results")
    if field is None:
        return None
    authserv_id, results = read_results(field)
    return _judge(results, case.domain) if authserv_id in case.trust.authserv_ids else None


def dmarc_passed(case: _Case) -> Authentication | None:
    """We verified a signature or the sending host by the rules of the author's domain (DMARC)."""
    return Authentication.PASS if _dmarc(case, "pass") else None


def trusted_sealer(case: _Case) -> Authentication | None:
    """A forwarder whose seal we verified and trust (ARC) saw that the mail was genuine."""
    for seal in case.found("arc", "pass"):
        _, results = read_results(seal.statement)
        # A list may rewrite From: the sealer has to say whom its verdict is about.
        named = tuple(result for result in results if result.method != "dmarc" or _names(result))
        if _judge(named, case.domain) is Authentication.PASS:
            return Authentication.PASS
    return None


def dmarc_failed(case: _Case) -> Authentication | None:
    """The author's domain disowns the mail: DMARC fails, and it asks to refuse such mail."""
    return Authentication.FAIL if _dmarc(case, "fail", "quarantine", "reject") else None


def aligned_pass(case: _Case) -> Authentication | None:
    """We verified a signature or the sending host of the author's domain, and no DMARC record."""
    found = (*case.found("dkim", "pass"), *case.found("spf", "pass"))
    return Authentication.PASS if any(one.aligned for one in found) else None


def names_were_away(case: _Case) -> Authentication | None:
    """The name servers of the author's domain did not answer in time."""
    return Authentication.NONE if _dmarc(case, "temperror") else None


RULES: tuple[_Rule, ...] = (
    no_author,
    vouched_for,
    logged_in,
    trusted_network,
    results_of_our_relay,
    dmarc_passed,
    trusted_sealer,
    dmarc_failed,
    aligned_pass,
    names_were_away,
)
#: The rule's name when none spoke.
NOTHING_KNOWN = "nothing_known"


def authenticate(message: Message, envelope: Envelope, trust: Trust) -> Proof:
    """Ask the rules in order; when none speaks, nothing is known."""
    case = _Case(message, envelope, trust)
    evidence = ", ".join(one.words for one in envelope.evidence)
    for rule in RULES:
        verdict = rule(case)
        if verdict is not None:
            return Proof(authentication=verdict, rule=rule.__name__, evidence=evidence)
    return Proof(authentication=Authentication.NONE, rule=NOTHING_KNOWN, evidence=evidence)


def _dmarc(case: _Case, result: str, *policies: str) -> bool:
    """Whether DMARC came to this result, for the author that we read and not for another."""
    return any(
        one.domain == case.domain and (not policies or one.policy in policies)
        for one in case.found("dmarc", result)
    )


def _came_through_our_relay(case: _Case) -> bool:
    peer = case.envelope.peer
    by_transport = case.envelope.transport in case.trust.relay_transports or peer == "unix"
    return by_transport or within(peer, case.trust.relays)


def _names(result: Result) -> bool:
    return any(name == "header.from" for name, _ in result.properties)


def _judge(results: Iterable[Result], domain: str) -> Authentication | None:
    """DMARC decides when it was checked; else an aligned DKIM or SPF pass is proof enough."""
    results = tuple(results)
    checked = {r.value for r in results if r.method == "dmarc" and _is_about(r, domain)}
    # A relay writes one verdict. Where there are two, somebody else wrote the better one.
    if "fail" in checked:
        return Authentication.FAIL
    if "pass" in checked or any(_is_aligned_pass(result, domain) for result in results):
        return Authentication.PASS
    return None


def _is_about(result: Result, domain: str) -> bool:
    """Whether a DMARC verdict is about this author: the relay may have read From otherwise."""
    authors = [value for name, value in result.properties if name == "header.from"]
    return all(_aligned(_domain(author), domain) for author in authors)


def _is_aligned_pass(result: Result, domain: str) -> bool:
    names = _SPEAKS_FOR.get(result.method, frozenset())
    return result.value == "pass" and any(
        name in names and _aligned(_domain(value), domain) for name, value in result.properties
    )


def _domain(text: str) -> str:
    return text.rpartition("@")[2].strip("<>").lower()


def _aligned(signer: str, domain: str) -> bool:
    """The signing domain is the author's or stands above it.

    A subdomain does not speak for its parent here: without DMARC's own verdict we do not know
    whether the two belong together or merely rent from the same host.
    """
    return signer == domain or ("." in signer and domain.endswith(f".{signer}"))


def within(peer: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether the peer's address lies in one of the networks; no address lies in none."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    # A listener on "::" sees IPv4 peers as ::ffff:192.0.2.1.
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in network for network in networks)
