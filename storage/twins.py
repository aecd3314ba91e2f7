"""Mails that come again: in other bytes by way of a list, or with better proof than the first time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from bot.ports import EarlierMail, Original
from storage.tables import attachments, inbox, message_references, workunits

#: Stands between the fingerprint of a mail that was held and the count of its arrivals.
MARK = "#"
#: States of a first arrival after which the same mail is judged again.
AGAIN = ("held", "aside")


def again(external_id: str, copies: int) -> str:
    """The external id of a mail that comes again while the first arrival is held."""
    return f"{external_id}{MARK}{copies}"


class SqlTwins:
    """Implements `bot.ports.Twins`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def entered(self, key: str) -> EarlierMail | None:
        """The mail that brought this Message-ID into a ticket, or None."""
        query = (
            select(workunits, inbox.c.verdict)
            .join_from(message_references, workunits)
            .join(inbox, inbox.c.id == workunits.c.inbox_id)
            .where(
                message_references.c.channel == "email",
                message_references.c.scope == "",
                message_references.c.key == key,
            )
        )
        row: Any = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        files = select(attachments.c.sha256).where(attachments.c.workunit_id == row["id"])
        return EarlierMail(
            inbox_id=row["inbox_id"],
            ticket_id=row["ticket_id"],
            author_id=row["author_id"],
            text=row["text"],
            files=frozenset(self._connection.execute(files).scalars()),
            verdict=row["verdict"] or {},
        )

    def original(self, channel: str, external_id: str) -> Original | None:
        """The first arrival, where this is one that came again while the first was held."""
        first, mark, _ = external_id.rpartition(MARK)
        if not mark:
            return None
        row = self._connection.execute(
            select(inbox.c.id, inbox.c.state, inbox.c.ticket_id).where(
                inbox.c.channel == channel, inbox.c.external_id == first
            )
        ).first()
        return None if row is None else Original(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name

    def supersede(self, inbox_id: int, *, by: int) -> bool:
        """Lay a mail that waits to rest, because another copy of it has entered."""
        changed = self._connection.execute(
            update(inbox)
            .where(inbox.c.id == inbox_id, inbox.c.state.in_(AGAIN))
            .values(state="done", reason=f"came again with better proof as mail {by}")
        )
        return changed.rowcount == 1
