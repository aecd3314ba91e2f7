"""The header of Lotus Notes: who, when, and below them labels without colons.

    Ana Bell <ana@shop.example>
    03/03/2020 08:15 AM

    To
    Ben Hall <ben@shop.example>
    cc

    Subject
    The lamp

In HTML it is a table, whose cells come out as the same lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from threading_engine import mail_headers
from threading_engine.mail_headers import Block

_WHEN = re.compile(
    r"(?:sent by:.{0,60}\s)?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
    r"(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s\(?[A-Z]{2,5}\d?\)?)?$"
)
_LONGEST_NAME = 100
_LONGEST_WHEN = 60
#: The labels stand within this many lines that are not blank.
_MOST_LINES = 14
_LABELS = frozenset(["to", "cc", "subject", "other"])


def may_be_date(stripped: str) -> bool:
    """Whether a line is nothing but a date and a time."""
    return len(stripped) <= _LONGEST_WHEN and _WHEN.match(stripped) is not None


def block_around(lines: Sequence[str], date: int, floor: int) -> tuple[int, Block] | None:
    """First line and block of the header whose second entry is the line ``date``."""
    first = date - 1
    while first >= floor and not lines[first].strip():
        first -= 1
    block = block_at(lines, first) if first >= floor else None
    return (first, block) if block else None


def block_at(lines: Sequence[str], first: int) -> Block | None:
    """The header that begins with a name at ``lines[first]``, or None."""
    name = lines[first].strip() if first < len(lines) else ""
    if not name or len(name) > _LONGEST_NAME or name[-1] in ".!?:,-":
        return None
    end = min(len(lines), first + 3 * _MOST_LINES)
    date = next((at for at in range(first + 1, end) if lines[at].strip()), end)
    if date == end or not may_be_date(when := lines[date].strip()):
        return None
    filled = [at for at in range(date + 1, end) if lines[at].strip()][: _MOST_LINES - 1]
    fields = {"from": name, "date": when}
    end = _labelled(lines, filled, fields)
    return Block(fields=fields, end=end) if {"to", "subject"} <= fields.keys() else None


def _labelled(lines: Sequence[str], filled: Sequence[int], fields: dict[str, str]) -> int:
    """Add the labelled values up to the subject, each on its label's line or on the next; the end."""
    label = ""
    for at in filled:
        head, mark, tail = lines[at].strip().replace("\t", " | ").partition(" | ")
        role = mail_headers.role(f"{head}:")
        if role and role[0] in _LABELS and role[0] not in fields:
            label = role[0]
            fields[label] = tail.strip(" |") if mark else ""
        elif label and not (label == "subject" and fields[label]):
            fields[label] = f"{fields[label]} {lines[at].strip()}".strip()
        if fields.get("subject"):
            return at + 1
    return filled[-1] + 1 if filled else 0
