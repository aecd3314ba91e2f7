"""A reader of TNEF: attributes, and the MAPI properties inside some of them (MS-OXTNEF).

Every length in the file is a claim. A claim beyond the end of the bytes ends the reading, and what
was read until then counts. Nothing is copied twice, and no count is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from threading_engine import charsets

SIGNATURE = b"\x78\x9f\x3e\x22"

#: Attributes by number; some writers leave out the type that stands above it.
_BODY, _CODE_PAGE, _MESSAGE_PROPERTIES = 0x800C, 0x9007, 0x9003
_NEW_FILE, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_OF_FILES = frozenset({_FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES})
#: Properties.
SUBJECT, BODY, RTF, HTML, CODE_PAGE = 0x0037, 0x1000, 0x1009, 0x1013, 0x3FDE
DISPLAY_NAME, DATA, SHORT_NAME, LONG_NAME = 0x3001, 0x3701, 0x3704, 0x3707
MIME_TAG, CONTENT_ID = 0x370E, 0x3712
_WANTED = frozenset(
    {SUBJECT, BODY, RTF, HTML, CODE_PAGE, DISPLAY_NAME, DATA, SHORT_NAME, LONG_NAME}
    | {MIME_TAG, CONTENT_ID}
)
#: Types of properties: their size in the file, or those that tell it.
_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_TELLING = frozenset({0x00, _STRING, _UNICODE, _OBJECT, _BINARY})
_SIZES = {0x01: 0, 0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4}
_SIZES |= {0x14: 8, 0x40: 8, 0x48: 16}
_MANY, _NAMED = 0x1000, 0x8000
#: An embedded message begins with the name of its interface.
_MESSAGE = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
#: Files that are read out of one winmail.dat.
MOST_FILES = 500

#: A property's value: bytes and the type that says how to read them.
Value = tuple[int, bytes]


class _Damaged(ValueError):
    """The bytes end before a claim is kept."""


@dataclass(kw_only=True, slots=True)
class File:
    """One attachment as it stands in the file."""

    title: bytes = b""
    data: bytes = b""
    properties: dict[int, Value] = field(default_factory=dict)

    @property
    def embedded(self) -> bytes | None:
        """The TNEF of an attached message, or None."""
        data = self.properties.get(DATA, (0, b""))[1]
        return data[16:] if data[:16] == _MESSAGE else None


@dataclass(kw_only=True, slots=True)
class Tnef:
    """All that is read of one file."""

    #: Codec of 8-bit strings.
    charset: str = "cp1252"
    body: bytes = b""
    properties: dict[int, Value] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    #: True when it ends amidst a claim, or holds more than is read.
    damaged: bool = False

    def text(self, value: Value) -> str:
        """A string property as text."""
        kind, data = value
        if kind == _UNICODE:
            return data.decode("utf-16-le", "replace").partition("\x00")[0]
        return charsets.decode(data, self.charset)[0].partition("\x00")[0]


def read(data: bytes) -> Tnef:
    """Read a file that begins with `SIGNATURE`; raises nothing."""
    found = Tnef()
    try:
        for kind, content in _attributes(data):
            _take(found, kind, content)
    except _Damaged:
        found.damaged = True
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 9 <= len(data):
        kind, length = _short(data, at + 1), _number(data, at + 5)
        if at + 9 + length > len(data):
            raise _Damaged
        yield kind, data[at + 9 : at + 9 + length]
        at += 9 + length + 2  # a checksum that nobody keeps
    if 0 < len(data) - at < 9 and data[at:].strip(b"\x00\r\n"):  # noqa: PLR2004 - a head cut off
        raise _Damaged


def _take(found: Tnef, kind: int, content: bytes) -> None:
    if kind == _NEW_FILE or (kind in _OF_FILES and not found.files):
        if len(found.files) >= MOST_FILES:
            raise _Damaged
        found.files.append(File())
    if kind == _CODE_PAGE:
        found.charset = charsets.codec(f"cp{_number(content, 0)}") or found.charset
    elif kind == _BODY:
        found.body = content.rstrip(b"\x00")
    elif kind == _MESSAGE_PROPERTIES:
        _take_properties(found.properties, content)
    elif kind == _FILE_TITLE:
        found.files[-1].title = content.rstrip(b"\x00")
    elif kind == _FILE_DATA:
        found.files[-1].data = content
    elif kind == _FILE_PROPERTIES:
        _take_properties(found.files[-1].properties, content)


def _take_properties(into: dict[int, Value], data: bytes) -> None:
    at = 4
    for _ in range(_number(data, 0)):
        kind, name = _short(data, at), _short(data, at + 2)
        at += 4
        if name & _NAMED:
            at = _after_name(data, at)
        values, at = _values(data, at, kind)
        if name in _WANTED and values:
            into.setdefault(name, (kind & ~_MANY, values[0]))


def _after_name(data: bytes, at: int) -> int:
    """Named properties bring a GUID and a number or a text."""
    by_number = _number(data, at + 16) == 0
    return at + 24 if by_number else at + 24 + _padded(_number(data, at + 20))


def _values(data: bytes, at: int, kind: int) -> tuple[list[bytes], int]:
    many, plain = bool(kind & _MANY), kind & ~_MANY
    if plain in _TELLING:
        values = []
        count = _number(data, at)
        at += 4
        for _ in range(count):
            length = _number(data, at)
            if at + 4 + length > len(data):
                raise _Damaged
            values.append(data[at + 4 : at + 4 + length])
            at += 4 + _padded(length)
        return values, at
    if plain not in _SIZES:
        raise _Damaged
    size, count = _SIZES[plain], 1
    if many:
        count = _number(data, at)
        at += 4
        # Two-byte values stand side by side when there are many.
        size = 2 if plain in {0x02, 0x0B} else size
    if at + size * count > len(data):
        raise _Damaged
    return [data[at : at + size]], at + _padded(size * count)


def _padded(length: int) -> int:
    return length + -length % 4


def _number(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise _Damaged
    return int.from_bytes(data[at : at + 4], "little")


def _short(data: bytes, at: int) -> int:
    if at + 2 > len(data):
        raise _Damaged
    return int.from_bytes(data[at : at + 2], "little")
