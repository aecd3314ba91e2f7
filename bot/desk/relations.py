"""Tickets among tickets: what one is to another, tags, and things whose master stands elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from bot.desk.people import Person


class Relation(StrEnum):
    """What a ticket is to another one."""

    #: A part of the other one, its parent.
    CHILD = "child"
    #: One occurrence of the other one, a problem.
    INCIDENT = "incident"
    #: The other one says the same.
    DUPLICATE = "duplicate"
    RELATED = "related"


#: Relations in which a ticket has one other ticket above it, and no circle is possible.
HIERARCHIES = frozenset({Relation.CHILD, Relation.INCIDENT})

#: What the other ticket is called in this one, and this one in the other.
ENDS: dict[Relation, tuple[str, str]] = {
    Relation.CHILD: ("parent", "child"),
    Relation.INCIDENT: ("problem", "incident"),
    Relation.DUPLICATE: ("duplicate of", "duplicate"),
    Relation.RELATED: ("related", "related"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One ticket's relation to another."""

    ticket_id: int
    other_id: int
    relation: Relation

    def seen_from(self, ticket_id: int) -> tuple[str, int]:
        """What the ticket at the other end is called, and its number."""
        there, here = ENDS[self.relation]
        return (there, self.other_id) if ticket_id == self.ticket_id else (here, self.ticket_id)


def closes_circle(below: int, above: int, parent_of: Callable[[int], int | None]) -> bool:
    """Whether a ticket would end up above itself; `parent_of` gives the one above, or None."""
    seen: set[int] = set()
    at: int | None = above
    while at is not None and at not in seen:
        if at == below:
            return True
        seen.add(at)
        at = parent_of(at)
    return False


# --- tags -----------------------------------------------------------------------------------------

LONGEST_TAG = 40
MOST_TAGS = 30
_TAG = re.compile(r"\w[\w.+:/-]*")


def read_tags(text: str) -> tuple[str, ...]:
    """Tags as they are kept: small letters, no marks around, each once; raises ValueError."""
    words = unicodedata.normalize("NFKC", text).casefold().replace(",", " ").split()
    tags = tuple(dict.fromkeys(word.lstrip("#") for word in words))
    for tag in tags:
        if len(tag) > LONGEST_TAG or not _TAG.fullmatch(tag):
            raise ValueError(
                f"{tag[:LONGEST_TAG]!r} is no tag: letters, digits and . + : / - _ are, "
                f"up to {LONGEST_TAG} characters"
            )
    return tags


# --- things ---------------------------------------------------------------------------------------

LONGEST_REFERENCE = 80
MOST_ASSETS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """Something that a ticket is about and that is kept elsewhere."""

    #: Name of an `AssetKind`.
    kind: str
    #: Its key there, for example ``PC-1234``.
    reference: str
    name: str = ""

    def __str__(self) -> str:
        what = f"{self.kind} {self.reference}"
        return f"{what} ({self.name})" if self.name else what


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetKind:
    """One kind of things: its name is the command that adds one."""

    name: str
    #: Where the master stands, with ``{reference}`` in it; empty for nowhere.
    url: str = ""

    def link_to(self, reference: str) -> str:
        """The address of one of them; empty where there is none."""
        return self.url.replace("{reference}", quote(reference, safe="")) if self.url else ""


#: The kinds of things that every desk knows.
USUAL_KINDS = (AssetKind(name="asset"), AssetKind(name="room"), AssetKind(name="contract"))


# --- whose words ----------------------------------------------------------------------------------


def are_of_one_house(one: Person, other: Person) -> bool:
    """Whether two requesters may read each other's words; the first rule that speaks decides."""
    return next(said for rule in _HOUSE_RULES if (said := rule(one, other)) is not None)


def _same_person(one: Person, other: Person) -> bool | None:
    return True if one.id == other.id else None


def _sees_only_their_own(one: Person, other: Person) -> bool | None:
    return False if one.independent or other.independent else None


def _company(one: Person, other: Person) -> bool | None:
    if one.company_id is None and other.company_id is None:
        return None
    return one.company_id == other.company_id


def _domain(one: Person, other: Person) -> bool:
    """Where nobody configured companies, the domain of the address stands for one."""
    return one.address.rpartition("@")[2] == other.address.rpartition("@")[2]


_HOUSE_RULES: tuple[Callable[[Person, Person], bool | None], ...] = (
    _same_person,
    _sees_only_their_own,
    _company,
    _domain,
)


# --- rules of a desk ------------------------------------------------------------------------------


class ClosingParent(StrEnum):
    """What closing a ticket does about those below it that are open."""

    #: It closes, and whoever closed it is told how to close the others, too.
    OFFER = "offer"
    #: It stays open until they are closed.
    WAIT = "wait"
    #: They close with it.
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True, slots=True)
class RelationRules:
    """How a desk wants tickets to go together."""

    closing_parent: ClosingParent = ClosingParent.OFFER
    #: True when the requester of a merged ticket is told of it.
    merge_notes: bool = True
    asset_kinds: tuple[AssetKind, ...] = USUAL_KINDS

    def kind_of_asset(self, name: str) -> AssetKind | None:
        """The kind of this name, or None."""
        return next((kind for kind in self.asset_kinds if kind.name == name), None)


#: The rules of a desk that nobody configured.
USUAL = RelationRules()


def in_words(numbers: Iterable[int]) -> str:
    """Numbers as people write them: ``3, 5-7``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
