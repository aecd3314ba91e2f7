"""Rows of tables: of data, whose cells stand side by side, or only of layout."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from threading_engine.html_tags import BLOCKS

#: A cell of data holds no more text; longer ones are columns of a page.
_LONGEST_CELL = 200
_DEEPEST = 6
_BREAKING = BLOCKS | {"br", "hr", "pre"}


def is_flat(row: LexborNode) -> bool:
    """Whether a row has several cells of one short line each, so that it can be read as a line."""
    cells = 0
    cell = row.child
    while cell is not None:
        if cell.tag in {"td", "th"}:
            cells += 1
            if not _is_one_line(cell):
                return False
        cell = cell.next
    return cells > 1


def _is_one_line(cell: LexborNode) -> bool:
    """Word and others put paragraphs into cells; one inside of the other is still one line."""
    node: LexborNode | None = cell
    for _ in range(_DEEPEST):
        block: LexborNode | None = None
        child = node.child if node else None
        while child is not None:
            tag = child.tag or ""
            if tag in _BREAKING:
                if block is not None or tag in {"br", "hr", "pre", "table", "ul", "ol"}:
                    return False
                block = child
            elif tag == "-text" and len(child.text_content or "") > _LONGEST_CELL:
                return False
            child = child.next
        if block is None:
            return True
        node = block
    return False
