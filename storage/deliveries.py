"""Deliveries: notifications on their way, with their fate."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.people import Person
from bot.errors import LostClaim
from bot.ports import DueDelivery, PastDelivery
from storage.due import load_due
from storage.tables import deliveries, events, identities, workunits

_ADD = {
    "sqlite": sqlite.insert(deliveries).on_conflict_do_nothing().returning(deliveries.c.id),
    "postgresql": postgresql.insert(deliveries).on_conflict_do_nothing().returning(deliveries.c.id),
}

_earlier = deliveries.alias("earlier")
# Order within a conversation: nothing overtakes what is still open.
_NOTHING_EARLIER = ~exists().where(
    _earlier.c.identity_id == deliveries.c.identity_id,
    _earlier.c.ticket_id == deliveries.c.ticket_id,
    _earlier.c.id < deliveries.c.id,
    _earlier.c.state.in_(("due", "claimed")),
)
_DUE = (
    select(deliveries.c.id)
    .where(deliveries.c.state == "due", deliveries.c.due_at <= bindparam("now"), _NOTHING_EARLIER)
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(deliveries)
    .where(deliveries.c.id.in_(_DUE))
    .values(state="claimed", claimed_by=bindparam("holder"), attempts=deliveries.c.attempts + 1)
    .returning(deliveries.c.id)
)
_MINE = and_(
    deliveries.c.id == bindparam("delivery_id"),
    deliveries.c.state == "claimed",
    deliveries.c.claimed_by == bindparam("holder"),
)
_SENT = (
    update(deliveries)
    .where(_MINE)
    .values(
        state="sent",
        claimed_by=None,
        sent_at=bindparam("at"),
        message_id=bindparam("new_message_id"),
        reason=bindparam("response"),
    )
)
_RETRY = (
    update(deliveries)
    .where(_MINE)
    .values(state="due", claimed_by=None, due_at=bindparam("at"), reason=bindparam("new_reason"))
)
_CANCEL = (
    update(deliveries)
    .where(_MINE)
    .values(state="cancelled", claimed_by=None, reason=bindparam("new_reason"))
)
_REFUSE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery_id"), deliveries.c.state != "refused")
    .values(
        state="refused",
        claimed_by=None,
        reason=bindparam("new_reason"),
        code=bindparam("new_code"),
    )
)
_FIND = (
    select(
        deliveries.c.id,
        deliveries.c.ticket_id,
        deliveries.c.event_id,
        deliveries.c.notification,
        deliveries.c.role,
        deliveries.c.person_id,
        deliveries.c.identity_id,
        identities.c.channel,
        identities.c.address,
        identities.c.reachable,
        events.c.workunit_id,
    )
    .join_from(deliveries, identities, identities.c.id == deliveries.c.identity_id)
    .join(events, events.c.id == deliveries.c.event_id)
    .where(deliveries.c.id == bindparam("delivery_id"))
)


def _carrying(which: Any) -> Any:
    """Deliveries that carry, or carried, the words of some workunits."""
    return (
        select(deliveries.c.id)
        .join_from(deliveries, events)
        .join(workunits, workunits.c.id == events.c.workunit_id)
        .where(
            which,
            # By ticket first: that is where the index is. What was told of words that were moved
            # stands where they were written.
            deliveries.c.ticket_id.in_((workunits.c.ticket_id, workunits.c.moved_from)),
            deliveries.c.state != "cancelled",
        )
    )


class SqlDeliveries:
    """Implements `bot.ports.Deliveries`."""

    def __init__(self, connection: Connection, wake_on_commit: Callable[[str], None]) -> None:
        self._connection = connection
        self._wake_on_commit = wake_on_commit

    def add(
        self,
        *,
        ticket_id: int,
        event_id: int,
        notification: str,
        role: str,
        person: Person,
        now: datetime,
    ) -> bool:
        """Queue one notification for one address; the same one twice is one, told by False."""
        self._wake_on_commit("deliveries")
        return self._insert(
            ticket_id=ticket_id,
            event_id=event_id,
            notification=notification,
            role=role,
            person_id=person.id,
            identity_id=person.identity_id,
            state="due",
            due_at=now,
        )

    def withhold(
        self,
        *,
        ticket_id: int,
        event_id: int,
        notification: str,
        role: str,
        person: Person,
        rule: str,
        reason: str,
        now: datetime,
    ) -> None:
        """Record that a notification is not sent, with the rule that forbids it."""
        self._insert(
            ticket_id=ticket_id,
            event_id=event_id,
            notification=notification,
            role=role,
            person_id=person.id,
            identity_id=person.identity_id,
            state="cancelled",
            due_at=now,
            reason=reason,
            code=rule,
        )

    def _insert(self, **values: object) -> bool:
        added = self._connection.execute(_ADD[self._connection.dialect.name], values)
        return added.first() is not None

    def count_withheld(self, ticket_id: int, *, role: str, since: datetime, until: datetime) -> int:
        """The most notifications that anybody of this role was spared from one time to another."""
        by_person = (
            select(func.count().label("spared"))
            .where(
                deliveries.c.ticket_id == ticket_id,
                deliveries.c.role == role,
                deliveries.c.state == "cancelled",
                deliveries.c.code != "",
                deliveries.c.due_at >= since,
                deliveries.c.due_at < until,
            )
            .group_by(deliveries.c.person_id)
            .subquery()
        )
        return self._connection.execute(select(func.max(by_person.c.spared))).scalar() or 0

    def claim(
        self, *, limit: int, holder: str, now: datetime, details: bool = False
    ) -> list[DueDelivery]:
        """Take due rows, in order within each conversation (one person, one ticket)."""
        ids = (
            self._connection.execute(_CLAIM, {"now": now, "limit": limit, "holder": holder})
            .scalars()
            .all()
        )
        if not ids:
            return []
        return load_due(self._connection, ids, details=details)

    def sent(
        self, delivery_id: int, *, holder: str, at: datetime, message_id: str, response: str
    ) -> None:
        """Record that the next hop took it."""
        self._one(
            _SENT,
            delivery_id=delivery_id,
            holder=holder,
            at=at,
            new_message_id=message_id,
            response=response,
        )

    def retry(self, delivery_id: int, *, holder: str, at: datetime, reason: str) -> None:
        """Give it back, due again at a time."""
        self._one(_RETRY, delivery_id=delivery_id, holder=holder, at=at, new_reason=reason)

    def cancel(self, delivery_id: int, *, holder: str, reason: str) -> None:
        """Record that it makes no sense any more."""
        self._one(_CANCEL, delivery_id=delivery_id, holder=holder, new_reason=reason)

    def notification(self, delivery_id: int) -> str | None:
        """Which notification a delivery is; None when there is no such delivery."""
        query = select(deliveries.c.notification).where(deliveries.c.id == delivery_id)
        return self._connection.execute(query).scalar()

    def find(self, delivery_id: int) -> PastDelivery | None:
        """What a delivery was about, or None."""
        row = self._connection.execute(_FIND, {"delivery_id": delivery_id}).mappings().first()
        return PastDelivery(**{**row, "reachable": bool(row["reachable"])}) if row else None

    def refuse(self, delivery_id: int, *, reason: str, code: str) -> bool:
        """Record that it will never arrive; False when it is unknown or was refused before."""
        result = self._connection.execute(
            _REFUSE, {"delivery_id": delivery_id, "new_reason": reason, "new_code": code}
        )
        return result.rowcount == 1

    def message_ids(self, delivery_ids: Collection[int]) -> dict[int, str]:
        """The Message-IDs under which these deliveries went out."""
        query = select(deliveries.c.id, deliveries.c.message_id).where(
            deliveries.c.id.in_(list(delivery_ids)), deliveries.c.message_id.is_not(None)
        )
        return {row.id: row.message_id for row in self._connection.execute(query)}

    def receivers(self, delivery_ids: Collection[int]) -> set[int]:
        """The people whom these deliveries were for."""
        query = select(deliveries.c.person_id).where(deliveries.c.id.in_(list(delivery_ids)))
        return set(self._connection.execute(query).scalars())

    def homes(self, delivery_ids: Collection[int]) -> dict[int, int]:
        """Where the words stand now that these deliveries carried, if that is another ticket."""
        query = (
            select(deliveries.c.id, workunits.c.ticket_id)
            .join_from(deliveries, events)
            .join(workunits, workunits.c.id == events.c.workunit_id)
            .where(
                deliveries.c.id.in_(list(delivery_ids)),
                workunits.c.ticket_id != deliveries.c.ticket_id,
            )
        )
        return {row.id: row.ticket_id for row in self._connection.execute(query)}

    def told_of(self, workunit_ids: Collection[int]) -> set[int]:
        """The people to whom we sent, or will send, any of these words."""
        query = select(deliveries.c.person_id).where(
            deliveries.c.id.in_(_carrying(workunits.c.id.in_(list(workunit_ids))))
        )
        return set(self._connection.execute(query).scalars())

    def was_told(self, person_id: int, *, workunit_id: int) -> bool:
        """Whether we sent, or will send, these words to this person."""
        carrying = _carrying(workunits.c.id == workunit_id)
        query = carrying.where(deliveries.c.person_id == person_id).limit(1)
        return self._connection.execute(query).first() is not None

    def of_ticket(self, ticket_id: int) -> list[dict[str, Any]]:
        """Every delivery of a ticket with its address, oldest first, for listing."""
        query = (
            select(deliveries, identities.c.channel, identities.c.address)
            .join_from(deliveries, identities)
            .where(deliveries.c.ticket_id == ticket_id)
            .order_by(deliveries.c.id)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def refused(self, *, limit: int = 1000) -> list[dict[str, Any]]:
        """Deliveries that will never arrive, newest first, for listing."""
        query = (
            select(deliveries, identities.c.channel, identities.c.address)
            .join_from(deliveries, identities)
            .where(deliveries.c.state == "refused")
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def replay(self, delivery_id: int, *, now: datetime) -> bool:
        """Make a refused delivery due again."""
        result = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.state == "refused")
            .values(state="due", due_at=now, attempts=0, code="")
        )
        self._wake_on_commit("deliveries")
        return result.rowcount == 1

    def next_due(self) -> datetime | None:
        """When the next delivery is due, or None; what waits for an earlier one is not asked."""
        query = (
            select(deliveries.c.due_at)
            .where(deliveries.c.state == "due", _NOTHING_EARLIER)
            .order_by(deliveries.c.due_at)
            .limit(1)
        )
        return self._connection.execute(query).scalar()

    def release(self, *, holder: str) -> None:
        """Give back every row this process has claimed."""
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.state == "claimed", deliveries.c.claimed_by == holder)
            .values(state="due", claimed_by=None)
        )

    def _one(self, statement: Any, **values: object) -> None:
        if self._connection.execute(statement, values).rowcount != 1:
            raise LostClaim(f"delivery {values['delivery_id']} is no longer ours")
