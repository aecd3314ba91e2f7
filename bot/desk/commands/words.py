"""Commands about the words of the mail itself."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.commands.order import Order, Read, refuse_words


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepInside(Order):
    """The words are for colleagues only."""


def _internal(argument: str) -> KeepInside:
    refuse_words(argument)
    return KeepInside()


COMMANDS: dict[str, Read] = {"internal": _internal}
