"""Commands that move a ticket along: status and priority."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.commands.order import Order, Read, refuse_words
from bot.desk.ticket import Priority, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class SetStatus(Order):
    """The ticket takes another status."""

    status: Status


@dataclass(frozen=True, kw_only=True, slots=True)
class SetPriority(Order):
    """The ticket becomes more or less urgent."""

    priority: Priority


def _close(argument: str) -> SetStatus:
    refuse_words(argument)
    return SetStatus(status=Status.CLOSED)


def _resolve(argument: str) -> SetStatus:
    refuse_words(argument)
    return SetStatus(status=Status.RESOLVED)


def _pending(argument: str) -> SetStatus:
    refuse_words(argument)
    return SetStatus(status=Status.PENDING_USER)


def _priority(argument: str) -> SetPriority:
    digits = argument.lower().removeprefix("p")
    if digits not in {"1", "2", "3", "4"}:
        raise ValueError("#priority needs a number from 1 (highest) to 4")
    return SetPriority(priority=Priority(int(digits)))


COMMANDS: dict[str, Read] = {
    "close": _close,
    "resolve": _resolve,
    "pending": _pending,
    "priority": _priority,
}
