"""Single workunits: whom they are shared with, and what they said before they were edited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.desk.ticket import Workunit
from storage.tables import workunit_revisions, workunit_shares, workunits
from storage.workunits import files_of, workunit_of

#: What is kept of a workunit before it is edited.
_KEPT = ("text", "html", "visibility", "minutes")


class SqlEntries:
    """Implements `bot.ports.Entries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, workunit_id: int) -> Workunit | None:
        """The workunit with its files, or None."""
        query = select(workunits).where(workunits.c.id == workunit_id)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        files = files_of(self._connection, [workunit_id])
        return workunit_of(row, files.get(workunit_id, ()))

    def share(self, workunit_id: int, person_ids: Collection[int]) -> None:
        """Let these people read it though it is private."""
        if person_ids:
            rows = [{"workunit_id": workunit_id, "person_id": one} for one in set(person_ids)]
            self._connection.execute(insert(workunit_shares), rows)

    def revise(self, workunit_id: int, *, by: int | None, at: datetime, **columns: object) -> None:
        """Set columns of a workunit and keep what it was before."""
        kept = select(*(workunits.c[name] for name in _KEPT)).where(workunits.c.id == workunit_id)
        before = self._connection.execute(kept.with_for_update()).mappings().one()
        self._connection.execute(
            insert(workunit_revisions),
            {**before, "workunit_id": workunit_id, "at": at, "editor_id": by},
        )
        self._connection.execute(
            update(workunits).where(workunits.c.id == workunit_id).values(**columns, edited_at=at)
        )

    def revisions(self, workunit_id: int) -> list[dict[str, Any]]:
        """What it was before each edit, oldest first, as stored."""
        query = (
            select(workunit_revisions)
            .where(workunit_revisions.c.workunit_id == workunit_id)
            .order_by(workunit_revisions.c.id)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]
