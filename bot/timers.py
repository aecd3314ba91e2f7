"""The loop of hop 2b: what is due at a time becomes the same actions that a mail would cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import workflow
from bot.actions import (
    AUTO_CLOSE,
    CLOSING_WARNING,
    Changes,
    change_ticket,
    sum_up,
    warn_of_closing,
)
from bot.desk import lifecycle
from bot.desk.closing import CLOSES_ITSELF
from bot.errors import StorageAway
from bot.intake import Store
from bot.ports import DueTimer, UnitOfWork
from bot.telling import SUMMARY
from bot.workflow import RULES_TIMER

BATCH = 100
#: When a timer that failed is tried again.
AGAIN_AFTER = timedelta(minutes=10)

log = structlog.get_logger()


def _warn_of_closing(uow: UnitOfWork, timer: DueTimer, now: datetime) -> None:
    """The requester hears that the ticket closes unless they answer."""
    ticket = uow.tickets.get(timer.ticket_id)
    if ticket is not None and ticket.status in CLOSES_ITSELF:
        warn_of_closing(uow, ticket, reason=timer.reason, now=now)


def _auto_close(uow: UnitOfWork, timer: DueTimer, now: datetime) -> None:
    """A ticket that nobody answered closes as far as its status map allows."""
    ticket = uow.tickets.get(timer.ticket_id)
    if ticket is None or ticket.status not in CLOSES_ITSELF:
        return
    step = lifecycle.take(uow.policy.statuses.for_(ticket), ticket.status, lifecycle.silence)
    changes = Changes(status=step.after)
    if lifecycle.is_done(step.after) and not ticket.resolution:
        ended = uow.policy.resolutions.after(step.after, before=ticket.status)
        changes = replace(changes, resolution=ended)
    change_ticket(
        uow,
        ticket,
        actor=None,
        changes=changes,
        more={"reason": timer.reason, "move": step.told()["move"]},
        rule=AUTO_CLOSE,
        now=now,
    )


def _sum_up(uow: UnitOfWork, timer: DueTimer, now: datetime) -> None:
    """The window is over in which the technicians were not told of everything."""
    since = datetime.fromisoformat(timer.key)
    until = uow.policy.limits.mails_to_one.ends_at(since)
    sum_up(uow, timer.ticket_id, since=since, until=until, rule=SUMMARY, now=now)


def _ask_rules(uow: UnitOfWork, timer: DueTimer, now: datetime) -> None:
    """The time of a workflow rule has come."""
    workflow.fire(uow, timer.ticket_id, now=now)


#: What each kind of timer does.
KINDS: dict[str, Callable[[UnitOfWork, DueTimer, datetime], None]] = {
    AUTO_CLOSE: _auto_close,
    CLOSING_WARNING: _warn_of_closing,
    SUMMARY: _sum_up,
    RULES_TIMER: _ask_rules,
}


def run_due_timers(store: Store, *, now: datetime) -> int:
    """Fire one batch of due timers in one transaction; return how many."""
    return store.run(partial(_fire, now))


def _fire(now: datetime, uow: UnitOfWork) -> int:
    timers = uow.timers.take_due(limit=BATCH, now=now)
    for timer in timers:
        try:
            with uow.savepoint():
                KINDS[timer.kind](uow, timer, now)
        except StorageAway:
            raise
        except Exception:
            # One that fails must not hold up the others, nor be forgotten.
            log.exception("timer failed", ticket=timer.ticket_id, kind=timer.kind)
            uow.timers.set(
                ticket_id=timer.ticket_id,
                kind=timer.kind,
                key=timer.key,
                due_at=now + AGAIN_AFTER,
                reason=timer.reason,
            )
    return len(timers)
