"""Commands about held mail."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.desk.commands.order import Order, Read
from bot.desk.commands.people import ADDRESS
from bot.desk.holding import Fate, Wish

#: The number of a held mail and what stands behind it.
_HELD_MAIL = re.compile(r"#?(\d{1,15})(?:\s+(\S.*))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class DecideHeld(Order):
    """Something becomes of a held mail."""

    wish: Wish


def _accept(argument: str) -> DecideHeld:
    number, author = _author_of_held_mail("#accept", argument)
    return DecideHeld(wish=Wish(number=number, fate=Fate.ACCEPTED, author=author))


def _new(argument: str) -> DecideHeld:
    number, author = _author_of_held_mail("#new", argument)
    return DecideHeld(wish=Wish(number=number, fate=Fate.ACCEPTED, author=author, new=True))


def _trust(argument: str) -> DecideHeld:
    number, author = _author_of_held_mail("#trust", argument)
    return DecideHeld(wish=Wish(number=number, fate=Fate.ACCEPTED, author=author, trusts=True))


def _drop(argument: str) -> DecideHeld:
    number, reason = _held_mail("#drop", argument)
    return DecideHeld(wish=Wish(number=number, fate=Fate.DROPPED, reason=reason))


def _held_mail(command: str, argument: str) -> tuple[int, str]:
    """The number of a held mail, and what stands behind it."""
    found = _HELD_MAIL.fullmatch(argument)
    if found is None:
        raise ValueError(f"{command} needs the number of a held mail")
    return int(found[1]), (found[2] or "").strip()


def _author_of_held_mail(command: str, argument: str) -> tuple[int, str]:
    """Behind the number may stand the author's address, where the mail does not tell it."""
    number, author = _held_mail(command, argument)
    if author and not ADDRESS.fullmatch(author):
        raise ValueError(f"{command} takes a number and, where need be, its author's address")
    return number, author.lower()


COMMANDS: dict[str, Read] = {
    "accept": _accept,
    "new": _new,
    "trust": _trust,
    "drop": _drop,
}
