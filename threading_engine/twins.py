"""One message in two versions: straight from its author, and once more by way of a list.

A list or a gateway adds a footer, a banner or a prefix to the subject, and the bytes are no longer
the same. Ids and dates are compared elsewhere; here it is only the words.
"""

from __future__ import annotations

import re

#: A line of signs, as stands above what a list or a gateway adds below, and under what it adds
#: on top.
_RULE = re.compile(r"[ \t]*([-_=*~#–—])(?:[ \t]?\1)+[ \t]*")
#: Added lines are few; a longer rest is somebody's words.
_MOST_LINES = 25


def same_words(one: str, other: str) -> bool:
    """Whether both say the same, apart from a footer or banner that one of them has more."""
    first, second = _lines(one), _lines(other)
    short, long = sorted((first, second), key=len)
    if short == long:
        return True
    more = len(long) - len(short)
    if not short or more > _MOST_LINES:
        return False
    if long[: len(short)] == short:
        return _RULE.fullmatch(long[len(short)]) is not None
    return long[more:] == short and _RULE.fullmatch(long[more - 1]) is not None


def _lines(text: str) -> list[str]:
    """Lines that say something, each with single spaces."""
    return [line for line in (" ".join(row.split()) for row in text.split("\n")) if line]
