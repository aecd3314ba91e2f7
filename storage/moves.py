"""What goes with words from one ticket into another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, case, delete, func, literal, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import (
    field_values,
    inbox,
    message_references,
    mutes,
    participants,
    tickets,
    timers,
    workunits,
)


class SqlMoves:
    """Implements `bot.ports.Moves`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite

    def hold_still(self, ticket_ids: Sequence[int]) -> None:
        """Let nobody else add to these tickets until the end of the transaction.

        A row that refers to a ticket takes a lock of its own on it, so nothing can come in between.
        """
        chosen = select(tickets.c.id).where(tickets.c.id.in_(sorted(ticket_ids)))
        self._connection.execute(chosen.order_by(tickets.c.id).with_for_update()).all()

    def workunit_ids(self, ticket_id: int) -> list[int]:
        """The numbers of everything in a ticket's thread, oldest first."""
        query = select(workunits.c.id).where(workunits.c.ticket_id == ticket_id)
        return list(self._connection.execute(query.order_by(workunits.c.id)).scalars())

    def workunits(self, workunit_ids: Sequence[int], *, target: int) -> None:
        """Move these workunits with their mails and message ids."""
        ids = list(workunit_ids)
        if not ids:
            return
        written_in = func.coalesce(workunits.c.moved_from, workunits.c.ticket_id)
        self._connection.execute(
            update(workunits)
            .where(workunits.c.id.in_(ids))
            .values(
                ticket_id=target,
                moved_from=case((written_in == target, null()), else_=written_in),
            )
        )
        self._connection.execute(
            update(message_references)
            .where(message_references.c.workunit_id.in_(ids))
            .values(ticket_id=target)
        )
        mails = select(workunits.c.inbox_id).where(
            workunits.c.id.in_(ids), workunits.c.inbox_id.is_not(None)
        )
        self._connection.execute(
            update(inbox).where(inbox.c.id.in_(mails)).values(ticket_id=target)
        )

    def hangings(self, source: int, *, target: int) -> None:
        """Move timers; copy field values and mutes that the target lacks."""
        self._copy(timers, source, target, leave_out=("id",))
        self._connection.execute(delete(timers).where(timers.c.ticket_id == source))
        self._copy(field_values, source, target)
        has_part = select(participants.c.person_id).where(participants.c.ticket_id == target)
        self._copy(mutes, source, target, where=mutes.c.person_id.not_in(has_part))

    def _copy(
        self,
        table: Any,
        source: int,
        target: int,
        *,
        leave_out: Sequence[str] = (),
        where: Any = None,
    ) -> None:
        names = [c.name for c in table.columns if c.name not in {"ticket_id", *leave_out}]
        chosen = select(literal(target).label("ticket_id"), *(table.c[name] for name in names))
        chosen = chosen.where(table.c.ticket_id == source)
        if where is not None:
            chosen = chosen.where(where)
        statement = self._dialect.insert(table).from_select(["ticket_id", *names], chosen)
        self._connection.execute(statement.on_conflict_do_nothing())
