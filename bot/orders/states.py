"""Orders that move a ticket along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk.commands import Order
from bot.desk.commands.states import SetPriority, SetStatus
from bot.orders.work import Work


def set_status(work: Work, order: SetStatus) -> None:
    """Take another status."""
    work.change(status=order.status)


def set_priority(work: Work, order: SetPriority) -> None:
    """Become more or less urgent."""
    work.change(priority=order.priority)


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    SetStatus: set_status,
    SetPriority: set_priority,
}
