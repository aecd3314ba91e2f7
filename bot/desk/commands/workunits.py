"""Commands about workunits: time, price, who may read them, and what they said."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.desk.commands.order import Order, Read, refuse_words
from bot.desk.workunits import read_minutes

_NUMBER = re.compile(r"#?(\d{1,15})")


@dataclass(frozen=True, kw_only=True, slots=True)
class BookTime(Order):
    """The words took so long."""

    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UseProfile(Order):
    """Their time has the price of this profile."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DoneAt(Order):
    """The work was done at another time than that of the entry."""

    #: As written, in the desk's zone.
    moment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepPrivate(Order):
    """The words are for their author, administrators, and those they are shared with."""

    #: Names or addresses of technicians.
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EditWords(Order):
    """The words of this mail replace those of an earlier workunit."""

    number: int


def _time(argument: str) -> BookTime:
    return BookTime(minutes=read_minutes(argument))


def _profile(argument: str) -> UseProfile:
    if not argument:
        raise ValueError("#profile needs the name of a profile: #profile on site")
    return UseProfile(name=argument)


def _done(argument: str) -> DoneAt:
    if not argument:
        raise ValueError("#done needs a moment: #done 2026-11-20 14:30")
    return DoneAt(moment=argument)


def _private(argument: str) -> KeepPrivate:
    refuse_words(argument)
    return KeepPrivate()


def _share(argument: str) -> KeepPrivate:
    names = tuple(name.strip() for name in argument.split(",") if name.strip())
    if not names:
        raise ValueError("#share needs names or addresses: #share tess, tom")
    return KeepPrivate(shared_with=names)


def _edit(argument: str) -> EditWords:
    found = _NUMBER.fullmatch(argument)
    if found is None:
        raise ValueError("#edit needs the number of the words: #edit 17")
    return EditWords(number=int(found[1]))


COMMANDS: dict[str, Read] = {
    "time": _time,
    "profile": _profile,
    "done": _done,
    "private": _private,
    "share": _share,
    "edit": _edit,
}
