"""What makes a mail the same mail when it comes again.

One mail may reach the desk by SMTP, by LMTP and from three mailboxes, and each way leaves its own
Received, Return-Path, Delivered-To and status fields and its own line ends. The fingerprint reads
only what all copies share: who wrote when under which id and subject, and the body.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

#: The fields that no hop may change (RFC 5322 section 3.6), in the order they are hashed.
_FIELDS = (b"message-id", b"date", b"from", b"subject")
_EMPTY_LINE = re.compile(rb"\n\r*\n")
#: Small enough to stay in the processor's cache, large enough that Python's share is nothing.
_CHUNK = 65536


def fingerprint(raw: bytes, *, received_at: datetime) -> str:
    """Name a mail by its content: 64 hexadecimal digits, the same for every copy of it.

    A reused Message-ID above other content gives another value. ``received_at`` is aware and
    matters only to a mail with neither Message-ID nor Date. Never raises, whatever the bytes.
    """
    head, body_at = _split(raw)
    fields = _read(head)
    digest = hashlib.sha256()
    for name in _FIELDS:
        for value in fields[name]:
            digest.update(b"%b:%b\n" % (name, value))
    if not any(fields[b"message-id"] + fields[b"date"]):
        # A script that writes neither field sends byte-identical mails: "disk full" an hour later
        # is news, while a second copy within the hour is a redelivery. Around the full hour a
        # redelivery counts as news, which is the harmless mistake of the two.
        digest.update(b"hour:%b\n" % f"{received_at.astimezone(UTC):%Y%m%d%H}".encode())
    digest.update(b"\n")
    for chunk in _normalised(raw, body_at):
        digest.update(chunk)
    return digest.hexdigest()


def _split(raw: bytes) -> tuple[bytes, int]:
    """The header block, and where the body starts."""
    if raw[:1] in (b"\r", b"\n"):
        return b"", 0
    empty = _EMPTY_LINE.search(raw)
    return (raw[: empty.start()], empty.end()) if empty else (raw, len(raw))


def _read(head: bytes) -> dict[bytes, list[bytes]]:
    """Every value of the hashed fields, unfolded, each run of whitespace one space."""
    found: dict[bytes, list[list[bytes]]] = {name: [] for name in _FIELDS}
    current: list[bytes] | None = None
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            if current is not None:
                current.append(line)
            continue
        name, _, value = line.partition(b":")
        values = found.get(name.rstrip().lower())
        current = None if values is None else [value]
        if values is not None and current is not None:
            values.append(current)
    return {
        name: [b" ".join(b"".join(value).split()) for value in values]
        for name, values in found.items()
    }


def _normalised(raw: bytes, start: int) -> Iterator[bytes]:
    """The body from ``start`` without carriage returns and without the newlines at its end.

    Dropping every CR makes CR LF, LF and a doubled CR alike, and needs no look across the border
    of two chunks, so that a mail of 25 MB is never copied whole.
    """
    end = _end(raw, start)
    for at in range(start, end, _CHUNK):
        yield raw[at : min(at + _CHUNK, end)].replace(b"\r", b"")


def _end(raw: bytes, start: int) -> int:
    """Where the body ends when the newlines after its last character are left out."""
    end = len(raw)
    while end > start:
        tail = raw[max(start, end - _CHUNK) : end]
        kept = tail.rstrip(b"\r\n")
        end -= len(tail) - len(kept)
        if kept:
            break
    return end
