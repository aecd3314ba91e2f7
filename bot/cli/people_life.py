"""``replydesk people``: who somebody is, who left, who is away, and who is one person."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from bot import actions
from bot.cli.arguments import decider
from bot.cli.opening import Storage, opened
from bot.cli.output import Flag, say, say_json
from bot.desk.commands.absence import read_days
from bot.desk.people import Person
from bot.errors import NotFound, NotPossible
from bot.orders.absence import put_absence
from bot.ports import AuditEntry
from storage.records import company_name, rights_of_person
from storage.unit_of_work import SqlUnitOfWork


def find_person(uow: SqlUnitOfWork, words: str) -> Person:
    """Whoever has this number, address or name; raises NotFound with the nearest ones."""
    if words.isdecimal():
        found = uow.people.get(int(words))
        if found is None:
            raise NotFound(f"there is nobody with the number {words}")
        return found
    if "@" in words and (found := uow.people.find("email", words.lower())):
        return found
    everyone = uow.people.everyone()
    wanted = words.casefold()
    by_number = {p.id: p for p in reversed(everyone) if wanted in {p.name.casefold(), p.address}}
    if len(by_number) == 1:
        return next(iter(by_number.values()))
    if by_number:
        numbers = ", ".join(f"{p.id} ({p.address})" for p in by_number.values())
        raise NotFound(f"{words!r} could be number {numbers}")
    known = {words for p in everyone for words in (p.name, p.address) if words}
    near = get_close_matches(words, known, n=3, cutoff=0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    called = f"with the address {words}" if "@" in words else f"called {words!r}"
    raise NotFound(f"there is nobody {called}{hint}")


def show_(person: str, *, json: Flag = False) -> None:
    """Show somebody: addresses, rights, company, absence, and everything that was done to them.

    Args:
        person: Their number, address or name.
        json: Print JSON.
    """
    with opened() as storage:
        found, known, rights, company, history, tickets = storage.database.read(
            lambda uow: _look(uow, person)
        )
        if json:
            facts = {"person": found, "addresses": [p.address for p in known], "rights": rights}
            say_json({**facts, "company": company, "history": history, "open": tickets})
            return
        lines = list(_lines(storage, found, known, rights, company, tickets))
        lines += [_told(storage, entry) for entry in history]
    for line in lines:
        say(line)


_Look = tuple[Person, list[Person], dict[str, str], str, list[AuditEntry], list[int]]


def _look(uow: SqlUnitOfWork, words: str) -> _Look:
    found = find_person(uow, words)
    return (
        found,
        uow.people.identities(found.id),
        rights_of_person(uow.connection, found.id),
        company_name(uow.connection, found.company_id),
        uow.audit.of(f"person {found.id}"),
        [ticket.id for ticket in uow.tickets.open_of(found.id)],
    )


def _lines(
    storage: Storage,
    person: Person,
    known: list[Person],
    rights: dict[str, str],
    company: str,
    tickets: list[int],
) -> Iterator[str]:
    yield f"Number {person.id}: {person.name or '-'}"
    powers = ("technician", "administrator", "quality", "independent")
    if held := [power for power in powers if getattr(person, power)]:
        yield f"  {', '.join(held)}"
    yield f"  addresses: {', '.join(each.address for each in known)}"
    if rights:
        yield f"  rights: {', '.join(f'{group} ({held})' for group, held in rights.items())}"
    if company:
        yield f"  company: {company}"
    if person.deactivated_at:
        yield f"  deactivated since {storage.local(person.deactivated_at)}"
    if person.absent_from:
        until = storage.local(person.absent_until) if person.absent_until else "further notice"
        yield f"  away from {storage.local(person.absent_from)} until {until}"
    if tickets:
        yield f"  open tickets: {', '.join(map(str, tickets))}"


def _told(storage: Storage, entry: AuditEntry) -> str:
    details = ", ".join(f"{name}: {value}" for name, value in entry.data.items() if value)
    told = f"  {storage.local(entry.at)}  {entry.deed}, by {entry.actor}"
    return f"{told} ({details})" if details else told


def deactivate_(person: str) -> None:
    """Let somebody take no part any more: they are told nothing, and their mail is held.

    Their open tickets go to the leaders of their groups; the others are listed.

    Args:
        person: Their number, address or name.
    """
    with opened() as storage:
        now = storage.clock()

        def leave(uow: SqlUnitOfWork) -> tuple[Person, list[int], list[int]]:
            found = find_person(uow, person)
            left = actions.deactivate(uow, found, by=decider(), now=now)
            given = [ticket.id for ticket in left if ticket.owner_id is not None]
            return found, given, [ticket.id for ticket in left if ticket.owner_id is None]

        found, given, nobodys = storage.database.run(leave)
    say(f"{found.name or found.address} takes no part any more.")
    if given:
        say(f"Given to the leaders of their groups: tickets {', '.join(map(str, given))}.")
    if nobodys:
        say(f"Nobody has these tickets now: {', '.join(map(str, nobodys))}.")


def reactivate_(person: str) -> None:
    """Let somebody take part again.

    Args:
        person: Their number, address or name.
    """
    with opened() as storage:
        now = storage.clock()

        def again(uow: SqlUnitOfWork) -> Person:
            found = find_person(uow, person)
            actions.reactivate(uow, found, by=decider(), now=now)
            return found

        found = storage.database.run(again)
    say(f"{found.name or found.address} takes part again.")


def merge_(duplicate: str, person: str) -> None:
    """Make one person of two: addresses, parts, tickets and words of the first become the second's.

    Mail to addresses that were made for the first goes on working.

    Args:
        duplicate: Number, address or name of the one who will be no more.
        person: Number, address or name of the one who stays.
    """
    with opened() as storage:
        now = storage.clock()

        def unite(uow: SqlUnitOfWork) -> tuple[Person, Person]:
            gone, stays = find_person(uow, duplicate), find_person(uow, person)
            actions.merge_people(uow, gone, stays, by=decider(), now=now)
            return gone, stays

        gone, stays = storage.database.run(unite)
    say(f"Number {gone.id} is {stays.name or stays.address}, number {stays.id}, now.")


def away_(
    person: str, days: str, *, deputy: Annotated[str, Parameter(help="Who stands in.")] = ""
) -> None:
    """Note that somebody is away; a deputy is told and acts in their place.

    Args:
        person: Their number, address or name.
        days: 2026-12-20..2027-01-06, the last day included; one day, or an open end, will do.
        deputy: A technician by number, address or name.
    """
    try:
        order = read_days(days)
    except ValueError as why:
        raise NotPossible(str(why)) from None
    with opened() as storage:
        now, zone = storage.clock(), ZoneInfo(storage.settings.desk.time_zone)

        def leave(uow: SqlUnitOfWork) -> Person:
            found = find_person(uow, person)
            stands_in = find_person(uow, deputy) if deputy else None
            put_absence(uow, found, order, deputy=stands_in, by=decider(), zone=zone, now=now)
            return found

        found = storage.database.run(leave)
    say(f"{found.name or found.address} is away {days}.")


def back_(person: str) -> None:
    """Note that somebody is back.

    Args:
        person: Their number, address or name.
    """
    with opened() as storage:
        now = storage.clock()

        def again(uow: SqlUnitOfWork) -> Person:
            found = find_person(uow, person)
            actions.end_absence(uow, found, by=decider(), now=now)
            return found

        found = storage.database.run(again)
    say(f"{found.name or found.address} is back.")
