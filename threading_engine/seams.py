"""Lines that converters glued together: an attribution behind the last words, old words behind it.

Yahoo on Android writes "On … wrote:   Old words" in one line, and programs that turn HTML into text
lose the break before "On … wrote:".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from threading_engine import attributions

# How attributions begin that lead with a date: a preposition, perhaps a weekday and a month, a digit.
_LEAD = re.compile(
    r"(?:(?<=[^\s(\[\"'“„<>-])|(?<=[.!?] ))(?P<rule>-{2,5} ?)?"
    r"(?:On|Am|Le|El|Em|Il giorno|Il|Op|Den|Dne|Dňa|W dniu|Dnia|Pada|Vào|Στις|În|Pe|La|På)\s"
    r"(?:[^\s\d]{2,14}\s){0,3}\d"
)
_TEXT_BEHIND = re.compile(r"[:：][ \u00a0]{2,}(?=\S)")
_COLONS = (":", "：")
_LONGEST = 600
_SHORTEST = 20


def separated(lines: Sequence[str]) -> list[str]:
    """The lines, with those cut in two that an attribution shares with other words."""
    made: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        at = _seam(line, following) if _SHORTEST < len(line) < _LONGEST else 0
        made += [line[:at], line[at:]] if at else [line]
    return made


def _seam(line: str, following: str) -> int:
    """Where to cut a line, or 0. An attribution ends with a colon, here or in the next line."""
    ended = line.rstrip().endswith(_COLONS)
    at = words_before(line, following) if ended or following.endswith(_COLONS) else 0
    return at or words_behind(line)


def words_before(line: str, following: str) -> int:
    """Thank you.On 4 May 2020 at 10:00, Name wrote:."""
    for found in _LEAD.finditer(line):
        rest = line[found.start() :].strip()
        if attributions.form_of(rest, quoted_below=False) or (
            rest[-1] != ":"
            and attributions.form_of(f"{rest} {following.strip()}", quoted_below=False)
        ):
            return found.start()
    return 0


def words_behind(line: str) -> int:
    """On 4 May 2020 at 10:00, Name wrote:   Old words."""
    found = _TEXT_BEHIND.search(line)
    if found and attributions.form_of(line[: found.start() + 1].strip(), quoted_below=False):
        return found.end()
    return 0
