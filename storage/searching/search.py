"""Finds tickets, page by page from a key, never by counting rows that were read before."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, TextualSelect, text

from bot.desk.search import EVERYTHING, Condition, Key, Query, Scope, SearchMistake, Sort, Term
from bot.desk.ticket import Priority, Ticket
from bot.ports import Found
from storage.searching import postgresql, sqlite, words
from storage.searching.filters import Filter, Values, filters_of, inside, narrowed
from storage.searching.names import Names
from storage.tables import tickets
from storage.tickets import ticket_of

#: With words, the order of changes holds among so many of the newest tickets that have them: to
#: order a third of a million tickets takes longer than anybody waits.
NEWEST_WITH_WORDS = 200
_COLUMNS = ", ".join(f"t.{column.name}" for column in tickets.c)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    query: Query
    scope: Scope
    sort: Sort
    limit: int
    me: int | None
    #: Where the page begins: the key of the ticket before it; () for the first page.
    after: tuple[int, ...]


class SqlSearch:
    """Implements `bot.ports.Search`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"
        #: Where the statements go whose plans are wanted; None while tickets are.
        self._plans: list[str] | None = None

    def find(
        self,
        query: Query,
        scope: Scope = EVERYTHING,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 50,
        after: str = "",
        me: int | None = None,
    ) -> Found:
        """The tickets that the query wants and the scope lets see, one page."""
        key = _key(after, sort)
        asked = _Asked(query=query, scope=scope, sort=sort, limit=limit + 1, me=me, after=key)
        if not self._sqlite:
            postgresql.prepare(self._connection)
        found = self._by_number(asked) if query.number and not key else []
        found += [t for t in _SORTED[sort](self, asked) if t.id != query.number]
        page = found[:limit]
        more = len(found) > limit
        return Found(tickets=tuple(page), next=_after(page[-1], sort) if more and page else "")

    def explain(
        self,
        query: Query,
        scope: Scope = EVERYTHING,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 50,
        after: str = "",
        me: int | None = None,
    ) -> list[str]:
        """The statements that `find` would ask, each with the database's plan, as lines."""
        asking = SqlSearch(self._connection)
        asking._plans = []
        asking.find(query, scope, sort=sort, limit=limit, after=after, me=me)
        return asking._plans

    def _by_number(self, asked: _Asked) -> list[Ticket]:
        """The one ticket with the number that was typed, where the rest of the query agrees."""
        values = Values(dialect=self._connection.dialect)
        bare = replace(asked.query, terms=())
        filters = self._filters(replace(asked, query=bare), values)
        whole = " AND ".join(
            [f"t.id = {values.put(asked.query.number)}", *dict.fromkeys(f.sql for f in filters)]
        )
        return self._read(f"SELECT {_COLUMNS} FROM tickets t WHERE {whole}", values)

    def _newest(self, asked: _Asked) -> list[Ticket]:
        if self._sqlite or not asked.query.terms:
            return self._page(asked)
        wanted = words.tsquery(asked.query.terms, public=False)
        if postgresql.are_rare(self._connection, wanted):
            return self._page(asked, ordered=False)
        if not postgresql.misjudged(asked.query.terms):
            return self._page(asked)
        bound = postgresql.window(self._connection, asked.after)
        found = self._page(asked, above=bound)
        return found if len(found) == asked.limit else self._page(asked, ordered=False)

    def _page(
        self, asked: _Asked, *, above: int | None = None, ordered: bool = True
    ) -> list[Ticket]:
        """One page, only of numbers `above`; `ordered` is whether an index may give the order."""
        values = Values(dialect=self._connection.dialect)
        way = self._way(asked, values)
        number = way.number if ordered else f"{way.number} + 0"
        below = f" < {values.put(asked.after[0])}" if asked.after else ""
        least = f" >= {values.put(above)}" if above is not None else ""
        # PostgreSQL does not conclude from one of two equal numbers to the other.
        numbers = dict.fromkeys((way.number, "t.id")) if not self._sqlite else (way.number,)
        limits = [f" AND {n}{bound}" for n in numbers for bound in (below, least) if bound]
        order = f"{''.join(limits)} ORDER BY {number} DESC LIMIT {asked.limit}"
        return self._read(f"SELECT {_COLUMNS} {way.sql}{order}", values)

    def _updated(self, asked: _Asked) -> list[Ticket]:
        values = Values(dialect=self._connection.dialect)
        if any(not term.absent for term in asked.query.terms):
            among = replace(asked, limit=NEWEST_WITH_WORDS, after=())
            way = self._way(among, values)
            newest = f"SELECT t.id {way.sql} ORDER BY {way.number} DESC LIMIT {among.limit}"
            sql = f"FROM tickets t WHERE t.id IN ({newest})"
        else:
            sql = self._way(asked, values).sql
        before = ""
        if asked.after:
            at, number = (
                values.put_time(_EPOCH + asked.after[0] * _MICROSECOND),
                values.put(asked.after[1]),
            )
            before = f" AND (t.updated_at, t.id) < ({at}, {number})"
        order = f"{before} ORDER BY t.updated_at DESC, t.id DESC LIMIT {asked.limit}"
        return self._read(f"SELECT {_COLUMNS} {sql}{order}", values)

    def _priority(self, asked: _Asked) -> list[Ticket]:
        """One priority after the other: each has an index in the order of numbers."""
        found: list[Ticket] = []
        first, after = (asked.after[0], asked.after[1:]) if asked.after else (1, ())
        for priority in (p for p in Priority if p >= first and len(found) < asked.limit):
            only = Condition(key=Key.PRIORITY, value=str(int(priority)))
            wanted = [c for c in asked.query.conditions if c.key is Key.PRIORITY and not c.absent]
            if not wanted or any(c.value == only.value for c in wanted):
                rest = [c for c in asked.query.conditions if c not in wanted]
                query = replace(asked.query, conditions=(*rest, only))
                left = asked.limit - len(found)
                found += self._newest(replace(asked, query=query, limit=left, after=after))
            after = ()
        return found

    # --- what is asked ------------------------------------------------------------------------------

    def _filters(self, asked: _Asked, values: Values) -> list[Filter]:
        resolve = Names(self._connection, me=asked.me).resolve
        return filters_of(asked.query, asked.scope, values, resolve)

    def _way(self, asked: _Asked, values: Values) -> sqlite.Way:
        filters = self._filters(asked, values)
        terms, conditions = asked.query.terms, []
        scope = narrowed(asked.query, asked.scope)
        public = not scope.everything and not scope.groups
        if not public and (scope.company or scope.person) and terms:
            conditions.append(self._by_either(terms, scope, values))
            terms = tuple(term for term in terms if not term.absent)
        if self._sqlite:
            return self._way_of_sqlite(asked, filters, terms, conditions, values, public=public)
        if terms:
            conditions.append(self._has(terms, values, public=public))
        joined = any(not term.absent for term in asked.query.terms)
        return sqlite.Way(
            sql=postgresql.source(filters, conditions, asked.query.terms),
            number="w.ticket_id" if joined else "t.id",
        )

    def _way_of_sqlite(
        self,
        asked: _Asked,
        filters: Sequence[Filter],
        terms: Sequence[Term],
        conditions: list[str],
        values: Values,
        *,
        public: bool,
    ) -> sqlite.Way:
        wanted = words.match(terms, public=public)
        if terms and not wanted:
            conditions.append(self._has(terms, values, public=public))
        return sqlite.choose(
            self._connection,
            filters,
            sqlite.Words(match=wanted, conditions=tuple(conditions)),
            values,
            wanted=asked.limit,
            by_updated=asked.sort is Sort.UPDATED,
        )

    def _by_either(self, terms: Sequence[Term], scope: Scope, values: Values) -> str:
        """By all words in the groups' tickets, by public words in every other."""
        by_all = self._has(terms, values, public=False)
        by_public = self._has(terms, values, public=True)
        return f"CASE WHEN {inside(scope, values)} THEN {by_all} ELSE {by_public} END"

    def _has(self, terms: Sequence[Term], values: Values, *, public: bool) -> str:
        """The condition that the ticket has these words, and not those."""
        if not self._sqlite:
            return postgresql.has(words.tsquery(terms, public=public), values)
        if wanted := words.match(terms, public=public):
            return sqlite.has(wanted, values)
        return f"NOT {sqlite.has(words.match_any(terms, public=public), values)}"

    def _read(self, sql: str, values: Values) -> list[Ticket]:
        if self._plans is None:
            rows = self._connection.execute(_statement(sql), values.named).mappings()
            return [ticket_of(row) for row in rows]
        explain = "EXPLAIN QUERY PLAN " if self._sqlite else "EXPLAIN (ANALYZE, COSTS OFF) "
        plan = self._connection.execute(text(explain + sql), values.named)
        self._plans += [sql, *(f"    {row[-1]}" for row in plan), ""]
        return []


def _statement(sql: str) -> TextualSelect:
    """The text with the types of its columns, or times would be numbers."""
    return text(sql).columns(*tickets.c)


_SORTED: dict[Sort, Callable[[SqlSearch, _Asked], list[Ticket]]] = {
    Sort.NEWEST: SqlSearch._newest,  # noqa: SLF001 - of this class
    Sort.UPDATED: SqlSearch._updated,  # noqa: SLF001 - the same
    Sort.PRIORITY: SqlSearch._priority,  # noqa: SLF001 - the same
}

# --- keys of pages --------------------------------------------------------------------------------

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KEY = re.compile("[0-9]{1,18}(?:[.][0-9]{1,18})?")


def _after(ticket: Ticket, sort: Sort) -> str:
    """The key of a ticket, from which the next page goes on."""
    if sort is Sort.UPDATED:
        return f"{(ticket.updated_at - _EPOCH) // _MICROSECOND}.{ticket.id}"
    return f"{int(ticket.priority)}.{ticket.id}" if sort is Sort.PRIORITY else str(ticket.id)


def _key(after: str, sort: Sort) -> tuple[int, ...]:
    if not after:
        return ()
    key = tuple(map(int, after.split("."))) if _KEY.fullmatch(after) else ()
    if len(key) != (1 if sort is Sort.NEWEST else 2):
        raise SearchMistake(
            f'"{after}" is no place in this list; take the one that a page ends with'
        )
    return key
