"""A reader of BER (X.690), the encoding of S/MIME: bytes in, a tree of views into them out.

Streaming senders write lengths that are not known beforehand, which readers of strict DER refuse.
Time and memory are linear, and a claim that the bytes do not keep is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Deeper than any certificate or signature; a mail of nothing but openings ends here.
_DEEPEST = 40
#: A text of 40 MB in chunks of 400 bytes.
_MOST_NODES = 100_000

_CONSTRUCTED, _LONG_TAG = 0x20, 0x1F
_INDEFINITE = 0x80

SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04


class NotBer(ValueError):
    """The bytes are not what they claim to be."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value."""

    #: The identifier byte: class, constructed or not, number.
    tag: int
    #: The content bytes; empty for a constructed value of unknown length.
    body: memoryview
    #: Everything, identifier and length included.
    whole: memoryview
    #: The values inside a constructed one.
    children: tuple[Node, ...] = ()

    def octets(self) -> bytes:
        """The bytes of a string, its pieces joined where it came in pieces."""
        if not self.children:
            return bytes(self.body)
        pieces: list[memoryview] = []
        waiting = [self]
        while waiting:
            node = waiting.pop()
            waiting += reversed(node.children)
            if not node.children:
                pieces.append(node.body)
        return b"".join(pieces)


def parse(data: bytes) -> Node:
    """The first value in ``data``; what follows it is not looked at. Raises NotBer."""
    view = memoryview(data)
    return _Reader(view).node(0, len(view), 0)[0]


class _Reader:
    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._left = _MOST_NODES

    def node(self, at: int, end: int, depth: int) -> tuple[Node, int]:
        """The value that begins at ``at``, and where it ends."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise NotBer("nested too deeply, or too many values")
        start, length = self._header(at, end)
        tag = self._view[at]
        if length is None:
            children, stop = self._children(start, end, depth, open_ended=True)
            return Node(tag, self._view[:0], self._view[at:stop], children), stop
        stop = start + length
        if stop > end:
            raise NotBer("a value is longer than what holds it")
        children = ()
        if tag & _CONSTRUCTED:
            children, _ = self._children(start, stop, depth, open_ended=False)
        return Node(tag, self._view[start:stop], self._view[at:stop], children), stop

    def _children(
        self, at: int, end: int, depth: int, *, open_ended: bool
    ) -> tuple[tuple[Node, ...], int]:
        children: list[Node] = []
        while at < end:
            if open_ended and bytes(self._view[at : at + 2]) == b"\x00\x00":
                return tuple(children), at + 2
            child, at = self.node(at, end, depth + 1)
            children.append(child)
        if open_ended:
            raise NotBer("a value of unknown length never ends")
        return tuple(children), at

    def _header(self, at: int, end: int) -> tuple[int, int | None]:
        """Where the content begins, and its length or None."""
        if at + 2 > end:
            raise NotBer("a value ends before its length")
        tag, first = self._view[at], self._view[at + 1]
        if tag & _LONG_TAG == _LONG_TAG:
            raise NotBer("a tag that no signature uses")
        if first < _INDEFINITE:
            return at + 2, first
        if first == _INDEFINITE:
            if not tag & _CONSTRUCTED:
                raise NotBer("a plain value of unknown length")
            return at + 2, None
        count = first - _INDEFINITE
        if count > 8 or at + 2 + count > end:  # noqa: PLR2004 - bytes of any length that exists
            raise NotBer("a length that cannot be")
        return at + 2 + count, int.from_bytes(self._view[at + 2 : at + 2 + count], "big")
