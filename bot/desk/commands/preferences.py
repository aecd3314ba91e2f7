"""Commands about how their author wants to be told; anybody with a part in a ticket may send them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.desk.commands.order import Order, Read, refuse_words
from bot.desk.quiet import read_hours

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mute(Order):
    """The author wants to hear no more of the ticket, or of it again."""

    on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefer(Order):
    """The author wants to be told in another way."""

    #: ``digest``, ``quiet hours`` or ``language``, as confirmations name it.
    what: str
    #: As it is stored; empty for the desk's own.
    value: str


def _mute(argument: str) -> Mute:
    refuse_words(argument)
    return Mute(on=True)


def _unmute(argument: str) -> Mute:
    refuse_words(argument)
    return Mute(on=False)


def _digest(argument: str) -> Prefer:
    wish = argument.lower()
    if wish not in {"hourly", "daily", "off"}:
        raise ValueError("#digest needs one of: hourly, daily, off")
    return Prefer(what="digest", value="" if wish == "off" else wish)


def _quiet(argument: str) -> Prefer:
    if not argument:
        raise ValueError("#quiet needs hours such as 22:00-07:00, or: off")
    hours = read_hours(argument)
    return Prefer(what="quiet hours", value=str(hours) if hours else "")


def _language(argument: str) -> Prefer:
    if not _LANGUAGE.fullmatch(argument):
        raise ValueError("#language needs a code such as de or en")
    return Prefer(what="language", value=argument.lower())


COMMANDS: dict[str, Read] = {
    "mute": _mute,
    "unmute": _unmute,
    "digest": _digest,
    "quiet": _quiet,
    "language": _language,
}
