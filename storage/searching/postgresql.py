"""How PostgreSQL is asked: everything at once; its statistics choose the way.

They know how common each word and each value is, so one statement does for rare and common ones; a
phrase is looked for among the newest tickets first, and then, where these do not fill the page, by
the index alone, as rare words are at once.
But a plan made once for all values would not: plans are made for the values at hand, and without
compiling them, which costs more than they take.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from bot.desk.search import Term
from storage.searching.filters import Filter, Values

_HABITS = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)"
)


def prepare(connection: Connection) -> None:
    """Choose how this transaction's statements are planned."""
    connection.execute(_HABITS)


#: The newest tickets in which a phrase is looked for first, by walking through them.
_WINDOW = 3_000
_NEWEST = text(
    "SELECT coalesce(min(id), 0) FROM (SELECT id FROM tickets WHERE id < :below "
    "ORDER BY id DESC LIMIT :window) newest"
)


#: Of a word that is not among the commonest PostgreSQL believes at most this share, though it may be
#: in no ticket at all; whoever walks for it from the newest ticket walks through all of them.
_RARE = 0.005
_EXPECTED = text(
    "EXPLAIN (FORMAT JSON) SELECT 1 FROM ticket_words WHERE words @@ CAST(:words AS tsquery)"
)
_ALL = text("SELECT reltuples FROM pg_class WHERE oid = 'ticket_words'::regclass")


def are_rare(connection: Connection, query: str) -> bool:
    """Whether so few tickets are expected that the index gives them all at once, and then in order."""
    plan = connection.execute(_EXPECTED, {"words": query}).scalar_one()
    expected: float = plan[0]["Plan"]["Plan Rows"]
    return expected <= _RARE * float(connection.execute(_ALL).scalar_one())


def misjudged(terms: Sequence[Term]) -> bool:
    """Whether PostgreSQL takes the words for commoner than they are: it knows nothing of phrases."""
    return any(len(term.words) > 1 and not term.absent for term in terms)


def window(connection: Connection, after: Sequence[int]) -> int:
    """The lowest number of the newest tickets before `after`."""
    values = {"below": after[0] if after else 2**62, "window": _WINDOW}
    return int(connection.execute(_NEWEST, values).scalar_one())


def has(query: str, values: Values) -> str:
    """The condition that the ticket of ``ticket_words w`` has the words."""
    asked = f"w.words @@ CAST({values.put(query)} AS tsquery)"
    return f"(w.words IS NULL OR {asked})" if query.startswith("!") else asked


def source(filters: Sequence[Filter], conditions: Sequence[str], terms: Sequence[Term]) -> str:
    """FROM and WHERE for ``tickets t``."""
    tables = "tickets t"
    if terms:
        # A ticket without a document has no word, and so none that must be absent.
        kind = "LEFT JOIN" if all(term.absent for term in terms) else "JOIN"
        tables += f" {kind} ticket_words w ON w.ticket_id = t.id"
    # Two conditions that SQLite has on one index are there twice.
    whole = " AND ".join(dict.fromkeys([*(f.sql for f in filters), *conditions]))
    return f"FROM {tables} WHERE {whole or 'true'}"
