"""Commands about who takes part."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.desk.commands.order import Order, Read

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Assign(Order):
    """A technician gets the ticket."""

    #: Name or address; ``me`` for the author.
    to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AddCopies(Order):
    """Third parties take part from now on."""

    addresses: tuple[str, ...]


def _assign(argument: str) -> Assign:
    if not argument:
        raise ValueError("#assign needs a name or an address, or: me")
    return Assign(to=argument)


def _copy(argument: str) -> AddCopies:
    addresses = tuple(argument.replace(",", " ").replace(";", " ").lower().split())
    if not addresses or not all(ADDRESS.fullmatch(a) for a in addresses):
        raise ValueError("#cc needs one or more mail addresses")
    return AddCopies(addresses=addresses)


COMMANDS: dict[str, Read] = {"assign": _assign, "cc": _copy}
