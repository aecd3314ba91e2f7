"""What can be verified about a mail in a file, as if it arrived now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bot.ports import Envelope
from bot.service.wires import trust_of
from bot.settings import load
from channels.email.authenticate import authenticate
from channels.email.decode import decode
from channels.email.evidence.resolver import system_lookup
from channels.email.evidence.verifier import verify_once

#: From raw bytes to what is told about their author.
Prover = Callable[[bytes], dict[str, object]]


def prover(*, peer: str, sender: str) -> Prover:
    """Verifies by the configured name servers; without ``peer`` SPF says nothing.

    Raises ConfigurationError.
    """
    section = load().trust
    trust, lookup = trust_of(section), system_lookup(section.resolvers)
    arrived = Envelope(transport="smtp", peer=peer or "unix", sender=sender)

    def prove(raw: bytes) -> dict[str, object]:
        envelope = verify_once(
            raw, arrived, helo="", lookup=lookup, trust=trust, now=datetime.now(UTC)
        )
        proof = authenticate(decode(raw), envelope, trust)
        return {
            "authentication": proof.authentication.value,
            "rule": proof.rule,
            "evidence": [one.words for one in envelope.evidence],
        }

    return prove
