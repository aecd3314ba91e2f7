"""A writer of winmail.dat for tests: attributes, properties, compressed RTF (MS-OXTNEF)."""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping

UNICODE, BINARY, OBJECT, LONG, BOOLEAN = 0x1F, 0x102, 0x0D, 0x03, 0x0B
BODY, HTML, RTF, CODE_PAGE, SUBJECT = 0x1000, 0x1013, 0x1009, 0x3FDE, 0x0037
LONG_NAME, DATA, MIME_TAG, CONTENT_ID = 0x3707, 0x3701, 0x370E, 0x3712
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")

HEAD = b"From: Ann <ann@customer.example>\r\nTo: desk@example.org\r\nSubject: Printer\r\n"

#: A property's type and its value, already as bytes.
Value = tuple[int, bytes]


def text(value: str) -> Value:
    """A Unicode property."""
    return UNICODE, value.encode("utf-16-le") + b"\x00\x00"


def attribute(level: int, kind: int, content: bytes) -> bytes:
    """One attribute with its checksum."""
    head = struct.pack("<BII", level, kind, len(content))
    return head + content + struct.pack("<H", sum(content) & 0xFFFF)


def properties(values: Mapping[int, Value]) -> bytes:
    """A list of MAPI properties."""
    return struct.pack("<I", len(values)) + b"".join(
        _property(name, *value) for name, value in values.items()
    )


def _property(name: int, kind: int, value: bytes) -> bytes:
    head = struct.pack("<HH", kind, name)
    if kind in {UNICODE, BINARY, OBJECT, 0x1E}:
        head += struct.pack("<II", 1, len(value))
    return head + value + bytes(-len(value) % 4)


def winmail(
    values: Mapping[int, Value] | None = None,
    files: tuple[Mapping[int, Value], ...] = (),
    *,
    code_page: int = 1252,
    body: bytes = b"",
) -> bytes:
    """A whole file."""
    out = [b"\x78\x9f\x3e\x22\x01\x00", attribute(1, 0x00069007, struct.pack("<II", code_page, 0))]
    if body:
        out.append(attribute(1, 0x0002800C, body + b"\x00"))
    if values:
        out.append(attribute(1, 0x00069003, properties(values)))
    for file in files:
        out.append(attribute(2, 0x00069002, bytes(14)))
        out.append(attribute(2, 0x00018010, b"SHORT~1.DAT\x00"))
        out.append(attribute(2, 0x0006800F, file.get(DATA, (0, b""))[1]))
        out.append(attribute(2, 0x00069005, properties(file)))
    return b"".join(out)


def compressed(rtf: bytes) -> bytes:
    """RTF in the compressed form, every byte for itself."""
    body = b""
    for at in range(0, len(rtf), 8):
        piece = rtf[at : at + 8]
        body += (b"\x00" if len(piece) == 8 else bytes([1 << len(piece)])) + piece
    body += b"" if len(rtf) % 8 else b"\x01"
    # The end is a reference to the place where it stands.
    body += struct.pack(">H", ((207 + len(rtf)) % 4096) << 4)
    return struct.pack("<II4sI", len(body) + 12, len(rtf), b"LZFu", 0) + body


def mail(
    data: bytes,
    *,
    words: bytes = b"",
    kind: str = "application/ms-tnef",
    name: str = "winmail.dat",
    head: bytes = HEAD,
) -> bytes:
    """A mail with a winmail.dat as Exchange writes it."""
    return (
        head
        + b"Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n"
        + b"Content-Type: text/plain; charset=utf-8\r\n\r\n%b\r\n--cut\r\n" % words
        + f'Content-Type: {kind}; name="{name}"\r\n'.encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(data).replace(b"\n", b"\r\n")
        + b"--cut--\r\n"
    )
