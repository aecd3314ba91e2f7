"""The names nearest to one that does not exist, for errors that help."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 80


def nearest(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Known names like this one, the best first, ignoring case."""
    by_fold = {one.casefold(): one for one in known}
    found = get_close_matches(name[:_LONGEST].casefold(), by_fold, n=most)
    return [by_fold[fold] for fold in found]


def suggestion(name: str, known: Iterable[str], *, most: int = 12) -> str:
    """``did you mean …?`` where a known name is near, else what there is; ends a sentence."""
    names = list(known)
    if near := nearest(name, names):
        return f"did you mean {' or '.join(near)}?"
    if not names:
        return "there are none"
    more = ", …" if len(names) > most else ""
    return f"there are: {', '.join(names[:most])}{more}"
