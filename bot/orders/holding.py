"""Orders about held mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import actions
from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.holding import DecideHeld
from bot.desk.holding import Fate, Wish
from bot.errors import NotPossible
from bot.orders.permission import require
from bot.orders.work import Work


def decide_held(work: Work, order: DecideHeld) -> None:
    """Decide about a held mail of this ticket."""
    require(work, Deed.DECIDE_HELD)
    wish = order.wish
    if work.was_held:
        # Else one mail accepted in haste could let in all the others.
        raise NotPossible("held mails are not decided about by a mail that was held itself")
    if wish.author and work.directory.knows(wish.author):
        raise NotPossible(f"{wish.author} is an address of the desk, which wrote no such mail")
    actions.decide_held(
        work.uow,
        wish,
        by=work.author.address,
        actor=work.author,
        ticket=work.ticket,
        rule=work.rule,
        now=work.now,
    )
    work.note("held", [str(wish.number), _in_words(wish)])


def _in_words(wish: Wish) -> str:
    """The fate as a confirmation names it; `templates.catalogue` knows these in every language."""
    if wish.fate is Fate.DROPPED:
        return "dropped"
    if wish.trusts:
        return "accepted, its sender is trusted"
    return "accepted as a request of its own" if wish.new else "accepted"


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {DecideHeld: decide_held}
