"""Lines like ``Room: 2.17`` in somebody's words, as people fill in what they were asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.desk.fields import LONGEST, Field, FieldKind
from bot.desk.nearest import nearest

#: A line that names a field: a mark of a list or of emphasis before it is the mail program's.
_LINE = re.compile(r"[\s>*_•·-]*([^\s:=>*_•·-][^:=]{0,79})[*_]*\s?[:=]\s?[*_]*(.*)")
_LONGEST_LINE = 2000
#: What a mail program leaves where nothing was filled in.
_NOTHING = frozenset("_.…-–— []()")


def read_lines(words: str, fields: Iterable[Field]) -> dict[str, str]:
    """What was written behind the name of each field; fields that nobody filled in are left out.

    A field of several lines goes on until the next field or an empty line. The same field twice:
    the last one that says something counts.
    """
    by_name = {field.name.casefold(): field for field in fields}
    found: dict[str, str] = {}
    current: Field | None = None
    for line in words.split("\n"):
        named = _named(line[:_LONGEST_LINE], by_name)
        if named is not None:
            current, value = named
            if not _says_nothing(value):
                found[current.name] = value
        elif current is not None and current.kind is FieldKind.LINES and line.strip():
            before = found.get(current.name, "")
            found[current.name] = f"{before}\n{line.strip()}".strip()[:LONGEST]
        else:
            current = None
    return found


def _named(line: str, by_name: dict[str, Field]) -> tuple[Field, str] | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    name = " ".join(match[1].split()).casefold()
    field = by_name.get(name)
    if field is None and (near := nearest(name, by_name, most=1)):
        field = by_name[near[0]] if _is_slip(name, near[0]) else None
    return (field, match[2].strip().strip("*_").strip()) if field is not None else None


def _is_slip(name: str, known: str) -> bool:
    """Whether the name is the known one with a slip in it: long enough, and as long within two."""
    return len(known) > 3 and abs(len(name) - len(known)) <= 2 and name[0] == known[0]  # noqa: PLR2004 - as it says


def _says_nothing(value: str) -> bool:
    return not value or set(value) <= _NOTHING
