"""``replydesk people``: technicians, requesters and their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, TypedDict

from cyclopts import Parameter

from bot import actions
from bot.actions.people import note
from bot.cli.arguments import checked_address, decider
from bot.cli.opening import opened
from bot.cli.output import Flag, say, say_columns, say_json
from bot.cli.people_life import (
    away_,
    back_,
    deactivate_,
    find_person,
    merge_,
    reactivate_,
    show_,
)
from bot.cli.wishes import set_
from bot.desk.people import Person
from bot.errors import NotFound
from storage.records import groups_of_people
from storage.unit_of_work import SqlUnitOfWork

__all__ = [
    "add_",
    "address_",
    "away_",
    "back_",
    "deactivate_",
    "distrust_",
    "list_",
    "merge_",
    "quality_",
    "reachable_",
    "reactivate_",
    "set_",
    "show_",
    "trust_",
]

_HEAD = ("number", "name", "part", "addresses", "groups")


def list_(*, technicians: Flag = False, json: Flag = False) -> None:
    """List people with their addresses.

    Args:
        technicians: Only those who may answer tickets.
        json: Print JSON.
    """
    with opened() as storage:
        people, groups = storage.database.read(
            lambda uow: (
                uow.people.everyone(technicians=technicians),
                groups_of_people(uow.connection),
            )
        )
    entries = [
        _entry(list(addresses), groups.get(number, ()))
        for number, addresses in groupby(people, key=lambda person: person.id)
    ]
    if json:
        say_json(entries)
        return
    rows = [
        (
            entry["number"],
            entry["name"] or "-",
            "technician" if entry["technician"] else "-",
            ", ".join(entry["addresses"]),
            ", ".join(entry["groups"]),
        )
        for entry in entries
    ]
    say_columns(_HEAD, rows, none="There is nobody yet.")


class _Entry(TypedDict):
    number: int
    name: str
    technician: bool
    addresses: list[str]
    groups: list[str]


def _entry(addresses: list[Person], groups: Sequence[str]) -> _Entry:
    first = addresses[0]
    return {
        "number": first.id,
        "name": first.name,
        "technician": first.technician,
        "addresses": [_address(person) for person in addresses],
        "groups": list(groups),
    }


def _address(person: Person) -> str:
    channel = "" if person.channel == "email" else f"{person.channel}:"
    marks = (
        " (trusted)" if person.trusted else "",
        "" if person.reachable else " (refuses mail)",
        " (called our mail spam)" if person.complained else "",
    )
    return f"{channel}{person.address}{''.join(marks)}"


def add_(
    name: str,
    address: str,
    *,
    technician: Flag = False,
    group: Annotated[tuple[str, ...], Parameter(negative=())] = (),
) -> None:
    """Add a person; a running service knows them at once.

    Somebody who is known by this address already becomes a technician where that is asked.

    Args:
        name: Their name, as it appears in mails.
        address: Their mail address.
        technician: They may answer tickets.
        group: A group they belong to; several are possible. The first group when left out.
    """
    plain = checked_address(address)
    with opened() as storage:
        now = storage.clock()

        def put(uow: SqlUnitOfWork) -> tuple[Person | None, Person | None]:
            before = uow.people.find("email", plain)
            if technician:
                uow.people.put_technician(
                    name=name,
                    address=plain,
                    language=before.language if before else "",
                    group_ids=_group_ids(uow, group),
                    at=now,
                )
            else:
                uow.people.add(name=name, channel="email", address=plain, at=now)
            return before, uow.people.find("email", plain)

        before, after = storage.database.run(put)
    if after is None:
        raise NotFound(f"{plain} is gone again: somebody else changed it at the same moment")
    verb = "was there already as" if before and not technician else "is"
    say(f"{after.name or after.address} {verb} number {after.id}" + _part(after, before))


def _part(after: Person, before: Person | None) -> str:
    if not after.technician:
        return "."
    return ", a technician now." if before and not before.technician else ", a technician."


def _group_ids(uow: SqlUnitOfWork, names: Sequence[str]) -> list[int]:
    known = {group.name: group.id for group in uow.people.groups()}
    if missing := [name for name in names if name not in known]:
        raise NotFound(
            f"there is no group {', '.join(missing)}; these are: {', '.join(known)} "
            "(queues.group and technicians.groups make them)"
        )
    return [known[name] for name in names] or list(known.values())[:1]


def address_(person: str, address: str) -> None:
    """Give somebody one more address.

    Args:
        person: Their number, an address they have, or their name.
        address: The mail address that is theirs too.
    """
    plain = checked_address(address)
    with opened() as storage:
        now = storage.clock()

        def give(uow: SqlUnitOfWork) -> Person:
            found = find_person(uow, person)
            actions.add_address(uow, found, plain, by=decider(), now=now)
            return found

        found = storage.database.run(give)
    say(f"{plain} belongs to {found.name or found.address}, number {found.id}, now.")


def reachable_(address: str) -> None:
    """Send mail to an address again that refused it, or where our mail was called spam.

    An address that refused mail is sent some again by itself once its owner provably writes from it.

    Args:
        address: A mail address that somebody has.
    """
    plain = checked_address(address)
    with opened() as storage:

        def mark(uow: SqlUnitOfWork) -> None:
            person = find_person(uow, plain)
            uow.people.set_reachable(person.identity_id, reachable=True)
            uow.people.set_complained(person.identity_id, at=None)

        storage.database.run(mark)
    say(f"{plain} gets mail again.")


def quality_(person: str | None = None, *, no: Flag = False) -> None:
    """Let somebody read what requesters thought of tickets; without a person, list who may.

    Nobody reads what is said about themselves.

    Args:
        person: Their number, or an address they have.
        no: Take it back.
    """
    with opened() as storage:
        if person is None:
            names = storage.database.read(
                lambda uow: [(p.address, p.name or "-") for p in uow.people.quality()]
            )
            say_columns(("address", "name"), names, none="Nobody reads ratings yet.")
            return

        now = storage.clock()

        def mark(uow: SqlUnitOfWork) -> Person:
            found = find_person(uow, person)
            uow.people.set_quality(found.id, quality=not no)
            note(uow, found, "no quality staff" if no else "quality staff", by=decider(), now=now)
            return found

        found = storage.database.run(mark)
    does = "does not read ratings any more" if no else "reads ratings"
    say(f"{found.name or found.address} {does}.")


def trust_(address: str | None = None, *, json: Flag = False) -> None:
    """Take unproven mail from an address as its owner's from now on; without one, list such addresses.

    Mail that the address's own domain disowns is held all the same.

    Args:
        address: A mail address; nobody needs to have it yet.
        json: Print the list as JSON.
    """
    if address is None:
        _list_trusted(json=json)
        return
    plain = checked_address(address)
    with opened() as storage:
        now = storage.clock()
        storage.database.run(lambda uow: actions.trust_address(uow, plain, by=decider(), now=now))
    say(f"Mail from {plain} counts as its owner's from now on, though nothing proves it.")


def distrust_(address: str) -> None:
    """Take unproven mail from an address as unproven again.

    Args:
        address: A mail address that is trusted.
    """
    plain = checked_address(address)
    with opened() as storage:

        def take_back(uow: SqlUnitOfWork) -> None:
            person = uow.people.find("email", plain)
            if person is None or not person.trusted:
                raise NotFound(f"{plain} is not trusted; 'replydesk people trust' lists who is")
            uow.people.distrust(person.identity_id)

        storage.database.run(take_back)
    say(f"Mail from {plain} counts as its owner's only when it is proven.")


def _list_trusted(*, json: bool) -> None:
    with opened() as storage:
        found = storage.database.read(lambda uow: uow.people.trusted())
        if json:
            say_json([{"address": p.address, "at": at, "by": by} for p, at, by in found])
            return
        rows = [(p.address, p.name or "-", storage.local(at), by) for p, at, by in found]
    say_columns(("address", "name", "since", "by"), rows, none="No address is trusted.")
