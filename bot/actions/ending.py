"""Tickets that nobody answers: the requester is warned, then the ticket closes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.actions.recording import record
from bot.desk.closing import CLOSES_ITSELF
from bot.desk.ticket import EventKind, Ticket
from bot.ports import UnitOfWork

#: The timers that warn the requester, and that close a ticket which nobody answered.
CLOSING_WARNING = "closing-warning"
AUTO_CLOSE = "auto-close"


def set_closing_timer(uow: UnitOfWork, ticket: Ticket, *, now: datetime) -> None:
    """Let the time begin after which the ticket closes, where its status has one.

    The closing itself is set by the warning: no ticket closes unannounced, however late that came.
    """
    patience = uow.policy.patience_in(ticket.group_id)
    after = patience.closes_after.get(ticket.status)
    if after is None:
        return
    warns = patience.warns_of(ticket.status)
    uow.timers.set(
        ticket_id=ticket.id,
        kind=CLOSING_WARNING if warns else AUTO_CLOSE,
        due_at=now + after - (patience.warning if warns else timedelta()),
        reason=_reason(ticket),
    )


def stop_closing(uow: UnitOfWork, ticket: Ticket) -> None:
    """Let a ticket that waits in such a status not close by itself."""
    if ticket.status in CLOSES_ITSELF:
        uow.timers.clear(ticket.id, CLOSING_WARNING)
        uow.timers.clear(ticket.id, AUTO_CLOSE)


def heard_of(uow: UnitOfWork, ticket: Ticket, *, as_technician: bool, now: datetime) -> None:
    """Public words in a ticket that waits and stays as it is: whose turn is it now?

    After somebody outside it is the desk's, and nothing closes; after a technician the time begins
    anew.
    """
    if ticket.status not in CLOSES_ITSELF:
        return
    stop_closing(uow, ticket)
    if as_technician:
        set_closing_timer(uow, ticket, now=now)


def warn_of_closing(uow: UnitOfWork, ticket: Ticket, *, reason: str, now: datetime) -> None:
    """Tell the requester that the ticket closes unless they answer, and let that time begin."""
    closes_at = now + uow.policy.patience_in(ticket.group_id).warning
    uow.timers.set(ticket_id=ticket.id, kind=AUTO_CLOSE, due_at=closes_at, reason=reason)
    record(
        uow,
        ticket,
        EventKind.CLOSING_ANNOUNCED,
        actor=None,
        workunit_id=None,
        visibility=None,
        data={"closes_at": closes_at.isoformat(), "reason": reason},
        rule=CLOSING_WARNING,
        now=now,
    )


def _reason(ticket: Ticket) -> str:
    return f"{ticket.status} since {ticket.status_since:%Y-%m-%d}, nobody answered since"
