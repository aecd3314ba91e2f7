"""Parameters of structured MIME fields: ``type/subtype; name=value`` (RFC 2045, RFC 2231)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from threading_engine import charsets, encoded_words

#: Bytes of one field that are read; a longer one is no honest Content-Type.
MAX_FIELD = 16_384
MAX_FILE_NAME = 200

_PARAMETER = re.compile(
    r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?+|([^;"]*+))', re.DOTALL
)
_BACKSLASH = re.compile(r'\\(["\\])')
_CONTINUED = re.compile(r"([^*]+)\*(\d{1,4})?(\*)?\Z")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+\Z")


def media_type(field: str) -> str:
    """The lower-cased media type at the start of a Content-Type value, or ``text/plain``."""
    found = field.partition(";")[0].strip().lower()
    return found if _TYPE.match(found) else "text/plain"


def parameters(field: str) -> dict[str, str]:
    """The parameters by lower-cased name, continuations joined, percent signs and charsets decoded."""
    if ";" not in field:
        return {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in _PARAMETER.finditer(field[:MAX_FIELD]):
        name, value = found[1].lower(), _value(found[2], found[3])
        if "*" in name and (continued := _CONTINUED.match(name)):
            part = (value, continued[3] is not None or continued[2] is None)
            pieces.setdefault(continued[1], {})[int(continued[2] or 0)] = part
        else:
            plain.setdefault(name, encoded_words.decode(value))
    for name, parts in pieces.items():
        plain[name] = _joined([parts[number] for number in sorted(parts)])
    return plain


def _value(quoted: str | None, bare: str | None) -> str:
    # A backslash before anything but a quote or itself is a Windows path, not an escape.
    return _BACKSLASH.sub(r"\1", quoted) if quoted is not None else (bare or "").strip()


def _joined(parts: list[tuple[str, bool]]) -> str:
    """Join RFC 2231 pieces as bytes first: a character may be split between two of them."""
    first, extended = parts[0]
    charset = "utf-8"
    if extended and first.count("'") >= 2:  # noqa: PLR2004 - charset'language'text
        charset, _, first = first.split("'", 2)
    data = b"".join(
        unquote_to_bytes(text) if percent else text.encode("utf-8", "replace")
        for text, percent in [(first, extended), *parts[1:]]
    )
    return encoded_words.clean(charsets.decode(data, charset or "utf-8")[0])


_BAD_IN_NAMES = re.compile(
    '[\x00-\x1f\x7f-\x9f<>:"|?*\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]'
)
#: Names that Windows opens as devices.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)


def file_name(text: str, fallback: str) -> str:
    """A file name without path, controls and direction marks; ``fallback`` when nothing is left."""
    name = unicodedata.normalize("NFC", text) if not text.isascii() else text
    name = name.replace("\\", "/").rpartition("/")[2]
    name = _BAD_IN_NAMES.sub("", name).strip(" .")
    if len(name) > MAX_FILE_NAME:
        stem, dot, extension = name.rpartition(".")
        tail = dot + extension if stem and len(extension) <= 10 else ""  # noqa: PLR2004
        name = name[: MAX_FILE_NAME - len(tail)] + tail
    return f"_{name}" if _DEVICES.match(name) else name or fallback
