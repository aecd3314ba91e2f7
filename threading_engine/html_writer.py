"""The walk over an HTML tree that writes down what a reader sees, line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from threading_engine import html_tags
from threading_engine.html_tags import BLOCKS, PARAGRAPHS, SKIPPED, Attributes

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


class Writer:
    """Walks the tree once, without recursion, and fills a page."""

    def __init__(self, body: LexborNode) -> None:
        self.page = Page(body=body)
        self._parts: list[str] = []
        self._origin: LexborNode | None = None
        self._quotes = 0
        self._verbatim = 0
        self._lists: list[int | None] = []
        self._lead = ""
        self._space = False
        self._hint = ""
        self._lasting: list[str] = []

    def walk(self) -> None:
        """Visit every node in document order; leaving an element runs what entering it asked for."""
        body = self.page.body
        stack: list[tuple[LexborNode | None, Callable[[], None] | None]] = [
            (body.child if body else None, None)
        ]
        while stack:
            node, leave = stack.pop()
            if node is None:
                if leave:
                    leave()
                continue
            stack.append((node.next, leave))
            tag = node.tag or ""
            if tag == "-text":
                self._text(node, node.text_content or "")
            elif tag not in SKIPPED:
                after = self._enter(node, tag)
                if after is not None:
                    stack.append((node.child, after))
        self._end_line()
        while self.page.lines and not self.page.lines[-1]:
            self.page.lines.pop()
            self.page.origins.pop()

    def _text(self, node: LexborNode, text: str) -> None:
        if not text.isascii():
            text = text.translate(_INVISIBLE)
        if self._verbatim:
            first, *rest = text.split("\n")
            self._put(node, first)
            for line in rest:
                self._end_line(keep_blank=True)
                self._put(None, line)
            return
        words = text.split()
        while words and not words[-1].strip(_JOINERS):
            words.pop()
        if not words:
            self._space = bool(text) or self._space
            return
        if text[0].isspace():
            self._space = True
        words[-1] = words[-1].rstrip(_JOINERS)
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
        elif self._space:
            self._parts.append(" ")
            self._space = False
        self._parts.append(text)

    def _end_line(self, *, keep_blank: bool = False) -> None:
        if not self._parts and not keep_blank:
            return
        text = "".join(self._parts).rstrip()
        self._parts.clear()
        self._space = False
        if not text:
            self._blank()
            return
        hint = self._hint or (self._lasting[-1] if self._lasting else "")
        if hint:
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

    def _enter(self, node: LexborNode, tag: str) -> Callable[[], None] | None:
        """Open an element; returns what to do when it closes, None to skip its content."""
        attributes = node.attributes
        style = attributes.get("style") or ""
        if style and html_tags.is_hidden(style):
            return None
        if tag in _VOID:
            _VOID[tag](self, node, attributes)
            return None
        if tag in PARAGRAPHS and not self._lists and not html_tags.is_tight(attributes, style):
            border = self._paragraph
        else:
            border = self._end_line if tag in BLOCKS else _nothing
        border()
        leave = self._hinted(attributes, style) if attributes else _nothing
        if leave is _nothing and tag not in _SPECIAL:
            return border
        inner = _SPECIAL[tag](self, attributes, style) if tag in _SPECIAL else _nothing

        def close() -> None:
            inner()
            leave()
            border()

        return close

    def _hinted(self, attributes: Attributes, style: str) -> Callable[[], None]:
        hint = html_tags.hint(attributes, style)
        if hint == html_tags.CUT:
            self._end_line()
            self._hint = html_tags.CUT
        elif hint == html_tags.QUOTE:
            return self._quote(attributes, "")
        elif hint:
            self._end_line()
            self._lasting.append(hint)
            return self._leave_hinted
        return _nothing

    def _leave_hinted(self) -> None:
        self._end_line()
        self._lasting.pop()

    def _quote(self, _: Attributes, style: str) -> Callable[[], None]:
        self._end_line()
        if style and html_tags.is_indentation(style):
            return self._end_line
        self._quotes += 1
        return self._leave_quote

    def _leave_quote(self) -> None:
        self._end_line()
        self._quotes -= 1

    def _pre(self, _: Attributes, __: str) -> Callable[[], None]:
        self._verbatim += 1
        return self._leave_pre

    def _leave_pre(self) -> None:
        self._end_line()
        self._verbatim -= 1

    def _bullets(self, _: Attributes, __: str) -> Callable[[], None]:
        self._lists.append(None)
        return self._leave_list

    def _numbers(self, _: Attributes, __: str) -> Callable[[], None]:
        self._lists.append(0)
        return self._leave_list

    def _leave_list(self) -> None:
        self._end_line()
        self._lists.pop()

    def _item(self, _: Attributes, __: str) -> Callable[[], None]:
        indent = "  " * max(min(len(self._lists), _MOST_QUOTE_MARKS) - 1, 0)
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self._lead = f"{indent}- " if number is None else f"{indent}{number + 1}. "
        return self._end_line

    def _cell(self, _: Attributes, __: str) -> Callable[[], None]:
        if self._parts:
            labelled = self._parts[-1].endswith(":")
            self._parts.append(" " if labelled else " | ")
            self._space = False
        return _nothing

    def _link(self, attributes: Attributes, _: str) -> Callable[[], None]:
        target = html_tags.target(attributes.get("href") or "")
        start, line = len(self._parts), len(self.page.lines)

        def close() -> None:
            same_line = line == len(self.page.lines)
            text = "".join(self._parts[start:] if same_line else self._parts).strip()
            if (
                target
                and text
                and target not in text
                and html_tags.bare(target) != html_tags.bare(text)
            ):
                self._parts.append(f" <{target}>")

        return close

    def break_line(self, node: LexborNode, _: Attributes) -> None:
        """End the line, or leave one empty."""
        if not self._parts:
            self._origin = node
        self._end_line(keep_blank=True)

    def draw_rule(self, node: LexborNode, _: Attributes) -> None:
        """A horizontal rule on its own line."""
        self._end_line()
        self._put(node, "---")
        self._end_line()

    def show_image(self, node: LexborNode, attributes: Attributes) -> None:
        """An embedded image by its Content-ID, any other by its description."""
        source = (attributes.get("src") or "").strip()
        alt = " ".join((attributes.get("alt") or "").split())
        if source[:4].lower() == "cid:":
            self._put(node, f"[{source}]")
        elif alt:
            # The pictures of emoji are described by the emoji.
            is_word = any(character.isalnum() for character in alt)
            self._put(node, f"[{alt}]" if is_word else alt)


def _nothing() -> None:
    return None


_VOID: dict[str, Callable[[Writer, LexborNode, Attributes], None]] = {
    "br": Writer.break_line,
    "hr": Writer.draw_rule,
    "img": Writer.show_image,
}
_SPECIAL: dict[str, Callable[[Writer, Attributes, str], Callable[[], None]]] = {
    "blockquote": Writer._quote,  # noqa: SLF001 - the table of this class's own methods
    "pre": Writer._pre,  # noqa: SLF001 - the same
    "ul": Writer._bullets,  # noqa: SLF001 - the same
    "ol": Writer._numbers,  # noqa: SLF001 - the same
    "li": Writer._item,  # noqa: SLF001 - the same
    "td": Writer._cell,  # noqa: SLF001 - the same
    "th": Writer._cell,  # noqa: SLF001 - the same
    "a": Writer._link,  # noqa: SLF001 - the same
}
