"""How PostgreSQL is asked: everything at once; its statistics choose the way.

They know how common each word and each value is, so one statement does for rare and common ones.
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
