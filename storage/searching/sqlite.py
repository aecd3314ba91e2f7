"""How SQLite is asked: what is few comes first.

Measured on a million tickets: a row of the word index costs 0.4 µs as it streams, newest first; a
ticket by number 1 µs; asking whether one given ticket has the words 30 to 140 µs. From that and from two
cheap looks (how many tickets has each filter, up to `MANY`; how dense are the words among the
newest tickets) follows the cheapest of four ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from storage.searching.filters import Filter, Values

#: Beyond so many tickets a filter is only asked of tickets found otherwise.
MANY = 5_000
#: So many of the newest matches tell how dense the words are.
_SAMPLE = 1_000
_STREAM_US, _TICKET_US, _PROBE_US = 0.5, 1.5, 100.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What FTS5 is asked."""

    #: Has to match; empty where no word has to be there.
    match: str
    #: More conditions on ``t`` that look into the index: words that must be absent, public ones.
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How the tickets are reached."""

    #: FROM and WHERE, for ``tickets t``.
    sql: str
    #: The ticket's number as an expression that whatever is walked along is ordered by.
    number: str = "t.id"


def choose(
    connection: Connection,
    filters: Sequence[Filter],
    words: Words,
    values: Values,
    *,
    wanted: int,
    by_updated: bool = False,
) -> Way:
    """The cheapest way; about `wanted` tickets will be read."""
    few, size = _fewest(connection, filters, values)
    rest = [*_plain(f.sql for f in filters if f is not few), *words.conditions]
    if few is not None:
        if words.match and not _probing(connection, words, size, wanted):
            return _by_words(words, values, f"+f.rowid IN ({few.ids})", *rest)
        if words.match:
            rest.append(has(words.match, values))
        return _way("tickets t", f"t.id IN ({few.ids})", *rest)
    if words.match:
        return _by_words(words, values, *rest)
    if by_updated:
        return _way("tickets t INDEXED BY ix_tickets_updated_at_id", *rest)
    return _walking(filters, words)


def has(match: str, values: Values) -> str:
    """The condition that a given ticket has the words."""
    asked = f"ticket_words MATCH {values.put(match)} AND rowid = t.id"
    return f"EXISTS (SELECT 1 FROM ticket_words WHERE {asked})"


def _walking(filters: Sequence[Filter], words: Words) -> Way:
    """Along the index of the first condition that has one in the order of numbers, or along these."""
    along = next((f for f in filters if f.walk), None)
    rest = [*_plain(f.sql for f in filters if f is not along), *words.conditions]
    if along is None or not along.walk:
        return _way("tickets t NOT INDEXED", *rest)
    source, condition = along.walk
    number = "x.ticket_id" if source.startswith("ticket_tags x") else "t.id"
    return _way(source, condition, *rest, number=number)


def _fewest(
    connection: Connection, filters: Sequence[Filter], values: Values
) -> tuple[Filter | None, int]:
    """The filter with the fewest tickets, and how many these are, up to `MANY`."""
    best: tuple[Filter | None, int] = (None, MANY)  # one that has as many is no choice
    for candidate in filters:
        if candidate.ids:
            counting = f"SELECT count(*) FROM ({candidate.ids} LIMIT {best[1]})"
            size = connection.execute(text(counting), values.named).scalar_one()
            if size < best[1]:
                best = candidate, size
    return best


def _probing(connection: Connection, words: Words, size: int, wanted: int) -> bool:
    """Whether to ask each of the few for the words, not to look for the few among the words' stream."""
    newest, matches, reach = _density(connection, words)
    density = matches / reach
    probes = min(size, wanted / density if density else size)
    streamed = min(density * newest, wanted * newest / max(size, 1))
    return probes * _PROBE_US <= streamed * _STREAM_US + size * _TICKET_US


def _density(connection: Connection, words: Words) -> tuple[int, int, int]:
    """The highest number, how many matches were looked at, and over how many numbers they spread."""
    newest = connection.execute(text("SELECT coalesce(max(id), 1) FROM tickets")).scalar_one()
    looked = connection.execute(
        text(
            "SELECT count(*), min(id) FROM (SELECT rowid AS id FROM ticket_words "
            "WHERE ticket_words MATCH :words ORDER BY rowid DESC LIMIT :sample)"
        ),
        {"words": words.match, "sample": _SAMPLE},
    ).one()
    if looked[0] < _SAMPLE:
        return newest, looked[0], newest
    return newest, looked[0], max(newest - looked[1], 1)


def _by_words(words: Words, values: Values, *conditions: str) -> Way:
    match = f"f.ticket_words MATCH {values.put(words.match)}"
    # What needs no more than the number is asked before the ticket's row is fetched.
    early = [condition.replace("= t.id", "= f.rowid") for condition in conditions]
    source = "ticket_words f CROSS JOIN tickets t"
    return _way(source, match, "t.id = f.rowid", *early, number="f.rowid")


def _plain(conditions: Iterable[str]) -> list[str]:
    """Each condition once, and so that no index is chosen for it."""
    return [f"+({condition})" for condition in dict.fromkeys(conditions)]


def _way(source: str, *conditions: str, number: str = "t.id") -> Way:
    return Way(sql=f"FROM {source} WHERE {' AND '.join(conditions) or '1'}", number=number)
