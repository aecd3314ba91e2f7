"""May this author write into that ticket? An ordered table; the first rule that speaks decides.

A token or a Message-ID says where a mail wants to go. It is not an identity: who writes is the
From address, and how much that is worth is the authentication.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Authentication(StrEnum):
    """What is known about the From address."""

    #: A login, DKIM, SPF or DMARC that is aligned with it, or a trusted network.
    PASS = "pass"  # noqa: S105 - not a password
    #: The domain says that this mail is not its own.
    FAIL = "fail"
    #: Nothing speaks for it or against it.
    NONE = "none"


class Entry(StrEnum):
    """What becomes of the mail."""

    #: A workunit of the ticket.
    ENTER = "enter"
    #: A workunit, with a technician's powers.
    ENTER_AS_TECHNICIAN = "enter as technician"
    #: A ticket of its own.
    OPEN = "open"
    #: A ticket of its own that names the other one as possibly related.
    OPEN_LINKED = "open linked"
    #: Kept until a person decides.
    HOLD = "hold"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What the decision looks at."""

    #: True when the mail is tied to a ticket at all.
    tied: bool
    #: True when only a bare number in the subject ties it.
    by_number: bool
    #: True when a foreign Message-ID ties it whose message this author can hardly have seen: not
    #: their own, no technician's, and its author is not among the addressees.
    by_strange_id: bool = False
    #: True when the From address belongs to a technician.
    technician: bool
    #: True when its owner has a part in the ticket.
    participant: bool
    authentication: Authentication


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """The decision and the rule that made it."""

    entry: Entry
    rule: str


_Rule = Callable[[Case], Entry | None]


def new_request(case: Case) -> Entry | None:
    """Anybody may ask for help."""
    return None if case.tied else Entry.OPEN


def forged_insider(case: Case) -> Entry | None:
    """The domain disowns a mail that claims to come from somebody with rights here."""
    insider = case.technician or case.participant
    return Entry.HOLD if insider and case.authentication is Authentication.FAIL else None


def proven_technician(case: Case) -> Entry | None:
    """A technician whose address is authenticated may do what technicians do."""
    proven = case.authentication is Authentication.PASS
    return Entry.ENTER_AS_TECHNICIAN if case.technician and proven else None


def unproven_technician(case: Case) -> Entry | None:
    """A technician's words go out in the desk's name, so a mere From line is not enough."""
    return Entry.HOLD if case.technician else None


def number_without_proof(case: Case) -> Entry | None:
    """Ticket numbers can be guessed; without proof of the author one opens nothing."""
    unproven = case.authentication is not Authentication.PASS
    return Entry.OPEN_LINKED if case.by_number and unproven else None


def strange_id(case: Case) -> Entry | None:
    """Whoever knows a Message-ID can claim it first; an answer to it must not follow them.

    A stranger could write to us under the id of a mail that a colleague of theirs has from them,
    with the colleague in Cc, and read what the colleague later tells us in answer to that mail.
    """
    return Entry.OPEN_LINKED if case.by_strange_id else None


def participant(case: Case) -> Entry | None:
    """Somebody with a part in the ticket answers what they were sent."""
    return Entry.ENTER if case.participant else None


def stranger(_case: Case) -> Entry | None:
    """Whoever is left has no part here, however good the token: it may have been passed on."""
    return Entry.OPEN_LINKED


RULES: tuple[_Rule, ...] = (
    new_request,
    forged_insider,
    proven_technician,
    unproven_technician,
    number_without_proof,
    strange_id,
    participant,
    stranger,
)


def rule_on(case: Case) -> Ruling:
    """Ask the rules in order."""
    for rule in RULES:
        entry = rule(case)
        if entry is not None:
            return Ruling(entry=entry, rule=rule.__name__)
    raise AssertionError("the last rule always speaks")
