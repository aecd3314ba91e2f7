"""Paragraphs of a format=flowed text put together again (RFC 3676)."""

from __future__ import annotations


def unflow(text: str, *, delete_space: bool) -> str:
    """Join the soft-broken lines of ``text``; quote marks stay, space stuffing goes.

    ``delete_space`` is the ``delsp=yes`` parameter: the space before a soft break is no word space.
    """
    lines: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        quoted = len(line) - len(content)
        content = content.removeprefix(" ")
        if paragraph and (quoted != depth or content == "-- "):
            lines.append(_quoted(depth, "".join(paragraph)))
            paragraph = []
        depth = quoted
        soft = content.endswith(" ") and content != "-- "
        paragraph.append(content[:-1] if soft and delete_space else content)
        if not soft:
            lines.append(_quoted(depth, "".join(paragraph)))
            paragraph = []
    if paragraph:
        lines.append(_quoted(depth, "".join(paragraph)))
    return "\n".join(lines)


def _quoted(depth: int, line: str) -> str:
    return f"{'>' * depth} {line}" if depth else line
