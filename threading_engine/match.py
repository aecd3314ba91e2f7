"""Which ticket? An ordered table of rules, most trusted first; the first that hits decides.

Who writes, and whether they may, is another question with another table: a rule here only says
where a mail wants to go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from threading_engine.clues import Clues
from threading_engine.tokens import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What storage knows about the clues."""

    #: Ticket number by foreign message id.
    references: Mapping[str, int]
    #: Where each existing ticket leads: itself, or the ticket it was merged into.
    tickets: Mapping[int, int | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Which ticket, and why."""

    #: Name of the rule that hit.
    rule: str
    #: The ticket, merges followed; None for a new one.
    ticket_id: int | None
    #: True when the clue is a signature of ours, which nobody can guess.
    signed: bool = False
    #: The person a signed reply address was made for, or None.
    token_person: int | None = None
    #: The foreign message id that hit; empty when another rule did.
    key: str = ""
    #: Clues that point elsewhere or were not good enough, in words.
    disagreeing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    ticket_id: int
    signed: bool = False
    token_person: int | None = None
    key: str = ""


_Rule = Callable[[Clues, Known], _Hit | None]


def signed_reply_address(clues: Clues, known: Known) -> _Hit | None:
    """The mail was sent to a reply address of ours."""
    for token in clues.addressed:
        if token.valid and token.kind is Kind.TICKET and token.numbers[0] in known.tickets:
            return _Hit(token.numbers[0], signed=True, token_person=token.numbers[1])
    return None


def own_message_id(clues: Clues, known: Known) -> _Hit | None:
    """It answers a mail that we sent."""
    for token in clues.own_ids:
        if token.valid and token.numbers[0] in known.tickets:
            return _Hit(token.numbers[0], signed=True)
    return None


def known_message_id(clues: Clues, known: Known) -> _Hit | None:
    """It answers a mail that is part of a ticket."""
    for key in clues.foreign_ids:
        if key in known.references:
            return _Hit(known.references[key], key=key)
    return None


def quoted_token(clues: Clues, known: Known) -> _Hit | None:
    """It quotes a reply address of ours in its text or subject."""
    for token in clues.quoted:
        named = token.kind in {Kind.TICKET, Kind.MESSAGE, Kind.RATING}
        if token.valid and named and token.numbers[0] in known.tickets:
            return _Hit(token.numbers[0], signed=True)
    return None


def subject_number(clues: Clues, known: Known) -> _Hit | None:
    """Its subject names a ticket number; good only from an authenticated participant."""
    for number in clues.numbers:
        if number in known.tickets:
            return _Hit(number)
    return None


#: The order is the trust.
RULES: tuple[_Rule, ...] = (
    signed_reply_address,
    own_message_id,
    known_message_id,
    quoted_token,
    subject_number,
)

#: The rule's name when no other hit.
NOTHING_TIES_IT = "nothing_ties_it"


def decide(clues: Clues, known: Known) -> Match:
    """Ask the rules in order; later hits that lead elsewhere are kept as disagreeing."""
    hits = [(rule.__name__, hit) for rule in RULES if (hit := rule(clues, known)) is not None]
    spoiled = tuple(_spoiled(clues))
    if not hits:
        return Match(rule=NOTHING_TIES_IT, ticket_id=None, disagreeing=spoiled)
    name, first = hits[0]
    target = follow_merges(first.ticket_id, known)
    elsewhere = (
        f"{other}: ticket {hit.ticket_id}"
        for other, hit in hits[1:]
        if follow_merges(hit.ticket_id, known) != target
    )
    return Match(
        rule=name,
        ticket_id=target,
        signed=first.signed,
        token_person=first.token_person,
        key=first.key,
        disagreeing=(*elsewhere, *spoiled),
    )


def follow_merges(ticket_id: int, known: Known) -> int:
    """The ticket at the end of a chain of merges; a cycle ends at its smallest number."""
    seen = [ticket_id]
    while (target := known.tickets.get(seen[-1])) is not None and target != seen[-1]:
        if target in seen:
            return min(seen[seen.index(target) :])
        seen.append(target)
    return seen[-1]


def _spoiled(clues: Clues) -> Iterator[str]:
    for token in (*clues.addressed, *clues.own_ids, *clues.quoted):
        if not token.valid:
            yield f"token for ticket {token.numbers[0]}: {token.reason}"
