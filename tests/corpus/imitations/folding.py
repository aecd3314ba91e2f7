"""How tests compare a folded mail with the letter that it was made of."""

from __future__ import annotations

import re

from threading_engine import quotes


def shown(folded: quotes.Folded) -> str:
    """The visible words without quote marks, white space folded."""
    return " ".join(" ".join(line.lstrip("> ") for line in folded.visible.split("\n")).split())


def words(text: str) -> list[str]:
    return sorted(re.findall(r"\w+", text))


def assert_nothing_is_lost(folded: quotes.Folded) -> None:
    assert words(folded.text) == words(f"{folded.visible} {folded.elided} {folded.signature}")
