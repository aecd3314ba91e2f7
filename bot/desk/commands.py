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

from bot.desk.holding import Fate, Wish
from bot.desk.ticket import Priority, Status

#: Anything that starts like a command: "#internal:" is a slip, not a word for the requester.
_LINE = re.compile(r"#([a-z]\S*)(?:\s+(\S.*))?", re.IGNORECASE)

_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
#: The number of a held mail and what stands behind it.
_HELD_MAIL = re.compile(r"#?(\d{1,15})(?:\s+(\S.*))?")

#: The same behind marks and signs that nobody sees; a quoted line was somebody else's.
_INTERNAL = re.compile(r"[^\w>]*#\s*internal[^\w>]*", re.IGNORECASE)
_LONGEST_INTERNAL = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What the commands of one mail ask for."""

    #: The words without the command lines.
    words: str
    internal: bool = False
    status: Status | None = None
    priority: Priority | None = None
    #: Name or address to assign to; ``me`` for the author.
    assign: str | None = None
    #: Addresses to copy from now on.
    copy: tuple[str, ...] = ()
    #: What shall become of held mails.
    held: tuple[Wish, ...] = ()
    #: The command lines as written.
    lines: tuple[str, ...] = ()
    #: What could not be understood, in words; then nothing else is done.
    problems: tuple[str, ...] = ()


_Setting = tuple[str, object]


def _refuse_words(argument: str) -> None:
    """Words behind a command that takes none would be lost, or were meant for somebody."""
    if argument:
        raise ValueError(f"{argument!r} stands behind a command that takes no words")


def _internal(argument: str) -> _Setting:
    _refuse_words(argument)
    return "internal", True


def _close(argument: str) -> _Setting:
    _refuse_words(argument)
    return "status", Status.CLOSED


def _resolve(argument: str) -> _Setting:
    _refuse_words(argument)
    return "status", Status.RESOLVED


def _pending(argument: str) -> _Setting:
    _refuse_words(argument)
    return "status", Status.PENDING_USER


def _assign(argument: str) -> _Setting:
    if not argument:
        raise ValueError("#assign needs a name or an address, or: me")
    return "assign", argument


def _priority(argument: str) -> _Setting:
    digits = argument.lower().removeprefix("p")
    if digits not in {"1", "2", "3", "4"}:
        raise ValueError("#priority needs a number from 1 (highest) to 4")
    return "priority", Priority(int(digits))


def _copy(argument: str) -> _Setting:
    addresses = tuple(argument.replace(",", " ").replace(";", " ").lower().split())
    if not addresses or not all(_ADDRESS.fullmatch(a) for a in addresses):
        raise ValueError("#cc needs one or more mail addresses")
    return "copy", addresses


def _accept(argument: str) -> _Setting:
    number, author = _author_of_held_mail("#accept", argument)
    return "held", (Wish(number=number, fate=Fate.ACCEPTED, author=author),)


def _new(argument: str) -> _Setting:
    number, author = _author_of_held_mail("#new", argument)
    return "held", (Wish(number=number, fate=Fate.ACCEPTED, author=author, new=True),)


def _trust(argument: str) -> _Setting:
    number, author = _author_of_held_mail("#trust", argument)
    return "held", (Wish(number=number, fate=Fate.ACCEPTED, author=author, trusts=True),)


def _drop(argument: str) -> _Setting:
    number, reason = _held_mail("#drop", argument)
    return "held", (Wish(number=number, fate=Fate.DROPPED, reason=reason),)


def _held_mail(command: str, argument: str) -> tuple[int, str]:
    """The number of a held mail, and what stands behind it."""
    found = _HELD_MAIL.fullmatch(argument)
    if found is None:
        raise ValueError(f"{command} needs the number of a held mail")
    return int(found[1]), (found[2] or "").strip()


def _author_of_held_mail(command: str, argument: str) -> tuple[int, str]:
    """Behind the number may stand the author's address, where the mail does not tell it."""
    number, author = _held_mail(command, argument)
    if author and not _ADDRESS.fullmatch(author):
        raise ValueError(f"{command} takes a number and, where need be, its author's address")
    return number, author.lower()


#: Every command by name, and what it sets.
COMMANDS: dict[str, Callable[[str], _Setting]] = {
    "internal": _internal,
    "close": _close,
    "resolve": _resolve,
    "pending": _pending,
    "assign": _assign,
    "priority": _priority,
    "cc": _copy,
    "accept": _accept,
    "new": _new,
    "trust": _trust,
    "drop": _drop,
}


def asks_for_internal(text: str) -> bool:
    """Whether a line says ``#internal``, wherever it stands and however it is dressed.

    Below a signature or in bold it is no command that `read_orders` takes, and still nobody who
    wrote it wants these words to go out.
    """
    return "internal" in text.lower() and any(
        _INTERNAL.fullmatch(unicodedata.normalize("NFKC", line[:_LONGEST_INTERNAL]))
        for line in text.split("\n")
    )


def read_orders(words: str) -> Orders:
    """Take the command lines off the top and the end of a technician's words."""
    lines = words.strip().split("\n")
    top = _count(lines)
    end = _count(lines[top:][::-1])
    found = lines[:top] + lines[len(lines) - end :]
    rest = "\n".join(lines[top : len(lines) - end]).strip()
    settings: dict[str, object] = {}
    problems: list[str] = []
    for line in filter(str.strip, found):
        try:
            key, value = _read(line.strip())
        except ValueError as problem:
            problems.append(str(problem))
        else:
            settings[key] = (
                (*_as_tuple(settings.get(key)), *value) if isinstance(value, tuple) else value
            )
    given = tuple(line.strip() for line in found if line.strip())
    return Orders(words=rest, lines=given, problems=tuple(problems), **settings)  # type: ignore[arg-type]


def _count(lines: list[str]) -> int:
    """How many lines from here on are commands, blank lines between them included."""
    count = 0
    for number, line in enumerate(lines, start=1):
        if _LINE.fullmatch(line.strip()):
            count = number
        elif line.strip():
            break
    return count


def _read(line: str) -> _Setting:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"{line!r} is no command")
    name, argument = match[1].lower(), (match[2] or "").strip()
    if name not in COMMANDS:
        known = ", ".join(f"#{command}" for command in COMMANDS)
        raise ValueError(f"#{name[:40]} is no command; these are: {known}")
    return COMMANDS[name](argument)


def _as_tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
