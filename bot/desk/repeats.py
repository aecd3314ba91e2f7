"""Whether words for somebody outside repeat what was said among colleagues.

A mail program quotes what it answers, and an answer between the lines keeps the lines that it
answers. When those come from an internal note, they must not go out with the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

#: So many words of a note in a row are a repetition: fewer where they stand as a quote.
_RUN, _QUOTED_RUN = 8, 4
#: A shorter note is repeated when all of it is; a single word proves nothing.
_LEAST, _QUOTED_LEAST = 4, 2
#: Characters of each text that are compared.
_LONGEST = 200_000

_WORD = re.compile(r"\w+")


def repeated_words(words: str, *, notes: Iterable[str], public: Iterable[str]) -> str:
    """The first run of words that stands in a note and in nothing public; empty for none."""
    words = words[:_LONGEST]
    quoted = "\n".join(line for line in words.split("\n") if line.lstrip().startswith(">"))
    inside, outside = [_split(note) for note in notes], [_split(text) for text in public]
    for text, run, least in ((quoted, _QUOTED_RUN, _QUOTED_LEAST), (words, _RUN, _LEAST)):
        if found := _first(_split(text), inside, outside, run=run, least=least):
            return found
    return ""


def _split(text: str) -> list[str]:
    return _WORD.findall(text[:_LONGEST].casefold())


def _first(
    said: list[str],
    notes: list[list[str]],
    public: list[list[str]],
    *,
    run: int,
    least: int,
) -> str:
    for note in notes:
        length = min(run, len(note))
        if length < least:
            continue
        common = set(_runs(note, length)) & set(_runs(said, length))
        if common:
            known = {piece for text in public for piece in _runs(text, length)}
            if secret := common - known:
                return next(piece for piece in _runs(said, length) if piece in secret)
    return ""


def _runs(words: Sequence[str], length: int) -> Iterator[str]:
    for at in range(len(words) - length + 1):
        yield " ".join(words[at : at + length])
