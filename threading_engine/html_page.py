"""The page that a walk over HTML writes on: words become lines, with quote marks and hints."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

_MOST_QUOTE_MARKS = 20
_MOST_BLANKS = 2
#: The zero-width space and joiners that newsletters and chat bridges pad with.
_INVISIBLE = str.maketrans("", "", "\u200b\ufeff\u00ad\u034f\u2060")
#: Those that words of some scripts need inside of them.
_JOINERS = "\u200c\u200d"


@dataclass(kw_only=True, slots=True)
class Page:
    """The lines of one HTML body."""

    #: The lines, quotes marked with "> ".
    lines: list[str] = field(default_factory=list)
    #: For some lines, what the client's structure says about them.
    hints: dict[int, str] = field(default_factory=dict)
    #: The node in which each line starts; None when it starts inside of one.
    origins: list[LexborNode | None] = field(default_factory=list)
    #: The body element, or None when the input was refused.
    body: LexborNode | None = None


class Pen:
    """Writes words, spaces and line ends on a page."""

    def __init__(self, body: LexborNode) -> None:
        self.page = Page(body=body)
        self._parts: list[str] = []
        self._origin: LexborNode | None = None
        self._quotes = 0
        self._verbatim = 0
        self._lead = ""
        self._space = False
        self._separator = ""
        self._hint = ""
        self._lasting: list[str] = []

    def _text(self, node: LexborNode, text: str) -> None:
        is_ascii = text.isascii()
        if not is_ascii:
            text = text.translate(_INVISIBLE)
        if self._verbatim:
            first, *rest = text.split("\n")
            self._put(node, first)
            for line in rest:
                self._end_line(keep_blank=True)
                self._put(None, line)
            return
        words = text.split() if is_ascii else _words(text)
        if not words:
            self._space = bool(text) or self._space
            return
        if text[0].isspace():
            self._space = True
        self._put(node, " ".join(words))
        self._space = text[-1].isspace()

    def _put(self, node: LexborNode | None, text: str) -> None:
        if not text:
            return
        if not self._parts:
            self._origin = node
            self._space = False
            if self._lead:
                self._parts.append(self._lead)
                self._lead = ""
        elif self._separator:
            self._parts.append(self._separator)
        elif self._space:
            self._parts.append(" ")
        self._space = False
        self._separator = ""
        self._parts.append(text)

    def _end_line(self, *, keep_blank: bool = False) -> None:
        if not self._parts and not keep_blank:
            return
        text = "".join(self._parts).rstrip()
        self._parts.clear()
        self._space = False
        self._separator = ""
        if not text:
            self._blank()
            return
        hint = self._hint or (self._lasting[-1] if self._lasting else "")
        if hint and not self._quotes:  # inside of a quote it is somebody else's
            self.page.hints[len(self.page.lines)] = hint
        self._hint = ""
        self._append(self._mark() + text, self._origin)

    def _mark(self) -> str:
        return "> " * min(self._quotes, _MOST_QUOTE_MARKS)

    def _blank(self) -> None:
        lines = self.page.lines
        mark = self._mark().rstrip()
        if lines and lines[-_MOST_BLANKS:] != [mark] * _MOST_BLANKS:
            self._append(mark, None)

    def _append(self, line: str, origin: LexborNode | None) -> None:
        self.page.lines.append(line)
        self.page.origins.append(origin)

    def _paragraph(self) -> None:
        self._end_line()
        lines = self.page.lines
        if lines and lines[-1].strip("> "):
            self._blank()
        elif lines and len(self._mark()) < len(lines[-1]):
            lines[-1] = self._mark().rstrip()

    def _finish(self) -> None:
        """End the last line, without blank ones below it."""
        self._end_line()
        while self.page.lines and not self.page.lines[-1]:
            self.page.lines.pop()
            self.page.origins.pop()


def _words(text: str) -> list[str]:
    """Words without the joiners that stand at the end to pad it."""
    words = text.split()
    while words:
        words[-1] = words[-1].rstrip(_JOINERS)
        if words[-1]:
            break
        words.pop()
    return words
