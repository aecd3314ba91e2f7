"""How much of one mail is read. Past a bound the mail is cut with a defect, never read at any cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Bounds of one decoded mail. Only ``raw_bytes`` refuses; every other one cuts."""

    #: Bytes of the whole mail; a longer one is not read at all.
    raw_bytes: int = 64 * 1024 * 1024
    #: Bytes of the header block; what follows is not looked at.
    header_bytes: int = 256 * 1024
    #: MIME parts; the mail ends before the first one too many.
    parts: int = 1000
    #: Containers inside containers; deeper parts are left out.
    depth: int = 20
    #: Addresses of each of To, Cc and Reply-To.
    addresses: int = 1000
    #: Bytes of all decoded parts together; parts that do not fit any more are left out.
    decoded_bytes: int = 96 * 1024 * 1024


DEFAULT = Limits()
