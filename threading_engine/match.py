"""Which ticket? An ordered table of rules, most trusted first; the first that hits decides.

Who writes, and whether they may, is another question with another table: a rule here only says
where a mail wants to go. The last rules give no more than hints: what they find is worth a link
from a new ticket, never an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from threading_engine import subject as subjects
from threading_engine.clues import Clues
from threading_engine.tokens import Kind, Token


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What storage knows about the clues."""

    #: Ticket number by foreign message id.
    references: Mapping[str, int]
    #: Where each existing ticket leads: itself, or the ticket it was merged into.
    tickets: Mapping[int, int | None]
    #: What each is about; a ticket without a title counts as being about whatever a mail is about.
    titles: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Which ticket, and why."""

    #: Name of the rule that hit.
    rule: str
    #: The ticket, merges followed; None for a new one.
    ticket_id: int | None
    #: True when the clue is a signature of ours, which nobody can guess.
    signed: bool = False
    #: True when the clue is good for a link at most.
    hint: bool = False
    #: The person a signed reply address was made for, or None.
    token_person: int | None = None
    #: The foreign message id that hit; empty when another rule did.
    key: str = ""
    #: Other tickets whose signed reply addresses the mail was sent to, merges followed.
    also: tuple[int, ...] = ()
    #: Clues that point elsewhere or were not good enough, in words.
    disagreeing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    ticket_id: int
    signed: bool = False
    hint: bool = False
    token_person: int | None = None
    key: str = ""


_Rule = Callable[[Clues, Known], _Hit | None]

#: Tokens whose first number is a ticket.
_NAMES_TICKET = frozenset({Kind.TICKET, Kind.MESSAGE, Kind.RATING})


def signed_reply_address(clues: Clues, known: Known) -> _Hit | None:
    """The mail was sent to a reply address of ours, or to one that rates."""
    for token in _good(clues.addressed, known):
        if token.kind in {Kind.TICKET, Kind.RATING}:
            return _Hit(token.numbers[0], signed=True, token_person=token.numbers[1])
    return None


def own_message_id(clues: Clues, known: Known) -> _Hit | None:
    """It answers a mail that we sent."""
    for token in _good(clues.own_ids, known):
        return _Hit(token.numbers[0], signed=True)
    return None


def own_message_id_before(clues: Clues, known: Known) -> _Hit | None:
    """It goes on with a thread that a mail of ours is part of, under the same subject."""
    for token in _good(clues.older_own_ids, known):
        if same_subject(clues, known, token.numbers[0]):
            return _Hit(token.numbers[0], signed=True)
    return None


def known_message_id(clues: Clues, known: Known) -> _Hit | None:
    """It answers a mail that is part of a ticket."""
    for key in clues.foreign_ids:
        if key in known.references:
            return _Hit(known.references[key], key=key)
    return None


def known_message_id_before(clues: Clues, known: Known) -> _Hit | None:
    """It goes on with a thread of a ticket's mails (Outlook's, too), under the same subject."""
    for key in clues.older_ids:
        if key in known.references and same_subject(clues, known, known.references[key]):
            return _Hit(known.references[key], key=key)
    return None


def quoted_token(clues: Clues, known: Known) -> _Hit | None:
    """It quotes a reply address of ours in its text or subject, and of one ticket only."""
    found = tuple(_good(clues.quoted, known))
    if len({follow_merges(token.numbers[0], known) for token in found}) != 1:
        return None
    person = found[0].numbers[1] if found[0].kind is Kind.TICKET else None
    return _Hit(found[0].numbers[0], signed=True, token_person=person)


def subject_number(clues: Clues, known: Known) -> _Hit | None:
    """Its subject names a ticket number; good only from an authenticated participant."""
    for number in clues.numbers:
        if number in known.tickets and (not clues.answers or same_subject(clues, known, number)):
            return _Hit(number)
    return None


# --- hints ----------------------------------------------------------------------------------------


def another_subject(clues: Clues, known: Known) -> _Hit | None:
    """An old mail served to start something new: only its thread remains, under other words."""
    for token in _good(clues.older_own_ids, known):
        return _Hit(token.numbers[0], hint=True)
    for key in clues.older_ids:
        if key in known.references:
            return _Hit(known.references[key], hint=True)
    return None


def several_quoted(clues: Clues, known: Known) -> _Hit | None:
    """It quotes reply addresses of several tickets, as an answer to a collection of mails would."""
    for token in _good(clues.quoted, known):
        return _Hit(token.numbers[0], hint=True)
    return None


def number_of_another_thread(clues: Clues, known: Known) -> _Hit | None:
    """The number in its subject stands in a thread that is not ours: another desk counts, too."""
    for number in clues.numbers:
        if number in known.tickets:
            return _Hit(number, hint=True)
    return None


def spoiled_token(clues: Clues, known: Known) -> _Hit | None:
    """It came to a reply address of ours whose signature does not hold (any more)."""
    for token in (*clues.addressed, *clues.own_ids, *clues.older_own_ids):
        if not token.valid and token.kind in _NAMES_TICKET and token.numbers[0] in known.tickets:
            return _Hit(token.numbers[0], hint=True)
    return None


#: The order is the trust.
RULES: tuple[_Rule, ...] = (
    signed_reply_address,
    own_message_id,
    own_message_id_before,
    known_message_id,
    known_message_id_before,
    quoted_token,
    subject_number,
    another_subject,
    several_quoted,
    number_of_another_thread,
    spoiled_token,
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
        hint=first.hint,
        token_person=first.token_person,
        key=first.key,
        also=tuple(_also(clues, known, target)),
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


def same_subject(clues: Clues, known: Known, ticket_id: int) -> bool:
    """Whether the mail is about what the ticket is about, as far as subjects tell.

    A mail without a subject has not changed it.
    """
    titles = {known.titles.get(n, "") for n in (ticket_id, follow_merges(ticket_id, known))}
    return not clues.subject or any(not t or subjects.same(clues.subject, t) for t in titles)


def _good(tokens: Iterable[Token], known: Known) -> Iterator[Token]:
    """Those that verify and name an existing ticket."""
    for token in tokens:
        if token.valid and token.kind in _NAMES_TICKET and token.numbers[0] in known.tickets:
            yield token


def _also(clues: Clues, known: Known, target: int) -> Iterator[int]:
    """Tickets that the mail was sent to besides."""
    named = (t.numbers[0] for t in _good(clues.addressed, known) if t.kind is Kind.TICKET)
    targets = dict.fromkeys(follow_merges(number, known) for number in named)
    return (number for number in targets if number != target)


def _spoiled(clues: Clues) -> Iterator[str]:
    for token in (*clues.addressed, *clues.own_ids, *clues.older_own_ids, *clues.quoted):
        if not token.valid:
            yield f"token for ticket {token.numbers[0]}: {token.reason}"
