"""Claiming deliveries: who goes first, and what goes along in the same message.

A lead is claimed; what its bundle lets it take along becomes its companions, by ``lead_id``. A
message that was tried keeps its companions and takes no new ones: it may have arrived, and a second
one of the same Message-ID would be thrown away unread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, text, update

from storage.tables import deliveries

#: The most deliveries that share one message.
MOST = 200

_earlier = deliveries.alias("earlier")
#: As the partial index has it; a bound value would hide that from SQLite's planner.
_EARLIER_OPEN = text("earlier.state IN ('due', 'claimed')")
# Order within a conversation: nothing overtakes what is on its way or due before it. What still
# waits for its time does not hold up what is urgent.
NOTHING_EARLIER = ~exists().where(
    _earlier.c.identity_id == deliveries.c.identity_id,
    _earlier.c.ticket_id == deliveries.c.ticket_id,
    _earlier.c.id < deliveries.c.id,
    _EARLIER_OPEN,
    or_(
        _earlier.c.state == "claimed",
        _earlier.c.attempts > 0,
        _earlier.c.due_at <= deliveries.c.due_at,
    ),
    or_(_earlier.c.lead_id.is_(None), _earlier.c.lead_id != deliveries.c.id),
)
# One digest to an address at a time, or two processes would each send a part of it.
_FIRST_OF_DIGEST = or_(
    deliveries.c.bundle != "digest",
    deliveries.c.attempts > 0,
    ~exists().where(
        _earlier.c.identity_id == deliveries.c.identity_id,
        _earlier.c.id < deliveries.c.id,
        _EARLIER_OPEN,
        _earlier.c.bundle == "digest",
        _earlier.c.due_at <= deliveries.c.due_at,
    ),
)
DUE = (
    select(deliveries.c.id)
    .where(
        text("deliveries.state = 'due'"),
        deliveries.c.due_at <= bindparam("now"),
        deliveries.c.lead_id.is_(None),
        NOTHING_EARLIER,
        _FIRST_OF_DIGEST,
    )
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(deliveries)
    .where(deliveries.c.id.in_(DUE))
    .values(state="claimed", claimed_by=bindparam("holder"), attempts=deliveries.c.attempts + 1)
    .returning(
        deliveries.c.id,
        deliveries.c.identity_id,
        deliveries.c.ticket_id,
        deliveries.c.bundle,
        deliveries.c.attempts,
    )
)
_lead = deliveries.alias("lead")
_LEADS = _lead.c.id.in_(bindparam("ids", expanding=True))
_FREE = and_(
    text("deliveries.state IN ('due', 'claimed')"),
    deliveries.c.state == "due",
    deliveries.c.lead_id.is_(None),
    deliveries.c.attempts == 0,
)


def _along(*conditions: Any) -> Any:
    """Lead and companion, one row each, oldest first."""
    return (
        select(_lead.c.id.label("lead"), deliveries.c.id)
        .select_from(
            _lead.join(
                deliveries, and_(deliveries.c.identity_id == _lead.c.identity_id, *conditions)
            )
        )
        .where(_LEADS)
        .order_by(deliveries.c.id)
        .with_for_update(of=deliveries, skip_locked=True)
    )


_OF_TICKET = _along(
    _FREE,
    deliveries.c.ticket_id == _lead.c.ticket_id,
    deliveries.c.bundle != "",
    deliveries.c.role == _lead.c.role,
    or_(deliveries.c.id < _lead.c.id, deliveries.c.due_at <= _lead.c.due_at),
)
_OF_DIGEST = _along(
    _FREE,
    deliveries.c.bundle == "digest",
    deliveries.c.due_at <= bindparam("now"),
    # In its own conversation nothing is on its way.
    ~exists().where(
        _earlier.c.identity_id == deliveries.c.identity_id,
        _earlier.c.ticket_id == deliveries.c.ticket_id,
        _earlier.c.id < deliveries.c.id,
        _EARLIER_OPEN,
        _earlier.c.attempts > 0,
        _earlier.c.id != _lead.c.id,
    ),
)
_BOUND = _along(deliveries.c.lead_id == _lead.c.id, deliveries.c.state == "due")
_TAKE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("companion"))
    .values(
        state="claimed",
        claimed_by=bindparam("holder"),
        attempts=deliveries.c.attempts + 1,
        lead_id=bindparam("lead"),
    )
)
# Another process has what should have gone along: both would be under way at once.
_OVERTAKES = select(_lead.c.id).where(
    _LEADS,
    exists().where(
        _earlier.c.identity_id == _lead.c.identity_id,
        _earlier.c.ticket_id == _lead.c.ticket_id,
        _earlier.c.id < _lead.c.id,
        _EARLIER_OPEN,
        _earlier.c.bundle != "",
        _earlier.c.role == _lead.c.role,
        or_(_earlier.c.lead_id.is_(None), _earlier.c.lead_id != _lead.c.id),
    ),
)
_GIVE_BACK = (
    update(deliveries)
    .where(
        or_(
            deliveries.c.id.in_(bindparam("ids", expanding=True)),
            deliveries.c.lead_id.in_(bindparam("ids", expanding=True)),
        ),
        deliveries.c.state == "claimed",
    )
    .values(state="due", claimed_by=None, attempts=deliveries.c.attempts - 1, lead_id=None)
)


def claim(
    connection: Connection, *, limit: int, holder: str, now: datetime
) -> dict[int, tuple[int, ...]]:
    """Take due rows; each lead with its companions, oldest first."""
    rows = connection.execute(_CLAIM, {"now": now, "limit": limit, "holder": holder}).all()
    leads, too_many = _one_of_each_conversation(sorted(rows))
    if too_many:
        connection.execute(_GIVE_BACK, {"ids": too_many})
    found = _companions(connection, leads, now=now)
    if found:
        pairs = [
            {"lead": lead, "companion": companion, "holder": holder}
            for lead, companions in found.items()
            for companion in companions
        ]
        connection.execute(_TAKE, pairs)
    overtaking = _overtaking(connection, leads)
    return {row.id: tuple(found.get(row.id, ())) for row in leads if row.id not in overtaking}


def _one_of_each_conversation(rows: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The first of each, and the numbers of the others."""
    first: dict[tuple[int, int], Any] = {}
    for row in rows:
        first.setdefault((row.identity_id, row.ticket_id), row)
    leads = list(first.values())
    chosen = {row.id for row in leads}
    return leads, [row.id for row in rows if row.id not in chosen]


def _companions(
    connection: Connection, leads: Iterable[Any], *, now: datetime
) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    ids: dict[Any, list[int]] = defaultdict(list)
    for row in leads:
        if row.bundle:
            ids[_BOUND if row.attempts > 1 else _QUERIES[row.bundle]].append(row.id)
    for query, numbers in ids.items():
        for lead, companion in connection.execute(query, {"ids": numbers, "now": now}):
            if len(found[lead]) < MOST or query is _BOUND:
                found[lead].append(companion)
    return found


_QUERIES = {"ticket": _OF_TICKET, "now": _OF_TICKET, "digest": _OF_DIGEST}


def _overtaking(connection: Connection, leads: Iterable[Any]) -> set[int]:
    urgent = [row.id for row in leads if row.bundle == "now"]
    if not urgent:
        return set()
    found = set(connection.execute(_OVERTAKES, {"ids": urgent}).scalars())
    if found:
        connection.execute(_GIVE_BACK, {"ids": sorted(found)})
    return found
