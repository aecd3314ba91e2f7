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


class Tie(StrEnum):
    """What ties the mail to a ticket, and what that says about its author."""

    #: Nothing.
    NONE = "none"
    #: Something that is worth a link at most: a spoiled token, an old thread under a new subject.
    HINT = "hint"
    #: A bare number in the subject, above the ticket's own title.
    NUMBER = "number"
    #: A bare number above other words.
    LONE_NUMBER = "lone number"
    #: A foreign Message-ID whose mail this author can hardly have seen: not their own, no
    #: technician's, and its author is not among the addressees.
    STRANGE_ID = "strange id"
    #: Reply addresses and Message-IDs that were all made for other people.
    BORROWED = "borrowed"
    #: Something that only this author was given, or that answers a mail they had.
    GIVEN = "given"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What the decision looks at."""

    tie: Tie
    #: True when the From address belongs to a technician.
    technician: bool = False
    #: True when its owner takes no part in anything any more.
    deactivated: bool = False
    #: True when its owner has a part in the ticket.
    participant: bool = False
    #: True when they are grouped with the company that asks.
    colleague: bool = False
    #: True when that part is a third party's, in copy.
    third_party: bool = False
    #: True when mail from this address to this ticket has been authenticated before.
    proven_before: bool = False
    #: True when somebody at the desk trusts the From address though nothing proves it.
    trusted_address: bool = False
    #: True when somebody at the desk decided about the mail when it was held; `tie` is then theirs.
    decided: bool = False
    #: True when the mail is its own proof and was written to nobody at the desk.
    sent_to_others: bool = False
    authentication: Authentication

    @property
    def is_believed(self) -> bool:
        """Whether the words count as those of the From address.

        Trust proves nothing: it never outweighs a domain that disowns the mail, nor does it give a
        technician's powers, because anybody can write a From line.
        """
        unproven = self.authentication is Authentication.NONE
        trusted = self.trusted_address and unproven and not self.technician
        return trusted or self.authentication is Authentication.PASS


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """The decision and the rule that made it."""

    entry: Entry
    rule: str


_Rule = Callable[[Case], Entry | None]


def decided_at_the_desk(case: Case) -> Entry | None:
    """Somebody at the desk looked at the mail when it was held, and said where it belongs."""
    if not case.decided or case.authentication is not Authentication.PASS:
        return None
    if case.tie is Tie.NONE:
        return Entry.OPEN
    if case.tie is Tie.HINT:
        return Entry.OPEN_LINKED
    return Entry.ENTER_AS_TECHNICIAN if case.technician else Entry.ENTER


def deactivated_author(case: Case) -> Entry | None:
    """Whoever takes no part any more is answered by nobody; a person looks at what they write."""
    return Entry.HOLD if case.deactivated else None


def forged_insider(case: Case) -> Entry | None:
    """The domain disowns a mail that claims to come from somebody with rights here."""
    insider = case.technician or case.participant
    return Entry.HOLD if insider and case.authentication is Authentication.FAIL else None


def new_request(case: Case) -> Entry | None:
    """Anybody may ask for help."""
    return Entry.OPEN if case.tie is Tie.NONE else None


def unproven_technician(case: Case) -> Entry | None:
    """A technician's words go out in the desk's name, so a mere From line is not enough."""
    unproven = case.authentication is not Authentication.PASS
    return Entry.HOLD if case.technician and unproven else None


def only_a_hint(case: Case) -> Entry | None:
    """What points at the ticket is too weak for anybody to enter by it."""
    return Entry.OPEN_LINKED if case.tie is Tie.HINT else None


def handed_in_again(case: Case) -> Entry | None:
    """A signature proves a mail, not where it was sent: whoever has it may hand it in here."""
    theirs = case.participant and case.tie is Tie.GIVEN
    strange = case.technician or ((case.participant or case.colleague) and not theirs)
    return Entry.HOLD if case.sent_to_others and strange else None


def proven_technician(case: Case) -> Entry | None:
    """A technician whose address is authenticated may do what technicians do."""
    return Entry.ENTER_AS_TECHNICIAN if case.technician else None


def proven_colleague(case: Case) -> Entry | None:
    """A colleague of the requester's, grouped with them and authenticated, may take part.

    Not by an id that anybody could have claimed first, and never on a mere From line: that would
    open a company's tickets to whoever knows one of its addresses.
    """
    proven = case.authentication is Authentication.PASS and case.tie is not Tie.STRANGE_ID
    return Entry.ENTER if case.colleague and proven else None


def stranger(case: Case) -> Entry | None:
    """Whoever has no part here does not enter, however good the token: it may be passed on."""
    return None if case.participant else Entry.OPEN_LINKED


def number_without_proof(case: Case) -> Entry | None:
    """Ticket numbers can be guessed; without proof of the author one opens nothing."""
    by_number = case.tie in {Tie.NUMBER, Tie.LONE_NUMBER}
    return Entry.OPEN_LINKED if by_number and not case.is_believed else None


def third_partys_number(case: Case) -> Entry | None:
    """A vendor's own ticket system writes numbers that look like ours, above its own words."""
    foreign = case.third_party and case.tie is Tie.LONE_NUMBER
    return Entry.OPEN_LINKED if foreign else None


def strange_id(case: Case) -> Entry | None:
    """Whoever knows a Message-ID can claim it first; an answer to it must not follow them.

    A stranger could write to us under the id of a mail that a colleague of theirs has from them,
    with the colleague in Cc, and read what the colleague later tells us in answer to that mail.
    """
    return Entry.OPEN_LINKED if case.tie is Tie.STRANGE_ID else None


def proven_participant(case: Case) -> Entry | None:
    """Somebody with a part in the ticket, whose address is authenticated."""
    return Entry.ENTER if case.authentication is Authentication.PASS else None


def trusted_address(case: Case) -> Entry | None:
    """Nothing proves the author, but somebody at the desk trusts their address."""
    return Entry.ENTER if case.is_believed else None


def unproven_this_time(case: Case) -> Entry | None:
    """Their mails to this ticket used to be authenticated, and this one is not."""
    return Entry.HOLD if case.proven_before else None


def borrowed_token(case: Case) -> Entry | None:
    """Nothing proves the author, and every token in the mail was made for somebody else."""
    return Entry.HOLD if case.tie is Tie.BORROWED else None


def participant(_case: Case) -> Entry | None:
    """Somebody with a part in the ticket answers what they were sent, as far as anybody can tell."""
    return Entry.ENTER


RULES: tuple[_Rule, ...] = (
    decided_at_the_desk,
    deactivated_author,
    forged_insider,
    new_request,
    unproven_technician,
    only_a_hint,
    handed_in_again,
    proven_technician,
    proven_colleague,
    stranger,
    number_without_proof,
    third_partys_number,
    strange_id,
    proven_participant,
    trusted_address,
    unproven_this_time,
    borrowed_token,
    participant,
)


def rule_on(case: Case) -> Ruling:
    """Ask the rules in order."""
    for rule in RULES:
        entry = rule(case)
        if entry is not None:
            return Ruling(entry=entry, rule=rule.__name__)
    raise AssertionError("the last rule always speaks")
