"""Orders about what workflow rules suggest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import workflow
from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.rules import AnswerRule
from bot.orders.permission import require
from bot.orders.work import Work


def answer_rule(work: Work, order: AnswerRule) -> None:
    """Do what a rule suggested for this ticket, or do not."""
    require(work, Deed.ASSIGN)
    hit = workflow.answer(
        work.uow,
        order.number,
        yes=order.yes,
        actor=work.author,
        reason=order.reason,
        ticket=work.ticket,
        rule=work.rule,
        now=work.now,
    )
    # What the rule did is in the ticket now, and other orders of the same message build on it.
    work.ticket = work.uow.tickets.get(work.ticket.id) or work.ticket
    said = "confirmed" if order.yes else "declined"
    work.also.append(("suggestion", str(hit.id), said))


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {AnswerRule: answer_rule}
