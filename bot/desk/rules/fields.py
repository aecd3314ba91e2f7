"""Every fact that a condition may look at: its name, what it holds and where it is read.

The table is the whole specification; docs/rules.md shows it to administrators.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.desk.people import Person
from bot.desk.rules.conditions import Operator, Value
from bot.desk.rules.view import View


class Sort(StrEnum):
    """What a field holds, which says how it can be compared."""

    #: Names and other text, in any case; a person is known by name and by address.
    TEXT = "text"
    LIST = "list"
    NUMBER = "number"
    YES_NO = "yes or no"
    #: A point in time: ``2026-03-01`` or ``2026-03-01 12:00``, UTC.
    TIME = "time"
    #: How long something has lasted: ``30 minutes``, ``48 hours``, ``7 days``.
    AGE = "age"


#: The comparisons that each sort knows.
OPERATORS: dict[Sort, tuple[Operator, ...]] = {
    Sort.TEXT: (
        Operator.IS,
        Operator.IS_NOT,
        Operator.ONE_OF,
        Operator.CONTAINS,
        Operator.WORDS,
        Operator.MATCHES,
        Operator.EMPTY,
    ),
    Sort.LIST: (Operator.CONTAINS, Operator.ONE_OF, Operator.MATCHES, Operator.EMPTY),
    Sort.NUMBER: (
        Operator.IS,
        Operator.IS_NOT,
        Operator.ONE_OF,
        Operator.MORE_THAN,
        Operator.LESS_THAN,
        Operator.EMPTY,
    ),
    Sort.YES_NO: (Operator.IS, Operator.IS_NOT),
    Sort.TIME: (Operator.BEFORE, Operator.AFTER, Operator.EMPTY),
    Sort.AGE: (Operator.MORE_THAN, Operator.LESS_THAN, Operator.EMPTY),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One fact."""

    sort: Sort
    read: Callable[[View], Value]
    #: What it is, in one sentence.
    says: str
    #: True when only an event has it.
    of_event: bool = False
    #: Which names the configuration knows for it: an attribute of `names.Names`; empty for any text.
    names: str = ""


def _text(value: object) -> tuple[str, ...]:
    return (str(value),) if value else ()


def _person(person: Person | None) -> tuple[str, ...]:
    return () if person is None else tuple(filter(None, (person.name, person.address)))


def _domain(person: Person | None) -> tuple[str, ...]:
    return _text(person.address.rpartition("@")[2] if person and "@" in person.address else "")


def _role(view: View) -> tuple[str, ...]:
    """What the sender is to the ticket."""
    sender = view.sender
    if sender is None:
        return ("desk",)
    if sender.technician:
        return ("technician",)
    return ("requester",) if sender.id == view.ticket.requester_id else ("other",)


def _changed(view: View) -> tuple[str, ...]:
    rows = view.event.data.get("changes") if view.event else None
    return tuple(str(row[0]) for row in rows if row) if isinstance(rows, list) else ()


def _files(view: View) -> tuple[str, ...]:
    files = view.words.files if view.words else ()
    return tuple(file.name for file in files if not file.decorative)


def _is_automatic(view: View) -> bool:
    event = view.event
    return event is not None and (event.rule == _BY_MACHINE or bool(event.data.get("quiet")))


#: The rule by which a machine's mail opens a ticket.
_BY_MACHINE = "queue_takes_automatic"

#: Every fact by its name in the configuration.
FIELDS: dict[str, Field] = {
    # --- the ticket ---
    "title": Field(sort=Sort.TEXT, read=lambda v: _text(v.ticket.title), says="its title"),
    "kind": Field(
        sort=Sort.TEXT,
        read=lambda v: (v.ticket.kind.value,),
        says="incident, service request, …",
        names="kinds",
    ),
    "type": Field(
        sort=Sort.TEXT, read=lambda v: _text(v.ticket.type), says="its ticket type", names="types"
    ),
    "status": Field(
        sort=Sort.TEXT,
        read=lambda v: (v.ticket.status.value,),
        says="where it stands",
        names="statuses",
    ),
    "priority": Field(
        sort=Sort.NUMBER, read=lambda v: int(v.ticket.priority), says="1 (highest) to 4"
    ),
    "impact": Field(
        sort=Sort.NUMBER, read=lambda v: v.ticket.impact, says="1 (the whole house) to 4"
    ),
    "urgency": Field(sort=Sort.NUMBER, read=lambda v: v.ticket.urgency, says="1 (now) to 4"),
    "resolution": Field(
        sort=Sort.TEXT,
        read=lambda v: _text(v.ticket.resolution),
        says="how it ended",
        names="resolutions",
    ),
    "group": Field(
        sort=Sort.TEXT, read=lambda v: _text(v.group), says="who works on it", names="groups"
    ),
    "queue": Field(
        sort=Sort.TEXT,
        read=lambda v: _text(v.queue),
        says="the address where it arrived",
        names="queues",
    ),
    "tag": Field(sort=Sort.LIST, read=lambda v: v.tags, says="its tags"),
    "asset": Field(
        sort=Sort.LIST, read=lambda v: v.assets, says="references of assets, rooms, contracts"
    ),
    "merged": Field(
        sort=Sort.YES_NO,
        read=lambda v: v.ticket.merged_into is not None,
        says="merged into another",
    ),
    "locked": Field(sort=Sort.YES_NO, read=lambda v: v.ticket.locked, says="cannot be reopened"),
    "closed": Field(
        sort=Sort.YES_NO, read=lambda v: v.ticket.closed_at is not None, says="closed or cancelled"
    ),
    "answered": Field(
        sort=Sort.YES_NO,
        read=lambda v: v.ticket.technician_wrote_at is not None,
        says="a technician has ever written to the requester",
    ),
    "opened": Field(sort=Sort.TIME, read=lambda v: v.ticket.opened_at, says="when it was opened"),
    # --- its people ---
    "owner": Field(
        sort=Sort.TEXT,
        read=lambda v: _person(v.owner),
        says="who has it: name or address",
        names="technicians",
    ),
    "requester": Field(
        sort=Sort.TEXT, read=lambda v: _person(v.requester), says="who asked: name or address"
    ),
    "requester_domain": Field(
        sort=Sort.TEXT, read=lambda v: _domain(v.requester), says="domain of their mail address"
    ),
    "company": Field(
        sort=Sort.TEXT,
        read=lambda v: _text(v.company),
        says="whom the requester belongs to",
        names="companies",
    ),
    # --- how long ---
    "age": Field(sort=Sort.AGE, read=lambda v: v.ticket.opened_at, says="since it was opened"),
    "idle": Field(
        sort=Sort.AGE, read=lambda v: v.ticket.updated_at, says="since anything about it changed"
    ),
    "status_age": Field(
        sort=Sort.AGE, read=lambda v: v.ticket.status_since, says="since it has its status"
    ),
    "unanswered": Field(
        sort=Sort.AGE,
        read=lambda v: v.unanswered_since,
        says="since the first words from outside that no technician has answered; empty when none wait",
    ),
    "outsider_silent": Field(
        sort=Sort.AGE,
        read=lambda v: v.ticket.outsider_wrote_at or v.ticket.opened_at,
        says="since the requester or somebody in copy wrote last",
    ),
    "technician_silent": Field(
        sort=Sort.AGE,
        read=lambda v: v.ticket.technician_wrote_at,
        says="since a technician wrote last; empty while none has",
    ),
    # --- the event ---
    "event": Field(
        sort=Sort.TEXT,
        read=lambda v: _text(v.event.kind if v.event else ""),
        says="what happened",
        of_event=True,
        names="events",
    ),
    "changed": Field(
        sort=Sort.LIST,
        read=_changed,
        says="what it changed: status, priority, owner, …",
        of_event=True,
    ),
    "text": Field(
        sort=Sort.TEXT,
        read=lambda v: _text(v.words.text if v.words else ""),
        says="the words that it brought",
        of_event=True,
    ),
    "visibility": Field(
        sort=Sort.TEXT,
        read=lambda v: _text(v.words.visibility.value if v.words else ""),
        says="who may read them",
        of_event=True,
        names="visibilities",
    ),
    "file": Field(sort=Sort.LIST, read=_files, says="names of attached files", of_event=True),
    "sender": Field(
        sort=Sort.TEXT,
        read=lambda v: _person(v.sender),
        says="who caused it: name or address",
        of_event=True,
    ),
    "sender_domain": Field(
        sort=Sort.TEXT,
        read=lambda v: _domain(v.sender),
        says="domain of their mail address",
        of_event=True,
    ),
    "sender_role": Field(
        sort=Sort.TEXT,
        read=_role,
        says="requester, technician, other, or desk",
        of_event=True,
        names="roles",
    ),
    "channel": Field(
        sort=Sort.TEXT,
        read=lambda v: _text(v.sender.channel if v.sender else ""),
        says="by which way they wrote: email, …",
        of_event=True,
    ),
    "automatic": Field(
        sort=Sort.YES_NO, read=_is_automatic, says="a machine wrote it", of_event=True
    ),
}

#: What stands before the name of a custom field.
CUSTOM = "fields."


def find_field(name: str) -> Field | None:
    """The field of a name, custom ones included; None when there is none."""
    if name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        return Field(
            sort=Sort.TEXT, read=lambda v: _text(v.custom.get(key, "")), says="a custom field"
        )
    return FIELDS.get(name)
