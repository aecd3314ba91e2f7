"""A technician confirms what a rule suggests, or declines it."""

from __future__ import annotations

from datetime import datetime

from bot import actions
from bot.desk.people import Person
from bot.desk.rules.names import Names
from bot.desk.rules.rulebook import cause
from bot.desk.rules.wishes import read_deed
from bot.desk.ticket import Ticket
from bot.errors import NotPossible
from bot.ports import Hit, UnitOfWork
from bot.workflow.doing import Doing, do_all


def answer(
    uow: UnitOfWork,
    number: int,
    *,
    yes: bool,
    actor: Person | None,
    reason: str = "",
    ticket: Ticket | None = None,
    rule: str,
    now: datetime,
) -> Hit:
    """Do what a rule suggested, or do not; raises NotPossible with the reason in words.

    With `ticket`, only what was suggested for this one. What is done is what was suggested then,
    whatever the rules say by now. `rule` says how the answer came.
    """
    hit = uow.rules.get(number)
    found = uow.tickets.get(hit.ticket_id) if hit else None
    if hit is None or found is None or (ticket is not None and ticket.id != hit.ticket_id):
        where = "for this ticket " if ticket is not None else ""
        raise NotPossible(f"no workflow rule has suggested anything {where}under number {number}")
    state = "confirmed" if yes else "declined"
    by = actor.id if actor else None
    if not uow.rules.close(number, state=state, reason=reason, by=by, at=now):
        raise NotPossible(f"suggestion {number} is {hit.state} already")
    actions.record_answer(
        uow, found, actor=actor, hit=number, name=hit.rule, answer=state, rule=rule, now=now
    )
    if yes:
        doing = Doing(
            uow=uow,
            ticket=found,
            name=hit.rule,
            rule=cause((hit.rule,)),
            actor=actor,
            event_id=hit.event_id,
            now=now,
        )
        do_all(doing, [read_deed(wish, Names()) for wish in hit.wants])
    return uow.rules.get(number) or hit
