"""Timers: rows with a due time and a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.ports import DueTimer
from storage.tables import timers


class SqlTimers:
    """Implements `bot.ports.Timers`."""

    def __init__(self, connection: Connection, wake_on_commit: Callable[[str], None]) -> None:
        self._connection = connection
        self._wake_on_commit = wake_on_commit

    def set(
        self, *, ticket_id: int, kind: str, key: str = "", due_at: datetime, reason: str
    ) -> None:
        """Set or move a timer."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        self._connection.execute(
            dialect.insert(timers)
            .values(ticket_id=ticket_id, kind=kind, key=key, due_at=due_at, reason=reason)
            .on_conflict_do_update(
                index_elements=["ticket_id", "kind", "key"],
                set_={"due_at": due_at, "reason": reason},
            )
        )
        self._wake_on_commit("timers")

    def clear(self, ticket_id: int, kind: str) -> None:
        """Drop the ticket's timers of a kind."""
        self._connection.execute(
            delete(timers).where(timers.c.ticket_id == ticket_id, timers.c.kind == kind)
        )

    def take_due(self, *, limit: int, now: datetime) -> list[DueTimer]:
        """Remove and return due timers; they come back when the unit of work fails."""
        due = (
            select(timers.c.id)
            .where(timers.c.due_at <= now)
            .order_by(timers.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        statement = delete(timers).where(timers.c.id.in_(due)).returning(timers)
        rows = self._connection.execute(statement).mappings().all()
        return sorted((DueTimer(**row) for row in rows), key=lambda timer: timer.due_at)

    def of_ticket(self, ticket_id: int) -> list[DueTimer]:
        """What a ticket waits for, the first due first."""
        query = select(timers).where(timers.c.ticket_id == ticket_id).order_by(timers.c.due_at)
        return [DueTimer(**row) for row in self._connection.execute(query).mappings()]

    def next_due(self) -> datetime | None:
        """When the next timer is due, or None."""
        return self._connection.execute(
            select(timers.c.due_at).order_by(timers.c.due_at).limit(1)
        ).scalar()
