"""Questions by mail: who may know what, decided anew at the moment of sending.

The question is an event of a ticket that its author may see; the answer is a delivery to them
alone. What it says stands nowhere but in that mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot import actions
from bot.clearance import Clearance, is_colleague
from bot.desk.access import Deed
from bot.desk.access import may_read as may_be_shown
from bot.desk.people import Person
from bot.desk.questions import ANSWER, MOST_TICKETS, QUESTIONS, Answer, Question, Row, read_question
from bot.desk.quiet import zone_of
from bot.desk.search import EVERYTHING, Query, Scope, SearchMistake, parse
from bot.desk.ticket import Ticket, Visibility, Workunit
from bot.errors import NotPossible
from bot.ports import DueDelivery, Found, UnitOfWork
from bot.scene import Placed, Scene
from threading_engine.clues import as_written

#: The rule that stands in the event and in the mail's verdict.
ASKED = "asked_by_mail"
_NOTHING = Found(tickets=())


def take_question(scene: Scene, author: Person) -> Placed | None:
    """Answer a proven author's question; None for every other mail, and where they see no ticket."""
    if not scene.trusted or scene.reading.claimed.envelope.decision is not None:
        return None
    first = scene.reading.folded.visible.strip().partition("\n")[0]
    question = read_question(first, insider=_is_insider(author))
    ticket = _home_of(scene.uow, author, question, scene.now) if question else None
    if question is None or ticket is None:
        return None
    if not scene.uow.budgets.spend(f"person {author.id}", (QUESTIONS,), now=scene.now):
        reason = f"there were {QUESTIONS.limit} {QUESTIONS.name} already"
        return Placed(state="aside", reason=reason, verdict={"guard": "questions"})
    own_id = scene.reading.message.message_id
    actions.answer_question(
        scene.uow,
        ticket,
        question,
        actor=author,
        message_id=as_written(own_id) if own_id else "",
        rule=ASKED,
        now=scene.now,
    )
    return Placed(state="done", ticket_id=ticket.id)


def with_answer(uow: UnitOfWork, due: DueDelivery, *, now: datetime) -> DueDelivery:
    """The delivery with what its receiver may know now, where it answers a question."""
    if due.notification != ANSWER:
        return due
    line = str(due.event.data.get("question", ""))
    question = read_question(line, insider=_is_insider(due.person)) or Question(line=line, number=0)
    standing = Clearance(uow=uow, ticket=due.ticket, now=now).standing(due.person)
    return replace(due, standing=standing, answer=answer(uow, due.person, question, now=now))


def answer(uow: UnitOfWork, person: Person, question: Question, *, now: datetime) -> Answer:
    """What the person may know: a ticket that is not there and one that is not theirs are the same."""
    if question.number is None:
        return _list(uow, person, question, now)
    ticket = _visible(uow, person, question.number, now)
    if ticket is None:
        return Answer(question=question)
    words = _latest_words(uow, person, ticket, now)
    return Answer(question=question, rows=(_row(uow, person, ticket),), words=words)


def _is_insider(person: Person) -> bool:
    return person.technician or person.administrator


def _home_of(
    uow: UnitOfWork, person: Person, question: Question | None, now: datetime
) -> Ticket | None:
    """The ticket whose history keeps the question: the one asked about, or the newest they see."""
    if question is None:
        return None
    asked = _visible(uow, person, question.number, now) if question.number is not None else None
    if asked is not None:
        return asked
    for scope in (Scope(person=person.id), _scope_of(uow, person)):
        for ticket in uow.search.find(Query(), scope, limit=1).tickets:
            if _may_see(uow, person, ticket, now):
                return ticket
    return None


def _visible(uow: UnitOfWork, person: Person, number: int, now: datetime) -> Ticket | None:
    """The ticket of this number, or the one that it became, where the person may see that."""
    try:
        ticket = actions.end_of_merges(uow, number)
    except NotPossible:
        return None
    return ticket if _may_see(uow, person, ticket, now) else None


def _may_see(uow: UnitOfWork, person: Person, ticket: Ticket, now: datetime) -> bool:
    return Clearance(uow=uow, ticket=ticket, now=now).may(person, Deed.SEE_TICKET).allowed


def _scope_of(uow: UnitOfWork, person: Person) -> Scope:
    """Which tickets the person may look through."""
    if person.administrator:
        return EVERYTHING
    if not person.technician:
        company = None if person.independent else person.company_id
        return Scope(person=person.id, company=company)
    groups = {
        group.id
        for group in uow.people.groups()
        if group.leader_id == person.id or person.id in uow.people.rights(group.id)
    }
    return Scope(person=person.id, groups=frozenset(groups))


def _list(uow: UnitOfWork, person: Person, question: Question, now: datetime) -> Answer:
    zone = zone_of(person.time_zone, otherwise=uow.policy.notify.zone)
    try:
        query = parse(question.query, now=now, zone=zone)
    except SearchMistake as mistake:
        return Answer(question=question, mistake=str(mistake))
    try:
        found = uow.search.find(query, _scope_of(uow, person), limit=MOST_TICKETS, me=person.id)
    except SearchMistake as mistake:
        # Whether there is such a person, group or company is nothing that others may find out.
        if _is_insider(person):
            return Answer(question=question, mistake=str(mistake))
        found = _NOTHING
    seen = (ticket for ticket in found.tickets if _may_see(uow, person, ticket, now))
    rows = tuple(_row(uow, person, ticket) for ticket in seen)
    return Answer(question=question, rows=rows, more=bool(found.next))


def _row(uow: UnitOfWork, person: Person, ticket: Ticket) -> Row:
    owner = uow.people.get(ticket.owner_id) if ticket.owner_id is not None else None
    return Row(
        number=ticket.id,
        title=ticket.title if _is_insider(person) or _has_author(ticket) else "",
        status=ticket.status.value,
        priority=int(ticket.priority),
        owner=owner.name if owner else "",
        changed=ticket.updated_at,
    )


def _has_author(ticket: Ticket) -> bool:
    """Whether a person stands behind it: somebody proven opened it, or the desk has answered."""
    return ticket.trusted or ticket.technician_wrote_at is not None


def _latest_words(
    uow: UnitOfWork, person: Person, ticket: Ticket, now: datetime
) -> tuple[Workunit, ...]:
    """The last public words; for the desk's own people the last that they may read, too."""
    readable = _readable(uow, person, ticket, now)
    last = next(readable, None)
    if last is None or last.visibility is Visibility.PUBLIC:
        return (last,) if last else ()
    public = next((unit for unit in readable if unit.visibility is Visibility.PUBLIC), None)
    return (public, last) if public else (last,)


def _readable(uow: UnitOfWork, person: Person, ticket: Ticket, now: datetime) -> Iterator[Workunit]:
    """The words that the person may read, newest first."""
    clearance = Clearance(uow=uow, ticket=ticket, now=now)
    for unit in reversed(uow.tickets.workunits(ticket.id)):
        if not unit.text:
            continue
        public = unit.visibility is Visibility.PUBLIC
        shared = () if public else uow.tickets.shared_with(unit.id)
        standing = clearance.standing(person, unit, shared_with=shared)
        if not may_be_shown(standing, unit.visibility):
            continue
        if _is_insider(person) or (public and _meant_for(uow, person, ticket, unit)):
            yield unit


def _meant_for(uow: UnitOfWork, person: Person, ticket: Ticket, unit: Workunit) -> bool:
    """Whether somebody outside may be sent these words again.

    A merge brings people and words together that were not written for each other, and whoever joins
    late has not been told what was written before; nor do we pass on what nobody proven has written.
    """
    if unit.author_id == person.id or uow.deliveries.was_told(person.id, workunit_id=unit.id):
        return _has_author(ticket) or unit.by_technician
    own = ticket.requester_id == person.id or is_colleague(person, ticket)
    return own and unit.moved_from is None and (ticket.trusted or unit.by_technician)
