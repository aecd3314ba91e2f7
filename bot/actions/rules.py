"""What workflow rules do beside changing a ticket: ask, tell, post, note, tag, and be stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from bot.actions.recording import record
from bot.desk.notifications import Audience
from bot.desk.people import Person, Role
from bot.desk.ticket import EventKind, Ticket, Visibility
from bot.ports import NewDelivery, NewWorkunit, UnitOfWork

#: The channel of webhooks, and the notifications that belong to rules alone.
WEBHOOK = "webhook"
NOTICE = "rule-notice"


def suggest(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    hit: int,
    name: str,
    saw: Sequence[str],
    wants: Sequence[str],
    rule: str,
    now: datetime,
) -> None:
    """Ask the technicians whether a rule shall do what it wants."""
    data = {"hit": hit, "workflow": name, "saw": list(saw), "wants": list(wants)}
    _record(uow, ticket, EventKind.RULE_SUGGESTED, data, rule=rule, now=now)


def record_answer(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person | None,
    hit: int,
    name: str,
    answer: str,
    rule: str,
    now: datetime,
) -> None:
    """Record that somebody confirmed or declined a suggestion."""
    data = {"hit": hit, "workflow": name, "decision": answer}
    _record(uow, ticket, EventKind.RULE_DECIDED, data, actor=actor, rule=rule, now=now)


def report_stop(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    hit: int,
    name: str,
    reason: str,
    quiet: bool,
    rule: str,
    now: datetime,
) -> None:
    """Record that a rule was stopped, and tell the technicians unless they know already."""
    data: dict[str, object] = {"hit": hit, "workflow": name, "reason": reason}
    if quiet:
        data["quiet"] = True
    _record(uow, ticket, EventKind.RULE_STOPPED, data, rule=rule, now=now)


def tell_people(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    people: Iterable[Person],
    text: str,
    name: str,
    kind: EventKind = EventKind.RULE_TOLD,
    more: Mapping[str, object] | None = None,
    rule: str,
    now: datetime,
) -> None:
    """Tell these people what the administrator wrote into the rule."""
    told = {p.id: p for p in people if p.reachable}
    names = [person.address for person in told.values()]
    data = {"excerpt": text, "workflow": name, "told": names, **(more or {})}
    event_id = _record(uow, ticket, kind, data, rule=rule, now=now)
    for person in told.values():
        uow.deliveries.add(
            NewDelivery(
                ticket_id=ticket.id,
                event_id=event_id,
                notification=NOTICE,
                role=_part(ticket, person),
                person=person,
                due_at=now,
            )
        )


def _part(ticket: Ticket, person: Person) -> str:
    if person.technician:
        return Audience.STAFF.value
    asked = person.id == ticket.requester_id
    return (Audience.REQUESTER if asked else Audience.COPIES).value


def post_to(uow: UnitOfWork, ticket: Ticket, *, url: str, event_id: int, now: datetime) -> bool:
    """Queue an event for a URL; False when it is queued already.

    The URL is an address like any other, of somebody who is a program: its fate is a delivery's.
    """
    program = uow.people.add(
        name=f"Webhook {urlsplit(url).hostname}", channel=WEBHOOK, address=url, at=now
    )
    return uow.deliveries.add(
        NewDelivery(
            ticket_id=ticket.id,
            event_id=event_id,
            notification=WEBHOOK,
            role=Audience.COPIES.value,
            person=program,
            due_at=now,
        )
    )


def record_timed(uow: UnitOfWork, ticket: Ticket, *, name: str, rule: str, now: datetime) -> int:
    """Record that a timed rule posts something, where there is no other event to post."""
    data = {"workflow": name}
    return _record(uow, ticket, EventKind.RULE_TOLD, data, rule=rule, now=now)


def add_rule_note(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person | None,
    text: str,
    name: str,
    rule: str,
    now: datetime,
) -> int:
    """Write an internal note in the name of a rule."""
    workunit_id = uow.tickets.add_workunit(
        NewWorkunit(
            ticket_id=ticket.id,
            inbox_id=None,
            author_id=None,
            author_name=name,
            by_technician=False,
            visibility=Visibility.INTERNAL,
            text=text,
            html=None,
            elided="",
            signature="",
            at=now,
            message_id=None,
        )
    )
    record(
        uow,
        ticket,
        EventKind.WORKUNIT_ADDED,
        actor=actor,
        workunit_id=workunit_id,
        visibility=Visibility.INTERNAL,
        data={},
        rule=rule,
        now=now,
    )
    return workunit_id


def join_ticket(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person | None,
    person: Person,
    role: Role,
    rule: str,
    now: datetime,
) -> None:
    """Let somebody take part; nothing happens when they do so already."""
    if uow.tickets.add_participant(ticket.id, person.id, role, at=now):
        data = {"copies": [person.address]}
        _record(uow, ticket, EventKind.PARTICIPANT_ADDED, data, actor=actor, rule=rule, now=now)


def _record(
    uow: UnitOfWork,
    ticket: Ticket,
    kind: EventKind,
    data: Mapping[str, object],
    *,
    actor: Person | None = None,
    rule: str,
    now: datetime,
) -> int:
    return record(
        uow,
        ticket,
        kind,
        actor=actor,
        workunit_id=None,
        visibility=None,
        data=data,
        rule=rule,
        now=now,
    )
