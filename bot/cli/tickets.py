"""``replydesk tickets``: the list of tickets."""

from __future__ import annotations

from dataclasses import asdict

from bot.cli.opening import opened
from bot.cli.output import Flag, age, say_columns, say_json, shorten
from bot.desk.people import Person
from bot.desk.ticket import Ticket
from storage.unit_of_work import SqlUnitOfWork

_HEAD = ("number", "status", "prio", "age", "requester", "owner", "title")
_TITLE, _NAME = 60, 28


def tickets(*, all_: Flag = False, limit: int = 50, json: Flag = False) -> None:
    """List tickets, newest first.

    Args:
        all_: Closed tickets too.
        limit: At most so many.
        json: Print JSON.
    """
    with opened() as storage:
        found = storage.database.read(
            lambda uow: [_entry(uow, t) for t in uow.tickets.newest(limit=limit, everything=all_)]
        )
        now = storage.clock()
    if json:
        say_json([_as_json(*entry) for entry in found])
        return
    rows = [
        (
            ticket.id,
            ticket.status.value,
            f"P{ticket.priority}",
            age(now - ticket.opened_at),
            shorten(_name(requester), _NAME),
            shorten(_name(owner), _NAME),
            shorten(ticket.title, _TITLE),
        )
        for ticket, requester, owner in found
    ]
    say_columns(_HEAD, rows, none="There are no tickets." if all_ else "No ticket is open.")


_Entry = tuple[Ticket, Person | None, Person | None]


def _entry(uow: SqlUnitOfWork, ticket: Ticket) -> _Entry:
    owner = uow.people.get(ticket.owner_id) if ticket.owner_id else None
    return ticket, uow.people.get(ticket.requester_id), owner


def _name(person: Person | None) -> str:
    return (person.name or person.address) if person else "-"


def _as_json(ticket: Ticket, requester: Person | None, owner: Person | None) -> dict[str, object]:
    return {
        **asdict(ticket),
        "requester": requester.address if requester else None,
        "owner": owner.address if owner else None,
    }
