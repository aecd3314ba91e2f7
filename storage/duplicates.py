"""Two rows that turned out to be one person: everything of the one becomes the other's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, exists, update

from storage.tables import deliveries, metadata, people


def merge(connection: Connection, duplicate: int, person: int) -> None:
    """Move identities, parts, tickets, words, votes and rights of a duplicate to the person.

    Every column of the schema that names a person is moved, whatever table it is in. Where both have
    the same (a part in one ticket, say), the person's own stays.
    """
    _cancel_what_is_told_anyway(connection, duplicate, person)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is people.c.id for key in column.foreign_keys):
                _move(connection, table, column, duplicate, person)
    connection.execute(
        update(people)
        .where(people.c.id == person, people.c.deputy_id == person)
        .values(deputy_id=None)
    )
    connection.execute(
        update(people).where(people.c.id == duplicate).values(merged_into=person, technician=False)
    )


def _cancel_what_is_told_anyway(connection: Connection, duplicate: int, person: int) -> None:
    """Of one event the person hears once, though both rows were to be told."""
    other = deliveries.alias("other")
    connection.execute(
        update(deliveries)
        .where(
            deliveries.c.person_id == duplicate,
            deliveries.c.state == "due",
            exists().where(
                other.c.event_id == deliveries.c.event_id,
                other.c.person_id == person,
                other.c.state != "cancelled",
            ),
        )
        .values(state="cancelled", reason="told under another address: the same person")
    )


def _move(
    connection: Connection, table: Table, column: Column[Any], duplicate: int, person: int
) -> None:
    mine = column == duplicate
    if column.primary_key:
        twin = table.alias("twin")
        same = [twin.c[c.name] == c for c in table.primary_key.columns if c.name != column.name]
        theirs = and_(twin.c[column.name] == person, *same)
        connection.execute(delete(table).where(mine, exists().where(theirs)))
    connection.execute(update(table).where(mine).values({column.name: person}))
