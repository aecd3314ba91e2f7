"""Commands about what a ticket is: group, title, type, kind, fields, impact and urgency."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.commands.order import Order, Read
from bot.desk.nearest import suggestion
from bot.desk.priorities import read_level
from bot.desk.ticket import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveToGroup(Order):
    """Another group works on it."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetTitle(Order):
    """The ticket gets a better title."""

    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetType(Order):
    """The ticket has another type, and with it other fields."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetKind(Order):
    """It is an incident, or another of ITIL's kinds."""

    kind: Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class SetField(Order):
    """A custom field gets a value; an empty one takes it away."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetUrgency(Order):
    """Impact or urgency, from which the priority follows."""

    impact: int | None = None
    urgency: int | None = None


_LONGEST_TITLE = 200


def _group(argument: str) -> MoveToGroup:
    if not argument:
        raise ValueError("#group needs the name of a group")
    return MoveToGroup(name=argument)


def _title(argument: str) -> SetTitle:
    if not argument:
        raise ValueError("#title needs words")
    return SetTitle(title=argument[:_LONGEST_TITLE])


def _type(argument: str) -> SetType:
    if not argument:
        raise ValueError("#type needs the name of a ticket type, or: none")
    return SetType(name="" if argument.casefold() == "none" else argument)


def _kind(argument: str) -> SetKind:
    word = " ".join(argument.casefold().replace("-", " ").split())
    try:
        return SetKind(kind=Kind(word))
    except ValueError:
        kinds = [kind.value for kind in Kind]
        raise ValueError(f"#kind: {argument[:40]!r} is none; {suggestion(word, kinds)}") from None


def _field(argument: str) -> SetField:
    marks = [mark for mark in (":", "=") if mark in argument]
    if not marks:
        raise ValueError("#field needs a name and a value, as in: #field Room: 2.17")
    mark = min(marks, key=argument.index)
    name, _, value = argument.partition(mark)
    return SetField(name=name.strip(), value=value.strip())


def _impact(argument: str) -> SetUrgency:
    return SetUrgency(impact=_level("#impact", argument))


def _urgency(argument: str) -> SetUrgency:
    return SetUrgency(urgency=_level("#urgency", argument))


def _level(command: str, argument: str) -> int:
    try:
        return read_level(argument)
    except ValueError as problem:
        raise ValueError(f"{command}: {problem}") from None


COMMANDS: dict[str, Read] = {
    "group": _group,
    "title": _title,
    "type": _type,
    "kind": _kind,
    "field": _field,
    "impact": _impact,
    "urgency": _urgency,
}
