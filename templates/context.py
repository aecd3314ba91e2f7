"""From facts to what a template may name: cleaned, and no more of it than the template asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from bot.desk.facts import Facts
from templates import catalogue
from templates.entries import ShownEntry, ShownSection, joined, show_entries, show_sections
from templates.words import Words, clean_line, clean_text

_FIELDS = tuple(field.name for field in fields(Facts))
#: Words of more than one line.
_TEXTS = frozenset({"text", "first_words", "epilogue", "opinion_comment"})
_LINES = frozenset(
    field.name for field in fields(Facts) if field.type == "str" and field.name not in _TEXTS
)

#: What a template may call; described in docs/templates.md.
FUNCTIONS = ("say", "heading", "value", "rating", "date", "size", "duration", "money", "re")
#: What a template may name; the same.
NAMES = (*_FIELDS, "language", "words_html", "attachment_list", "subject", *FUNCTIONS)

#: Facts that storage looks up only for a desk whose own templates name one of them.
DETAILS = frozenset(
    {
        *("owner_address", "closed_by_name", "first_words", "minutes_used", "cost", "fields"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """How the context of some templates is made."""

    #: Facts of one line that they name, and a function that gets all of them.
    lines: tuple[str, ...]
    lines_of: Callable[[Facts], tuple[str, ...]]
    #: The other facts that they name.
    rest: tuple[str, ...]
    #: Names that are made of several facts or need a look at each value.
    made: tuple[tuple[str, Callable[[Facts, str], Any]], ...]

    def build(self, facts: Facts, code: str) -> dict[str, Any]:
        """The names with their values, for templates in one language."""
        context: dict[str, Any] = dict(
            zip(self.lines, map(clean_line, self.lines_of(facts)), strict=True)
        )
        for name in self.rest:
            context[name] = getattr(facts, name)
        for name, make in self.made:
            context[name] = make(facts, code)
        return context


def context_of(used: Collection[str], custom: Collection[str]) -> Context:
    """The context for templates that use these names; `custom` are the desk's own fields."""
    made = {**_MADE, "fields": lambda facts, _code: _custom(facts, custom)}
    lines = tuple(name for name in _FIELDS if name in used and name in _LINES)
    return Context(
        lines=lines,
        lines_of=_getter(lines),
        rest=tuple(n for n in _FIELDS if n in used and n not in _LINES and n not in made),
        made=tuple((name, make) for name, make in made.items() if name in used),
    )


def _getter(names: tuple[str, ...]) -> Callable[[Facts], tuple[str, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda facts: tuple(getattr(facts, name) for name in names)


def _text(facts: Facts, _code: str) -> str:
    """The words, all of them where there are several people's."""
    return joined(facts.entries) if facts.entries else clean_text(facts.text)


def _attachments(facts: Facts, _code: str) -> tuple[tuple[str, int], ...]:
    return tuple((clean_line(name), count) for name, count in facts.attachments)


def _attachment_list(facts: Facts, code: str) -> str:
    attachments = _attachments(facts, code)
    return ", ".join(f"{name} ({catalogue.size(count, code)})" for name, count in attachments)


def _changes(facts: Facts, _code: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(clean_line, change)) for change in facts.changes)


def _custom(facts: Facts, custom: Collection[str]) -> dict[str, str]:
    """Every field of the desk; those without a value are empty."""
    given = {name: clean_text(value) for name, value in facts.fields}
    return {**dict.fromkeys(custom, ""), **given}


_MADE: Mapping[str, Callable[[Facts, str], Any]] = {
    "found": lambda facts, _code: tuple(
        (number, clean_line(title), status, priority, clean_line(owner), changed)
        for number, title, status, priority, owner, changed in facts.found
    ),
    "assets": lambda facts, _code: tuple((clean_line(a), url) for a, url in facts.assets),
    "copies": lambda facts, _code: tuple(map(clean_line, facts.copies)),
    "field_problems": lambda facts, _code: tuple(map(clean_line, facts.field_problems)),
    "text": _text,
    "entries": lambda facts, code: show_entries(facts.entries, code),
    "sections": lambda facts, code: show_sections(facts.sections, code),
    "first_words": lambda facts, _code: clean_text(facts.first_words),
    "epilogue": lambda facts, _code: clean_text(facts.epilogue),
    "opinion_comment": lambda facts, _code: clean_text(facts.opinion_comment),
    "words_html": lambda facts, code: Words(
        _text(facts, code), None if facts.entries else facts.html
    ),
    "attachments": _attachments,
    "attachment_list": _attachment_list,
    "changes": _changes,
}


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a template may name
    """A copy that gives nothing away but itself: text, numbers, lists and dictionaries of them."""
    if isinstance(value, Words):
        return value.markup()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, ShownEntry | ShownSection):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return [plain(one) for one in value] if isinstance(value, tuple) else value
