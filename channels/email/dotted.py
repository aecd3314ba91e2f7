"""The dotted text that follows DATA, taken in pieces of any size.

Only CR LF ``.`` CR LF ends it (RFC 5321 section 4.1.1.4). A bare LF or CR before or after the dot
is part of the text: servers that thought otherwise let one mail smuggle in a second one.
"""

from __future__ import annotations

_END = b"\r\n.\r\n"
_LAST_LINE = b".\r\n"


class DottedText:
    """Collects one mail up to its final dot; past ``limit`` bytes it counts and forgets."""

    __slots__ = ("_held", "_limit", "_size", "too_large")

    def __init__(self, limit: int) -> None:
        # The text begins at the beginning of a line: a CR LF that was not sent stands before it.
        self._held = bytearray(b"\r\n")
        self._limit = limit
        self._size = 0
        #: True once more than ``limit`` bytes came; `raw` is then empty.
        self.too_large = False

    def feed(self, piece: bytes) -> bytes | None:
        """Take a piece. None while the end has not come, then the bytes that follow the end."""
        held = self._held
        start = max(0, len(held) - len(_END) + 1)
        held += piece
        end = held.find(_END, start)
        self._size += len(piece)
        if end < 0:
            if self._size > self._limit + len(_LAST_LINE):
                self._forget()
            return None
        rest = bytes(held[end + len(_END) :])
        del held[end + 2 :]
        if self._size - len(rest) - len(_LAST_LINE) > self._limit:
            self._forget()
        return rest

    def raw(self) -> bytes:
        """The mail as its sender wrote it: the dots doubled for the wire are single again."""
        if self.too_large:
            return b""
        text = bytes(self._held)
        return text.replace(b"\r\n.", b"\r\n")[2:]

    def _forget(self) -> None:
        self.too_large = True
        del self._held[: -len(_END) + 1]


def stuff_dots(raw: bytes) -> bytes:
    """A mail with CR LF line ends as it goes after DATA, final dot included."""
    end = _LAST_LINE if raw.endswith(b"\r\n") else _END
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    return (b"." if raw.startswith(b".") else b"") + stuffed + end
