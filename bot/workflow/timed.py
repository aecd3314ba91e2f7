"""Rules that wait for time: one timer a ticket, due when the first of them will hit.

The moment is computed, not looked for: only ages move by themselves. Every event of the ticket
computes it anew. A rule hits once while its condition holds, and again when it held not in between.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot.desk.rules.rulebook import Rulebook
from bot.desk.rules.timing import due_at, look_ahead
from bot.ports import UnitOfWork
from bot.workflow.asking import act_on_hit
from bot.workflow.view import TicketView

#: The timer of timed rules.
RULES_TIMER = "rules"
#: When a timer is due that waits for nothing but a change of the rules.
_NEVER = timedelta(days=36_500)


def fire(uow: UnitOfWork, ticket_id: int, *, now: datetime) -> None:
    """Let the rules hit whose time has come, and wait for the next one."""
    ticket = uow.tickets.get(ticket_id)
    if ticket is None:
        return
    running = uow.rules.episodes(ticket_id, now=now)
    view: TicketView | None = None
    for rule in uow.policy.rules.timed:
        if view is None:
            ticket = uow.tickets.get(ticket_id) or ticket
            view = TicketView(uow, ticket, event=None, now=now)
        outlook = look_ahead(rule.condition, view)
        if outlook.holds and rule.name not in running:
            act_on_hit(uow, rule, view, holds_until=outlook.changes_at)
            view = None
    arm(uow, ticket_id, now=now)


def arm(uow: UnitOfWork, ticket_id: int, *, now: datetime) -> None:
    """Set the ticket's timer to the moment at which the next timed rule will hit."""
    book = uow.policy.rules
    ticket = uow.tickets.get(ticket_id) if book.timed else None
    if ticket is None:
        return
    running = uow.rules.episodes(ticket_id, now=now)
    view = TicketView(uow, ticket, event=None, now=now)
    moments: list[datetime] = []
    for rule in book.timed:
        hit = running.get(rule.name)
        outlook = look_ahead(rule.condition, view)
        if hit is not None and not outlook.holds:
            uow.rules.end_episode(hit, at=now)
        moment = due_at(rule.condition, view) if outlook.holds and hit else outlook.changes_at
        moments += [now] if outlook.holds and not hit else [moment] if moment else []
    uow.timers.set(
        ticket_id=ticket_id,
        kind=RULES_TIMER,
        due_at=min(moments, default=now + _NEVER),
        reason=fingerprint(book),
    )


def arm_all(uow: UnitOfWork, *, now: datetime) -> None:
    """After a start: look at every open ticket that was never looked at under these rules."""
    book = uow.policy.rules
    if book.timed:
        uow.rules.arm_all(kind=RULES_TIMER, under=fingerprint(book), now=now)


def fingerprint(book: Rulebook) -> str:
    """What tells one set of timed rules from another, as the timers keep it."""
    written = "\n".join(f"{rule.name} {rule.condition!r}" for rule in book.timed)
    return f"timed rules {hashlib.sha256(written.encode()).hexdigest()[:12]}"
