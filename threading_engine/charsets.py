"""Bytes to text for mail: believe the declared charset as far as it holds, then guess.

Every function returns text for any bytes. Charset labels come from the mail and are hostile: a
few of Python's codecs are not charsets at all and cost quadratic time, so those are refused.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

#: How many bytes the guesser looks at; more does not make it any surer.
SAMPLE_BYTES = 16_384
#: Below this the guess is worth less than Windows-1252, the most common undeclared charset.
LEAST_CONFIDENCE = 0.5
#: With fewer bytes beyond ASCII than this, one-byte charsets of Latin scripts look alike.
FEW = 30

_WESTERN = "cp1252"
_ONE_BYTE = ("iso8859", "cp125", "mac", "latin")

#: Labels as mails write them against the codec that reads what their writers meant: browsers and
#: mail programs label supersets with the name of the subset.
_MEANT = {
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
#: Labels that Python does not know.
_ALIASES = {
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "x-sjis": "cp932",
    "x-windows-949": "cp949",
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-big5": "big5hkscs",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "x-user-defined": "latin-1",
}
#: Codecs of Python's own that decode text to text; some in quadratic time.
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}\Z")
_OLD_WINDOWS = re.compile(r"(?:x-)?cp?-?(\d{3,5})\Z|(?:windows|win)-?(\d{3,4})\Z")


@lru_cache(maxsize=256)
def codec(label: str) -> str | None:
    """Name the Python codec for a charset label, or None when the label names no charset."""
    label = label.strip(" \t\"'<>").lower()
    if not _LABEL.match(label):
        return None
    label = _ALIASES.get(label, label)
    if number := _OLD_WINDOWS.match(label):
        label = "cp" + (number[1] or number[2])
    try:
        found = codecs.lookup(label)
        b"".decode(found.name)
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if found.name in _NOT_CHARSETS else _MEANT.get(found.name, found.name)


def decode(data: bytes, label: str | None) -> tuple[str, str | None]:
    """Decode ``data`` by its declared charset; the second value is the defect in words, if any."""
    name = codec(label) if label else "utf-8"
    if name is not None:
        try:
            return _without_surrogates(data.decode(name), name), None
        except (UnicodeError, ValueError):
            pass
    text, guessed = guess(data)
    if label is None:
        return text, f"no charset declared; read as {guessed}"
    wrong = "is not known" if name is None else "does not fit the bytes"
    return text, f"charset {label[:40]!r} {wrong}; read as {guessed}"


def _without_surrogates(text: str, name: str) -> str:
    """UTF-7 alone can spell half a surrogate pair, which no other codec will write again."""
    return text.encode("utf-8", "replace").decode() if name == "utf-7" else text


def guess(data: bytes) -> tuple[str, str]:
    """Decode bytes of unknown charset: the text and the name of the charset that was guessed."""
    if b"\x1b$" in data:  # only the Japanese and Korean seven-bit charsets switch like this
        for name in ("iso2022_jp", "iso2022_jp_2", "iso2022_kr"):
            try:
                return data.decode(name), name
            except UnicodeError:
                continue
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as wrong:
        # One bad byte in a long text is damage, not another charset.
        if wrong.start > 1000 and _mostly_utf8(data):  # noqa: PLR2004 - bytes of proof enough
            return data.decode("utf-8", "replace"), "utf-8"
    name = _guessed_codec(data)
    try:
        return data.decode(name), name
    except (UnicodeError, ValueError):
        return data.decode(name, "replace"), name


def _mostly_utf8(data: bytes) -> bool:
    """Whether the text before the first bad byte holds well-formed multi-byte characters."""
    start = data[:1000].decode("utf-8", "ignore")
    return not start.isascii()


def _guessed_codec(data: bytes) -> str:
    import cchardet

    sample = data[:SAMPLE_BYTES]
    found = cchardet.detect(sample)
    label, confidence = found.get("encoding"), found.get("confidence") or 0.0
    name = codec(label) if label and confidence >= LEAST_CONFIDENCE else None
    return _WESTERN if name is None or _too_little_to_tell(sample, name) else name


def _too_little_to_tell(sample: bytes, name: str) -> bool:
    """Whether a few accents in Latin text are all that the guess of a one-byte charset rests on."""
    high = sum(byte > 127 for byte in sample)  # noqa: PLR2004 - the last of ASCII
    return name.startswith(_ONE_BYTE) and high < FEW and high * 4 < len(sample)
