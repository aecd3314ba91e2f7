"""Orders that move a ticket along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk import lifecycle
from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.states import (
    SetEpilogue,
    SetLock,
    SetPriority,
    SetResolution,
    SetStatus,
)
from bot.desk.repeats import repeated_words
from bot.desk.ticket import Status
from bot.errors import NotPossible
from bot.orders.permission import require
from bot.orders.work import Work

#: Characters of a closing summary; more would be a mail of its own.
_LONGEST_EPILOGUE = 2000


def set_status(work: Work, order: SetStatus) -> None:
    """Take another status, and say how it ended where it does."""
    require(work, _deed(work.ticket.status, order.status))
    work.change(status=order.status)
    if order.resolution:
        _set_resolution(work, order.resolution)
    if order.epilogue:
        _set_epilogue(work, order.epilogue)


def _deed(before: Status, after: Status) -> Deed:
    if lifecycle.is_done(after):
        return Deed.CLOSE
    return Deed.REOPEN if lifecycle.is_done(before) else Deed.CHANGE_STATUS


def set_resolution(work: Work, order: SetResolution) -> None:
    """Say how it ended."""
    require(work, Deed.CLOSE)
    _set_resolution(work, order.name)


def _set_resolution(work: Work, name: str) -> None:
    try:
        work.change(resolution=work.uow.policy.resolutions.find(name))
    except ValueError as why:
        raise NotPossible(f"{why}; a closing summary stands behind a colon") from None


def set_epilogue(work: Work, order: SetEpilogue) -> None:
    """Give it another closing summary."""
    require(work, Deed.CLOSE)
    _set_epilogue(work, order.text)


def _set_epilogue(work: Work, text: str) -> None:
    """The requester reads it, so nothing that was said inside may become one."""
    if work.inside:
        raise NotPossible(
            "a closing summary goes to the requester, and this mail stays among colleagues"
        )
    texts = work.uow.tickets.texts
    notes = texts(work.ticket.id, public=False)
    public = texts(work.ticket.id, public=True) if notes else []
    if found := repeated_words(text, notes=notes, public=public):
        raise NotPossible(f"the closing summary repeats words of an internal note: “{found}”")
    work.change(epilogue=_cut(text))


def close_with(work: Work, words: str) -> None:
    """Let the public words that end a ticket be its closing summary, where nobody gave one."""
    if words and work.changes.epilogue is None:
        work.change(epilogue=_cut(words))


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_EPILOGUE:
        return text
    return text[:_LONGEST_EPILOGUE].rsplit(None, 1)[0] + " …"


def set_lock(work: Work, order: SetLock) -> None:
    """Let nothing be added any more, or again."""
    require(work, Deed.UNLOCK)
    work.change(locked=order.locked)


def set_priority(work: Work, order: SetPriority) -> None:
    """Become more or less urgent."""
    require(work, Deed.CHANGE_PRIORITY)
    work.change(priority=order.priority)


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    SetStatus: set_status,
    SetResolution: set_resolution,
    SetEpilogue: set_epilogue,
    SetLock: set_lock,
    SetPriority: set_priority,
}
