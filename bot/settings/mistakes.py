"""What a mistake in the configuration is called: its place as people see it, and what is expected."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from bot.desk.nearest import nearest, suggestion
from bot.settings.values import is_secret

#: What is expected, by pydantic's kind of mistake; other kinds keep pydantic's words.
_EXPECTED = {
    "missing": "it is required",
    "string_type": "expected a text in quotes",
    "tuple_type": 'expected a list such as ["one", "two"]',
    "dict_type": "expected a table",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
}
_CHOICES = frozenset({"literal_error", "enum"})
#: What the members of a list are known by.
_NAMES = ("name", "address")


def told(mistake: Mapping[str, Any], document: Mapping[str, Any], model: type[BaseModel]) -> str:
    """One of pydantic's mistakes in a `model` that was read from a `document`: place and words."""
    loc = tuple(mistake["loc"])
    place = place_of(loc, document)
    if mistake["type"] == "extra_forbidden":
        section, known = _keys_at(loc[:-1], model)
        said = f"; {suggestion(str(loc[-1]), known)}" if section else ""
        return f"{place}: there is no such key{said}"
    words = _expected(mistake, loc)
    found = mistake.get("input")
    # A whole section may hold passwords.
    plain = isinstance(found, str | int | float) and mistake["type"] != "missing"
    shown = f", found {found!r}" if plain and repr(found) not in words and not _secret(loc) else ""
    near = _near(mistake, loc)
    return f"{place}: {words}{shown}{near}" if place else f"{words}{shown}{near}"


def place_of(loc: Sequence[str | int], document: Any) -> str:  # noqa: ANN401 - whatever TOML has
    """A key with its sections: ``groups.Support.leader``, as ``replydesk config set`` takes it."""
    words: list[str] = []
    here = document
    for part in loc:
        if part == "[key]":
            continue
        inner = _inside(here, part)
        if not isinstance(part, int):
            words.append(part)
        elif isinstance(inner, Mapping) or inner is None:
            words.append(_name(inner) or str(part))
        here = inner
    return ".".join(words)


def _inside(here: Any, part: str | int) -> Any:  # noqa: ANN401 - whatever TOML has
    try:
        return here[part]
    except (KeyError, IndexError, TypeError):
        return None


def _name(member: Mapping[str, Any] | None) -> str:
    named = (member.get(key) for key in _NAMES) if member else iter(())
    return next((name for name in named if isinstance(name, str) and name), "")


def _expected(mistake: Mapping[str, Any], loc: tuple[str | int, ...]) -> str:
    kind, found = mistake["type"], mistake.get("input")
    if kind == "tuple_type" and isinstance(found, Mapping):
        return f"there may be several, so it is written [[{loc[-1]}]]"
    if kind.startswith("model_") and isinstance(found, list):
        return f"there is only one, so it is written [{loc[-1]}]"
    words = str(mistake["msg"]).removeprefix("Value error, ")
    return _EXPECTED.get(kind, words.replace("Input should be", "it must be"))


def _near(mistake: Mapping[str, Any], loc: tuple[str | int, ...]) -> str:
    """The choice that was meant, where one is near."""
    if mistake["type"] not in _CHOICES or _secret(loc):
        return ""
    choices = mistake["ctx"]["expected"].replace(" or ", ", ").split(", ")
    near = nearest(str(mistake.get("input")), [choice.strip("'") for choice in choices], most=1)
    return f"; did you mean {near[0]}?" if near else ""


def _secret(loc: tuple[str | int, ...]) -> bool:
    return is_secret(".".join(map(str, loc)))


def _keys_at(places: tuple[str | int, ...], model: type[BaseModel]) -> tuple[bool, list[str]]:
    """The keys of the section at these places, and whether there is a section."""
    for place in places:
        if isinstance(place, int):
            continue
        field = model.model_fields.get(place)
        if field is None:
            return False, []
        inner = [field.annotation, *typing.get_args(field.annotation)]
        sections = (t for t in inner if isinstance(t, type) and issubclass(t, BaseModel))
        model = next(sections, model)
    return True, list(model.model_fields)
