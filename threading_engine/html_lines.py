"""An HTML body as lines of text that remember where they came from.

The walk keeps what a reader sees (paragraphs, lists, tables, quotes as "> " lines) and what the
clients said by structure (this is the attribution, this the signature, below is the old mail).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from threading_engine import html_guard

#: Hints: what a client's own structure says about a line.
ATTRIBUTION, SIGNATURE, CUT = "attribution", "signature", "cut"

_MOST_QUOTE_MARKS = 20
_MOST_BLANKS = 2
#: The zero-width space and joiners that newsletters and chat bridges pad with.
_INVISIBLE = str.maketrans("", "", "\u200b\ufeff\u00ad\u034f")

_SKIPPED = frozenset("script style head title template noscript object iframe -comment".split())
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table".split())
_BLOCKS = _PARAGRAPHS | frozenset(
    "div tr li section article header footer main aside nav center address figure form fieldset"
    " dt dd body html tbody thead caption".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_NO_BORDER = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0", re.IGNORECASE)
_CUT_IDS = frozenset(
    "appendonsend divrplyfwdmsg olk_src_body_section mail-editor-reference-message-container".split()
)
_CUT_CLASSES = frozenset(["yahoo_quoted", "zmail_extra", "ms-outlook-mobile-reference-message"])
_ATTRIBUTION_CLASSES = frozenset(["gmail_attr", "moz-cite-prefix"])
_SIGNATURE_CLASSES = frozenset(
    [
        "gmail_signature",
        "moz-signature",
        "protonmail_signature_block",
        "ms-outlook-mobile-signature",
    ]
)
_SIGNATURE_IDS = frozenset(["signature", "ms-outlook-mobile-signature"])


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


def page(html: str) -> Page:
    """Lay out an HTML body as lines."""
    if html_guard.is_hostile(html):
        lines = [" ".join(line.split()) for line in html_guard.without_tags(html).split("\n")]
        return Page(lines=lines, origins=[None] * len(lines))
    body = LexborHTMLParser(html).body
    if body is None:
        return Page()
    writer = _Writer(body)
    writer.walk()
    return writer.page


def cut_before(made: Page, line: int) -> str | None:
    """The HTML of everything before ``lines[line]``, or None when no node begins there."""
    node = made.origins[line]
    if node is None or made.body is None:
        return None
    while (parent := node.parent) is not None and node.prev is None and parent.tag != "body":
        node = parent
    inside = node.parent
    _remove_following(node)
    node.decompose()
    while inside is not None and inside.tag != "body":
        _remove_following(inside)
        inside = inside.parent
    return made.body.inner_html


def _remove_following(node: LexborNode) -> None:
    while (sibling := node.next) is not None:
        sibling.decompose()


class _Writer:
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
            elif tag not in _SKIPPED:
                after = self._enter(node, tag)
                if after is not None:
                    stack.append((node.child, after))
        self._end_line()
        while self.page.lines and not self.page.lines[-1]:
            self.page.lines.pop()
            self.page.origins.pop()

    def _text(self, node: LexborNode, text: str) -> None:
        if "\u200b" <= max(text, default=""):
            text = text.translate(_INVISIBLE)
        if self._verbatim:
            first, *rest = text.split("\n")
            self._put(node, first)
            for line in rest:
                self._end_line(keep_blank=True)
                self._put(None, line)
            return
        words = text.split()
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
        if style and _HIDDEN.search(style):
            return None
        if tag in _VOID:
            _VOID[tag](self, node, attributes)
            return None
        loose = tag in _PARAGRAPHS and not self._lists and not _is_tight(attributes, style)
        if loose:
            self._paragraph()
        elif tag in _BLOCKS:
            self._end_line()
        leave = self._hinted(attributes)
        special = _SPECIAL.get(tag)
        inner = special(self, attributes, style) if special else _nothing

        def close() -> None:
            inner()
            leave()
            if loose:
                self._paragraph()
            elif tag in _BLOCKS:
                self._end_line()

        return close

    def _hinted(self, attributes: dict[str, str | None]) -> Callable[[], None]:
        hint = _hint(attributes)
        if hint == CUT:
            self._end_line()
            self._hint = CUT
        elif hint:
            self._end_line()
            self._lasting.append(hint)
            return self._leave_hinted
        return _nothing

    def _leave_hinted(self) -> None:
        self._end_line()
        self._lasting.pop()

    def _quote(self, _: dict[str, str | None], style: str) -> Callable[[], None]:
        if style and _NO_BORDER.search(style):
            return self._end_line
        self._quotes += 1
        return self._leave_quote

    def _leave_quote(self) -> None:
        self._end_line()
        self._quotes -= 1

    def _pre(self, _: dict[str, str | None], __: str) -> Callable[[], None]:
        self._verbatim += 1
        return self._leave_pre

    def _leave_pre(self) -> None:
        self._end_line()
        self._verbatim -= 1

    def _bullets(self, _: dict[str, str | None], __: str) -> Callable[[], None]:
        self._lists.append(None)
        return self._leave_list

    def _numbers(self, _: dict[str, str | None], __: str) -> Callable[[], None]:
        self._lists.append(0)
        return self._leave_list

    def _leave_list(self) -> None:
        self._end_line()
        self._lists.pop()

    def _item(self, _: dict[str, str | None], __: str) -> Callable[[], None]:
        indent = "  " * max(min(len(self._lists), _MOST_QUOTE_MARKS) - 1, 0)
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self._lead = f"{indent}- " if number is None else f"{indent}{number + 1}. "
        return self._end_line

    def _cell(self, _: dict[str, str | None], __: str) -> Callable[[], None]:
        if self._parts:
            self._parts.append(" | ")
            self._space = False
        return _nothing

    def _link(self, attributes: dict[str, str | None], _: str) -> Callable[[], None]:
        target = _target(attributes.get("href") or "")
        start, line = len(self._parts), len(self.page.lines)

        def close() -> None:
            same_line = line == len(self.page.lines)
            text = "".join(self._parts[start:] if same_line else self._parts).strip()
            if target and text and target not in text and _bare(target) != _bare(text):
                self._parts.append(f" <{target}>")

        return close

    def break_line(self, node: LexborNode, _: dict[str, str | None]) -> None:
        """End the line, or leave one empty."""
        if not self._parts:
            self._origin = node
        self._end_line(keep_blank=True)

    def draw_rule(self, node: LexborNode, _: dict[str, str | None]) -> None:
        """A horizontal rule on its own line."""
        self._end_line()
        self._put(node, "---")
        self._end_line()

    def show_image(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        """An embedded image by its Content-ID, any other by its description."""
        source = (attributes.get("src") or "").strip()
        alt = " ".join((attributes.get("alt") or "").split())
        if source[:4].lower() == "cid:":
            self._put(node, f"[{source}]")
        elif alt:
            self._put(node, f"[{alt}]")


def _nothing() -> None:
    return None


def _is_tight(attributes: dict[str, str | None], style: str) -> bool:
    """Outlook's paragraphs are single lines; empty ones make the space between."""
    return (attributes.get("class") or "").startswith("Mso") or bool(
        style and _NO_MARGIN.search(style)
    )


def _hint(attributes: dict[str, str | None]) -> str:
    identifier = (attributes.get("id") or "").lower()
    classes = (attributes.get("class") or "").lower().split()
    if identifier in _CUT_IDS or not _CUT_CLASSES.isdisjoint(classes):
        return CUT
    if not _ATTRIBUTION_CLASSES.isdisjoint(classes):
        return ATTRIBUTION
    if identifier in _SIGNATURE_IDS or not _SIGNATURE_CLASSES.isdisjoint(classes):
        return SIGNATURE
    return SIGNATURE if "data-signatureblock" in attributes else ""


def _target(href: str) -> str:
    """What to print of a link: a web address or a mail address, nothing else."""
    href = href.strip()
    scheme = href[:7].lower()
    if scheme == "mailto:":
        return href[7:].partition("?")[0]
    return href if scheme.startswith(("http://", "https:/", "ftp://", "tel:")) else ""


def _bare(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


_VOID: dict[str, Callable[[_Writer, LexborNode, dict[str, str | None]], None]] = {
    "br": _Writer.break_line,
    "hr": _Writer.draw_rule,
    "img": _Writer.show_image,
}
_SPECIAL: dict[str, Callable[[_Writer, dict[str, str | None], str], Callable[[], None]]] = {
    "blockquote": _Writer._quote,  # noqa: SLF001 - the table of this class's own methods
    "pre": _Writer._pre,  # noqa: SLF001 - the same
    "ul": _Writer._bullets,  # noqa: SLF001 - the same
    "ol": _Writer._numbers,  # noqa: SLF001 - the same
    "li": _Writer._item,  # noqa: SLF001 - the same
    "td": _Writer._cell,  # noqa: SLF001 - the same
    "th": _Writer._cell,  # noqa: SLF001 - the same
    "a": _Writer._link,  # noqa: SLF001 - the same
}
