"""Orders that move a ticket along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.states import SetPriority, SetStatus
from bot.desk.lifecycle import is_done
from bot.desk.ticket import Status
from bot.orders.permission import require
from bot.orders.work import Work


def set_status(work: Work, order: SetStatus) -> None:
    """Take another status."""
    require(work, _deed(work, order.status))
    work.change(status=order.status)


def _deed(work: Work, status: Status) -> Deed:
    """What taking this status means: ending and reopening are deeds of their own."""
    if is_done(status):
        return Deed.CLOSE
    return Deed.REOPEN if is_done(work.ticket.status) else Deed.CHANGE_STATUS


def set_priority(work: Work, order: SetPriority) -> None:
    """Become more or less urgent."""
    require(work, Deed.CHANGE_PRIORITY)
    work.change(priority=order.priority)


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    SetStatus: set_status,
    SetPriority: set_priority,
}
