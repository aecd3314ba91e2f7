"""PGP certificates from the files of a folder."""

from __future__ import annotations

import re
from functools import lru_cache

from pysequoia import Cert
from pysequoia.packet import PacketPile

_ADDRESS = re.compile(r"([^\s<>()\"]{1,100}@[^\s<>()\"]{1,150})")


@lru_cache(maxsize=256)
def certificates(data: bytes) -> tuple[Cert, ...]:
    """Every certificate of a file; raises RuntimeError, or ValueError for a file without any."""
    found = tuple(Cert.split_bytes(data))
    if not found:
        raise ValueError("there is no key in it")
    return found


def addresses(certificate: Cert) -> tuple[str, ...]:
    """The mail addresses that a key bears, lower-cased."""
    found = (_ADDRESS.search(str(user)) for user in certificate.user_ids)
    return tuple(dict.fromkeys(match[1].lower() for match in found if match))[:3]


@lru_cache(maxsize=256)
def key_ids(data: bytes) -> frozenset[str]:
    """Fingerprints and key ids of every key and subkey in a file, in lower-case hex."""
    packets = [p for c in certificates(data) for p in PacketPile.from_bytes(bytes(c))]
    # Packets of other kinds answer these questions with an error.
    keys = [p for p in packets if str(p.tag).endswith(("Key", "Subkey"))]
    return frozenset(str(name) for p in keys for name in (p.fingerprint, p.key_id))
