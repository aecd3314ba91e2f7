"""What technicians were not told of one by one is told once, when the flood is over."""

from __future__ import annotations

from datetime import datetime

from bot.actions.recording import record
from bot.desk.notifications import Audience
from bot.desk.ticket import EventKind
from bot.ports import UnitOfWork


def sum_up(
    uow: UnitOfWork,
    ticket_id: int,
    *,
    since: datetime,
    until: datetime,
    rule: str,
    now: datetime,
) -> None:
    """Tell the technicians how many messages of an hour they were not told of."""
    ticket = uow.tickets.get(ticket_id)
    count = uow.deliveries.count_withheld(
        ticket_id, role=Audience.STAFF.value, since=since, until=until
    )
    if ticket is None or not count:
        return
    record(
        uow,
        ticket,
        EventKind.WORDS_HELD_BACK,
        actor=None,
        workunit_id=None,
        visibility=None,
        data={"held back": count},
        rule=rule,
        now=now,
    )
