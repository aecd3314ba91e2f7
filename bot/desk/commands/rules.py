"""Commands about workflow rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.desk.commands.order import Order, Read

#: The number of a suggestion and what stands behind it.
_SUGGESTION = re.compile(r"#?(\d{1,15})(?:\s+(\S.*))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerRule(Order):
    """What a rule suggests shall be done, or shall not."""

    number: int
    yes: bool
    #: Why, in words; may be empty.
    reason: str = ""


def _read(command: str, argument: str, *, yes: bool) -> AnswerRule:
    found = _SUGGESTION.fullmatch(argument)
    if found is None:
        raise ValueError(f"{command} needs the number of a suggestion, for example: {command} 12")
    return AnswerRule(number=int(found[1]), yes=yes, reason=(found[2] or "").strip())


def _yes(argument: str) -> AnswerRule:
    return _read("#yes", argument, yes=True)


def _no(argument: str) -> AnswerRule:
    return _read("#no", argument, yes=False)


COMMANDS: dict[str, Read] = {"yes": _yes, "no": _no}
