"""The service's own rows: leases, signing keys, mailbox cursors, OAuth tokens, budgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.limits import Budget
from storage.tables import (
    budgets,
    deliveries,
    inbox,
    leases,
    mailbox_cursors,
    oauth_tokens,
    signing_keys,
)

#: Any number that no other program takes as its PostgreSQL advisory lock.
_ADVISORY_LOCK = 7_305_802

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _spend(dialect: Any) -> Any:
    statement = dialect.insert(budgets)
    return statement.on_conflict_do_update(
        index_elements=["key", "starts_at"],
        set_={"spent": budgets.c.spent + statement.excluded.spent},
    ).returning(budgets.c.key, budgets.c.spent)


_SPEND = {"sqlite": _spend(sqlite), "postgresql": _spend(postgresql)}


class SqlBudgets:
    """Implements `bot.ports.Budgets`: fixed windows, one row each."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def spend(self, who: str, budgets: Sequence[Budget], *, now: datetime) -> bool:
        """Take one from each budget of `who`; False when any of them is used up."""
        return not any(self.overdraw([(who, budget) for budget in budgets], now=now))

    def overdraw(self, claims: Sequence[tuple[str, Budget]], *, now: datetime) -> list[int]:
        """Take one for each claim, in order; how far the budget is overdrawn by then, or 0."""
        keys = [(f"{budget.name}: {who}", budget) for who, budget in claims]
        # One row a budget: a statement that meets a row twice is refused by PostgreSQL.
        counts = Counter(key for key, _ in keys)
        starts = {key: budget.starts_at(now) for key, budget in keys}
        rows = [
            {"key": key, "starts_at": starts[key], "spent": count} for key, count in counts.items()
        ]
        found = self._connection.execute(_SPEND[self._connection.dialect.name], rows)
        before = {row.key: row.spent - counts[row.key] for row in found}
        over = []
        for key, budget in keys:
            before[key] += 1
            over.append(max(0, before[key] - budget.limit))
        return over

    def forget(self, *, before: datetime) -> None:
        """Drop windows that began before a time."""
        self._connection.execute(delete(budgets).where(budgets.c.starts_at < before))


class SqlHouse:
    """Rows that belong to the service and to no ticket."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    def take_turns(self) -> None:
        """Wait until no other process is between this call and its commit.

        SQLite has one writer anyway.
        """
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))

    # --- leases: single-holder work among processes ---------------------------------------------

    def take_lease(self, name: str, *, holder: str, now: datetime, ttl: timedelta) -> int | None:
        """Take or renew a lease; return its fencing number, or None when somebody else has it.

        The number rises with every change of holder, so that a holder who slept through the end
        of its lease can be told from the present one.
        """
        statement = self._dialect.insert(leases).values(
            name=name, holder=holder, fence=1, until=now + ttl
        )
        # PostgreSQL makes no number of a truth value.
        changed = case((leases.c.holder != statement.excluded.holder, 1), else_=0)
        return self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"],
                set_={
                    "holder": statement.excluded.holder,
                    "fence": leases.c.fence + changed,
                    "until": statement.excluded.until,
                },
                where=or_(leases.c.holder == holder, leases.c.until <= now),
            ).returning(leases.c.fence)
        ).scalar()

    def drop_lease(self, name: str, *, holder: str) -> None:
        """Give a lease back; its row stays, so that the fencing number goes on rising."""
        self._connection.execute(
            update(leases)
            .where(leases.c.name == name, leases.c.holder == holder)
            .values(until=_EPOCH)
        )

    def drop_other_processes(self, *, holder: str) -> None:
        """Forget every other process: for a database that only one may use."""
        self._connection.execute(
            delete(leases).where(leases.c.name.startswith("process:"), leases.c.holder != holder)
        )

    def release_orphans(self, *, now: datetime) -> int:
        """Make rows due again that belong to a process whose lease has run out."""
        alive = select(leases.c.holder).where(
            leases.c.name.startswith("process:"), leases.c.until > now
        )
        released = 0
        for table, state in ((inbox, "new"), (deliveries, "due")):
            result = self._connection.execute(
                update(table)
                .where(and_(table.c.state == "claimed", table.c.claimed_by.not_in(alive)))
                .values(state=state, claimed_by=None)
            )
            released += result.rowcount
        self._connection.execute(
            delete(leases).where(leases.c.name.startswith("process:"), leases.c.until <= now)
        )
        return released

    # --- signing keys ---------------------------------------------------------------------------

    def signing_keys(self) -> list[tuple[str, bytes]]:
        """Key ids and secrets, newest first."""
        query = select(signing_keys.c.id, signing_keys.c.secret).order_by(
            signing_keys.c.made_at.desc()
        )
        return [(ident, secret) for ident, secret in self._connection.execute(query)]

    def add_signing_key(self, ident: str, secret: bytes, *, now: datetime) -> None:
        """Add a key; it signs from now on, older ones still verify."""
        self._connection.execute(insert(signing_keys).values(id=ident, secret=secret, made_at=now))

    def keep_signing_keys(self, count: int) -> None:
        """Forget all but the newest keys."""
        keep = [ident for ident, _ in self.signing_keys()[:count]]
        self._connection.execute(delete(signing_keys).where(signing_keys.c.id.not_in(keep)))

    # --- mailboxes ------------------------------------------------------------------------------

    def cursor(self, mailbox: str) -> dict[str, Any] | None:
        """How far a mailbox was read, by column name, or None."""
        query = select(mailbox_cursors).where(mailbox_cursors.c.mailbox == mailbox)
        row = self._connection.execute(query).mappings().first()
        return {key: row[key] for key in row if key != "mailbox"} if row else None

    def save_cursor(self, mailbox: str, values: dict[str, Any]) -> None:
        """Remember how far a mailbox was read."""
        self._connection.execute(
            self._dialect.insert(mailbox_cursors)
            .values(mailbox=mailbox, **values)
            .on_conflict_do_update(index_elements=["mailbox"], set_=values)
        )

    def refresh_token(self, name: str) -> str | None:
        """The newest refresh token of an OAuth account, or None."""
        return self._connection.execute(
            select(oauth_tokens.c.refresh_token).where(oauth_tokens.c.name == name)
        ).scalar()

    def save_refresh_token(self, name: str, token: str, *, now: datetime) -> None:
        """Keep a rotated refresh token; the caller uses it only after this has committed."""
        values = {"refresh_token": token, "saved_at": now}
        self._connection.execute(
            self._dialect.insert(oauth_tokens)
            .values(name=name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )
