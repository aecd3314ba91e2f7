"""An HTML body as lines of text that remember where they came from.

The walk keeps what a reader sees (paragraphs, lists, tables, quotes as "> " lines) and what the
clients said by structure (this is the attribution, this the signature, below is the old mail).
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from threading_engine import html_guard
from threading_engine.html_page import Page
from threading_engine.html_writer import Writer

__all__ = ["Page", "cut_before", "page"]


def page(html: str) -> Page:
    """Lay out an HTML body as lines."""
    if html_guard.is_hostile(html):
        lines = [" ".join(line.split()) for line in html_guard.without_tags(html).split("\n")]
        return Page(lines=lines, origins=[None] * len(lines))
    body = LexborHTMLParser(html).body
    if body is None:
        return Page()
    writer = Writer(body)
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
