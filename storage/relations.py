"""Links between tickets, their tags, and what they are about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.relations import Asset, Link, Relation
from storage.tables import ticket_assets, ticket_links, ticket_tags

#: Any number that nothing else locks.
_LOCK = text("SELECT pg_advisory_xact_lock(7216231)")


class SqlRelations:
    """Implements `bot.ports.Relations`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._shared = connection.dialect.name == "postgresql"
        self._insert: Any = (postgresql if self._shared else sqlite).insert

    def lock(self) -> None:
        """Let nobody else link, merge or split tickets until the end of the transaction.

        A circle can close over tickets of which no two people touch the same one. SQLite has one
        writer anyway.
        """
        if self._shared:
            self._connection.execute(_LOCK)

    def links(self, ticket_id: int) -> list[Link]:
        """Every link at either end of which the ticket stands, in the order they were made."""
        mine = or_(ticket_links.c.ticket_id == ticket_id, ticket_links.c.other_id == ticket_id)
        order = (ticket_links.c.added_at, ticket_links.c.other_id, ticket_links.c.ticket_id)
        rows = self._connection.execute(select(ticket_links).where(mine).order_by(*order))
        return [
            Link(ticket_id=row.ticket_id, other_id=row.other_id, relation=Relation(row.relation))
            for row in rows
        ]

    def above(self, ticket_id: int, relation: Relation) -> int | None:
        """The parent or problem of a ticket, or None."""
        query = select(ticket_links.c.other_id).where(
            ticket_links.c.ticket_id == ticket_id, ticket_links.c.relation == relation.value
        )
        found: int | None = self._connection.execute(query).scalar()
        return found

    def link(self, link: Link, *, at: datetime) -> bool:
        """Add a link; False when there is such a one."""
        values = {**_row(link), "added_at": at}
        statement = self._insert(ticket_links).values(values).on_conflict_do_nothing()
        added = self._connection.execute(statement.returning(ticket_links.c.ticket_id))
        return added.first() is not None

    def unlink(self, link: Link) -> None:
        """Take a link away; nothing happens when there was none."""
        same = (ticket_links.c[name] == value for name, value in _row(link).items())
        self._connection.execute(delete(ticket_links).where(and_(*same)))

    def tags(self, ticket_id: int) -> list[str]:
        """In the order of the alphabet."""
        query = select(ticket_tags.c.tag).where(ticket_tags.c.ticket_id == ticket_id)
        return sorted(self._connection.execute(query).scalars())

    def add_tags(self, ticket_id: int, tags: Collection[str]) -> None:
        """Add those that it has not."""
        if tags:
            rows = [{"ticket_id": ticket_id, "tag": tag} for tag in tags]
            self._connection.execute(self._insert(ticket_tags).on_conflict_do_nothing(), rows)

    def remove_tags(self, ticket_id: int, tags: Collection[str]) -> None:
        """Take away those that it has."""
        mine = ticket_tags.c.ticket_id == ticket_id
        self._connection.execute(delete(ticket_tags).where(mine, ticket_tags.c.tag.in_(list(tags))))

    def assets(self, ticket_id: int) -> list[Asset]:
        """By kind and reference."""
        return list(assets_of(self._connection, [ticket_id]).get(ticket_id, ()))

    def put_asset(self, ticket_id: int, asset: Asset) -> None:
        """Add it, or give it this name."""
        values = {"ticket_id": ticket_id, "kind": asset.kind, "reference": asset.reference}
        self._connection.execute(
            self._insert(ticket_assets)
            .values(**values, name=asset.name)
            .on_conflict_do_update(index_elements=list(values), set_={"name": asset.name})
        )

    def remove_asset(self, ticket_id: int, asset: Asset) -> None:
        """Take it away; nothing happens when there was none."""
        self._connection.execute(
            delete(ticket_assets).where(
                ticket_assets.c.ticket_id == ticket_id,
                ticket_assets.c.kind == asset.kind,
                ticket_assets.c.reference == asset.reference,
            )
        )


_ASSETS = (
    select(ticket_assets)
    .where(ticket_assets.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(ticket_assets.c.kind, ticket_assets.c.reference)
)


def assets_of(connection: Connection, ticket_ids: Collection[int]) -> dict[int, tuple[Asset, ...]]:
    """What these tickets are about, by ticket; those that are about nothing are left out."""
    found: dict[int, tuple[Asset, ...]] = {}
    for row in connection.execute(_ASSETS, {"ids": sorted(ticket_ids)}):
        asset = Asset(kind=row.kind, reference=row.reference, name=row.name)
        found[row.ticket_id] = (*found.get(row.ticket_id, ()), asset)
    return found


def _row(link: Link) -> dict[str, object]:
    return {
        "ticket_id": link.ticket_id,
        "other_id": link.other_id,
        "relation": link.relation.value,
    }
