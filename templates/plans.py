"""Which files a template is made of, and so: which engine runs it, and with how much fuel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2.nodes import Template

from bot.errors import ConfigurationError
from templates import grammar
from templates.bounded import FUEL, MOST
from templates.phrases import as_calls
from templates.sources import Source, Sources


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is known of a template before it runs."""

    #: True when a file of it is the desk's own.
    own: bool
    #: Names that it uses.
    used: frozenset[str]
    #: Steps that it may take: less where long pieces of text could come out again and again.
    fuel: int
    #: Its files, as text.
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    source: Source
    tree: Template
    #: True when it is included somewhere, maybe more than once.
    included: bool


def plan(template: str, sources: Sources, faults: Mapping[str, list[str]]) -> Plan:
    """What the template is made of; raises ConfigurationError where it cannot be used.

    `faults` are what is known to be wrong with a file, by its path as text.
    """
    pieces = list(_pieces(template, sources, faults, above=(), included=False, seen=set()))
    longest = max(grammar.longest(piece.tree, everywhere=piece.included) for piece in pieces)
    return Plan(
        own=any(piece.source.own for piece in pieces),
        used=frozenset().union(*(grammar.used(piece.tree) for piece in pieces)),
        fuel=min(FUEL, MOST * 5 // max(longest, 1)),
        files=tuple(str(piece.source.file) for piece in pieces),
    )


def _pieces(
    template: str,
    sources: Sources,
    faults: Mapping[str, list[str]],
    *,
    above: tuple[str, ...],
    included: bool,
    seen: set[tuple[str, bool]],
) -> Iterator[_Piece]:
    """The template and all below it, each once extended and once included at most."""
    source = sources.find(template)
    if source is None:
        raise ConfigurationError(f"there is no template «{template}»")
    if str(source.file) in faults:
        raise ConfigurationError("\n".join(faults[str(source.file)]))
    seen.add((template, included))
    above = (*above, template)
    tree = grammar.parse(as_calls(source.text))
    yield _Piece(source=source, tree=tree, included=included)
    for reference in grammar.references(tree):
        name, inner = reference.name, included or reference.included
        where = f"{source.file}, line {reference.line}"
        if name in above:
            raise ConfigurationError(f"{where}: «{name}» includes itself")
        if sources.find(name) is None:
            if reference.needed:
                raise ConfigurationError(f"{where}: there is no template «{name}»; {_EXPECTED}")
        elif (name, inner) not in seen:
            yield from _pieces(name, sources, faults, above=above, included=inner, seen=seen)


_EXPECTED = (
    "expected is a file of yours or a shared one such as layout.txt, words.html or ratings.txt"
)
