"""What verifying a mail costs: CPU of DKIM, SPF and DMARC beside decoding the same mail.

    python bench/verify.py [--mails N]

The DNS is a dictionary and every answer is remembered, so the figures are computing alone.
dkimpy verifies the same signature in the same run, for comparison.
"""

from __future__ import annotations

import argparse
import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bot.ports import Envelope
from channels.email.authenticate import Trust, authenticate
from channels.email.decode import decode
from channels.email.evidence.dns import Answer, Cache, Kind, Questions
from channels.email.evidence.gather import Circumstances, gather

LINE = "A line of a usual mail, with some words of a usual length in it.\r\n"
HEAD = (
    "From: Ann <ann@example.org>\r\nTo: desk@example.net\r\nSubject: Printer\r\n"
    "Date: Mon, 2 Nov 2026 08:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\n"
)
TRUST = Trust.of(senders=[], relays=[], authserv_ids=[])
DKIMPY: Callable[..., object] = dkim.verify
ARRIVED = Envelope(transport="smtp", peer="8.8.4.4", sender="ann@example.org")


def milliseconds(work: Callable[[], object], times: int) -> float:
    work()
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) / times * 1000


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--mails", type=int, default=300)
    times = options.parse_args().mails
    key = generate_private_key(65537, 2048)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    zone = {
        "s._domainkey.example.org": record,
        "_dmarc.example.org": "v=DMARC1; p=reject",
        "example.org": "v=spf1 ip4:8.8.4.4 -all",
    }

    def lookup(name: str, kind: Kind, _: float) -> Answer:
        return Answer((zone[name],) if kind == "TXT" and name in zone else (), 3600)

    cache = Cache(lookup, clock=time.monotonic)

    def read(raw: bytes) -> None:
        authenticate(decode(raw), ARRIVED, TRUST)

    def verify(raw: bytes, now: datetime) -> None:
        ask = Questions(cache, deadline=time.monotonic() + 5, clock=time.monotonic)
        about = Circumstances(envelope=ARRIVED, helo="", trust=TRUST, ask=ask, now=now)
        evidence = gather(raw, about)
        if evidence[-1].words != "dmarc=pass (p=reject)":
            raise SystemExit(f"the mail was not verified: {evidence}")

    print("kB    decode  verify  ratio  dkimpy (DKIM alone)   milliseconds of CPU a mail")
    for size in (5, 36, 100, 1000):
        raw = (HEAD + LINE * (size * 1024 // len(LINE))).encode()
        field = dkim.sign(raw, b"s", b"example.org", secret, canonicalize=(b"relaxed", b"relaxed"))
        signed, now = field + raw, datetime.now(UTC)
        count = max(times * 5 // size, 10)
        decoding = milliseconds(partial(read, signed), count)
        verifying = milliseconds(partial(verify, signed, now), count)
        other = milliseconds(partial(DKIMPY, signed, dnsfunc=lambda *_, **__: record), count)
        ratio = verifying / decoding
        print(f"{size:<4} {decoding:7.2f} {verifying:7.2f} {ratio:6.1f} {other:7.2f}")


if __name__ == "__main__":
    main()
