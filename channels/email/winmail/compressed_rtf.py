"""The compression of RTF bodies in Outlook's files (MS-OXRTFCP)."""

from __future__ import annotations

#: A page of this size is no mail any more; 17 bytes come out of 2, so a claim is not believed.
MOST_BYTES = 1024 * 1024

_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_HEADER, _WINDOW = 16, 4096
#: What the window holds before the first byte.
_BEGINNING = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompress(data: bytes) -> bytes:
    """The RTF inside, as far as it can be read and no longer than `MOST_BYTES`; raises nothing."""
    kind, body = data[8:12], data[_HEADER:]
    if kind == _PLAIN:
        return body[:MOST_BYTES]
    return _unpacked(body) if kind == _COMPRESSED else b""


def _unpacked(body: bytes) -> bytes:
    """Eight tokens follow each control byte: a byte, or a reference into the last 4096 bytes.

    The window begins filled, so that a reference before the first byte finds something.
    """
    out = bytearray(bytes(_WINDOW - len(_BEGINNING)) + _BEGINNING)
    # Positions count from the begin of the filling, as the writer's do.
    shift = len(out) - len(_BEGINNING)
    at, end, most = 0, len(body), len(out) + MOST_BYTES
    while at < end and len(out) < most:
        control = body[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += body[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(body[at : at + 2], "big")
            at += 2
            back = (len(out) - shift - (reference >> 4)) % _WINDOW
            if not back or at > end:  # a reference to where it stands ends the text
                return bytes(out[_WINDOW:])
            _copy(out, back, (reference & 15) + 2)
    return bytes(out[_WINDOW:])


def _copy(out: bytearray, back: int, length: int) -> None:
    """Repeat what stands ``back`` bytes before the end; it may reach into itself."""
    start = len(out) - back
    piece = bytes(out[start : start + length])
    while len(piece) < length:
        piece += piece
    out += piece[:length]
