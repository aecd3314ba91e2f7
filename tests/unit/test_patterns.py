"""No regular expression of ours can be made to try the same characters in many ways.

A repetition inside a repetition is harmless where something between two rounds must be a character
that the inner one cannot take: ``a+(?:,a+)*`` has one way to read any text. Without it, as in
``(?:a+)*``, the number of ways doubles with each character, and one mail stops a desk.
"""

# ruff: noqa: ANN401 - the parse tree of the standard library has no types

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from re import _compiler as compiler  # type: ignore[attr-defined]  # the parse tree has no other door
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

PACKAGES = ("threading_engine", "channels.email", "bot.desk", "bot.cli", "bot", "templates")
#: Enough of every script to tell character classes apart.
ALPHABET = [chr(n) for n in (*range(0x180), 0x391, 0x430, 0x5D0, 0x627, 0xE01, 0x3042, 0x6F22)]
#: A repetition up to this often multiplies the ways by no more than a constant.
FEW = 16
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Every compiled pattern that is a module's value, alone or in a collection."""
    for package in PACKAGES:
        for info in iter_modules(import_module(package).__path__, f"{package}."):
            for name, value in vars(import_module(info.name)).items():
                for pattern in compiled(value):
                    yield f"{info.name}.{name}", pattern


def compiled(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from compiled(item)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            yield from compiled(item)


def ambiguities(pattern: re.Pattern[Any]) -> list[str]:
    """Inner repetitions, as text, that nothing keeps apart from the next round of the outer one."""
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    tree = parser.parse(pattern.pattern, flags)
    return [str(inner) for outer in loops(tree) for inner in loose(outer, flags)]


def loops(tree: Iterable[Any], *, within: bool = False) -> Iterator[Any]:
    """The bodies of unbounded repetitions; `within` another, what is atomic does not count."""
    for op, value in tree:
        if op in REPEATS and value[1] > FEW:
            yield value[2]
        if within and op in {codes.ATOMIC_GROUP, codes.POSSESSIVE_REPEAT}:
            continue
        for child in children(op, value):
            yield from loops(child, within=within)


def children(op: Any, value: Any) -> Iterator[Any]:
    if op in (*REPEATS, codes.POSSESSIVE_REPEAT):
        yield value[2]
    elif op is codes.SUBPATTERN:
        yield value[3]
    elif op is codes.BRANCH:
        yield from value[1]
    elif op in {codes.ASSERT, codes.ASSERT_NOT}:
        yield value[1]
    elif op is codes.ATOMIC_GROUP:
        yield value


def loose(body: Any, flags: int) -> Iterator[Any]:
    """Repetitions directly in the body, unless another mandatory character of it stands apart."""
    for branch in branches(body):
        inner = [(taken(sub, flags), sub) for sub in loops(branch, within=True)]
        needed = [taken([item], flags) for item in branch if mandatory(item)]
        for characters, sub in inner:
            if not any(other and not other & characters for other in needed):
                yield sub


def branches(body: Any) -> Iterator[list[Any]]:
    items = list(body)
    if len(items) == 1 and items[0][0] is codes.SUBPATTERN:
        yield from branches(items[0][1][3])
    elif len(items) == 1 and items[0][0] is codes.BRANCH:
        for option in items[0][1][1]:
            yield from branches(option)
    else:
        yield items


def mandatory(item: Any) -> bool:
    op, value = item
    return op in {codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY} or (
        op in (*REPEATS, codes.POSSESSIVE_REPEAT) and value[0] > 0
    )


def taken(tree: Any, flags: int) -> frozenset[str]:
    """The characters of the alphabet that the first repetition or item of a tree matches."""
    found: set[str] = set()
    for op, value in tree:
        if op in {codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY}:
            found |= matching(op, value, flags)
        for child in children(op, value):
            found |= taken(child, flags)
    return frozenset(found)


def matching(op: Any, value: Any, flags: int) -> set[str]:
    key = f"{op} {value} {flags}"
    if key not in MATCHING:
        state = parser.State()
        state.str, state.flags = ".", flags
        single = compiler.compile(parser.SubPattern(state, [(op, value)]), flags)
        MATCHING[key] = {c for c in ALPHABET if single.fullmatch(c)}
    return MATCHING[key]


#: Compiling is slow, and the same few classes come again and again.
MATCHING: dict[str, set[str]] = {}


def test_every_pattern_reads_a_text_in_one_way() -> None:
    found = {name: ways for name, pattern in patterns() if (ways := ambiguities(pattern))}
    assert found == {}


def test_there_are_patterns_to_look_at() -> None:
    assert len({pattern.pattern for _name, pattern in patterns()}) > 120


@pytest.mark.parametrize(
    "pattern", [r"(a+)+", r"(?:a*)*b", r"(?:\s*\w+\s*)*x", r"(?:a+|b)*c", r"(?:[ab]+b?)*c"]
)
def test_a_catastrophic_pattern_is_found(pattern: str) -> None:
    assert ambiguities(re.compile(pattern))


@pytest.mark.parametrize(
    "pattern", [r"a+(?:,a+)*", r"(?:[^\"\\]|\\.)*+", r"(?:\n[ \t]+\S+)*", r"(?>a+)+", r"(?:a++)+"]
)
def test_a_linear_pattern_passes(pattern: str) -> None:
    assert not ambiguities(re.compile(pattern))
