"""Text patterns in linear time, whatever an administrator writes and a stranger sends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import re2

#: Characters of a text that are looked at, and of a pattern.
LONGEST_TEXT = 100_000
LONGEST_PATTERN = 1_000
#: Words of a list.
MOST_WORDS = 500

_WORD = re.compile(r"\w+")
_MEMORY = 1 << 20


# Fifty rules look at the same few texts, one after the other.


@lru_cache(maxsize=8)
def _as_utf8(text: str) -> bytes:
    """Lone surrogates come out of broken mails; RE2 reads UTF-8, which has no form for them."""
    return text[:LONGEST_TEXT].encode("utf-8", "replace")


@lru_cache(maxsize=8)
def _words_of(text: str) -> tuple[frozenset[str], str]:
    """The words of a text, and all of them in a row."""
    found = _WORD.findall(text[:LONGEST_TEXT].casefold())
    return frozenset(found), f" {' '.join(found)} "


@dataclass(frozen=True, slots=True)
class Pattern:
    """An RE2 expression; it has no back references, and no text makes it slow."""

    source: str
    _compiled: Any = field(compare=False, repr=False)

    def is_in(self, text: str) -> bool:
        """Whether it matches anywhere in the text."""
        return self._compiled.search(_as_utf8(text)) is not None


def read_pattern(source: str) -> Pattern:
    """Compile an expression; raises ValueError with what is wrong with it."""
    if not source:
        raise ValueError("an empty pattern matches everything")
    if len(source) > LONGEST_PATTERN:
        raise ValueError(f"the pattern is longer than {LONGEST_PATTERN} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        compiled = re2.compile(source, options)  # type: ignore[no-untyped-call]  # has no types
    except re2.error as error:
        raise ValueError(f"the pattern {source!r} cannot be read: {_reason(error)}") from None
    return Pattern(source, compiled)


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of which one shall stand in a text: whole words, in any case."""

    single: frozenset[str]
    #: Several words in a row, each as one string with single blanks.
    phrases: tuple[str, ...]

    def are_in(self, text: str) -> bool:
        """Whether one of them stands in the text."""
        single, flat = _words_of(text)
        if not self.single.isdisjoint(single):
            return True
        return any(f" {phrase} " in flat for phrase in self.phrases)


def read_words(given: tuple[str, ...]) -> Words:
    """Make a word list; raises ValueError for one that is empty or holds no word."""
    if not given or len(given) > MOST_WORDS:
        raise ValueError(f"a word list has from 1 to {MOST_WORDS} entries")
    split = [tuple(_WORD.findall(entry.casefold())) for entry in given]
    if not all(split):
        raise ValueError(f"{given[split.index(())]!r} holds no word")
    single = frozenset(words[0] for words in split if len(words) == 1)
    return Words(single, tuple(" ".join(words) for words in split if len(words) > 1))
