"""Orders about how their author wants to be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.commands import Order
from bot.desk.commands.preferences import Mute, Prefer
from bot.orders.work import Work


def mute(work: Work, order: Mute) -> None:
    """Tell the author no more of the ticket, or of it again."""
    before = work.author.id in work.uow.preferences.muted(work.ticket.id)
    if order.on:
        work.uow.preferences.mute(work.ticket.id, work.author.id, at=work.now)
    else:
        work.uow.preferences.unmute(work.ticket.id, work.author.id)
    work.also.append(("muted", _in_words(on=before), _in_words(on=order.on)))


def _in_words(*, on: bool) -> str:
    return "yes" if on else "no"


#: The column of each wish.
_COLUMNS = {"digest": "digest", "quiet hours": "quiet_hours", "language": "language"}


def prefer(work: Work, order: Prefer) -> None:
    """Remember a wish of the author."""
    column = _COLUMNS[order.what]
    work.uow.preferences.set(work.author.id, **{column: order.value})
    work.also.append((order.what, getattr(work.author, column), order.value))


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {Mute: mute, Prefer: prefer}
