"""Commands about tickets among tickets: links, tags, and what they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.desk.commands import states
from bot.desk.commands.order import Order, Read, refuse_words
from bot.desk.relations import LONGEST_REFERENCE, Relation, read_tags

_NUMBER = re.compile(r"#?(\d{1,15})")
#: Numbers of words, the last one at a word's end: ``3D printer`` begins with none.
_NUMBERS = re.compile(r"\d{1,15}(?:-\d{1,15})?(?:, ?\d{1,15}(?:-\d{1,15})?)*(?!\S)")
_MOST_NUMBERS = 1000
_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkTo(Order):
    """The ticket gets a relation to another one."""

    other: int
    relation: Relation


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlink(Order):
    """Two tickets have nothing to do with each other any more."""

    other: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeTags(Order):
    """Tags are put on a ticket, or taken off."""

    tags: tuple[str, ...]
    off: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AddAsset(Order):
    """The ticket is about something that is kept elsewhere."""

    #: A kind of things; `reference` may name another one: ``printer:PX-9``.
    kind: str
    reference: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveAsset(Order):
    """It is not about that."""

    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CloseAll(Order):
    """The ticket and whatever is open below it are closed."""

    #: What closes the ticket itself.
    first: Order


@dataclass(frozen=True, kw_only=True, slots=True)
class ToIncidents(Order):
    """The words go to the requesters of all open incidents of this problem, too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge(Order):
    """All of this ticket goes into another one."""

    into: int
    #: True when that is meant although the requesters belong to different companies.
    anyway: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Split(Order):
    """Some words become a ticket of their own."""

    #: Numbers of workunits.
    numbers: tuple[int, ...]
    #: The new ticket's title; empty for the same.
    title: str = ""


def number(text: str, form: str) -> int:
    """A ticket number with or without its sign; raises ValueError with the right form."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"expected is the number of a ticket: {form}")
    return int(found[1])


def _link(relation: Relation, form: str, *, word: str = "") -> Read:
    """A reader of ``40``, or of ``of 40`` where the command needs its `word` to be plain."""

    def read(argument: str) -> Order:
        said, _, rest = argument.partition(" ") if word else (word, "", argument)
        if said.lower() != word:
            raise ValueError(f"expected is {form}")
        return LinkTo(other=number(rest, form), relation=relation)

    return read


def _unlink(argument: str) -> Unlink:
    return Unlink(other=number(argument, "#unlink 40"))


def _tag(argument: str) -> ChangeTags:
    return ChangeTags(tags=_tags("#tag", argument))


def _untag(argument: str) -> ChangeTags:
    return ChangeTags(tags=_tags("#untag", argument), off=True)


def _tags(command: str, argument: str) -> tuple[str, ...]:
    if not argument:
        raise ValueError(f"{command} needs one or more tags: {command} vpn vip")
    return read_tags(argument)


def _asset(kind: str) -> Read:
    def read(argument: str) -> Order:
        reference, _, name = argument.partition(" ")
        if not reference or len(reference) > LONGEST_REFERENCE or len(name) > _LONGEST_NAME:
            raise ValueError(
                f"#{kind} needs a reference and may have a name: #{kind} X-12 its name"
            )
        return AddAsset(kind=kind, reference=reference, name=name.strip())

    return read


def _unasset(argument: str) -> RemoveAsset:
    if not argument or " " in argument:
        raise ValueError("#unasset needs the reference of what the ticket is not about")
    return RemoveAsset(reference=argument)


def _close(argument: str) -> Order:
    if argument.lower() == "all":
        return CloseAll(first=states.COMMANDS["close"](""))
    return states.COMMANDS["close"](argument)


def _incidents(argument: str) -> ToIncidents:
    refuse_words(argument)
    return ToIncidents()


def _merge(argument: str) -> Merge:
    into, _, rest = argument.partition(" ")
    if rest.strip().lower() not in {"", "anyway"}:
        raise ValueError("expected is #merge 42, or #merge 42 anyway")
    return Merge(into=number(into, "#merge 42"), anyway=bool(rest))


def _split(argument: str) -> Split:
    found = _NUMBERS.match(argument)
    if found is None:
        raise ValueError(
            "expected are numbers of words and a title: #split 3,5-7 The other printer"
        )
    title = argument[found.end() :].strip()[:_LONGEST_NAME]
    return Split(numbers=read_numbers(found[0]), title=title)


def read_numbers(text: str) -> tuple[int, ...]:
    """``3, 5-7`` as numbers, each once; raises ValueError."""
    if not _NUMBERS.fullmatch(text):
        raise ValueError(f"{text[:40]!r} are no numbers: 3,5-7 are")
    numbers: dict[int, None] = {}
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        begin, end = int(first), int(last or first)
        if not begin <= end < begin + _MOST_NUMBERS:
            raise ValueError(f"{part.strip()} is no range of numbers, or too long a one")
        numbers |= dict.fromkeys(range(begin, end + 1))
    return tuple(numbers)


COMMANDS: dict[str, Read] = {
    "merge": _merge,
    "split": _split,
    "close": _close,
    "parent": _link(Relation.CHILD, "#parent 40"),
    "child": _link(Relation.CHILD, "#child of 40", word="of"),
    "problem": _link(Relation.INCIDENT, "#problem 17"),
    "incident": _link(Relation.INCIDENT, "#incident of 17", word="of"),
    "relates": _link(Relation.RELATED, "#relates to 9", word="to"),
    "duplicate": _link(Relation.DUPLICATE, "#duplicate of 5", word="of"),
    "unlink": _unlink,
    "tag": _tag,
    "untag": _untag,
    "asset": _asset("asset"),
    "room": _asset("room"),
    "contract": _asset("contract"),
    "unasset": _unasset,
    "incidents": _incidents,
}
