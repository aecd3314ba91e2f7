"""What a template is previewed with: made-up facts, or those of a real ticket as somebody may read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.clearance import Clearance
from bot.cli.opening import Storage
from bot.desk.access import Deed
from bot.desk.facts import Facts
from bot.desk.nearest import suggestion
from bot.desk.notifications import Audience
from bot.desk.people import Person, Role
from bot.desk.ticket import Event, EventKind, Ticket, Visibility, Workunit
from bot.errors import NotFound, Undecidable
from bot.facts import facts_of
from bot.house import House
from bot.ports import NO_DETAILS, DueDelivery
from storage.details import details_of
from storage.unit_of_work import SqlUnitOfWork
from templates.check import sample
from templates.guard import Notice
from templates.render import TemplateRenderer
from threading_engine.tokens import Keyring

#: What only an event could tell: made up in a preview, its signed links above all.
_MADE_UP = (
    *("changes", "reason", "failed_address", "sent_to_instead", "held_back", "held_number"),
    *("held_waiting", "ratings", "rating_page", "opinion", "opinion_comment", "wanted"),
    *("field_problems", "limit_kind", "limit_number"),
)
#: Notifications that tell of a ticket's first words.
_OPENING = frozenset({"acknowledgement", "new-ticket"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Previewed:
    """Facts with the person they are for."""

    facts: Facts
    #: BCP 47, or empty for the desk's own.
    language: str


def made_up(notice: Notice, fields: tuple[str, ...]) -> Previewed:
    """Facts of a plausible request."""
    facts = sample(
        recipient_role="technician" if notice.staff else "requester",
        fields=tuple((name, "17") for name in fields),
    )
    return Previewed(facts=facts, language="")


def of_ticket(
    storage: Storage,
    renderer: TemplateRenderer,
    notice: Notice,
    ticket_id: int,
    address: str,
    uow: SqlUnitOfWork,
) -> Previewed:
    """Facts of a ticket for a person; without an address for whom the notification is meant."""
    ticket = uow.tickets.get(ticket_id)
    if ticket is None:
        raise NotFound(f"there is no ticket {ticket_id}")
    clearance = Clearance(uow=uow, ticket=ticket, now=storage.clock())
    person = _person(uow, clearance, notice, address)
    due = _delivery(uow, clearance, notice, person)
    facts = facts_of(due, _house(storage, renderer))
    invented = sample()
    return Previewed(
        facts=replace(facts, **{name: getattr(invented, name) for name in _MADE_UP}),
        language=person.language,
    )


def _person(uow: SqlUnitOfWork, clearance: Clearance, notice: Notice, address: str) -> Person:
    ticket = clearance.ticket
    known = [part.person for part in clearance.participants] + uow.people.staff(ticket.group_id)
    if not address:
        return _usual(uow, clearance, notice, known)
    person = uow.people.find("email", address)
    if person is None:
        hint = suggestion(address, {one.address: one for one in known})
        raise NotFound(f"nobody has the address {address}; {hint}")
    if not clearance.may(person, Deed.SEE_TICKET).allowed:
        raise Undecidable(f"{address} may not see ticket {ticket.id}, so no mail of it goes there")
    if notice.staff and not person.technician:
        raise Undecidable(f"«{notice.name}» goes to technicians, and {address} is none")
    return person


def _usual(uow: SqlUnitOfWork, clearance: Clearance, notice: Notice, known: list[Person]) -> Person:
    """Whom the notification is meant for."""
    ticket = clearance.ticket
    if notice.staff:
        staff = [one for one in known if one.technician]
        owners = [one for one in staff if one.id == ticket.owner_id]
        if not staff:
            raise NotFound(f"nobody works for the group of ticket {ticket.id}; name a --person")
        return (owners or staff)[0]
    copied = {Role.COLLABORATOR, Role.COPY}
    copies = [part.person for part in clearance.participants if part.role in copied]
    if notice.name == "copy" and copies:
        return copies[0]
    requester = uow.people.get(ticket.requester_id)
    if requester is None:
        raise NotFound(f"the requester of ticket {ticket.id} is gone; name a --person")
    return requester


def _words(uow: SqlUnitOfWork, clearance: Clearance, notice: Notice, person: Person) -> Workunit:
    """The last words that the person may read, or the first for what tells of those."""
    shown = {
        one
        for one in (Visibility.PUBLIC, Visibility.INTERNAL)
        if clearance.may_read(person, one) and (notice.staff or one is Visibility.PUBLIC)
    }
    readable = [
        one for one in uow.tickets.workunits(clearance.ticket.id) if one.visibility in shown
    ]
    if not readable:
        raise NotFound(f"ticket {clearance.ticket.id} has no words that {person.address} may read")
    return readable[0 if notice.name in _OPENING else -1]


def _delivery(
    uow: SqlUnitOfWork, clearance: Clearance, notice: Notice, person: Person
) -> DueDelivery:
    """A delivery as it would be claimed; it stands nowhere and goes nowhere."""
    ticket = clearance.ticket
    words = _words(uow, clearance, notice, person)
    people = {
        number: uow.people.get(number)
        for number in (ticket.requester_id, ticket.owner_id, words.author_id)
        if number is not None
    }
    author, owner = people.get(words.author_id or 0), people.get(ticket.owner_id or 0)
    details = details_of(uow.connection, [ticket.id]).get(ticket.id, NO_DETAILS)
    costs = clearance.may(person, Deed.READ_COSTS).allowed
    return DueDelivery(
        id=0,
        notification=notice.name,
        role=Audience.STAFF if notice.staff else _role(clearance, person),
        attempts=0,
        at=words.at,
        person=person,
        event=_event(ticket, words, opening=notice.name in _OPENING),
        ticket=ticket,
        workunit=words,
        requester=people.get(ticket.requester_id) or person,
        owner_name=owner.name if owner else "",
        actor_name=author.name if author else words.author_name,
        actor_is_technician=words.by_technician,
        group=_one(uow.people.groups(), ticket.group_id),
        queue=_one(uow.people.queues(), ticket.queue_id),
        message_id=None,
        background=None,
        thread=(),
        details=details if costs else replace(details, cost=0),
    )


def _event(ticket: Ticket, words: Workunit, *, opening: bool) -> Event:
    kind = EventKind.TICKET_OPENED if opening else EventKind.WORKUNIT_ADDED
    return Event(
        id=0,
        ticket_id=ticket.id,
        kind=kind,
        actor_id=words.author_id,
        at=words.at,
        workunit_id=words.id,
        rule="",
        data={},
    )


def _role(clearance: Clearance, person: Person) -> str:
    roles = [part.role for part in clearance.participants if part.person.id == person.id]
    return str(roles[0]) if roles else Audience.REQUESTER.value


def _one(rows: Any, number: int) -> Any:  # noqa: ANN401 - groups or queues
    return next(row for row in rows if row.id == number)


def _house(storage: Storage, renderer: TemplateRenderer) -> House:
    """The desk's own words; the key signs nothing that anybody would believe."""
    section, policy = storage.settings.desk, storage.settings.policy()
    return House(
        name=section.name,
        language=section.language,
        zone=ZoneInfo(section.time_zone),
        keyring=Keyring({"xx": bytes(32)}),
        renderer=renderer,
        blobs=storage.blobs,
        types=lambda: policy.types,
        loop_mark="",
    )
