"""What a query demands of a ticket besides its words, as conditions in SQL.

PostgreSQL gets all conditions together and chooses by its statistics. SQLite has none of these by
itself, and would walk through half a million tickets of priority 3 to find the three of a
requester: for it a filter also says by which index its tickets can be listed, so that
`storage.searching.sqlite` can ask first which of them are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.engine import Dialect

from bot.desk.search import Condition, Key, Query, Scope
from storage.columns import UtcTime


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """One condition on ``tickets t``."""

    #: The condition itself.
    sql: str
    #: SQLite: a SELECT of the numbers of its tickets from an index; empty where there is none.
    ids: str = ""
    #: SQLite: what to put after FROM and WHERE to walk its tickets from the highest number down;
    #: empty where no index has that order.
    walk: tuple[str, str] | tuple[()] = ()


@dataclass(slots=True)
class Values:
    """The parameters of one statement, named as they come."""

    dialect: Dialect
    named: dict[str, Any] = field(default_factory=dict)

    def put(self, value: object) -> str:
        """Keep a value; its placeholder."""
        name = f"v{len(self.named)}"
        self.named[name] = value
        return f":{name}"

    def put_all(self, values: Iterable[object]) -> str:
        """Keep several; their placeholders between commas."""
        return ", ".join(self.put(value) for value in values)

    def put_time(self, value: object) -> str:
        """Keep a time in the database's own form."""
        return self.put(UtcTime().process_bind_param(value, self.dialect))  # type: ignore[arg-type]  # a datetime


#: Finds row numbers by what was typed: groups, people, companies; raises SearchMistake.
Resolve = Callable[[Condition], Sequence[int | None]]

#: A ticket has several of these: each value must be there.
_SEVERAL = frozenset({Key.TAG, Key.ASSET, Key.FIELD, Key.OPENED, Key.UPDATED, Key.IS})
#: Only technicians know these of a ticket.
_INSIDE = frozenset({Key.TAG, Key.ASSET, Key.FIELD, Key.OWNER, Key.GROUP})
#: Keys with a column of their own: the column, its index, and the value that is not in the index.
_COLUMNS = {
    Key.STATUS: ("status", "ix_tickets_status", "closed"),
    Key.PRIORITY: ("priority", "ix_tickets_priority", 3),
    Key.KIND: ("kind", "ix_tickets_kind", "incident"),
    Key.TYPE: ("type", "ix_tickets_type", ""),
    Key.GROUP: ("group_id", "ix_tickets_group_id_id", None),
    Key.OWNER: ("owner_id", "ix_tickets_owner", None),
    Key.REQUESTER: ("requester_id", "ix_tickets_requester_id", None),
    Key.COMPANY: ("company_id", "ix_tickets_company", None),
}
_OPEN = Filter(
    sql="t.closed_at IS NULL",
    ids="SELECT id FROM tickets INDEXED BY ix_tickets_open WHERE closed_at IS NULL",
)
_STATES = {
    "open": _OPEN,
    "closed": Filter(sql="t.closed_at IS NOT NULL"),
    "merged": Filter(
        sql="t.merged_into IS NOT NULL",
        ids="SELECT id FROM tickets INDEXED BY ix_tickets_merged WHERE merged_into IS NOT NULL",
    ),
    "locked": Filter(sql="t.locked"),
}


def filters_of(query: Query, scope: Scope, values: Values, resolve: Resolve) -> list[Filter]:
    """Every condition; those that go together on one index are there once more as one."""
    found: list[Filter] = []
    wanted = [c for c in query.conditions if not c.absent]
    for key in dict.fromkeys(condition.key for condition in wanted):
        alike = [condition for condition in wanted if condition.key is key]
        several = [[condition] for condition in alike] if key in _SEVERAL else [alike]
        found.extend(_filter(each, values, resolve) for each in several)
    found.extend(_unlike(c, values, resolve) for c in query.conditions if c.absent)
    if not any(c.key is Key.IS and c.value == "merged" for c in query.conditions):
        found.append(Filter(sql="t.merged_into IS NULL"))
    found.extend(_visible(narrowed(query, scope), values))
    return found + _together(found)


def _unlike(condition: Condition, values: Values, resolve: Resolve) -> Filter:
    return Filter(sql=f"({_filter([condition], values, resolve).sql}) IS NOT TRUE")


def _filter(alike: Sequence[Condition], values: Values, resolve: Resolve) -> Filter:
    """One key with its values."""
    key = alike[0].key
    if key in {Key.OPENED, Key.UPDATED}:
        return _time(alike[0], values)
    if key is Key.IS:
        return _STATES[alike[0].value]
    if key in {Key.TAG, Key.ASSET, Key.FIELD}:
        return _hanging(alike[0], values)
    if key in {Key.GROUP, Key.OWNER, Key.REQUESTER, Key.COMPANY}:
        return _column(key, [number for c in alike for number in resolve(c)], values)
    if key is Key.STATUS and any(c.value == "open" for c in alike):
        others = [c.value for c in alike if c.value != "open"]
        return _or_open(_column(key, others, values)) if others else _OPEN
    plain = [int(c.value) if key is Key.PRIORITY else c.value for c in alike]
    return _column(key, plain, values)


def _or_open(other: Filter) -> Filter:
    return Filter(sql=f"({_OPEN.sql} OR {other.sql})")


def _column(key: Key, wanted: Sequence[object], values: Values) -> Filter:
    column, index, left_out = _COLUMNS[key]
    known = [value for value in wanted if value is not None]
    if None in wanted:
        rest = f" OR t.{column} IN ({values.put_all(known)})" if known else ""
        return Filter(sql=f"(t.{column} IS NULL{rest})")
    holders = values.put_all(known)
    inner = f"{column} = {holders}" if len(known) == 1 else f"{column} IN ({holders})"
    outer = f"t.{inner}"
    if left_out in known:
        return Filter(sql=outer)
    if left_out is not None:  # said once more, or the index is not taken
        other = (
            f"{column} <> '{left_out}'" if isinstance(left_out, str) else f"{column} <> {left_out}"
        )
        inner, outer = f"{inner} AND {other}", f"{outer} AND t.{other}"
    walk = (f"tickets t INDEXED BY {index}", outer) if len(known) == 1 else ()
    return Filter(
        sql=f"({outer})",
        ids=f"SELECT id FROM tickets INDEXED BY {index} WHERE {inner}",
        walk=walk,
    )


def _time(condition: Condition, values: Values) -> Filter:
    column = "updated_at" if condition.key is Key.UPDATED else "opened_at"
    bounds = []
    if condition.after is not None:
        bounds.append(f"{column} >= {values.put_time(condition.after)}")
    if condition.before is not None:
        bounds.append(f"{column} < {values.put_time(condition.before)}")
    ids = ""
    if condition.key is Key.UPDATED:
        inner = " AND ".join(bounds)
        ids = f"SELECT id FROM tickets INDEXED BY ix_tickets_updated_at_id WHERE {inner}"
    return Filter(sql=" AND ".join(f"t.{bound}" for bound in bounds), ids=ids)


def _hanging(condition: Condition, values: Values) -> Filter:
    """What stands in a table of its own."""
    if condition.key is Key.TAG:
        table, where = "ticket_tags", f"tag = {values.put(condition.value.lower())}"
    elif condition.key is Key.ASSET:
        table, where = "ticket_assets", f"reference = {values.put(condition.value)}"
    else:
        name, value = values.put(condition.field), values.put(condition.value)
        # Long values are in no index, and nobody types them.
        table = "field_values"
        where = f"field = {name} AND value = {value} AND length(value) <= 200"
    walk: tuple[str, str] | tuple[()] = ()
    if condition.key is Key.TAG:
        walk = ("ticket_tags x CROSS JOIN tickets t", f"x.{where} AND t.id = x.ticket_id")
    return Filter(
        sql=f"EXISTS (SELECT 1 FROM {table} WHERE ticket_id = t.id AND {where})",
        ids=f"SELECT ticket_id FROM {table} WHERE {where}",
        walk=walk,
    )


# --- whose tickets --------------------------------------------------------------------------------


def narrowed(query: Query, scope: Scope) -> Scope:
    """The scope without tickets that are seen from outside, where the query asks for the inside."""
    asks_inside = any(condition.key in _INSIDE for condition in query.conditions)
    return Scope(groups=scope.groups) if asks_inside and not scope.everything else scope


def inside(scope: Scope, values: Values) -> str:
    """The condition that a ticket belongs to the scope's groups."""
    return _column(Key.GROUP, sorted(scope.groups), values).sql


def _visible(scope: Scope, values: Values) -> list[Filter]:
    if scope.everything:
        return []
    groups = [_column(Key.GROUP, sorted(scope.groups), values)] if scope.groups else []
    outside = _outside(scope, values)
    if not outside:
        return groups or [Filter(sql="1 = 0")]
    if not groups:
        ids = " UNION ".join(ids for _sql, ids in outside)
        return [Filter(sql=f"t.id IN ({ids})", ids=ids)]
    # Whoever works on groups sees much of the desk: nothing to begin with.
    either = " OR ".join([*(sql for sql, _ids in outside), groups[0].sql])
    return [Filter(sql=f"({either})")]


def _outside(scope: Scope, values: Values) -> list[tuple[str, str]]:
    found = []
    if scope.company is not None:
        company = values.put(scope.company)
        found.append(
            (f"t.company_id = {company}", f"SELECT id FROM tickets WHERE company_id = {company}")
        )
    if scope.person is not None:
        person = values.put(scope.person)
        found.append(
            (
                (
                    "EXISTS (SELECT 1 FROM participants p WHERE p.ticket_id = t.id "
                    f"AND p.person_id = {person})"
                ),
                f"SELECT ticket_id FROM participants WHERE person_id = {person}",
            )
        )
    return found


# --- two conditions on one index ------------------------------------------------------------------


def _together(found: Sequence[Filter]) -> list[Filter]:
    """The open tickets of a group or an owner: two conditions that are many, and few together."""
    if _OPEN not in found:
        return []
    pairs = (("t.group_id = ", "ix_tickets_open"), ("t.owner_id = ", "ix_tickets_owner_open"))
    joined = []
    for filter_ in found:
        for begin, index in pairs:
            bare = filter_.sql.strip("()")
            if bare.startswith(begin) or (bare == "t.owner_id IS NULL" and "owner" in begin):
                where = f"{bare.removeprefix('t.')} AND closed_at IS NULL"
                joined.append(
                    replace(
                        filter_,
                        ids=f"SELECT id FROM tickets INDEXED BY {index} WHERE {where}",
                        walk=(),
                    )
                )
    return joined
