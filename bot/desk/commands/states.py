"""Commands that move a ticket along: its status, how it ended, its priority."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from bot.desk.commands.order import Order, Read, refuse_words
from bot.desk.nearest import suggestion
from bot.desk.ticket import Priority, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class SetStatus(Order):
    """The ticket takes another status."""

    status: Status
    #: How it ended, as written; empty for the usual.
    resolution: str = ""
    #: The closing summary, for the requester; empty for none.
    epilogue: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SetResolution(Order):
    """The ticket ended, or will end, like this."""

    #: As written.
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetEpilogue(Order):
    """The ticket gets another closing summary."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetLock(Order):
    """Nothing may be added to the ticket any more, or again."""

    locked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SetPriority(Order):
    """The ticket becomes more or less urgent."""

    priority: Priority


def _end(status: Status, argument: str) -> SetStatus:
    """``resolution: summary``, both of which may be missing."""
    resolution, _, epilogue = argument.partition(":")
    return SetStatus(status=status, resolution=resolution.strip(), epilogue=epilogue.strip())


def _cancel(argument: str) -> SetStatus:
    """A summary, behind a colon or without one."""
    return SetStatus(status=Status.CANCELLED, epilogue=argument.removeprefix(":").strip())


def _status(argument: str) -> SetStatus:
    known = {status.value: status for status in Status}
    wanted = " ".join(argument.replace("-", " ").replace("_", " ").lower().split())
    if wanted in known:
        return SetStatus(status=known[wanted])
    raise ValueError(f"#status: there is no status {argument[:40]!r}; {suggestion(wanted, known)}")


_PENDING = {
    "": Status.PENDING_USER,
    "user": Status.PENDING_USER,
    "third party": Status.PENDING_THIRD_PARTY,
    "closure": Status.PENDING_CLOSURE,
}


def _pending(argument: str) -> SetStatus:
    wanted = " ".join(argument.replace("-", " ").lower().split())
    if wanted not in _PENDING:
        raise ValueError("#pending waits for: user, third party or closure")
    return SetStatus(status=_PENDING[wanted])


def _reopen(argument: str) -> SetStatus:
    refuse_words(argument)
    return SetStatus(status=Status.REOPENED)


def _resolution(argument: str) -> SetResolution:
    if not argument:
        raise ValueError("#resolution needs a name, for example: #resolution duplicate")
    return SetResolution(name=argument)


def _epilogue(argument: str) -> SetEpilogue:
    text = argument.removeprefix(":").strip()
    if not text:
        raise ValueError("#epilogue needs the closing summary behind it")
    return SetEpilogue(text=text)


def _lock(argument: str, *, locked: bool) -> SetLock:
    refuse_words(argument)
    return SetLock(locked=locked)


def _priority(argument: str) -> SetPriority:
    digits = argument.lower().removeprefix("p")
    if digits not in {"1", "2", "3", "4"}:
        raise ValueError("#priority needs a number from 1 (highest) to 4")
    return SetPriority(priority=Priority(int(digits)))


COMMANDS: dict[str, Read] = {
    "close": partial(_end, Status.CLOSED),
    "resolve": partial(_end, Status.RESOLVED),
    "cancel": _cancel,
    "reopen": _reopen,
    "status": _status,
    "pending": _pending,
    "resolution": _resolution,
    "epilogue": _epilogue,
    "lock": partial(_lock, locked=True),
    "unlock": partial(_lock, locked=False),
    "priority": _priority,
}
#: Commands after whose name a colon may stand: ``#close: It was the cable.``
WITH_COLON = frozenset({"close", "resolve", "cancel", "epilogue"})
