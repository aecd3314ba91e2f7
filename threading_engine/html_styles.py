"""What an inline style tells a reader of text; mails repeat a few of them a thousand times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from threading_engine.html_tags import CUT, QUOTE

_HIDDEN = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|$)"
    r"|(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:;|$))",
    re.IGNORECASE,
)
_VERBATIM = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_NO_BORDER = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0", re.IGNORECASE)
# Outlook draws a grey or blue line above the header of the old mail, and a blue one beside it. Others
# use the same colours, but not with its distances in points.
_OUTLOOK_LINE = re.compile(
    r"border(?:-top)?(?:-color)?\s*:[^;]{0,40}(?:#e1e1e1|#b5c4df|rgb\(225, ?225, ?225\)|rgb\(181, ?196, ?223\))",
    re.IGNORECASE,
)
_OUTLOOK_DISTANCE = re.compile(r"padding(?:-top)?\s*:\s*3(?:\.0)?pt", re.IGNORECASE)
_OUTLOOK_BAR = re.compile(
    r"border-left\s*:\s*(?:solid blue 1\.5pt|1\.5pt solid blue)", re.IGNORECASE
)
#: Longer styles are read each time, so that no mail fills the memory.
_LONGEST_KEPT = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """What one style means."""

    #: Out of sight, as previews of newsletters are.
    hidden: bool = False
    #: Line breaks in the source are line breaks to the reader, as in a pre element.
    verbatim: bool = False
    #: A blockquote with it only moves its text to the right.
    indentation: bool = False
    #: A paragraph with it is a single line without space around it.
    tight: bool = False
    #: Outlook's border: CUT, QUOTE, or empty.
    hint: str = ""


PLAIN = Style()


def read(style: str | None) -> Style:
    """The meaning of a style attribute."""
    if not style:
        return PLAIN
    return _kept(style) if len(style) <= _LONGEST_KEPT else _read(style)


def _read(style: str) -> Style:
    line = _OUTLOOK_LINE.search(style) and _OUTLOOK_DISTANCE.search(style)
    return Style(
        hidden=_HIDDEN.search(style) is not None,
        verbatim=_VERBATIM.search(style) is not None,
        indentation=_NO_BORDER.search(style) is not None,
        tight=_NO_MARGIN.search(style) is not None,
        hint=CUT if line else QUOTE if _OUTLOOK_BAR.search(style) else "",
    )


_kept = lru_cache(maxsize=1024)(_read)
