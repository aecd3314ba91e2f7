"""Ticket types: which fields a ticket has, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.desk.fields import Field, read_value
from bot.desk.nearest import suggestion
from bot.desk.ticket import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketType:
    """A type of ticket with fields of its own."""

    #: As people see it, for example ``New laptop``.
    name: str
    #: What such a ticket is in ITIL's terms.
    kind: Kind = Kind.INCIDENT
    #: Names of the groups that have it; empty for all.
    groups: frozenset[str] = frozenset()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Types:
    """Every type of the desk, and the fields that each ticket has."""

    #: By name.
    types: Mapping[str, TicketType] = field(default_factory=dict)
    #: Fields of every ticket, before those of its type.
    common: tuple[Field, ...] = ()
    #: The type of what arrives at a queue, by its address.
    of_queues: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Whether the desk has types or fields at all."""
        return bool(self.types or self.common)

    def find(self, name: str, *, group: str) -> TicketType:
        """The type of this name, ignoring case; raises ValueError with those the group has."""
        usable = [t for t in self.types.values() if not t.groups or group in t.groups]
        for one in usable:
            if one.name.casefold() == name.strip().casefold():
                return one
        raise ValueError(
            f"{name[:60]!r} is no type of {group}; {suggestion(name, [t.name for t in usable])}"
        )

    def fields_of(self, type_name: str) -> tuple[Field, ...]:
        """The fields of a ticket of this type; a type that is not configured any more has none."""
        known = self.types.get(type_name)
        return (*self.common, *(known.fields if known else ()))

    def missing(self, type_name: str, values: Mapping[str, str]) -> tuple[Field, ...]:
        """Required fields without a value, in order; a choice of nothing is not asked for."""
        return tuple(
            one
            for one in self.fields_of(type_name)
            if one.required and not values.get(one.name) and not _is_moot(one, values)
        )

    def field_named(self, type_name: str, name: str) -> Field:
        """The field of this name, ignoring case; raises ValueError with the nearest."""
        fields = {one.name.casefold(): one for one in self.fields_of(type_name)}
        found = fields.get(name.strip().casefold())
        if found is None:
            known = [one.name for one in fields.values()]
            raise ValueError(f"{name[:60]!r} is no field here; {suggestion(name, known)}")
        return found

    def read(
        self, type_name: str, written: Mapping[str, str], values: Mapping[str, str]
    ) -> tuple[dict[str, str], list[str]]:
        """What was written by field name as values to keep, and what could not be understood.

        Fields that others depend on are read first, whatever the order they were written in.
        """
        read: dict[str, str] = {}
        problems: list[str] = []
        fields = self.fields_of(type_name)
        parents = {one.depends_on for one in fields}
        for one in sorted(fields, key=lambda one: one.name not in parents):
            if one.name not in written:
                continue
            try:
                read[one.name] = read_value(one, written[one.name], {**values, **read})
            except ValueError as problem:
                problems.append(str(problem))
        return read, problems


def _is_moot(one: Field, values: Mapping[str, str]) -> bool:
    """Whether the value that its choices depend on leaves none."""
    parent = values.get(one.depends_on, "")
    return bool(one.depends_on and parent) and not one.choices_for(values)
