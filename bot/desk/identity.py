"""The identity matrix: whoever writes, whatever they bring, whatever is known about the address.

Every cell is decided by `bot.desk.entry`. What stands here is only how such a mail looks to that
table, so that the whole of it can be read (``docs/identity.md``) and tried with real mails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from bot.desk.entry import Authentication, Case, Ruling, Tie, rule_on


class Author(StrEnum):
    """Who the From field names, and who it really is."""

    REQUESTER = "requester"
    COLLABORATOR = "collaborator"
    COPY = "copy"
    COLLEAGUE = "colleague"
    TECHNICIAN = "technician"
    STRANGER = "stranger"
    FORGED_TECHNICIAN = "forged technician"
    FORGED_REQUESTER = "forged requester"


class Token(StrEnum):
    """What the reply address of the mail is; nothing else in it points at a ticket."""

    VALID = "valid token"
    ANOTHER_TICKETS = "another ticket's"
    ANOTHER_PERSONS = "another person's"
    ALTERED = "altered"
    TRUNCATED = "truncated"
    EXPIRED_KEY = "expired key"
    NO_TOKEN = "none"  # noqa: S105 - not a password


class Proof(StrEnum):
    """What speaks for the author."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    NONE = "none"
    FORGED_HEADER = "forged header"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One mail of the matrix and what becomes of it."""

    author: Author
    token: Token
    proof: Proof
    case: Case
    ruling: Ruling


FORGED = frozenset({Author.FORGED_TECHNICIAN, Author.FORGED_REQUESTER})
TECHNICIANS = frozenset({Author.TECHNICIAN, Author.FORGED_TECHNICIAN})
PARTICIPANTS = frozenset(
    {Author.REQUESTER, Author.COLLABORATOR, Author.COPY, Author.FORGED_REQUESTER}
)

_TIES = {
    Token.VALID: Tie.GIVEN,
    Token.ANOTHER_TICKETS: Tie.BORROWED,
    Token.ANOTHER_PERSONS: Tie.BORROWED,
    Token.ALTERED: Tie.HINT,
    Token.TRUNCATED: Tie.HINT,
    Token.EXPIRED_KEY: Tie.HINT,
    Token.NO_TOKEN: Tie.NONE,
}
#: With these, the mail wants a ticket that the author has no part in, or none.
_ELSEWHERE = frozenset({Token.ANOTHER_TICKETS, Token.NO_TOKEN})


def cells() -> Iterator[Cell]:
    """Every cell, author by author."""
    for author, token, proof in product(Author, Token, Proof):
        case = case_of(author, token, proof)
        yield Cell(author=author, token=token, proof=proof, case=case, ruling=rule_on(case))


def case_of(author: Author, token: Token, proof: Proof) -> Case:
    """How such a mail looks to the rules."""
    participant = author in PARTICIPANTS and token not in _ELSEWHERE
    return Case(
        tie=_TIES[token],
        technician=author in TECHNICIANS,
        colleague=author is Author.COLLEAGUE and token not in _ELSEWHERE,
        participant=participant,
        third_party=participant and author is Author.COPY,
        # The true requester's mails are authenticated, which is how the others are told apart.
        proven_before=participant and author is Author.FORGED_REQUESTER,
        authentication=authentication_of(author, proof),
    )


def authentication_of(author: Author, proof: Proof) -> Authentication:
    """What is known about the address in From.

    A forger's pass is one of the forger's own domain: it says nothing about the domain in From. A
    result that none of our relays wrote counts for nothing.
    """
    if proof is Proof.FORGED_HEADER or (proof is Proof.PASS and author in FORGED):
        return Authentication.NONE
    return Authentication(proof.value)
