"""What a command asks for, as a value; `bot.orders` carries it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Something that one command asks for; every kind of order is a class of its own."""


#: Reads what stands behind a command's name; raises ValueError with the right form in words.
Read = Callable[[str], Order]


def refuse_words(argument: str) -> None:
    """Words behind a command that takes none would be lost, or were meant for somebody."""
    if argument:
        raise ValueError(f"{argument!r} stands behind a command that takes no words")
