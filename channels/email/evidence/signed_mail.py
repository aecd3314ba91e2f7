"""One mail whose signatures are looked at: its fields by name, its body hashed once a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from channels.email.evidence.canonical import (
    BodyHash,
    hash_body,
    header_bytes,
    without_signature,
)
from channels.email.evidence.fields import Field, split


class SignedMail:
    """``between`` is called now and then during long work and may raise.

    Raises MalformedHeader.
    """

    def __init__(self, raw: bytes, *, between: Callable[[], None]) -> None:
        self._raw = raw
        self._between = between
        self.fields, self._body_start = split(raw)
        #: How often each field name stands in the header.
        self.count = Counter(field.name for field in self.fields)
        self._hashes: dict[tuple[bool, int | None], BodyHash] = {}

    def named(self, *names: bytes) -> list[Field]:
        """The fields of these names, from the top."""
        return [field for field in self.fields if field.name in names]

    def body_hash(self, *, relaxed: bool, length: int | None) -> BodyHash:
        """The hash of the body."""
        key = (relaxed, length)
        if key not in self._hashes:
            self._hashes[key] = hash_body(
                self._raw, self._body_start, relaxed=relaxed, length=length, between=self._between
            )
        return self._hashes[key]

    def signed_bytes(self, names: Iterable[bytes], signature: Field, *, relaxed: bool) -> bytes:
        """What a signature over ``names`` signs: each takes the lowest field not yet taken."""
        left: dict[bytes, list[Field]] = {}
        for field in self.fields:
            left.setdefault(field.name, []).append(field)
        taken = [left[name].pop() for name in names if left.get(name)]
        return signed_bytes(taken, signature, relaxed=relaxed)


def signed_bytes(fields: Iterable[Field], signature: Field, *, relaxed: bool) -> bytes:
    """The fields, then the signature's own without its value and last line end."""
    parts = [header_bytes(field, relaxed=relaxed) for field in fields]
    own = header_bytes(without_signature(signature), relaxed=relaxed)
    return b"".join(parts) + own.removesuffix(b"\r\n")
