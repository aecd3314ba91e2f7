"""What was done to people and to the desk itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.ports import AuditEntry
from storage.tables import audit

_ADD = insert(audit)


class SqlAudit:
    """Implements `bot.ports.Audit`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, *, at: datetime, actor: str, subject: str, deed: str, data: Mapping[str, object]
    ) -> None:
        """Keep who did what to whom."""
        self._connection.execute(
            _ADD,
            {"at": at, "actor": actor, "subject": subject, "deed": deed, "data": dict(data)},
        )

    def of(self, subject: str) -> list[AuditEntry]:
        """Everything that was done to somebody or something, oldest first."""
        query = select(audit).where(audit.c.subject == subject).order_by(audit.c.id)
        return [
            AuditEntry(at=row["at"], actor=row["actor"], deed=row["deed"], data=row["data"])
            for row in self._connection.execute(query).mappings()
        ]
