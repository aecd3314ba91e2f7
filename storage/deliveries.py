"""Deliveries: notifications on their way, with their fate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import LostClaim
from bot.ports import DueDelivery, NewDelivery, PastDelivery
from storage import bundles
from storage.due import load_due
from storage.tables import deliveries, events, identities, workunits

_ADD = {
    "sqlite": sqlite.insert(deliveries).on_conflict_do_nothing().returning(deliveries.c.id),
    "postgresql": postgresql.insert(deliveries).on_conflict_do_nothing().returning(deliveries.c.id),
}

# The lead of a message and everything that goes along.
_MINE = and_(
    or_(
        deliveries.c.id == bindparam("delivery_id"),
        deliveries.c.lead_id == bindparam("delivery_id"),
    ),
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
    .where(
        deliveries.c.id == bindparam("delivery_id"),
        deliveries.c.state == "claimed",
        deliveries.c.claimed_by == bindparam("holder"),
    )
    .values(state="cancelled", claimed_by=None, reason=bindparam("new_reason"))
)
_UNBIND = (
    update(deliveries)
    .where(
        deliveries.c.lead_id == bindparam("lead"),
        deliveries.c.state == "claimed",
        deliveries.c.claimed_by == bindparam("holder"),
    )
    .values(state="due", claimed_by=None, attempts=0, lead_id=None)
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
        deliveries.c.bundle,
        deliveries.c.lead_id,
    )
    .join_from(deliveries, identities, identities.c.id == deliveries.c.identity_id)
    .join(events, events.c.id == deliveries.c.event_id)
    .order_by(deliveries.c.id)
)
_FIND_ONE = _FIND.where(deliveries.c.id == bindparam("delivery_id"))
_FIND_COMPANIONS = _FIND.where(
    deliveries.c.lead_id == bindparam("delivery_id"), deliveries.c.state != "cancelled"
)
_news = deliveries.alias("news")
# The newest of each address alone: a ticket may have thousands.
_LATEST = select(
    identities.c.id,
    select(_news.c.due_at)
    .where(
        _news.c.ticket_id == bindparam("ticket_id"),
        _news.c.identity_id == identities.c.id,
        _news.c.bundle.in_(("ticket", "now")),
    )
    .order_by(_news.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("due_at"),
).where(identities.c.id.in_(bindparam("ids", expanding=True)))


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

    def add(self, new: NewDelivery) -> bool:
        """Queue one notification for one address; the same one twice is one, told by False."""
        return bool(self.add_all([new]))

    def add_all(self, new: Sequence[NewDelivery]) -> int:
        """Queue or withhold notifications in one statement; return how many are new."""
        if not new:
            return 0
        if any(not delivery.withheld for delivery in new):
            self._wake_on_commit("deliveries")
        rows = [_row(delivery) for delivery in new]
        return len(self._connection.execute(_ADD[self._connection.dialect.name], rows).all())

    def latest(self, ticket_id: int, identity_ids: Collection[int]) -> dict[int, datetime]:
        """When the newest delivery about the ticket that others may join is or was due, by address."""
        found = self._connection.execute(
            _LATEST, {"ticket_id": ticket_id, "ids": list(identity_ids)}
        )
        return {identity_id: due_at for identity_id, due_at in found if due_at is not None}

    def count_withheld(self, ticket_id: int, *, role: str, since: datetime, until: datetime) -> int:
        """The most notifications that anybody of this role was spared from one time to another."""
        by_person = (
            select(func.count().label("spared"))
            .where(
                deliveries.c.ticket_id == ticket_id,
                deliveries.c.role == role,
                deliveries.c.state == "cancelled",
                deliveries.c.code.in_(("mails_to_one", "mails_to_all")),
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
        found = bundles.claim(self._connection, limit=limit, holder=holder, now=now)
        return load_due(self._connection, found, details=details) if found else []

    def sent(
        self, delivery_id: int, *, holder: str, at: datetime, message_id: str, response: str
    ) -> None:
        """Record that the next hop took it, with all that went along and is still claimed."""
        self._one(
            _SENT,
            delivery_id=delivery_id,
            holder=holder,
            at=at,
            new_message_id=message_id,
            response=response,
        )

    def retry(self, delivery_id: int, *, holder: str, at: datetime, reason: str) -> None:
        """Give it back with all that goes along, due again at a time."""
        self._one(_RETRY, delivery_id=delivery_id, holder=holder, at=at, new_reason=reason)

    def cancel(self, delivery_id: int, *, holder: str, reason: str) -> None:
        """Record that it makes no sense any more, it alone."""
        self._one(_CANCEL, delivery_id=delivery_id, holder=holder, new_reason=reason)

    def unbind(self, lead_id: int, *, holder: str) -> None:
        """Give back what went along with a delivery that was cancelled, as if never tried."""
        self._connection.execute(_UNBIND, {"lead": lead_id, "holder": holder})
        self._wake_on_commit("deliveries")

    def notification(self, delivery_id: int) -> str | None:
        """Which notification a delivery is; None when there is no such delivery."""
        query = select(deliveries.c.notification).where(deliveries.c.id == delivery_id)
        return self._connection.execute(query).scalar()

    def find(self, delivery_id: int) -> PastDelivery | None:
        """What a delivery was about, or None."""
        row = self._connection.execute(_FIND_ONE, {"delivery_id": delivery_id}).mappings().first()
        return _past(row) if row else None

    def companions(self, delivery_id: int) -> list[PastDelivery]:
        """What went along in the same message, oldest first."""
        rows = self._connection.execute(_FIND_COMPANIONS, {"delivery_id": delivery_id})
        return [_past(row) for row in rows.mappings()]

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
        lead = select(func.coalesce(deliveries.c.lead_id, deliveries.c.id)).where(
            deliveries.c.id == delivery_id
        )
        message = or_(
            deliveries.c.id == lead.scalar_subquery(),
            deliveries.c.lead_id == lead.scalar_subquery(),
        )
        result = self._connection.execute(
            update(deliveries)
            .where(message, deliveries.c.state == "refused")
            # What went along goes along again.
            .values(
                state="due",
                due_at=now,
                attempts=case((deliveries.c.bundle == "", 0), else_=1),
                code="",
            )
        )
        self._wake_on_commit("deliveries")
        return result.rowcount > 0

    def next_due(self) -> datetime | None:
        """When the next delivery is due, or None; what waits for an earlier one is not asked."""
        query = (
            select(deliveries.c.due_at)
            .where(text("deliveries.state = 'due'"), bundles.NOTHING_EARLIER)
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
        if self._connection.execute(statement, values).rowcount < 1:
            raise LostClaim(f"delivery {values['delivery_id']} is no longer ours")


def _row(new: NewDelivery) -> dict[str, object]:
    return {
        "ticket_id": new.ticket_id,
        "event_id": new.event_id,
        "notification": new.notification,
        "role": new.role,
        "person_id": new.person.id,
        "identity_id": new.person.identity_id,
        "state": "cancelled" if new.withheld else "due",
        "due_at": new.due_at,
        "bundle": new.bundle,
        "reason": new.reason,
        "code": new.rule,
    }


def _past(row: Any) -> PastDelivery:
    return PastDelivery(**{**row, "reachable": bool(row["reachable"])})
