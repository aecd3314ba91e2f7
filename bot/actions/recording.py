"""One event for every change, and the notifications that it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.desk.people import Participant, Person
from bot.desk.ticket import EventKind, Ticket, Visibility
from bot.ports import NewEvent, UnitOfWork
from bot.telling import tell

NOTHING: Mapping[str, object] = MappingProxyType({})


def record(
    uow: UnitOfWork,
    ticket: Ticket,
    kind: EventKind,
    *,
    actor: Person | None,
    workunit_id: int | None,
    visibility: Visibility | None,
    data: Mapping[str, object],
    hints: Mapping[str, object] = NOTHING,
    addressed: frozenset[str] = frozenset(),
    participants: Sequence[Participant] | None = None,
    rule: str,
    now: datetime,
) -> int:
    """Append the event and queue what it means for everyone it concerns; return its row number.

    `hints` decide who is told as `data` does, and are not kept: everybody at the desk reads events.
    """
    event_id = uow.tickets.add_event(
        NewEvent(
            ticket_id=ticket.id,
            kind=kind,
            actor_id=actor.id if actor else None,
            at=now,
            workunit_id=workunit_id,
            rule=rule,
            data=data,
            configuration_id=uow.policy.configuration_id,
            merged_into=ticket.merged_into,
        )
    )
    tell(
        uow,
        ticket,
        event_id=event_id,
        kind=kind,
        visibility=visibility,
        data={**data, **hints},
        actor=actor,
        addressed=addressed,
        participants=participants,
        now=now,
    )
    return event_id
