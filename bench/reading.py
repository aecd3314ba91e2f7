"""A reader without a desk, for the benchmarks that look at reading alone."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.desk.entry import Authentication
from bot.desk.proof import Proof
from bot.ports import ClaimedMessage, Envelope
from bot.reading import Reader, Reading
from channels.email.decode import decode
from threading_engine.tokens import Keyring

KEYS = Keyring({"k1": b"k" * 32})
READER = Reader(
    decode=decode,
    authenticate=lambda _message, _envelope: Proof(
        authentication=Authentication.NONE, rule="nothing_known"
    ),
    keyring=KEYS,
    own_addresses=frozenset({"desk@example.org"}),
    loop_mark="l.0.none",
)


def read(raw: bytes) -> Reading:
    """Everything that is decided about a mail before a database is asked."""
    envelope = Envelope(transport="smtp", sender="", recipients=("desk@example.org",))
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return READER.read(
        ClaimedMessage(
            id=1,
            channel="email",
            external_id="1",
            raw=raw,
            envelope=envelope,
            received_at=at,
            attempts=1,
        )
    )
