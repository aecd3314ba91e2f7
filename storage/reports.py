"""What machines said about deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import deliveries, delivery_reports

_ADD = {
    "sqlite": sqlite.insert(delivery_reports).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(delivery_reports).on_conflict_do_nothing(),
}


class SqlReports:
    """Implements `bot.ports.Reports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        delivery_id: int,
        *,
        inbox_id: int,
        kind: str,
        reason: str,
        code: str,
        at: datetime,
    ) -> None:
        """Keep what a machine's mail says about a delivery; the same mail says it once."""
        self._connection.execute(
            _ADD[self._connection.dialect.name],
            {
                "delivery_id": delivery_id,
                "inbox_id": inbox_id,
                "kind": kind,
                "reason": reason,
                "code": code,
                "at": at,
            },
        )

    def of_ticket(self, ticket_id: int) -> list[dict[str, Any]]:
        """What was said about the deliveries of a ticket, oldest first, for listing."""
        query = (
            select(delivery_reports)
            .join_from(delivery_reports, deliveries)
            .where(deliveries.c.ticket_id == ticket_id)
            .order_by(delivery_reports.c.id)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]
