"""Status maps: which status may follow which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.desk.statuses import StatusMap, StatusMaps
from bot.desk.ticket import Status
from bot.settings.values import Section, unknown


def _status(name: object) -> Status:
    known = {status.value: status for status in Status}
    wanted = str(name).strip().lower()
    if wanted not in known:
        raise ValueError(unknown("status", wanted, known))
    return known[wanted]


_StatusName = Annotated[Status, BeforeValidator(_status)]


class StatusMapSection(Section):
    """Which status may follow which, for all tickets or for some."""

    name: str = Field(min_length=1)
    #: Groups whose tickets follow it; none for all.
    groups: tuple[str, ...] = ()
    #: Types of tickets that follow it; none for all.
    types: tuple[str, ...] = ()
    allowed: dict[_StatusName, tuple[_StatusName, ...]] = Field(min_length=1)

    def scopes(self) -> Iterator[tuple[str, str]]:
        """Each type with each group that it is for; an empty name stands for any."""
        return ((kind, group) for kind in self.types or ("",) for group in self.groups or ("",))

    def build(self) -> StatusMap:
        """The same as the desk uses it."""
        allowed = {before: frozenset(after) for before, after in self.allowed.items()}
        return StatusMap(name=self.name, allowed=allowed)


def refuse_disorder(sections: Iterable[StatusMapSection], *, groups: Collection[str]) -> None:
    """Raise ValueError where two maps are for the same tickets, or one for a group unknown."""
    taken: dict[tuple[str, str], str] = {}
    for section in sections:
        for group in section.groups:
            if group not in groups:
                raise ValueError(
                    f"status_maps.{section.name}.groups: {unknown('group', group, groups)}"
                )
        for scope in section.scopes():
            if scope in taken:
                both = f"both {taken[scope]!r} and {section.name!r}"
                raise ValueError(f"status_maps.{section.name}: {both} are for {_words(*scope)}")
            taken[scope] = section.name


def _words(kind: str, group: str) -> str:
    """The tickets of a type and group, as a sentence names them."""
    of_type = f"tickets of type {kind!r}" if kind else "all tickets"
    return f"{of_type} in group {group!r}" if group else of_type


def build_maps(sections: Iterable[StatusMapSection], groups: Mapping[str, int]) -> StatusMaps:
    """Every map by type and group; `groups` are the row numbers by name."""
    numbers = {"": 0, **groups}
    return StatusMaps(
        maps={
            (kind, numbers[group]): section.build()
            for section in sections
            for kind, group in section.scopes()
            if group in numbers
        }
    )
