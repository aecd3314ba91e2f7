"""What the tests of verified mail share: a mail, a DNS that is a dictionary, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.desk.proof import Proof
from bot.ports import Envelope, Evidence
from channels.email.authenticate import Trust, authenticate
from channels.email.decode import decode
from channels.email.evidence.dns import Answer, DnsAway, Kind
from channels.email.evidence.verifier import verify_once

Records = Mapping[str, str | Sequence[str] | Exception]

NOW = datetime.now(UTC)
#: A host on the internet.
HOST = "8.8.4.4"
OUTSIDE = Envelope(transport="smtp", peer=HOST, sender="ann@example.org")
INSIDE = Envelope(transport="smtp", peer="127.0.0.1", sender="ann@example.org")
TRUST = Trust.of(senders=["10.9.0.0/16"], relays=["10.1.0.0/16"], authserv_ids=["mx.example.org"])


def letter(
    author: str = "Ann <ann@example.org>", body: str = "My printer is on fire.\r\n", **more: str
) -> bytes:
    fields = {
        "From": author,
        "To": "desk@example.net",
        "Subject": "Printer",
        "Date": "Mon, 2 Nov 2026 08:00:00 +0000",
        "Message-ID": "<1@example.org>",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return "".join(f"{n}: {v}\r\n" for n, v in fields.items()).encode() + b"\r\n" + body.encode()


class FakeDns:
    """A DNS of ``{name: text}`` for TXT and ``{"A name": [records]}`` for the other kinds.

    A name whose record is an exception raises it; every question is kept.
    """

    def __init__(self, records: Records) -> None:
        self.records = {name.lower(): value for name, value in records.items()}
        self.asked: list[tuple[str, Kind]] = []

    def __call__(self, name: str, kind: Kind, seconds: float) -> Answer:
        assert seconds > 0
        self.asked.append((name, kind))
        found = self.records.get(name if kind == "TXT" else f"{kind} {name}".lower(), ())
        if isinstance(found, Exception):
            raise found
        return Answer((found,) if isinstance(found, str) else tuple(found), 60)


AWAY = DnsAway("nobody answers")


def verify(
    raw: bytes,
    records: Records | FakeDns,
    *,
    envelope: Envelope = INSIDE,
    trust: Trust = TRUST,
    helo: str = "mail.example.org",
    now: datetime = NOW,
) -> tuple[Proof, dict[str, Evidence]]:
    """The verdict and the evidence by method (the first of each)."""
    dns = records if isinstance(records, FakeDns) else FakeDns(records)
    seen = verify_once(raw, envelope, helo=helo, lookup=dns, trust=trust, now=now)
    by_method = {one.method: one for one in reversed(seen.evidence)}
    return authenticate(decode(raw), seen, trust), by_method


def sent_by(sender: str, *, peer: str = HOST) -> Envelope:
    return replace(OUTSIDE, sender=sender, peer=peer)
