"""Words of a query in the forms that the two indexes take."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.search import Term
from storage.word_index import MARK


def match(terms: Sequence[Term], *, public: bool) -> str:
    """What FTS5 is asked; empty where no word has to be there."""
    wanted = [_fts5(term) for term in terms if not term.absent]
    if not wanted:
        return ""
    unwanted = [_fts5(term) for term in terms if term.absent]
    whole = f"({' AND '.join(wanted)})" + (f" NOT ({' OR '.join(unwanted)})" if unwanted else "")
    return f"{{public}} : ({whole})" if public else whole


def match_any(terms: Sequence[Term], *, public: bool) -> str:
    """What FTS5 is asked for tickets that have any of the words which must be absent."""
    unwanted = " OR ".join(_fts5(term) for term in terms if term.absent)
    return f"{{public}} : ({unwanted})" if public and unwanted else unwanted


def tsquery(terms: Sequence[Term], *, public: bool) -> str:
    """What PostgreSQL is asked, in the text form of its type; begins with ``!`` without wanted words."""
    ordered = sorted(terms, key=lambda term: term.absent)
    return " & ".join(_tsquery(term, public=public) for term in ordered)


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")


def _tsquery(term: Term, *, public: bool) -> str:
    label = "A" if public else ""
    last = len(term.words) - 1
    lexemes = []
    for place, word in enumerate(term.words):
        marks = ("*" if term.prefix and place == last else "") + label
        marked = MARK + word if "0" <= word[0] <= "9" else word
        lexemes.append(f"'{marked}'" + (f":{marks}" if marks else ""))
    phrase = f"({' <-> '.join(lexemes)})"
    return f"!{phrase}" if term.absent else phrase
