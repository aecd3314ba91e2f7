"""A mail is held for a ticket, and a person decides what becomes of it."""

from __future__ import annotations

from datetime import datetime

from bot.actions.recording import record
from bot.desk.holding import Decision, Fate, Wish, describe
from bot.desk.people import Person
from bot.desk.ticket import EventKind, Ticket
from bot.errors import Undecidable
from bot.ports import HeldMail, UnitOfWork

#: The only state that a decision needs, unless the decider says otherwise.
HELD = ("held",)
#: Why no technician's address can be trusted.
ONLY_PROVEN = (
    "belongs to a technician, whose mail counts only when it is authenticated: "
    "anybody can write a From line"
)


def note_held(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    inbox_id: int,
    author: str,
    technician: bool,
    reason: str,
    excerpt: str,
    guessable: bool,
    rule: str,
    now: datetime,
) -> None:
    """Record that a mail waits which wants this ticket, and tell the technicians, within bounds.

    `author` is who it claims to be from, `technician` whether that is one, `excerpt` its first
    words. Nobody has proven any of it. `guessable` says that only a number leads to the ticket.
    """
    # Numbers of tickets can be guessed, so there is a bound for all of them together, too; and what
    # is guessed has bounds of its own, or a stranger could use up what other mail is due.
    by = "number of " if guessable else ""
    loud = uow.budgets.spend(f"{by}ticket {ticket.id}", uow.policy.limits.held_notices, now=now)
    loud = loud and uow.budgets.spend(f"{by}the desk", uow.policy.limits.all_held_notices, now=now)
    record(
        uow,
        ticket,
        EventKind.MAIL_HELD,
        actor=None,
        workunit_id=None,
        visibility=None,
        data={
            "inbox": inbox_id,
            "author": author,
            "technician": technician,
            "reason": reason,
            "excerpt": excerpt if loud else "",
            "waiting": uow.held.count(ticket.id) + 1 if loud else 0,
            **({} if loud else {"quiet": True}),
        },
        rule=rule,
        now=now,
    )


def decide_held(
    uow: UnitOfWork,
    wish: Wish,
    *,
    by: str,
    actor: Person | None,
    ticket: Ticket | None = None,
    states: tuple[str, ...] = HELD,
    rule: str,
    now: datetime,
) -> Decision:
    """Decide about a held mail, once; raises Undecidable with the reason in words.

    With `ticket`, only about a mail that wants this one. `by` names the decider for good; `actor`
    is the same as a person, where they are one.
    """
    mail = uow.held.find(wish.number)
    if mail is None or (ticket is not None and not _leads_to(uow, mail.ticket_id, ticket.id)):
        which = "of this ticket " if ticket is not None else ""
        raise Undecidable(f"no held mail {which}has the number {wish.number}")
    if mail.state not in states:
        raise Undecidable(_too_late(mail))
    _check(uow, mail, wish)
    decision = _decision(mail, wish, by, now)
    if not uow.held.decide(mail.id, decision, now=now, states=states):
        raise Undecidable(_too_late(uow.held.find(wish.number) or mail))
    if wish.trusts:
        trust_address(uow, mail.author or wish.author, by=by, now=now)
    _record_decision(uow, mail, decision, actor=actor, rule=rule, now=now)
    return decision


def trust_address(uow: UnitOfWork, address: str, *, by: str, now: datetime) -> Person:
    """Take unproven mail from the address as its owner's; raises Undecidable for a technician's."""
    person = uow.people.add(name="", channel="email", address=address, at=now)
    if person.technician:
        raise Undecidable(f"{address} {ONLY_PROVEN}")
    uow.people.trust(person.identity_id, by=by, at=now)
    return person


def _leads_to(uow: UnitOfWork, wanted: int | None, ticket_id: int) -> bool:
    """Whether the wanted ticket is this one, or was merged into it meanwhile."""
    seen: set[int] = set()
    while wanted is not None and wanted not in seen:
        if wanted == ticket_id:
            return True
        seen.add(wanted)
        found = uow.tickets.get(wanted)
        wanted = found.merged_into if found else None
    return False


def _too_late(mail: HeldMail) -> str:
    if mail.decision is None:
        return f"held mail {mail.id} is {mail.state} by now"
    return f"held mail {mail.id} was decided already: {describe(mail.decision)}"


def _check(uow: UnitOfWork, mail: HeldMail, wish: Wish) -> None:
    """Whether the wish can be fulfilled; raises Undecidable."""
    if wish.fate is Fate.DROPPED:
        return
    if mail.author and wish.author and wish.author != mail.author:
        raise Undecidable(f"held mail {mail.id} says itself who wrote it: {mail.author}")
    author = mail.author or wish.author
    if not author:
        raise Undecidable(f"held mail {mail.id} does not tell who wrote it: name their address")
    owner = uow.people.find("email", author)
    if owner is not None and owner.technician and (wish.trusts or not mail.author):
        raise Undecidable(f"{author} {ONLY_PROVEN}")
    if wish.ticket_id is not None and uow.tickets.get(wish.ticket_id) is None:
        raise Undecidable(f"there is no ticket {wish.ticket_id}")


def _decision(mail: HeldMail, wish: Wish, by: str, now: datetime) -> Decision:
    goes_in = wish.fate is Fate.ACCEPTED and not wish.new
    return Decision(
        fate=wish.fate,
        by=by,
        at=now,
        wanted=mail.ticket_id,
        ticket_id=(wish.ticket_id or mail.ticket_id) if goes_in else None,
        author="" if mail.author else wish.author,
        trusts=wish.trusts,
        reason=wish.reason,
        held_because=mail.reason,
    )


def _record_decision(
    uow: UnitOfWork,
    mail: HeldMail,
    decision: Decision,
    *,
    actor: Person | None,
    rule: str,
    now: datetime,
) -> None:
    """Where the mail wants a ticket, its history says what became of it."""
    ticket = uow.tickets.get(mail.ticket_id) if mail.ticket_id else None
    if ticket is None:
        return
    record(
        uow,
        ticket,
        EventKind.MAIL_DECIDED,
        actor=actor,
        workunit_id=None,
        visibility=None,
        data={"inbox": mail.id, "author": mail.author, "decision": describe(decision)},
        rule=rule,
        now=now,
    )
