"""How people want to be told, and of which tickets they want to hear no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.matrix import PUSHING
from bot.desk.people import Person
from storage.people import PERSON_COLUMNS, person_of
from storage.tables import identities, mutes, people

_MUTED = select(mutes.c.person_id).where(mutes.c.ticket_id == bindparam("ticket_id"))
#: ``INSERT … ON CONFLICT DO NOTHING`` by dialect name.
_MUTE: dict[str, Any] = {
    "sqlite": sqlite.insert(mutes).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(mutes).on_conflict_do_nothing(),
}
_UNMUTE = delete(mutes).where(
    mutes.c.ticket_id == bindparam("ticket_id"), mutes.c.person_id == bindparam("person_id")
)
_ADDRESSES = (
    select(*PERSON_COLUMNS)
    .join_from(people, identities)
    .where(people.c.id.in_(bindparam("ids", expanding=True)), identities.c.reachable)
    .order_by(identities.c.id)
)
_PUSHING = _ADDRESSES.where(identities.c.channel.in_(sorted(PUSHING)))


class SqlPreferences:
    """Implements `bot.ports.Preferences`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mute(self, ticket_id: int, person_id: int, *, at: datetime) -> None:
        """Tell the person no more of the ticket."""
        values = {"ticket_id": ticket_id, "person_id": person_id, "at": at}
        self._connection.execute(_MUTE[self._connection.dialect.name], values)

    def unmute(self, ticket_id: int, person_id: int) -> None:
        """Tell the person of the ticket again."""
        self._connection.execute(_UNMUTE, {"ticket_id": ticket_id, "person_id": person_id})

    def muted(self, ticket_id: int) -> frozenset[int]:
        """Everybody who wants to hear no more of the ticket."""
        return frozenset(self._connection.execute(_MUTED, {"ticket_id": ticket_id}).scalars())

    def set(self, person_id: int, **columns: str) -> None:
        """Set ``digest``, ``quiet_hours``, ``time_zone`` or ``language`` of a person."""
        statement = update(people).where(people.c.id == person_id)
        self._connection.execute(statement.values(**columns))

    def reachable(self, person_ids: Collection[int]) -> dict[int, Person]:
        """People with the first of their addresses that takes mail; who has none is left out."""
        return self._first_of_each(_ADDRESSES, person_ids)

    def ringing(self, person_ids: Collection[int]) -> dict[int, Person]:
        """People with the first of their addresses on a channel that rings; others are left out."""
        return self._first_of_each(_PUSHING, person_ids)

    def _first_of_each(self, query: Any, person_ids: Collection[int]) -> dict[int, Person]:
        found: dict[int, Person] = {}
        for person in map(person_of, self._connection.execute(query, {"ids": list(person_ids)})):
            found.setdefault(person.id, person)
        return found
