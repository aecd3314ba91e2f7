"""Custom fields: what may stand in one, and how people write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from bot.desk.nearest import suggestion

#: Characters of a value; more is no field but a text for the thread.
LONGEST = 4000
_LONGEST_LINE = 400
#: Digits of a number before its point, and places behind it.
_MOST_DIGITS = 30


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LINES = "lines"
    DATE = "date"
    NUMBER = "number"
    YES_NO = "yes/no"
    CHOICE = "choice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One custom field."""

    #: As people see it, for example ``Room``.
    name: str
    kind: FieldKind = FieldKind.TEXT
    #: Nobody works on a ticket before it is filled.
    required: bool = False
    #: What may be chosen, in order.
    choices: tuple[str, ...] = ()
    #: The choice field on whose value the choices depend; empty for none.
    depends_on: str = ""
    #: The choices by that field's value.
    linked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: One line for whoever fills it, for example ``as it stands on the door``.
    hint: str = ""

    def choices_for(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """What may be chosen beside the values of the other fields; all of it while that is open."""
        if not self.depends_on:
            return self.choices
        parent = values.get(self.depends_on, "")
        if parent:
            return self.linked.get(parent, ())
        return tuple(dict.fromkeys(one for some in self.linked.values() for one in some))


def describe_choices(wanted: Field) -> tuple[str, ...]:
    """What may be chosen, one entry a line: ``HP, Lenovo``, or ``Laptop: HP, Lenovo``."""
    if wanted.kind is FieldKind.YES_NO:
        return ("yes, no",)
    if wanted.depends_on:
        return tuple(f"{parent}: {', '.join(some)}" for parent, some in wanted.linked.items())
    return (", ".join(wanted.choices),) if wanted.choices else ()


def read_linked(notation: str) -> dict[str, tuple[str, ...]]:
    """Choices by the value they depend on, from ``Laptop|HP,Laptop|Lenovo,PC|HP``.

    Raises ValueError for a pair without a bar or with an empty side.
    """
    found: dict[str, list[str]] = {}
    for pair in filter(None, (part.strip() for part in notation.split(","))):
        parent, bar, choice = (part.strip() for part in pair.partition("|"))
        if not (parent and bar and choice):
            raise ValueError(f"{pair!r} is no pair such as Laptop|HP")
        found.setdefault(parent, []).append(choice)
    return {parent: tuple(dict.fromkeys(choices)) for parent, choices in found.items()}


def read_value(wanted: Field, text: str, values: Mapping[str, str]) -> str:
    """A value as it is kept, from what somebody wrote; raises ValueError with the right form.

    `values` are those of the ticket's other fields. Dates are kept as 2026-11-21, numbers with a
    point, yes/no as ``yes`` and ``no``, choices as configured.
    """
    text = text.strip()
    if not text:
        raise ValueError(f"{wanted.name} needs a value")
    if len(text) > (LONGEST if wanted.kind is FieldKind.LINES else _LONGEST_LINE):
        raise ValueError(f"{wanted.name} is too long")
    return _READERS[wanted.kind](wanted, text, values)


def _read_text(_wanted: Field, text: str, _values: Mapping[str, str]) -> str:
    return " ".join(text.split())


def _read_lines(_wanted: Field, text: str, _values: Mapping[str, str]) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


#: Year first, or day, month and year with dots, or with a month's slashes where only one reading is
#: a date.
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTS = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def _read_date(wanted: Field, text: str, _values: Mapping[str, str]) -> str:
    found = {day.isoformat() for day in _dates(text)}
    if len(found) == 1:
        return found.pop()
    again = " (which is the day?)" if found else ""
    raise ValueError(f"{wanted.name} needs a date such as 2026-11-21, not {text[:40]!r}{again}")


def _dates(text: str) -> list[date]:
    """Every date that the text can mean."""
    readings: list[tuple[str, str, str]] = []
    if iso := _ISO.fullmatch(text):
        readings = [(iso[1], iso[2], iso[3])]
    elif dots := _DOTS.fullmatch(text):
        readings = [(dots[3], dots[2], dots[1])]
    elif slashes := _SLASHES.fullmatch(text):
        readings = [(slashes[3], slashes[1], slashes[2]), (slashes[3], slashes[2], slashes[1])]
    found: list[date] = []
    for year, month, day in readings:
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def _read_number(wanted: Field, text: str, _values: Mapping[str, str]) -> str:
    plain = text.replace(" ", "").replace("\u00a0", "")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    # "1e999" is a number, too, with a thousand digits.
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(f"{wanted.name} needs a number, not {text[:40]!r}")
    return f"{number:f}"


_YES = frozenset({"yes", "y", "true", "on", "1", "ja", "j", "oui", "sí", "si", "sì", "x"})
_NO = frozenset({"no", "n", "false", "off", "0", "nein", "non"})


def _read_yes_no(wanted: Field, text: str, _values: Mapping[str, str]) -> str:
    word = text.casefold().strip(" .!")
    if word in _YES:
        return "yes"
    if word in _NO:
        return "no"
    raise ValueError(f"{wanted.name} needs yes or no, not {text[:40]!r}")


def _read_choice(wanted: Field, text: str, values: Mapping[str, str]) -> str:
    choices = wanted.choices_for(values)
    by_fold = {choice.casefold(): choice for choice in choices}
    found = by_fold.get(" ".join(text.split()).casefold().rstrip("."))
    if found is not None:
        return found
    parent = values.get(wanted.depends_on, "")
    where = f" of a {parent}" if parent else ""
    # Not "Vendor: …": quoted in an answer that would fill the field.
    raise ValueError(f"{text[:40]!r} is no {wanted.name}{where}; {suggestion(text, choices)}")


_READERS: dict[FieldKind, Callable[[Field, str, Mapping[str, str]], str]] = {
    FieldKind.TEXT: _read_text,
    FieldKind.LINES: _read_lines,
    FieldKind.DATE: _read_date,
    FieldKind.NUMBER: _read_number,
    FieldKind.YES_NO: _read_yes_no,
    FieldKind.CHOICE: _read_choice,
}
