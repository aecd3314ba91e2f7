"""People's words on their way into a mail: cleaned, wrapped for text, turned into simple HTML.

What somebody wrote as plain text looks in HTML as it was written: line breaks, indents and
double spaces stay, no character is taken for markup. Only web addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

#: Columns of a line in the text part.
WIDTH = 76
#: Longest subject or name that is repeated; longer ones end in an ellipsis.
LONGEST_LINE = 250

#: Controls without meaning in a mail, and surrogates that no charset can carry.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
#: The same for one-line values, where direction overrides can dress one name up as another.
_DECEIVING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: A web address in escaped text, up to a space, a quotation mark or an angle bracket.
_URL = re.compile(r"https?://(?:[^\s&]|&amp;)+", re.IGNORECASE)
_SENTENCE_ENDS = ".,:!?*_"
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_LIST_ITEM = re.compile(r" {0,3}(?:[-*•–]|\d{1,3}[.)]) +")
#: Scripts that are two columns wide and may break between any two characters.
_WIDE = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60"
_WIDE_CHARACTER = re.compile(f"[{_WIDE}]")
_WIDE_PIECE = re.compile(f"[{_WIDE}]|[^{_WIDE}]+")


def clean_line(value: str) -> str:
    """A value on one line: no control characters, no line ends, no direction overrides."""
    if not value.isprintable():
        value = " ".join(_DECEIVING.sub(" ", value).split())
    return value if len(value) <= LONGEST_LINE else value[: LONGEST_LINE - 1].rstrip() + "…"


def clean_text(value: str) -> str:
    """Words with plain line ends and without control characters or blank lines around them."""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("", value).strip("\n")


# --- plain text ---------------------------------------------------------------------------------


def wrap(text: str) -> str:
    """Wrap long lines at spaces; web addresses, quotes and indented code stay whole."""
    lines = text.split("\n")
    wide = not text.isascii() and _WIDE_CHARACTER.search(text) is not None
    if not wide and max(map(len, lines)) <= WIDTH:
        return text
    wrapped = _wrapped_wide if wide else _wrapped
    return "\n".join(line if _stays(line, wide=wide) else wrapped(line) for line in lines)


def _stays(line: str, *, wide: bool) -> bool:
    columns = _columns(line) if wide else len(line)
    return columns <= WIDTH or line.startswith((">", "    ", "\t"))


def _hanging(line: str) -> str:
    """What the rows after the first begin with, so that the items of a list stand out."""
    item = _LIST_ITEM.match(line)
    return " " * len(item[0]) if item else ""


def _wrapped(line: str) -> str:
    indent = _hanging(line)
    rows, start, width = [], 0, WIDTH
    least = len(indent)
    while len(line) - start > width:
        end = line.rfind(" ", start + least + 1, start + width + 1)
        if end < 0:
            end = line.find(" ", start + width)
        if end < 0:
            break
        rows.append(line[start:end].rstrip(" "))
        start, width, least = end + 1, WIDTH - len(indent), 0
    return f"\n{indent}".join([*rows, line[start:]])


def _wrapped_wide(line: str) -> str:
    indent = _hanging(line)
    rows, row, used = [], "", 0
    for glue, piece in _pieces(line):
        size = _columns(piece)
        if row.strip() and used + len(glue) + size > WIDTH:
            rows.append(row.rstrip(" "))
            row, used = indent + piece, len(indent) + size
        else:
            row, used = row + glue + piece, used + len(glue) + size
    return "\n".join([*rows, row])


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    """What must stay together, each with what stands before it on the same row."""
    for position, word in enumerate(line.split(" ")):
        pieces = _WIDE_PIECE.findall(word) or [""]
        yield " " if position else "", pieces[0]
        yield from (("", piece) for piece in pieces[1:])


def _columns(text: str) -> int:
    return len(text) + len(_WIDE_CHARACTER.findall(text))


# --- HTML ---------------------------------------------------------------------------------------


class Words:
    """The words as HTML, made when a template asks for them and not before."""

    __slots__ = ("_html", "_text")

    def __init__(self, text: str, html: str | None) -> None:
        self._text = text
        self._html = html

    def __bool__(self) -> bool:
        return bool(self._html or self._text)

    def __html__(self) -> str:
        return to_html(self._text) if self._html is None else self._html

    __str__ = __html__

    def markup(self) -> Markup:
        """The HTML as a text that templates repeat as it is."""
        return Markup(self.__html__())  # noqa: S704 - sanitised, or made of escaped text


def to_html(text: str) -> str:
    """Plain text as simple HTML; safe whatever the text says."""
    # Everything is escaped before anything else, so that no later step can forget it.
    safe = str(escape(text))
    if "://" in safe:
        safe = _URL.sub(_link, safe)
    return "\n".join(_shown(block) for block in _PARAGRAPHS.split(safe) if block.strip())


def _link(found: re.Match[str]) -> str:
    whole = found[0]
    url = whole.rstrip(_SENTENCE_ENDS)
    if url.endswith(")") and "(" not in url:
        url = url.rstrip(")" + _SENTENCE_ENDS)
    return f'<a href="{url}">{url}</a>{whole[len(url) :]}'


def _shown(block: str) -> str:
    lines = block.strip("\n").split("\n")
    return next(show(lines) for fits, show in BLOCKS if fits(lines))


def _is_quote(lines: list[str]) -> bool:
    return all(line.startswith("&gt;") for line in lines)


def _is_code(lines: list[str]) -> bool:
    return all(line.startswith(("    ", "\t")) for line in lines)


def _is_prose(_lines: list[str]) -> bool:
    return True


def _as_quote(lines: list[str]) -> str:
    inner = _joined([line.removeprefix("&gt;").removeprefix(" ") for line in lines])
    style = "margin:0 0 1em;padding-left:.75em;border-left:2px solid rgba(128,128,128,.5)"
    return f'<blockquote dir="auto" style="{style}">{inner}</blockquote>'


def _as_code(lines: list[str]) -> str:
    style = "margin:0 0 1em;white-space:pre-wrap;font-family:ui-monospace,Consolas,monospace"
    return f'<pre style="{style}">{chr(10).join(lines)}</pre>'


def _as_prose(lines: list[str]) -> str:
    return f'<p dir="auto" style="margin:0 0 1em">{_joined(lines)}</p>'


#: How a paragraph of escaped lines is shown; the first that fits.
BLOCKS: tuple[tuple[Callable[[list[str]], bool], Callable[[list[str]], str]], ...] = (
    (_is_quote, _as_quote),
    (_is_code, _as_code),
    (_is_prose, _as_prose),
)


def _joined(lines: list[str]) -> str:
    text = "<br>\n".join(lines)
    if "\t" in text:
        text = text.expandtabs(4)
    # A no-break space keeps an indent; the plain one after it lets the line break.
    return text.replace("  ", "\u00a0 ") if "  " in text else text
