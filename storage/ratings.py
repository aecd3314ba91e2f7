"""Ratings: what requesters thought, and how owners and groups fare with them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.satisfaction import Rating
from storage.tables import groups, identities, people, ratings, tickets

_KEY = ("ticket_id", "person_id")


def _put(dialect: Any) -> Any:
    statement = dialect.insert(ratings)
    replaced = {c.name: statement.excluded[c.name] for c in ratings.c if c.name not in _KEY}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=replaced)


_PUT = {"sqlite": _put(sqlite), "postgresql": _put(postgresql)}
_GET = select(ratings).where(
    ratings.c.ticket_id == bindparam("ticket_id"), ratings.c.person_id == bindparam("person_id")
)
_OF_TICKET = (
    select(ratings)
    .where(ratings.c.ticket_id == bindparam("ticket_id"))
    .order_by(ratings.c.at, ratings.c.person_id)
)


class SqlRatings:
    """Implements `bot.ports.Ratings`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, ticket_id: int, person_id: int) -> Rating | None:
        """What the person thinks of the ticket, or None."""
        key = {"ticket_id": ticket_id, "person_id": person_id}
        row = self._connection.execute(_GET, key).mappings().first()
        return _rating_of(row) if row else None

    def of_ticket(self, ticket_id: int) -> list[Rating]:
        """Every rating of the ticket, oldest first."""
        rows = self._connection.execute(_OF_TICKET, {"ticket_id": ticket_id}).mappings()
        return [_rating_of(row) for row in rows]

    def put(self, rating: Rating) -> None:
        """Keep it; one that the person gave before is replaced."""
        self._connection.execute(_PUT[self._connection.dialect.name], asdict(rating))

    def listed(self, *, group: str = "", since: datetime | None = None) -> list[dict[str, Any]]:
        """Ratings with the names of group, owner and requester, newest first, for listing."""
        owner, asker = people.alias("owner"), people.alias("asker")
        address = (
            select(identities.c.address)
            .where(identities.c.person_id == ratings.c.person_id)
            .order_by(identities.c.id)
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(
                ratings,
                tickets.c.title,
                groups.c.name.label("group"),
                owner.c.name.label("owner"),
                asker.c.name.label("requester"),
                address.label("address"),
            )
            .join_from(ratings, tickets, tickets.c.id == ratings.c.ticket_id)
            .join(groups, groups.c.id == tickets.c.group_id)
            .join(asker, asker.c.id == ratings.c.person_id)
            .outerjoin(owner, owner.c.id == ratings.c.owner_id)
            .order_by(ratings.c.at.desc(), ratings.c.ticket_id.desc())
        )
        if group:
            query = query.where(groups.c.name == group)
        if since is not None:
            query = query.where(ratings.c.at >= since)
        rows = self._connection.execute(query).mappings()
        return [{**row, "good": bool(row["good"])} for row in rows]


def _rating_of(row: Any) -> Rating:
    return Rating(**{**row, "good": bool(row["good"])})
