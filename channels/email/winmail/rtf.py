"""RTF bodies as text, or as the HTML that Outlook wrapped into them (MS-OXRTFEX).

Only what a mail needs is read: words, paragraphs, tabs, characters of any code page. Pictures,
fonts, styles and everything unknown is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from threading_engine import charsets

#: What is read of a body.
MOST_BYTES = 1024 * 1024

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])"
    rb"|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr"
    b" footerf footnote object themedata datastore listtable listoverridetable generator xmlnstbl"
    b" fldinst bkmkstart bkmkend mhtmltag rsidtbl latentstyles".split()
)
_WORDS = {
    b"par": "\n",
    b"line": "\n",
    b"row": "\n",
    b"sect": "\n",
    b"page": "\n",
    b"tab": "\t",
    b"cell": "\t",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"endash": "–",
    b"emdash": "—",
    b"emspace": " ",
    b"enspace": " ",
    b"nbsp": "\xa0",
}
_SIGNS = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\xa0", b"_": "-", b"\n": "\n", b"\r": "\n"}
#: Character sets of fonts (RTF 1.9.1, \fcharset) against code pages.
_FONT_CHARSETS = {
    128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What an RTF body says, as one of the two."""

    html: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside one pair of braces."""

    skipped: bool = False
    #: Inside a piece of the original HTML.
    tag: bool = False
    #: The RTF rendering of what the original HTML says already.
    rendering: bool = False
    #: Characters behind \\u that stand in for it where it is not understood.
    substitutes: int = 1
    charset: str = "cp1252"
    fonts: bool = False


def read(data: bytes) -> Body:
    """Read a body; raises nothing."""
    data = data[:MOST_BYTES]
    if not data.lstrip().startswith(b"{\\rtf"):
        return Body()
    from_html = b"\\fromhtml" in data[:2000]
    text = _Reader(from_html=from_html).read(data)
    return Body(html=text) if from_html else Body(text=text.strip("\n\x00"))


class _Reader:
    def __init__(self, *, from_html: bool) -> None:
        self._from_html = from_html
        self._group = _Group()
        self._outer: list[_Group] = []
        self._out: list[str] = []
        #: Bytes that may be halves of one character.
        self._bytes = bytearray()
        self._to_skip = 0
        self._star = False
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._code_page_known = False

    def read(self, data: bytes) -> str:
        for found in _TOKEN.finditer(data):
            word, number, code, sign, brace, text = found.groups()
            if code is not None:
                self._bytes_come(bytes([int(code, 16)]))
            elif text is not None:
                self._bytes_come(text)
            elif brace is not None:
                self._brace(brace)
            elif word is not None:
                self._word(word.lower(), int(number) if number else None)
            elif sign is not None:
                self._sign(sign)
        self._flush()
        joined = "".join(self._out)
        # Characters beyond the first plane come as two halves.
        return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._star, self._to_skip = False, 0
        if brace == b"{":
            self._outer.append(self._group)
        elif self._outer:
            self._group = self._outer.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        star, self._star = self._star, False
        if self._star_word(word, star=star) or self._state(word, number):
            return
        if word in _WORDS:
            self._put(_WORDS[word])
        elif word == b"u" and number is not None:
            self._put(chr(number % 0x10000))
            self._to_skip = self._group.substitutes

    def _star_word(self, word: bytes, *, star: bool) -> bool:
        """Destinations: what a group is for."""
        self._flush()
        if word == b"fonttbl":
            self._group = replace(self._group, skipped=True, fonts=True)
        elif word == b"htmltag" and star:
            self._group = replace(self._group, tag=True)
        elif star or word in _SKIPPED:
            self._group = replace(self._group, skipped=True)
        else:
            return False
        return True

    def _state(self, word: bytes, number: int | None) -> bool:
        """Words that change how the next ones are read."""
        change = _STATES.get(word)
        if change is None:
            return False
        change(self, number)
        return True

    def _set_rendering(self, number: int | None) -> None:
        self._group = replace(self._group, rendering=number != 0)

    def _set_substitutes(self, number: int | None) -> None:
        self._group = replace(self._group, substitutes=min(max(number or 0, 0), 9))

    def _set_code_page(self, number: int | None) -> None:
        """Stated once, in the outermost group; looking up a thousand others would take seconds."""
        if not self._code_page_known:
            self._code_page_known = True
            name = charsets.codec(f"cp{number}") or "cp1252"
            self._group = replace(self._group, charset=name)

    def _set_font(self, number: int | None) -> None:
        self._font = number or 0
        if not self._group.fonts and self._font in self._fonts:
            self._group = replace(self._group, charset=self._fonts[self._font])

    def _set_font_charset(self, number: int | None) -> None:
        if number in _FONT_CHARSETS and len(self._fonts) < 1000:  # noqa: PLR2004 - no mail has more
            self._fonts[self._font] = _FONT_CHARSETS[number]

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._star = True
        elif sign in _SIGNS:
            self._put(_SIGNS[sign])

    def _bytes_come(self, data: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        if data and self._is_shown():
            self._bytes += data

    def _put(self, text: str) -> None:
        self._flush()
        if self._is_shown():
            self._out.append(text)

    def _flush(self) -> None:
        if self._bytes:
            self._out.append(charsets.decode(bytes(self._bytes), self._group.charset)[0])
            self._bytes.clear()

    def _is_shown(self) -> bool:
        group = self._group
        return not group.skipped and (group.tag or not (self._from_html and group.rendering))


_STATES: dict[bytes, Callable[[_Reader, int | None], None]] = {
    b"htmlrtf": _Reader._set_rendering,  # noqa: SLF001 - the table of this class's own methods
    b"uc": _Reader._set_substitutes,  # noqa: SLF001 - the same
    b"ansicpg": _Reader._set_code_page,  # noqa: SLF001 - the same
    b"f": _Reader._set_font,  # noqa: SLF001 - the same
    b"fcharset": _Reader._set_font_charset,  # noqa: SLF001 - the same
}
