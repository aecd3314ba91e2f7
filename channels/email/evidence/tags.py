"""Lists of ``tag=value;`` pairs, the form of signatures (RFC 6376 section 3.2), keys and policies."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_SPACE = str.maketrans("", "", " \t\r\n")


def read_tags(text: str) -> dict[str, str]:
    """The pairs of a list that has to be right; raises ValueError with what is wrong in it."""
    tags: dict[str, str] = {}
    for name, value in _pairs(text):
        if value is None or not _NAME.match(name):
            raise ValueError(f"not a tag: {name[:20]!r}")
        if name in tags:
            raise ValueError(f"the tag {name[:20]} stands twice")
        tags[name] = value
    return tags


def read_tags_leniently(text: str) -> dict[str, str]:
    """The pairs that can be read, names lower-cased; the first of two alike."""
    tags: dict[str, str] = {}
    for name, value in _pairs(text):
        if value is not None:
            tags.setdefault(name.lower(), value)
    return tags


def without_space(text: str) -> str:
    """Base64 and lists of names may be folded anywhere."""
    return text.translate(_SPACE)


def _pairs(text: str) -> Iterator[tuple[str, str | None]]:
    """Name and value in order; None where there is no ``=``. Empty pieces are left out."""
    for piece in text.split(";"):
        if piece.strip():
            name, equals, value = piece.partition("=")
            yield name.strip(), value.strip() if equals else None
