"""Hits of workflow rules, and the facts that only rules look at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.ticket import Visibility, Workunit
from bot.ports import Hit, NewHit, Tally
from storage.tables import (
    companies,
    field_values,
    rule_hits,
    tickets,
    timers,
    workunits,
)
from storage.workunits import files_of, workunit_of

_HIT_COLUMNS = tuple(
    column for column in rule_hits.columns if column.name not in {"configuration_id", "holds_until"}
)


class SqlRules:
    """Implements `bot.ports.Rules`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- hits -----------------------------------------------------------------------------------

    def add(self, new: NewHit) -> int:
        """Keep a hit; return its number."""
        values = {
            "ticket_id": new.ticket_id,
            "event_id": new.event_id,
            "rule": new.rule,
            "mode": new.mode,
            "at": new.at,
            "saw": list(new.saw),
            "wants": [dict(wish) for wish in new.wants],
            "state": new.state,
            "reason": new.reason,
            "holds_until": new.holds_until,
            "configuration_id": new.configuration_id,
        }
        statement = insert(rule_hits).values(values).returning(rule_hits.c.id)
        return int(self._connection.execute(statement).scalar_one())

    def get(self, hit_id: int) -> Hit | None:
        """One hit, or None."""
        found = self._select(rule_hits.c.id == hit_id, limit=1)
        return found[0] if found else None

    def close(self, hit_id: int, *, state: str, reason: str, by: int | None, at: datetime) -> bool:
        """Answer a suggestion; False when it is none, or was answered before."""
        result = self._connection.execute(
            update(rule_hits)
            .where(rule_hits.c.id == hit_id, rule_hits.c.state == "suggested")
            .values(state=state, reason=reason, decided_by=by, decided_at=at)
        )
        return result.rowcount == 1

    def suggestions(self, ticket_id: int, rule: str) -> list[Hit]:
        """What a rule has suggested for a ticket, answered or not, newest first."""
        return self._select(
            rule_hits.c.ticket_id == ticket_id,
            rule_hits.c.rule == rule,
            rule_hits.c.state.in_(("suggested", "confirmed", "declined")),
            limit=20,
        )

    def hits(self, *, ticket_id: int | None = None, rule: str = "", limit: int) -> list[Hit]:
        """Hits, newest first."""
        conditions = [] if ticket_id is None else [rule_hits.c.ticket_id == ticket_id]
        if rule:
            conditions.append(rule_hits.c.rule == rule)
        return self._select(*conditions, limit=limit)

    def _select(self, *conditions: Any, limit: int) -> list[Hit]:
        query = select(*_HIT_COLUMNS).where(*conditions).order_by(rule_hits.c.id.desc())
        rows = self._connection.execute(query.limit(limit)).mappings()
        return [
            Hit(**{**row, "saw": tuple(row["saw"]), "wants": tuple(row["wants"])}) for row in rows
        ]

    def tallies(self) -> list[Tally]:
        """How often each rule has hit, by what became of it."""
        query = select(
            rule_hits.c.rule, rule_hits.c.state, func.count(), func.max(rule_hits.c.at)
        ).group_by(rule_hits.c.rule, rule_hits.c.state)
        return [
            Tally(rule=rule, state=state, count=count, last_at=last_at)
            for rule, state, count, last_at in self._connection.execute(query)
        ]

    # --- timed rules ------------------------------------------------------------------------------

    def episodes(self, ticket_id: int, *, now: datetime) -> dict[str, int]:
        """Timed rules whose condition has held since they hit, each with its hit's number."""
        query = (
            select(rule_hits.c.rule, func.max(rule_hits.c.id).label("number"))
            .where(
                rule_hits.c.ticket_id == ticket_id,
                rule_hits.c.event_id.is_(None),
                or_(rule_hits.c.holds_until.is_(None), rule_hits.c.holds_until > now),
            )
            .group_by(rule_hits.c.rule)
        )
        return {row.rule: row.number for row in self._connection.execute(query)}

    def end_episode(self, hit_id: int, *, at: datetime) -> None:
        """The condition of a timed rule holds no more."""
        self._connection.execute(
            update(rule_hits).where(rule_hits.c.id == hit_id).values(holds_until=at)
        )

    def arm_all(self, *, kind: str, under: str, now: datetime) -> None:
        """Make every open ticket be looked at that was never looked at under these rules."""
        known = select(timers.c.ticket_id).where(timers.c.kind == kind)
        fresh = select(
            tickets.c.id,
            literal(kind),
            literal(""),
            literal(now, timers.c.due_at.type),
            literal(""),
        ).where(tickets.c.closed_at.is_(None), tickets.c.id.not_in(known))
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        columns = ["ticket_id", "kind", "key", "due_at", "reason"]
        self._connection.execute(
            dialect.insert(timers).from_select(columns, fresh).on_conflict_do_nothing()
        )
        self._connection.execute(
            update(timers)
            .where(timers.c.kind == kind, timers.c.reason != under, timers.c.due_at > now)
            .values(due_at=now)
        )

    # --- facts ------------------------------------------------------------------------------------

    def custom(self, ticket_id: int) -> dict[str, str]:
        """Values of the ticket's custom fields."""
        query = select(field_values.c.field, field_values.c.value).where(
            field_values.c.ticket_id == ticket_id
        )
        return {row.field: row.value for row in self._connection.execute(query)}

    def company(self, company_id: int) -> str:
        """Name of a company; empty for none."""
        query = select(companies.c.name).where(companies.c.id == company_id)
        return str(self._connection.execute(query).scalar() or "")

    def workunit(self, workunit_id: int) -> Workunit | None:
        """One workunit with its files, or None."""
        query = select(workunits).where(workunits.c.id == workunit_id)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        return workunit_of(row, files_of(self._connection, [workunit_id]).get(workunit_id, ()))

    def unanswered_since(self, ticket_id: int) -> datetime | None:
        """The first public words from outside after a technician's last, or None."""
        public = (
            workunits.c.ticket_id == ticket_id,
            workunits.c.visibility == Visibility.PUBLIC.value,
        )
        answered = select(func.max(workunits.c.id)).where(*public, workunits.c.by_technician)
        query = select(func.min(workunits.c.at)).where(
            *public,
            ~workunits.c.by_technician,
            workunits.c.id > func.coalesce(answered.scalar_subquery(), 0),
        )
        found: datetime | None = self._connection.execute(query).scalar()
        return found
