"""The two canonical forms of RFC 6376 section 3.4, in linear time for any bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from channels.email.evidence.fields import Field

#: Bytes of a body that are taken at once: one step must not keep other threads waiting.
_BLOCK = 64 * 1024
_SPACES = re.compile(rb"[ \t]+")


def header_bytes(field: Field, *, relaxed: bool) -> bytes:
    """One field as it is signed."""
    if not relaxed:
        return field.raw
    value = field.raw.partition(b":")[2].replace(b"\r\n", b"")
    return b"%b:%b\r\n" % (field.name, _SPACES.sub(b" ", value).strip(b" "))


def without_signature(field: Field) -> Field:
    """The field with an empty ``b=``, as its own signature sees it."""
    name, _, value = field.raw.partition(b":")
    pieces = value.split(b";")
    for at, piece in enumerate(pieces):
        if piece.partition(b"=")[0].strip() == b"b":
            pieces[at] = piece[: piece.index(b"=") + 1]
            if at == len(pieces) - 1:
                pieces[at] += b"\r\n"
    return Field(field.name, name + b":" + b";".join(pieces))


@dataclass(frozen=True, slots=True)
class BodyHash:
    """What a body comes to."""

    #: SHA-256 of the canonical body, or of its first bytes where ``l=`` says so.
    digest: bytes
    #: Bytes of the whole canonical body.
    size: int


def hash_body(
    raw: bytes,
    start: int,
    *,
    relaxed: bool,
    length: int | None,
    between: Callable[[], None] = lambda: None,
) -> BodyHash:
    """Hash the body that begins at ``start``; ``between`` is called now and then and may raise."""
    digest, size = hashlib.sha256(), 0
    for piece in _canonical(raw, start, relaxed=relaxed):
        between()
        left = len(piece) if length is None else max(length - size, 0)
        digest.update(piece[:left])
        size += len(piece)
    return BodyHash(digest.digest(), size)


def _canonical(raw: bytes, start: int, *, relaxed: bool) -> Iterator[bytes]:
    """Pieces of the canonical body: empty lines at the end are held back until words follow."""
    held, empty = 0, True
    for block in _blocks(raw, start):
        lines = _lines(block, relaxed=relaxed)
        end = _words_end(lines)
        if end:
            yield b"\r\n" * held + lines[:end]
            held, empty = 0, False
        held += (len(lines) - end) // 2
    if not empty or not relaxed:
        yield b"\r\n"


def _blocks(raw: bytes, start: int) -> Iterator[bytes]:
    """Whole lines, about `_BLOCK` bytes at once; only the last one may lack its line end."""
    while start < len(raw):
        end = raw.find(b"\n", min(start + _BLOCK, len(raw)))
        end = len(raw) if end < 0 else end + 1
        yield raw[start:end]
        start = end


def _lines(block: bytes, *, relaxed: bool) -> bytes:
    """The block with CR LF after every line, and with its spaces in canonical form."""
    if not block.endswith(b"\n"):
        block += b"\r\n"
    if block.count(b"\n") != block.count(b"\r\n"):
        block = block.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if relaxed:
        block = block.replace(b"\t", b" ")
        while b"  " in block:  # halves every run
            block = block.replace(b"  ", b" ")
        block = block.replace(b" \r\n", b"\r\n")
    return block


def _words_end(lines: bytes) -> int:
    """Where the empty lines at the end begin, with the end of the last line that is not empty."""
    end = len(lines.rstrip(b"\r\n"))
    # A bare CR before CR LF belongs to a line with something in it.
    bare = lines.rfind(b"\r\r", end)
    return bare + 1 if bare >= 0 else end
