"""Ticket types, custom fields and priorities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from bot.desk.fields import Field as CustomField
from bot.desk.fields import FieldKind, read_linked
from bot.desk.nearest import suggestion
from bot.desk.priorities import Priorities
from bot.desk.ticket import Kind, Priority
from bot.desk.types import TicketType, Types
from bot.settings.values import Section


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or any(mark in name for mark in ":=|,\n"):
        raise ValueError("expected a name without colons, equal signs, bars and commas")
    return name


Name = Annotated[str, AfterValidator(_name)]


class FieldSection(Section):
    """One custom field."""

    name: Name
    kind: Literal["text", "lines", "date", "number", "yes/no", "choice"] = "text"
    required: bool = False
    #: A list, or one text: ``Laptop,PC``, or ``Laptop|HP,PC|HP`` where it depends on another field.
    choices: tuple[str, ...] | str = ()
    depends_on: str = ""
    hint: str = ""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> FieldSection:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"{self.name}: a choice needs choices, and nothing else has any")
        linked = isinstance(self.choices, str) and "|" in self.choices
        if linked != bool(self.depends_on):
            raise ValueError(
                f"{self.name}: choices such as 'Laptop|HP, PC|HP' and depends_on go together"
            )
        self.build()
        return self

    def build(self) -> CustomField:
        """The same as the desk uses it."""
        choices, linked = self.choices, {}
        if self.depends_on and isinstance(choices, str):
            linked, choices = read_linked(choices), ()
        elif isinstance(choices, str):
            choices = tuple(filter(None, (one.strip() for one in choices.split(","))))
        return CustomField(
            name=self.name,
            kind=FieldKind(self.kind),
            required=self.required,
            choices=tuple(choices),
            depends_on=self.depends_on,
            linked=linked,
            hint=self.hint,
        )


class TypeSection(Section):
    """A type of ticket."""

    name: Name
    kind: Kind = Kind.INCIDENT
    #: The groups that have it; all of them when empty.
    groups: tuple[str, ...] = ()
    fields: tuple[FieldSection, ...] = ()


class PrioritiesSection(Section):
    """How a desk comes to priorities."""

    #: Rows by impact, columns by urgency, each high, medium, low.
    matrix: tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]] = (
        (1, 2, 3),
        (2, 3, 4),
        (3, 4, 4),
    )
    #: What a new ticket has.
    usual: int = Field(default=3, ge=1, le=4)

    @model_validator(mode="after")
    def _are_priorities(self) -> PrioritiesSection:
        if any(not 1 <= cell <= len(Priority) for row in self.matrix for cell in row):
            raise ValueError(f"matrix: expected priorities from 1 to {len(Priority)}")
        return self

    def build(self) -> Priorities:
        """The same as the desk uses it."""
        matrix = tuple(tuple(Priority(cell) for cell in row) for row in self.matrix)
        return Priorities(matrix=matrix, usual=Priority(self.usual))


def build_types(
    common: Iterable[FieldSection],
    types: Iterable[TypeSection],
    *,
    groups: Iterable[str],
    of_queues: Mapping[str, str],
) -> Types:
    """All of it together; raises ValueError where names do not fit one another."""
    shared = tuple(section.build() for section in common)
    _check_fields("fields", shared)
    built: dict[str, TicketType] = {}
    known = list(groups)
    for section in types:
        where = f"types, {section.name}"
        if section.name in built:
            raise ValueError(f"{where}: there are two types of this name")
        for group in section.groups:
            if group not in known:
                raise ValueError(f"{where}: {group!r} is no group; {suggestion(group, known)}")
        own = tuple(one.build() for one in section.fields)
        _check_fields(where, (*shared, *own))
        built[section.name] = TicketType(
            name=section.name,
            kind=section.kind,
            groups=frozenset(section.groups),
            fields=own,
        )
    for address, name in of_queues.items():
        if name not in built:
            raise ValueError(f"queues, {address}: {name!r} is no type; {suggestion(name, built)}")
    return Types(types=built, common=shared, of_queues=dict(of_queues))


def _check_fields(where: str, fields: tuple[CustomField, ...]) -> None:
    """Names are there once, and choices depend on choices that there are."""
    by_name = {one.name: one for one in fields}
    folded = [one.name.casefold() for one in fields]
    for one in fields:
        if folded.count(one.name.casefold()) > 1:
            raise ValueError(f"{where}: there are two fields {one.name}")
        if not one.depends_on:
            continue
        parent = by_name.get(one.depends_on)
        if parent is None or parent.kind is not FieldKind.CHOICE:
            choices = [other.name for other in fields if other.kind is FieldKind.CHOICE]
            raise ValueError(
                f"{where}, {one.name}: {one.depends_on!r} is no field with choices; "
                f"{suggestion(one.depends_on, choices)}"
            )
        possible = parent.choices_for({})
        for value in one.linked:
            if value not in possible:
                raise ValueError(
                    f"{where}, {one.name}: {value!r} is no choice of {parent.name}; "
                    f"{suggestion(value, possible)}"
                )
