"""What is known of tickets beyond their own rows, for templates that speak of it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select

from bot.desk.ticket import Visibility
from bot.ports import Details
from storage.tables import field_values, identities, people, tickets, workunits
from storage.workunits import CAME_BY_MERGE

_public = workunits.c.visibility == Visibility.PUBLIC.value
_its_own = workunits.c.ticket_id == tickets.c.id

_DETAILS = select(
    tickets.c.id,
    select(func.sum(workunits.c.minutes)).where(_its_own).scalar_subquery().label("minutes"),
    select(func.sum(workunits.c.minutes))
    .where(_its_own, _public)
    .scalar_subquery()
    .label("public_minutes"),
    select(func.sum(workunits.c.minutes * workunits.c.hourly_rate))
    .where(_its_own)
    .scalar_subquery()
    .label("coin_minutes"),
    select(workunits.c.text)
    .where(_its_own, _public, ~CAME_BY_MERGE)
    .order_by(workunits.c.id)
    .limit(1)
    .scalar_subquery()
    .label("first_words"),
    select(identities.c.address)
    .where(identities.c.person_id == tickets.c.owner_id, identities.c.channel == "email")
    .order_by(identities.c.reachable.desc(), identities.c.id)
    .limit(1)
    .scalar_subquery()
    .label("owner_address"),
    select(people.c.name)
    .where(people.c.id == tickets.c.closed_by_id)
    .scalar_subquery()
    .label("closed_by_name"),
).where(tickets.c.id.in_(bindparam("ids", expanding=True)))

_FIELDS = (
    select(field_values.c.ticket_id, field_values.c.field, field_values.c.value)
    .where(field_values.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(field_values.c.field)
)


def details_of(connection: Connection, ticket_ids: Collection[int]) -> dict[int, Details]:
    """The details of these tickets, in two looks into the database."""
    ids = {"ids": sorted(ticket_ids)}
    fields: dict[int, list[tuple[str, str]]] = {}
    for ticket_id, field, value in connection.execute(_FIELDS, ids):
        fields.setdefault(ticket_id, []).append((field, value))
    return {
        row.id: Details(
            owner_address=row.owner_address or "",
            closed_by_name=row.closed_by_name or "",
            first_words=row.first_words or "",
            minutes=row.minutes or 0,
            public_minutes=row.public_minutes or 0,
            cost=round((row.coin_minutes or 0) / 60),
            fields=tuple(fields.get(row.id, ())),
        )
        for row in connection.execute(_DETAILS, ids)
    }
