"""The inbox: messages as received, waiting to be understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from bot.errors import LostClaim, NotFound
from bot.ports import Accepted, Arrival, Blobs, ClaimedMessage, Envelope, Evidence
from storage.arrivals import list_as_dead, store_arrivals
from storage.held import decision_of
from storage.tables import inbox, raw_messages

#: States that wait for a person.
REPLAYABLE = ("aside", "held", "dead")
#: All that is listed: those, and mails of which a ticket holds only a part.
WAITING = (*REPLAYABLE, "partial")
#: What ``replydesk dead`` lists: all but what ``replydesk held`` does.
UNPLACED = ("aside", "dead", "partial")

_FRESH = (
    select(inbox.c.id)
    .where(
        inbox.c.state == "new",
        inbox.c.due_at <= bindparam("now"),
        inbox.c.attempts == 0,
    )
    .order_by(inbox.c.due_at, inbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_TRIED = (
    select(inbox.c.id)
    .where(inbox.c.state == "new", inbox.c.due_at <= bindparam("now"), inbox.c.attempts > 0)
    .order_by(inbox.c.due_at, inbox.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def _claim(chosen: Any) -> Any:
    return (
        update(inbox)
        .where(inbox.c.id.in_(chosen))
        .values(state="claimed", claimed_by=bindparam("holder"), attempts=inbox.c.attempts + 1)
        .returning(inbox.c.id)
    )


_CLAIM_FRESH, _CLAIM_TRIED = _claim(_FRESH), _claim(_TRIED)
_LOAD = (
    select(
        inbox.c.id,
        inbox.c.channel,
        inbox.c.external_id,
        inbox.c.envelope,
        inbox.c.received_at,
        inbox.c.attempts,
        inbox.c.ticket_id,
        raw_messages.c.raw,
        raw_messages.c.blob,
    )
    .join_from(inbox, raw_messages)
    .where(inbox.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(inbox.c.due_at, inbox.c.id)
)
_MINE = and_(
    inbox.c.id == bindparam("inbox_id"),
    inbox.c.state == "claimed",
    inbox.c.claimed_by == bindparam("holder"),
)
_FINISH = (
    update(inbox)
    .where(_MINE)
    .values(
        state=bindparam("new_state"),
        claimed_by=None,
        verdict=bindparam("verdict"),
        ticket_id=bindparam("ticket_id"),
        reason=bindparam("reason"),
    )
)
_RETRY = (
    update(inbox)
    .where(_MINE)
    .values(
        state="new",
        claimed_by=None,
        due_at=bindparam("at"),
        reason=bindparam("reason"),
        attempts=inbox.c.attempts - bindparam("uncounted"),
    )
)


class SqlInbox:
    """Implements `bot.ports.Inbox` and the accepting side of hop 1."""

    def __init__(self, connection: Connection, wake_on_commit: Callable[[str], None]) -> None:
        self._connection = connection
        self._wake_on_commit = wake_on_commit

    def accept(self, arrivals: Sequence[Arrival], blobs: Blobs) -> list[Accepted]:
        """Store raw messages, each once; answers in the order given."""
        accepted = store_arrivals(self._connection, arrivals, blobs)
        if not all(answer.duplicate for answer in accepted):
            self._wake_on_commit("inbox")
        return accepted

    def set_aside(
        self, *, channel: str, external_id: str, reason: str, head: bytes, size: int, now: datetime
    ) -> None:
        """List a message that could not be taken as dead, once; only its head is kept."""
        list_as_dead(
            self._connection,
            channel=channel,
            external_id=external_id,
            reason=reason,
            head=head,
            size=size,
            now=now,
        )

    def claim(
        self, *, limit: int, holder: str, now: datetime, blobs: Blobs
    ) -> list[ClaimedMessage]:
        """Take up to `limit` due rows, oldest first; a row tried before comes first and alone.

        Alone, because a message that once stopped the process must not take its neighbours along
        again; first, because under steady load there are always fresh ones.
        """
        values: dict[str, object] = {"now": now, "holder": holder}
        ids = self._connection.execute(_CLAIM_TRIED, values).scalars().all()
        if not ids:
            values["limit"] = limit
            ids = self._connection.execute(_CLAIM_FRESH, values).scalars().all()
        if not ids:
            return []
        rows = self._connection.execute(_LOAD, {"ids": list(ids)}).mappings().all()
        claimed: list[ClaimedMessage] = []
        for row in rows:
            try:
                claimed.append(_claimed(row, blobs))
            except NotFound as missing:  # its neighbours can still be read
                self.finish(row["id"], holder=holder, state="dead", verdict={}, reason=str(missing))
        return claimed

    def finish(
        self,
        inbox_id: int,
        *,
        holder: str,
        state: str,
        verdict: Mapping[str, object],
        ticket_id: int | None = None,
        reason: str = "",
    ) -> None:
        """Mark a claimed row ``done``, ``aside``, ``held`` or ``dead``; lost claims raise."""
        self._one(
            _FINISH,
            inbox_id=inbox_id,
            holder=holder,
            new_state=state,
            verdict=dict(verdict),
            ticket_id=ticket_id,
            reason=reason,
        )

    def retry(
        self, inbox_id: int, *, holder: str, at: datetime, reason: str, counted: bool = True
    ) -> None:
        """Give a claimed row back, due again at a time; uncounted, as if never tried."""
        self._one(
            _RETRY,
            inbox_id=inbox_id,
            holder=holder,
            at=at,
            reason=reason,
            uncounted=int(not counted),
        )

    def replay(self, inbox_id: int, *, now: datetime) -> bool:
        """Make a waiting row new again, to be judged anew."""
        result = self._connection.execute(
            update(inbox)
            .where(inbox.c.id == inbox_id, inbox.c.state.in_(REPLAYABLE))
            .values(state="new", attempts=0, due_at=now, reason="")
        )
        self._wake_on_commit("inbox")
        return result.rowcount == 1

    def waiting(
        self, *, states: Sequence[str] = WAITING, limit: int = 1000, inbox_id: int | None = None
    ) -> list[dict[str, Any]]:
        """Rows that wait for a person, newest first, as plain dictionaries for listing."""
        query = select(inbox).where(inbox.c.state.in_(states)).order_by(inbox.c.id.desc())
        if inbox_id is not None:
            query = query.where(inbox.c.id == inbox_id)
        rows = self._connection.execute(query.limit(limit)).mappings()
        return [dict(row) for row in rows]

    def of_ticket(self, ticket_id: int) -> list[dict[str, Any]]:
        """Inbox rows that ended in this ticket, oldest first."""
        query = select(inbox).where(inbox.c.ticket_id == ticket_id).order_by(inbox.c.id)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def was_proven(self, ticket_id: int, address: str) -> bool:
        """Whether a mail from this address in this ticket was authenticated, not vouched for."""
        query = select(inbox.c.verdict, inbox.c.envelope).where(
            inbox.c.ticket_id == ticket_id, inbox.c.state.in_(("done", "partial"))
        )
        return any(
            (row.verdict or {}).get("from") == address
            and row.verdict.get("authentication") == "pass"
            and not row.envelope.get("vouched")
            for row in self._connection.execute(query)
        )

    def raw(self, inbox_id: int, blobs: Blobs) -> bytes:
        """The message as it came; raises NotFound."""
        row = self._connection.execute(
            select(raw_messages.c.raw, raw_messages.c.blob).where(
                raw_messages.c.inbox_id == inbox_id
            )
        ).first()
        if row is None:
            raise NotFound(f"there is no inbox message {inbox_id}")
        return row.raw if row.raw is not None else blobs.get(row.blob)

    def has_earlier(self, inbox_id: int, *, holder: str) -> bool:
        """Whether an earlier message still waits, or is in another process's hands."""
        waits = or_(
            inbox.c.state == "new", and_(inbox.c.state == "claimed", inbox.c.claimed_by != holder)
        )
        query = select(inbox.c.id).where(waits, inbox.c.id < inbox_id).limit(1)
        return self._connection.execute(query).first() is not None

    def release(self, *, holder: str) -> None:
        """Give back every row this process has claimed."""
        self._connection.execute(
            update(inbox)
            .where(inbox.c.state == "claimed", inbox.c.claimed_by == holder)
            .values(state="new", claimed_by=None)
        )

    def _one(self, statement: Any, **values: object) -> None:
        if self._connection.execute(statement, values).rowcount != 1:
            raise LostClaim(f"inbox message {values['inbox_id']} is no longer ours")


def _claimed(row: Any, blobs: Blobs) -> ClaimedMessage:
    envelope = dict(row["envelope"])
    envelope["recipients"] = tuple(envelope["recipients"])
    envelope["decision"] = decision_of(envelope)
    envelope["evidence"] = tuple(Evidence(**one) for one in envelope.get("evidence", ()))
    return ClaimedMessage(
        id=row["id"],
        channel=row["channel"],
        external_id=row["external_id"],
        raw=row["raw"] if row["raw"] is not None else blobs.get(row["blob"]),
        envelope=Envelope(**envelope),
        received_at=row["received_at"],
        attempts=row["attempts"],
        held_for=row["ticket_id"],
    )
