"""Values of custom fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import field_values


class SqlFields:
    """Implements `bot.ports.Fields`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    def get(self, ticket_id: int) -> dict[str, str]:
        """The ticket's values by field name."""
        return self.get_many([ticket_id]).get(ticket_id, {})

    def get_many(self, ticket_ids: Collection[int]) -> dict[int, dict[str, str]]:
        """The same for several tickets; those without any are left out."""
        query = (
            select(field_values)
            .where(field_values.c.ticket_id.in_(bindparam("ids", expanding=True)))
            .order_by(field_values.c.ticket_id, field_values.c.field)
        )
        found: dict[int, dict[str, str]] = {}
        for ticket_id, field, value in self._connection.execute(query, {"ids": list(ticket_ids)}):
            found.setdefault(ticket_id, {})[field] = value
        return found

    def put(self, ticket_id: int, values: Mapping[str, str]) -> None:
        """Set values; an empty one takes the field's value away."""
        gone = [field for field, value in values.items() if not value]
        kept = {field: value for field, value in values.items() if value}
        if gone:
            self._connection.execute(
                delete(field_values).where(
                    field_values.c.ticket_id == ticket_id, field_values.c.field.in_(gone)
                )
            )
        if kept:
            statement = self._dialect.insert(field_values)
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["ticket_id", "field"],
                    set_={"value": statement.excluded.value},
                ),
                [{"ticket_id": ticket_id, "field": f, "value": v} for f, v in kept.items()],
            )
