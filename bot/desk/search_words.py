"""Words as the index has them: folded alike on both databases and here."""

from __future__ import annotations

import re
import unicodedata

#: Marks above and below letters; taken from Latin letters only, where people leave them out.
_LATIN_MARKS = re.compile("(?<=[A-Za-z])[\u0300-\u036f]+")
#: Classes of characters that words are made of: letters, digits, and the vowel signs of some scripts.
_OF_WORDS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "Co", "Mn", "Mc"})


def fold(text: str) -> tuple[str, ...]:
    """The words of a text without case, Latin diacritics and ß, which is ``ss``."""
    plain = text.replace("ß", "ss").replace("ẞ", "ss").replace("ς", "σ")
    bare = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", plain))
    composed = unicodedata.normalize("NFC", bare)
    # Letter by letter, or the last sigma of a word would become another letter again.
    lower = (letter.lower() for letter in composed)
    spaced = (c if unicodedata.category(c[0]) in _OF_WORDS else " " for c in lower)
    return tuple("".join(spaced).split())
