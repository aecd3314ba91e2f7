"""Answers follow the words that they answer, when those were moved into another ticket.

A ticket is split: some of its mails are now part of another one. Whoever answers such a mail still
writes to the reply address of the first ticket, and under its ids. Here such clues are read as clues
for the ticket in which the answered words stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from threading_engine.clues import Clues
from threading_engine.match import Known, follow_merges
from threading_engine.tokens import Kind, Token

#: Tokens of one ticket and one person.
_PERSONAL = frozenset({Kind.TICKET, Kind.RATING})


def follow_words(
    clues: Clues, known: Known, *, carried: Mapping[int, int], moved: Mapping[str, tuple[int, int]]
) -> Clues:
    """The clues as they would be, had the answered words always been where they are now.

    `carried` says for a delivery of ours in which ticket its words stand now, `moved` for a foreign
    id in which ticket it was written and in which it stands now. Merges are none of this: they are
    followed anyway.
    """
    away = dict(_ways(clues, known, carried, moved))
    own = {token: home for token in _ours(clues) if (home := _home(token, known, carried))}
    if not (away or own):
        return clues

    def led(tokens: Iterable[Token]) -> tuple[Token, ...]:
        return tuple(_led(token, away, own) for token in tokens)

    return replace(
        clues,
        addressed=led(clues.addressed),
        own_ids=led(clues.own_ids),
        older_own_ids=led(clues.older_own_ids),
        quoted=led(clues.quoted),
    )


def _ours(clues: Clues) -> Iterable[Token]:
    return (*clues.own_ids, *clues.older_own_ids)


def _home(token: Token, known: Known, carried: Mapping[int, int]) -> int | None:
    """The ticket in which the words of one of our mails stand, where that is another one."""
    if not token.valid or token.kind is not Kind.MESSAGE:
        return None
    home = carried.get(token.numbers[1])
    return home if home and not _same(known, token.numbers[0], home) else None


def _same(known: Known, one: int, other: int) -> bool:
    return follow_merges(one, known) == follow_merges(other, known)


def _ways(
    clues: Clues, known: Known, carried: Mapping[int, int], moved: Mapping[str, tuple[int, int]]
) -> Iterable[tuple[int, int]]:
    """From which ticket to which the words went that this mail answers directly."""
    for token in clues.own_ids:
        if home := _home(token, known, carried):
            yield token.numbers[0], home
    for key in clues.foreign_ids:
        before, after = moved.get(key, (0, 0))
        if before and not _same(known, before, after):
            yield before, after


def _led(token: Token, away: Mapping[int, int], own: Mapping[Token, int]) -> Token:
    home = own.get(token)
    if home is None and token.kind in _PERSONAL and token.valid:
        home = away.get(token.numbers[0])
    return token if home is None else replace(token, numbers=(home, *token.numbers[1:]))
