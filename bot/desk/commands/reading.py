"""Commands in a technician's mail: lines like ``#close`` at the top or the end of their words.

Only the first and last lines count, and only of what was written this time; quoted text never
gets here. A word that looks like a command and is none stops the whole mail from going out: a
mistyped ``#internal`` must not publish what was meant for colleagues.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.desk.commands import (
    absence,
    holding,
    people,
    preferences,
    relations,
    rules,
    shape,
    states,
    words,
    workunits,
)
from bot.desk.commands.order import Order, Read
from bot.desk.nearest import suggestion

T = TypeVar("T", bound=Order)

#: Anything that starts like a command: "#internal:" is a slip, not a word for the requester.
_LINE = re.compile(r"#([a-z]\S*)(?:\s+(\S.*))?", re.IGNORECASE)

#: The same behind marks and signs that nobody sees; a quoted line was somebody else's.
_INTERNAL = re.compile(r"[^\w>]*#\s*(?:internal|private)[^\w>]*", re.IGNORECASE)
#: A slip that was meant to keep words from colleagues, too.
_PRIVATE = re.compile(r"[^\w>]*#\s*priv\w{0,10}[^\w>]*", re.IGNORECASE)
_LONGEST_INTERNAL = 60

#: Every command by name, and what reads it.
COMMANDS: dict[str, Read] = {
    **words.COMMANDS,
    **states.COMMANDS,
    **shape.COMMANDS,
    **people.COMMANDS,
    **absence.COMMANDS,
    **holding.COMMANDS,
    **relations.COMMANDS,
    **rules.COMMANDS,
    **workunits.COMMANDS,
    **preferences.COMMANDS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What the commands of one mail ask for."""

    #: The words without the command lines.
    words: str
    #: What each command asks for, in the order of the mail.
    found: tuple[Order, ...] = ()
    #: The command lines as written.
    lines: tuple[str, ...] = ()
    #: What could not be understood, in words; then nothing else is done.
    problems: tuple[str, ...] = ()

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """The orders of one kind."""
        return tuple(order for order in self.found if isinstance(order, kind))


def asks_for_internal(text: str) -> bool:
    """Whether a line says ``#internal``, wherever it stands and however it is dressed.

    Below a signature or in bold it is no command that `read_orders` takes, and still nobody who
    wrote it wants these words to go out.
    """
    said = text.lower()
    return ("internal" in said or "private" in said) and _has_line(_INTERNAL, text)


def asks_for_private(text: str) -> bool:
    """Whether a line says ``#private`` or nearly so, wherever it stands and however it is dressed."""
    return "priv" in text.lower() and _has_line(_PRIVATE, text)


def _has_line(pattern: re.Pattern[str], text: str) -> bool:
    return any(
        pattern.fullmatch(unicodedata.normalize("NFKC", line[:_LONGEST_INTERNAL]))
        for line in text.split("\n")
    )


def read_orders(words: str) -> Orders:
    """Take the command lines off the top and the end of a technician's words."""
    return _read_lines(words, _is_command)


def read_wishes(words: str) -> Orders:
    """The same of anybody's words, for the few commands about how they want to be told.

    Every other line that looks like a command is a word like any other.
    """
    return _read_lines(words, _is_wish)


def _is_command(line: str) -> bool:
    return _LINE.fullmatch(line) is not None


def _is_wish(line: str) -> bool:
    match = _LINE.fullmatch(line)
    return match is not None and match[1].lower() in preferences.COMMANDS


def _read_lines(words: str, counts: Callable[[str], bool]) -> Orders:
    lines = words.strip().split("\n")
    top = _count(lines, counts)
    end = _count(lines[top:][::-1], counts)
    given = [line.strip() for line in lines[:top] + lines[len(lines) - end :] if line.strip()]
    rest = "\n".join(lines[top : len(lines) - end]).strip()
    found: list[Order] = []
    problems: list[str] = []
    for line in given:
        try:
            found.append(_read(line))
        except ValueError as problem:
            problems.append(str(problem))
    return Orders(words=rest, found=tuple(found), lines=tuple(given), problems=tuple(problems))


def _count(lines: list[str], counts: Callable[[str], bool]) -> int:
    """How many lines from here on are commands, blank lines between them included."""
    count = 0
    for number, line in enumerate(lines, start=1):
        if counts(line.strip()):
            count = number
        elif line.strip():
            break
    return count


def _read(line: str) -> Order:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"{line!r} is no command")
    name, argument = match[1].lower(), (match[2] or "").strip()
    if name[-1] == ":" and name[:-1] in states.WITH_COLON:
        name, argument = name[:-1], f": {argument}"
    if name not in COMMANDS:
        known = [f"#{command}" for command in COMMANDS]
        raise ValueError(f"#{name[:40]} is no command; {suggestion(f'#{name}', known)}")
    return COMMANDS[name](argument)
