"""Held mails: inbox rows whose author claims rights that nothing proves, until a person decides.

A decision is kept in the row's envelope, beside what the channel saw of the mail: whoever handles
the row reads both, and no later verdict overwrites it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.desk.holding import Decision, Fate
from bot.ports import HeldMail
from storage.tables import inbox

#: Still waiting, and decided against.
HELD, DROPPED = "held", "dropped"


class SqlHeld:
    """Implements `bot.ports.Held`."""

    def __init__(self, connection: Connection, wake_on_commit: Callable[[str], None]) -> None:
        self._connection = connection
        self._wake_on_commit = wake_on_commit

    def find(self, inbox_id: int) -> HeldMail | None:
        """The mail when it is held, or was and somebody decided; else None."""
        query = select(inbox).where(inbox.c.id == inbox_id)
        row = self._connection.execute(query).mappings().first()
        mail = _held(row) if row is not None else None
        return mail if mail and (mail.state == HELD or mail.decision) else None

    def row(self, inbox_id: int) -> dict[str, Any]:
        """The mail's row of the inbox, for showing; raises where there is none."""
        query = select(inbox).where(inbox.c.id == inbox_id)
        return dict(self._connection.execute(query).mappings().one())

    def listed(self, *, state: str = HELD, limit: int = 1000) -> list[HeldMail]:
        """Those that are held, or were dropped, newest first."""
        query = select(inbox).where(inbox.c.state == state).order_by(inbox.c.id.desc())
        return [_held(row) for row in self._connection.execute(query.limit(limit)).mappings()]

    def decide(
        self, inbox_id: int, decision: Decision, *, now: datetime, states: tuple[str, ...]
    ) -> bool:
        """Record the decision, once; an accepted mail becomes new again.

        False when the mail is in none of `states` any more: somebody else was first.
        """
        waits = (inbox.c.id == inbox_id, inbox.c.state.in_(states))
        envelope = self._connection.execute(select(inbox.c.envelope).where(*waits)).scalar()
        if envelope is None:
            return False
        accepted = decision.fate is Fate.ACCEPTED
        values = {
            "state": "new" if accepted else DROPPED,
            "attempts": 0,
            "due_at": now,
            "reason": decision.reason,
            "envelope": {
                **envelope,
                "vouched": accepted,
                "decision": {**asdict(decision), "at": decision.at.isoformat()},
            },
        }
        # Asked once more: on PostgreSQL somebody else may have decided since the look above.
        changed = self._connection.execute(update(inbox).where(*waits).values(values))
        if accepted:
            self._wake_on_commit("inbox")
        return changed.rowcount == 1

    def count(self, ticket_id: int | None = None) -> int:
        """How many are held, in all or among those that want a ticket."""
        query = select(func.count()).select_from(inbox).where(inbox.c.state == HELD)
        if ticket_id is not None:
            query = query.where(inbox.c.ticket_id == ticket_id)
        return int(self._connection.execute(query).scalar_one())

    def oldest(self) -> datetime | None:
        """When the one that waits longest arrived, or None."""
        query = select(func.min(inbox.c.received_at)).where(inbox.c.state == HELD)
        return self._connection.execute(query).scalar()


def decision_of(envelope: Mapping[str, Any]) -> Decision | None:
    """The decision that is kept in an envelope, or None."""
    stored = envelope.get("decision")
    if not stored:
        return None
    at = datetime.fromisoformat(stored["at"]).astimezone(UTC)
    return Decision(**{**stored, "fate": Fate(stored["fate"]), "at": at})


def _held(row: Any) -> HeldMail:
    verdict, decision = row["verdict"] or {}, decision_of(row["envelope"])
    return HeldMail(
        id=row["id"],
        state=row["state"],
        reason=decision.held_because if decision else row["reason"],
        # Once accepted, the row's own says where the mail went.
        ticket_id=decision.wanted if decision else row["ticket_id"],
        author=verdict.get("from") or "",
        authentication=verdict.get("authentication") or "none",
        received_at=row["received_at"],
        decision=decision,
    )
