"""Rules are asked about every event at the end of the job that recorded it, in the same transaction.

What a rule does is an event, too, and rules are asked about it in their turn; the names of the
rules that led there stand in the event. A row of names that grows too long, a rule that would
follow from itself, and a ticket on which rules have done too much within the hour end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot import actions
from bot.desk.rules.deeds import Deed
from bot.desk.rules.judge import holds, judge
from bot.desk.rules.rulebook import Mode, Rule, cause, chain
from bot.desk.ticket import Event
from bot.errors import NotPossible, StorageAway
from bot.ports import NewHit, UnitOfWork
from bot.workflow.doing import Doing, changes_something, do_all
from bot.workflow.view import TicketView

log = structlog.get_logger()


def follow_events(uow: UnitOfWork) -> dict[int, datetime]:
    """Ask the rules about every event of the job, and about the events that follow from that.

    Returns the tickets that had events, each with the time of the last one.
    """
    looked_at = 0
    touched: dict[int, datetime] = {}
    while looked_at < len(uow.recorded):
        event = uow.recorded[looked_at]
        looked_at += 1
        touched[event.ticket_id] = event.at
        try:
            ask(uow, event)
        except StorageAway:
            raise
        except Exception:
            # A condition that cannot be judged must not cost the message that it looked at.
            log.exception("workflow rules could not be asked", ticket=event.ticket_id)
    uow.recorded.clear()
    return touched


def ask(uow: UnitOfWork, event: Event) -> None:
    """Ask the rules that wait for such an event, in order; later ones see what earlier ones did."""
    view: TicketView | None = None
    for rule in uow.policy.rules.waiting_for(event.kind):
        view = view or _view(uow, event)
        if view is None:
            return
        if holds(rule.condition, view):
            act_on_hit(uow, rule, view)
            view = None


def _view(uow: UnitOfWork, event: Event) -> TicketView | None:
    ticket = uow.tickets.get(event.ticket_id)
    return TicketView(uow, ticket, event=event, now=event.at) if ticket else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """A rule that has hit."""

    uow: UnitOfWork
    rule: Rule
    #: The ticket before any deed.
    view: TicketView
    #: What the rule looked at, in words.
    saw: tuple[str, ...]
    #: Until when a timed rule holds by itself, or None.
    holds_until: datetime | None

    @property
    def path(self) -> tuple[str, ...]:
        """The rules that led to the event."""
        return chain(self.view.event.rule) if self.view.event else ()

    @property
    def cause(self) -> str:
        """The rule of every event that follows."""
        return cause((*self.path, self.rule.name))

    def keep(self, state: str, reason: str = "") -> int:
        """Store the hit with what became of it."""
        event = self.view.event
        return self.uow.rules.add(
            NewHit(
                ticket_id=self.view.ticket.id,
                event_id=event.id if event else None,
                rule=self.rule.name,
                mode=self.rule.mode.value,
                at=self.view.now,
                saw=self.saw,
                wants=[deed.data for deed in self.rule.deeds],
                state=state,
                reason=reason,
                holds_until=self.holds_until,
                configuration_id=self.uow.policy.configuration_id,
            )
        )


def act_on_hit(
    uow: UnitOfWork, rule: Rule, view: TicketView, *, holds_until: datetime | None = None
) -> None:
    """Do what the rule's mode says, and keep the hit with what it saw and what became of it.

    A rule that fails is undone alone: neither the message nor the other rules suffer from it.
    """
    saw = tuple(sighting.sentence for sighting in judge(rule.condition, view).saw)
    case = _Case(uow=uow, rule=rule, view=view, saw=saw, holds_until=holds_until)
    try:
        with uow.savepoint():
            _act(case)
    except StorageAway:
        raise
    except Exception as error:
        log.warning(
            "a workflow rule failed", workflow=rule.name, ticket=view.ticket.id, exc_info=error
        )
        case.keep("failed", f"{type(error).__name__}: {error}")


def _act(case: _Case) -> None:
    rule, ticket = case.rule, case.view.ticket
    needed = [deed for deed in rule.deeds if changes_something(case.uow, ticket, deed)]
    if rule.mode is Mode.LOG:
        case.keep("logged")
    elif not needed:
        case.keep("done", "there was nothing left to do")
    # All of them count: one deed may make the next one necessary.
    elif reason := _stopped_because(case, len(rule.deeds)):
        _stop(case, reason)
    elif rule.mode is Mode.SUGGEST:
        _suggest(case, needed)
    else:
        _do(case)


def _stopped_because(case: _Case, deeds: int) -> str:
    """Which bound keeps a rule from acting; empty for none."""
    path, name, limits = case.path, case.rule.name, case.uow.policy.limits
    if name in path:
        return f"it would follow from itself: {' → '.join((*path, name))}"
    if len(path) >= limits.rules_in_a_row:
        return f"there were {len(path)} rules in a row already: {' → '.join(path)}"
    budget, who, now = limits.rule_deeds, str(case.view.ticket.id), case.view.now
    spent = [case.uow.budgets.spend(who, (budget,), now=now) for _ in range(deeds)]
    return "" if all(spent) else f"there were {budget.limit} {budget.name} already"


def _do(case: _Case) -> None:
    event = case.view.event
    doing = Doing(
        uow=case.uow,
        ticket=case.view.ticket,
        name=case.rule.name,
        rule=case.cause,
        actor=None,
        event_id=event.id if event else None,
        now=case.view.now,
    )
    try:
        with case.uow.savepoint():
            do_all(doing, case.rule.deeds)
    except NotPossible as why:
        case.keep("failed", str(why))
    else:
        case.keep("done")


def _stop(case: _Case, reason: str) -> None:
    uow, ticket, now = case.uow, case.view.ticket, case.view.now
    hit = case.keep("stopped", reason)
    loud = uow.budgets.spend(str(ticket.id), (uow.policy.limits.rule_stops,), now=now)
    actions.report_stop(
        uow,
        ticket,
        hit=hit,
        name=case.rule.name,
        reason=reason,
        quiet=not loud,
        rule=case.cause,
        now=now,
    )


def _suggest(case: _Case, needed: list[Deed]) -> None:
    """Ask once: what is open needs no second question, and a no is a no for this ticket."""
    ticket = case.view.ticket
    for earlier in case.uow.rules.suggestions(ticket.id, case.rule.name):
        if earlier.state in {"suggested", "declined"}:
            case.keep("logged", f"it was {earlier.state} before, as number {earlier.id}")
            return
    actions.suggest(
        case.uow,
        ticket,
        hit=case.keep("suggested"),
        name=case.rule.name,
        saw=case.saw,
        wants=[deed.sentence for deed in needed],
        rule=case.cause,
        now=case.view.now,
    )
