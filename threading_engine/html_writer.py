"""The walk over an HTML tree that writes down what a reader sees, line by line."""

from __future__ import annotations

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

from threading_engine import html_styles, html_tables, html_tags
from threading_engine.html_page import Pen
from threading_engine.html_styles import Style
from threading_engine.html_tags import BLOCKS, PARAGRAPHS, SKIPPED, Attributes

_DEEPEST_LIST = 20
_NUMBER = re.compile(r"[0-9]{1,6}")


class Writer(Pen):
    """Walks the tree once, without recursion, and fills a page."""

    def __init__(self, body: LexborNode) -> None:
        super().__init__(body)
        self._lists: list[int | None] = []
        self._flat = False

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
        self._finish()

    def _enter(self, node: LexborNode, tag: str) -> Callable[[], None] | None:
        """Open an element; returns what to do when it closes, None to skip its content."""
        attributes = node.attributes
        style = html_styles.read(attributes.get("style")) if attributes else html_styles.PLAIN
        if style.hidden:
            return None
        if tag in _VOID:
            _VOID[tag](self, node, attributes)
            return None
        border = self._border(tag, attributes, style)
        border()
        leave = [border]
        if attributes and (hinted := self._hinted(tag, attributes, style)):
            leave.append(hinted)
        if tag in _SPECIAL:
            leave.append(_SPECIAL[tag](self, node, attributes, style))
        if style.verbatim:
            leave.append(self._verbatim_within())
        if len(leave) == 1:
            return border

        def close() -> None:
            for step in reversed(leave):
                step()

        return close

    def _border(self, tag: str, attributes: Attributes, style: Style) -> Callable[[], None]:
        """What separates an element from those around it."""
        if tag not in BLOCKS or (self._flat and tag != "tr"):
            return _nothing
        if tag in PARAGRAPHS and not self._lists and not _is_tight(attributes, style):
            return self._paragraph
        return self._end_line

    def _hinted(self, tag: str, attributes: Attributes, style: Style) -> Callable[[], None] | None:
        hint = html_tags.hint(tag, attributes) or style.hint
        if hint == html_tags.CUT:
            self._end_line()
            self._hint = html_tags.CUT
        elif hint == html_tags.QUOTE:
            return self._marked()
        elif hint:
            self._end_line()
            self._lasting.append(hint)
            return self._leave_hinted
        return None

    def _leave_hinted(self) -> None:
        self._end_line()
        self._lasting.pop()

    def _quote(self, _: LexborNode, attributes: Attributes, style: Style) -> Callable[[], None]:
        only_moved = style.indentation and attributes.get("type") != "cite"
        return self._end_line if only_moved else self._marked()

    def _marked(self) -> Callable[[], None]:
        self._end_line()
        self._quotes += 1
        return self._leave_quote

    def _leave_quote(self) -> None:
        self._end_line()
        self._quotes -= 1

    def _pre(self, _: LexborNode, __: Attributes, ___: Style) -> Callable[[], None]:
        return self._verbatim_within()

    def _verbatim_within(self) -> Callable[[], None]:
        self._verbatim += 1
        return self._leave_pre

    def _leave_pre(self) -> None:
        self._verbatim -= 1

    def _bullets(self, _: LexborNode, __: Attributes, ___: Style) -> Callable[[], None]:
        self._lists.append(None)
        return self._leave_list

    def _numbers(self, _: LexborNode, attributes: Attributes, __: Style) -> Callable[[], None]:
        start = attributes.get("start") or ""
        self._lists.append(int(start) - 1 if _NUMBER.fullmatch(start) else 0)
        return self._leave_list

    def _leave_list(self) -> None:
        self._end_line()
        self._lists.pop()

    def _item(self, _: LexborNode, __: Attributes, ___: Style) -> Callable[[], None]:
        indent = "  " * max(min(len(self._lists), _DEEPEST_LIST) - 1, 0)
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self._lead = f"{indent}- " if number is None else f"{indent}{number + 1}. "
        return self._end_line

    def _row(self, node: LexborNode, _: Attributes, __: Style) -> Callable[[], None]:
        if self._flat or not html_tables.is_flat(node):
            return _nothing
        self._flat = True
        return self._leave_row

    def _leave_row(self) -> None:
        self._flat = False
        self._end_line()

    def _cell(self, _: LexborNode, __: Attributes, ___: Style) -> Callable[[], None]:
        if self._parts:
            labelled = self._parts[-1].endswith(":")
            self._separator = " " if labelled else " | "
        return _nothing

    def _link(self, _: LexborNode, attributes: Attributes, __: Style) -> Callable[[], None]:
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


def _is_tight(attributes: Attributes, style: Style) -> bool:
    """Outlook's paragraphs are single lines; empty ones make the space between."""
    return style.tight or (attributes.get("class") or "").startswith("Mso")


def _nothing() -> None:
    return None


_VOID: dict[str, Callable[[Writer, LexborNode, Attributes], None]] = {
    "br": Writer.break_line,
    "hr": Writer.draw_rule,
    "img": Writer.show_image,
}
_SPECIAL: dict[str, Callable[[Writer, LexborNode, Attributes, Style], Callable[[], None]]] = {
    "blockquote": Writer._quote,  # noqa: SLF001 - the table of this class's own methods
    "pre": Writer._pre,  # noqa: SLF001 - the same
    "ul": Writer._bullets,  # noqa: SLF001 - the same
    "ol": Writer._numbers,  # noqa: SLF001 - the same
    "li": Writer._item,  # noqa: SLF001 - the same
    "tr": Writer._row,  # noqa: SLF001 - the same
    "td": Writer._cell,  # noqa: SLF001 - the same
    "th": Writer._cell,  # noqa: SLF001 - the same
    "a": Writer._link,  # noqa: SLF001 - the same
}
