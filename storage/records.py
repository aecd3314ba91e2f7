"""Looking at the tables for a person at the command line; nothing here is needed to run a desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select, union

from bot.desk.limits import Budget
from storage.tables import (
    attachments,
    budgets,
    companies,
    deliveries,
    groups,
    inbox,
    leases,
    memberships,
    raw_messages,
    signing_keys,
    workunits,
)


def inbox_of_workunits(connection: Connection, ticket_id: int) -> dict[int, int]:
    """Inbox row by workunit, for the workunits of a ticket that came as messages."""
    query = select(workunits.c.id, workunits.c.inbox_id).where(
        workunits.c.ticket_id == ticket_id, workunits.c.inbox_id.is_not(None)
    )
    return {row.id: row.inbox_id for row in connection.execute(query)}


def groups_of_people(connection: Connection) -> dict[int, tuple[str, ...]]:
    """Names of the groups of everybody who has any, by person."""
    query = (
        select(memberships.c.person_id, groups.c.name)
        .join_from(memberships, groups)
        .order_by(memberships.c.person_id, groups.c.name)
    )
    found: dict[int, tuple[str, ...]] = {}
    for person_id, name in connection.execute(query):
        found[person_id] = (*found.get(person_id, ()), name)
    return found


def rights_of_person(connection: Connection, person_id: int) -> dict[str, str]:
    """What somebody may do, by the name of the group."""
    query = (
        select(groups.c.name, memberships.c.rights)
        .join_from(memberships, groups)
        .where(memberships.c.person_id == person_id)
        .order_by(groups.c.name)
    )
    return {row.name: row.rights for row in connection.execute(query)}


def company_name(connection: Connection, company_id: int | None) -> str:
    """The name of a company; empty for none."""
    query = select(companies.c.name).where(companies.c.id == company_id)
    return connection.execute(query).scalar() or ""


def unfinished(connection: Connection) -> int:
    """How many messages and deliveries the service has still to handle, those for later too."""
    waiting = select(func.count()).select_from(inbox).where(inbox.c.state.in_(("new", "claimed")))
    open_ones = (
        select(func.count())
        .select_from(deliveries)
        .where(deliveries.c.state.in_(("due", "claimed")))
    )
    return connection.execute(waiting).scalar_one() + connection.execute(open_ones).scalar_one()


def processes_alive(connection: Connection, *, now: datetime) -> list[str]:
    """The holders (host:pid:random) of services that have said lately that they live."""
    query = select(leases.c.holder).where(
        leases.c.name.startswith("process:"), leases.c.until > now
    )
    return list(connection.execute(query).scalars())


def ages_of_signing_keys(connection: Connection) -> list[tuple[str, datetime]]:
    """Key ids and when they were made, the signing one first."""
    query = select(signing_keys.c.id, signing_keys.c.made_at)
    rows = connection.execute(query.order_by(signing_keys.c.made_at.desc()))
    return [(ident, made_at) for ident, made_at in rows]


def overdrawn(
    connection: Connection, budget: Budget, *, since: datetime
) -> list[tuple[str, datetime, int]]:
    """Who used up a budget, in which window, and by how much, newest window first."""
    prefix = f"{budget.name}: "
    query = (
        select(budgets)
        .where(
            budgets.c.key.startswith(prefix, autoescape=True),
            budgets.c.starts_at >= since,
            budgets.c.spent > budget.limit,
        )
        .order_by(budgets.c.starts_at.desc(), budgets.c.key)
    )
    return [
        (row.key.removeprefix(prefix), row.starts_at, row.spent - budget.limit)
        for row in connection.execute(query)
    ]


def blobs_named(connection: Connection) -> Iterator[str]:
    """SHA-256 of every blob that some row names, each once."""
    query = union(
        select(attachments.c.sha256),
        select(raw_messages.c.blob).where(raw_messages.c.blob.is_not(None)),
    )
    yield from connection.execute(query).scalars()
