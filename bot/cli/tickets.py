"""``replydesk tickets``: the list of tickets, and looking for some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TypedDict
from zoneinfo import ZoneInfo

from bot.cli.opening import Storage, opened
from bot.cli.output import Flag, age, say, say_columns, say_json, shorten
from bot.desk.people import Person
from bot.desk.search import Query, SearchMistake, Sort, parse
from bot.desk.ticket import Ticket
from bot.errors import NotPossible
from bot.ports import Found
from storage.unit_of_work import SqlUnitOfWork

_HEAD = ("number", "status", "prio", "age", "changed", "requester", "owner", "title")
_TITLE, _NAME = 60, 28


class _Page(TypedDict):
    sort: Sort
    limit: int
    after: str


def tickets(
    *query: str,
    all_: Flag = False,
    sort: Sort = Sort.NEWEST,
    limit: int = 50,
    after: str = "",
    json: Flag = False,
    explain: Flag = False,
) -> None:
    """List tickets, or look for some.

    A query is made of words and of conditions such as status:open group:Support owner:none
    requester:ann@customer.example tag:vpn updated:<7d print* -word. Quote the whole of it; where a
    part begins with a hyphen, put -- in front.

    Args:
        *query: What to look for; without it, what is open.
        all_: Without a query: closed tickets too.
        sort: newest, updated or priority.
        limit: At most so many.
        after: Where the next page begins; the page before says it.
        json: Print JSON.
        explain: Print the statements and how the database carries them out.
    """
    page = _Page(sort=sort, limit=max(limit, 1), after=after)
    with opened() as storage:
        try:
            wanted = _wanted(storage, query, everything=all_)
            if explain:
                plan = storage.database.read(lambda uow: uow.search.explain(wanted, **page))
                say("\n".join(plan))
                return
            found, entries = storage.database.read(lambda uow: _look(uow, wanted, page))
        except SearchMistake as mistake:
            raise NotPossible(str(mistake)) from None
        if json:
            say_json([_as_json(*entry) for entry in entries])
            return
        _show(storage, entries, none=_none(query, everything=all_))
        if found.next:
            say(f"\nThere are more: the same with --after {found.next}")


def _wanted(storage: Storage, query: Sequence[str], *, everything: bool) -> Query:
    zone = ZoneInfo(storage.settings.desk.time_zone)
    text = query[0] if len(query) == 1 else " ".join(map(_quoted, query))
    return parse(text or ("" if everything else "is:open"), now=storage.clock(), zone=zone)


def _quoted(word: str) -> str:
    """With the quotes that the shell took away from one of several arguments."""
    if " " not in word or '"' in word:
        return word
    key, colon, value = word.rpartition(":")
    return f'{key}{colon}"{value}"'


def _none(query: Sequence[str], *, everything: bool) -> str:
    if query:
        return "No ticket is like that."
    return "There are no tickets." if everything else "No ticket is open."


_Entry = tuple[Ticket, Person | None, Person | None]


def _look(uow: SqlUnitOfWork, query: Query, page: _Page) -> tuple[Found, list[_Entry]]:
    found = uow.search.find(query, **page)
    return found, [_entry(uow, ticket) for ticket in found.tickets]


def _entry(uow: SqlUnitOfWork, ticket: Ticket) -> _Entry:
    owner = uow.people.get(ticket.owner_id) if ticket.owner_id else None
    return ticket, uow.people.get(ticket.requester_id), owner


def _show(storage: Storage, entries: Sequence[_Entry], *, none: str) -> None:
    now = storage.clock()
    rows = [
        (
            ticket.id,
            ticket.status.value,
            f"P{ticket.priority}",
            age(now - ticket.opened_at),
            age(now - ticket.updated_at),
            shorten(_name(requester), _NAME),
            shorten(_name(owner), _NAME),
            shorten(ticket.title, _TITLE),
        )
        for ticket, requester, owner in entries
    ]
    say_columns(_HEAD, rows, none=none)


def _name(person: Person | None) -> str:
    return (person.name or person.address) if person else "-"


def _as_json(ticket: Ticket, requester: Person | None, owner: Person | None) -> dict[str, object]:
    return {
        **asdict(ticket),
        "requester": requester.address if requester else None,
        "owner": owner.address if owner else None,
    }
