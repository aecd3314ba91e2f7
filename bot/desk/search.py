"""What somebody looks for: a query as a value, and its parser for what people type.

    status:open status:"pending user" priority:P1 group:Support owner:me requester:ann@x.example
    company:ACME tag:vpn type:Laptop kind:problem asset:PC-17 field.Room:12 opened:>2026-11-01
    updated:<7d is:merged  words  "a phrase"  print*  -word  -status:closed  #42

Several values of one key are alternatives, except those of which a ticket has several (tag, asset,
field) and times; everything else has to be true at once. ``updated:<7d`` is less than seven days
ago, ``opened:>2026-11-01`` is after that day. Names of groups, people and companies are looked up
where they are stored. Whatever cannot be understood raises `SearchMistake`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from bot.desk.nearest import suggestion
from bot.desk.search_words import fold
from bot.desk.ticket import Kind, Priority, Status

#: Characters of a query, and parts it may have.
LONGEST, MOST = 500, 20
#: Letters that must stand before the star of ``print*``.
_PREFIX = 3


class SearchMistake(ValueError):
    """Part of a query makes no sense; the message is written for whoever typed it."""


class Sort(StrEnum):
    """In which order tickets come."""

    #: The highest number first.
    NEWEST = "newest"
    #: What changed last first.
    UPDATED = "updated"
    #: P1 first, within a priority the highest number.
    PRIORITY = "priority"


class Key(StrEnum):
    """What can be asked of a ticket besides its words."""

    STATUS = "status"
    PRIORITY = "priority"
    GROUP = "group"
    OWNER = "owner"
    REQUESTER = "requester"
    COMPANY = "company"
    TAG = "tag"
    TYPE = "type"
    KIND = "kind"
    ASSET = "asset"
    FIELD = "field"
    OPENED = "opened"
    UPDATED = "updated"
    IS = "is"


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One ``key:value``."""

    key: Key
    #: As typed, or the one form of it: ``pending user``, ``1`` for P1, ``open`` for ``is``.
    value: str
    #: Name of the custom field; empty for every other key.
    field: str = ""
    #: The time before or after which it has to be; None for whatever is no time.
    before: datetime | None = None
    after: datetime | None = None
    #: True for ``-key:value``: it must not be so.
    absent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word or phrase."""

    #: Folded words that follow each other; never empty.
    words: tuple[str, ...]
    #: True when the last word is only the beginning of one.
    prefix: bool = False
    #: True for ``-word``: the ticket must not have it.
    absent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What a ticket must be to be found; an empty one finds every ticket that is not merged."""

    terms: tuple[Term, ...] = ()
    conditions: tuple[Condition, ...] = ()
    #: The number where nothing but a number was typed: that ticket comes first.
    number: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Which tickets somebody may see, and by which words; what is set adds up.

    Internal words find only what `everything` or `groups` let them see; so do tags, assets, fields,
    owners and groups.
    """

    everything: bool = False
    #: Groups whose tickets they work on.
    groups: frozenset[int] = frozenset()
    #: The company whose tickets they may read, or None.
    company: int | None = None
    #: The person in whose tickets they have a part, or None.
    person: int | None = None


#: The whole desk: the command line, administrators.
EVERYTHING = Scope(everything=True)


def parse(text: str, *, now: datetime, zone: tzinfo = UTC) -> Query:
    """Understand a query; `zone` is where the typed days begin. Raises SearchMistake."""
    if len(text) > LONGEST:
        raise SearchMistake(f"a search has at most {LONGEST} characters, this one {len(text)}")
    typed = list(_split(text))
    if len(typed) > MOST:
        raise SearchMistake(
            f"a search has at most {MOST} words and conditions, this one {len(typed)}"
        )
    terms: list[Term] = []
    conditions: list[Condition] = []
    for part in typed:
        key, value = part.key_and_value()
        if key:
            made = _conditions(key, value, now, zone)
            conditions.extend(replace(condition, absent=part.absent) for condition in made)
        else:
            terms.append(_term(part))
    return Query(
        terms=tuple(terms),
        conditions=tuple(conditions),
        number=_number(typed[0]) if len(typed) == 1 else None,
    )


def nearest(word: str, names: Iterable[str]) -> str:
    """A hint which names were meant: ``; did you mean status?``, or what there is."""
    return f"; {suggestion(word, sorted(set(names)), most=MOST)}"


# --- parts of the text --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """One part between spaces: its characters, and which of them stood between quotes."""

    text: str
    quoted: tuple[bool, ...]
    absent: bool

    def key_and_value(self) -> tuple[str, str]:
        """Key and value around the first colon outside quotes; no key for words."""
        for place, (letter, quoted) in enumerate(zip(self.text, self.quoted, strict=True)):
            if letter == ":" and not quoted:
                key, value = self.text[:place], self.text[place + 1 :]
                return (key, value.strip()) if _is_key(key, value) else ("", "")
        return "", ""


def _is_key(key: str, value: str) -> bool:
    """Whether it is meant as a key: not ``12:30``, ``http://…`` or a lone ``Re:``."""
    name = key.partition(".")[0]
    if name.lower() in set(Key):
        return True
    return name.isalpha() and bool(value) and not value.startswith("//")


def _split(text: str) -> Iterator[_Part]:
    letters: list[str] = []
    quoted: list[bool] = []
    inside = absent = False
    for letter in f"{text} ":
        if letter == '"':
            inside = not inside
        elif letter == "-" and not letters and not inside and not absent:
            absent = True
        elif letter.isspace() and not inside:
            if letters:
                yield _Part(text="".join(letters), quoted=tuple(quoted), absent=absent)
            letters, quoted, absent = [], [], False
        else:
            letters.append(letter)
            quoted.append(inside)
    if inside:
        raise SearchMistake('a quote (") is opened and not closed')


def _term(part: _Part) -> Term:
    words = fold(part.text)
    if not words:
        raise SearchMistake(f'"{part.text}" has neither letters nor digits')
    prefix = part.text.endswith("*") and not part.quoted[-1]
    if prefix and len(words[-1]) < _PREFIX:
        raise SearchMistake(f'"{part.text}": at least {_PREFIX} letters stand before the star')
    return Term(words=words, prefix=prefix, absent=part.absent)


def _number(part: _Part) -> int | None:
    found = re.fullmatch("#?([0-9]{1,15})", part.text)
    return int(found[1]) if found and not part.absent else None


# --- conditions ---------------------------------------------------------------------------------


def _conditions(
    key: str,
    value: str,
    now: datetime,
    zone: tzinfo,
) -> Iterator[Condition]:
    name, _, field = key.partition(".")
    if name.lower() not in set(Key) or (field and name.lower() != Key.FIELD):
        raise SearchMistake(f'"{key}:" is nothing to search by{nearest(key, Key)}')
    if not value:
        raise SearchMistake(f'"{key}:" needs a value behind the colon')
    known = Key(name.lower())
    if known in {Key.OPENED, Key.UPDATED}:
        before, after = _times(known, value, now, zone)
        yield Condition(key=known, value=value, before=before, after=after)
        return
    if known is Key.FIELD and not field:
        raise SearchMistake('"field:" needs the name of a field, as in field.Room:12')
    for form in _FORMS.get(known, _as_typed)(value):
        yield Condition(key=known, value=form, field=field)


def _as_typed(value: str) -> list[str]:
    return [value]


def _statuses(value: str) -> list[str]:
    """Several for ``pending``; ``open`` and ``closed`` are told apart by whether work is over."""
    wanted = _plain(value)
    if wanted == "open":
        return [wanted]
    found = [status for status in Status if wanted in {status, status.split()[0]}]
    return [*map(str, found)] or _unknown("status", value, [*Status, "open"])


def _priorities(value: str) -> list[str]:
    wanted = value.upper().removeprefix("P")
    known = {str(int(priority)) for priority in Priority}
    return [wanted] if wanted in known else _unknown("priority", value, list(Priority.__members__))


def _kinds(value: str) -> list[str]:
    wanted = _plain(value)
    return [wanted] if wanted in set(Kind) else _unknown("kind", value, list(Kind))


#: What ``is:`` takes.
STATES = ("open", "closed", "merged", "locked")


def _states(value: str) -> list[str]:
    wanted = _plain(value)
    return [wanted] if wanted in STATES else _unknown("is", value, STATES)


_FORMS: dict[Key, Callable[[str], list[str]]] = {
    Key.STATUS: _statuses,
    Key.PRIORITY: _priorities,
    Key.KIND: _kinds,
    Key.IS: _states,
}


def _plain(value: str) -> str:
    return " ".join(re.split("[ _-]+", value.lower().strip()))


def _unknown(key: str, value: str, names: Iterable[str]) -> list[str]:
    raise SearchMistake(f'{key}: "{value}" is unknown{nearest(value, names)}')


# --- times --------------------------------------------------------------------------------------

_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_SPAN = re.compile("([0-9]{1,5})(min|h|d|w|y)")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _times(
    key: Key, value: str, now: datetime, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    """Before and after which: an age (``<7d``, ``>2w``) or a day (``>2026-11-01``, ``2026-11-01``)."""
    sign = value[0] if value[0] in "<>" else ""
    bare = value.removeprefix(sign).removeprefix("=")
    try:
        if sign and (span := _SPAN.fullmatch(bare)):
            moment = now - int(span[1]) * _UNITS[span[2]]
            return (None, moment) if sign == "<" else (moment, None)
        if _DAY.fullmatch(bare):
            start = datetime.fromisoformat(bare).replace(tzinfo=zone)
            end = start + timedelta(days=1)
            return {"<": (start, None), ">": (None, end), "": (end, start)}[sign]
    except (ValueError, OverflowError):
        pass
    raise SearchMistake(
        f'{key}: "{value}" is no time; write {key}:<7d (less than seven days ago; min, h, d, w, y), '
        f"{key}:>2026-11-01 (after that day) or {key}:2026-11-01"
    )
