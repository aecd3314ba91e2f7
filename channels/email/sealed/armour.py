"""PGP inside plain text: signed words without their dashes, and where a closed message stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Every kind of armour begins like this, at the start of a line.
MARK = b"-----BEGIN PGP "

_SIGNED, _MESSAGE = b"-----BEGIN PGP SIGNED MESSAGE-----", b"-----BEGIN PGP MESSAGE-----"
_SIGNATURE, _SIGNATURE_END = b"-----BEGIN PGP SIGNATURE-----", b"-----END PGP SIGNATURE-----"
_MESSAGE_END = b"-----END PGP MESSAGE-----"
#: Openings in one text that are followed up; more are left as they stand.
_MOST = 100
_EMPTY_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_DASHED = re.compile(rb"^- ", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A piece of a text."""

    #: ``words``, ``signed`` or ``encrypted``.
    kind: str
    #: The bytes as they stand there, armour lines included.
    raw: bytes
    #: The words of a signed piece, its dashes undone; the same as ``raw`` for plain words.
    words: bytes


def blocks(data: bytes) -> Iterator[Block]:
    """Cut a text into what is signed, what is encrypted and the rest, in order; nothing is lost."""
    done = 0
    for start in _openings(data):
        block = _at(data, start) if start >= done else None
        if block is None:
            continue
        if start > done:
            yield Block(kind="words", raw=data[done:start], words=data[done:start])
        yield block
        done = start + len(block.raw)
    if done < len(data):
        yield Block(kind="words", raw=data[done:], words=data[done:])


def _openings(data: bytes) -> Iterator[int]:
    """Where armour begins a line; quoted armour is somebody else's, and words."""
    at, found = 0, 0
    while found < _MOST and (at := data.find(MARK, at)) >= 0:
        if at == 0 or data[at - 1 : at] == b"\n":
            found += 1
            yield at
        at += len(MARK)


def _at(data: bytes, start: int) -> Block | None:
    """The block that begins there, None for one that never ends."""
    if data.startswith(_SIGNED, start):
        return _signed(data, start)
    if data.startswith(_MESSAGE, start) and (end := _end(data, _MESSAGE_END, start)):
        return Block(kind="encrypted", raw=data[start:end], words=b"")
    return None


def _signed(data: bytes, start: int) -> Block | None:
    """A clear-signed text (RFC 9580, section 7): armour header, empty line, words, signature."""
    words_end = data.find(b"\n" + _SIGNATURE, start)
    end = _end(data, _SIGNATURE_END, words_end) if words_end > 0 else 0
    header_end = _EMPTY_LINE.search(data, start, words_end + 1) if end else None
    if header_end is None:
        return None
    words = _DASHED.sub(b"", data[header_end.end() : words_end + 1])
    return Block(kind="signed", raw=data[start:end], words=words)


def _end(data: bytes, last: bytes, start: int) -> int:
    """Where the line ``last`` ends, or 0."""
    found = data.find(b"\n" + last, start)
    return found + 1 + len(last) if found >= 0 else 0
