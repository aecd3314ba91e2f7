"""Random histories of tickets: whatever happens, nobody is sent a word that is not for them.

Every history is played through `bot.actions` on a real database, every delivery is looked at and
rendered as it would be sent, and the words in it are held against what the receiver may read. What
they may read is said here a second time, in other words than in `bot.desk.access`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from bot import actions
from bot.actions import Changes, Words
from bot.clearance import Clearance, stand_in, with_standing
from bot.desk.access import Deed
from bot.desk.assignment import Assignment
from bot.desk.people import Person, Rights, Role, is_absent
from bot.desk.policy import GroupRules, Policy
from bot.desk.ticket import Status, Ticket, Visibility
from bot.desk.types import Types
from bot.errors import NotPossible
from bot.house import House
from bot.outgoing import build
from bot.ports import DueDelivery, Outgoing
from bot.second_look import living
from storage.blobs import FolderBlobs
from storage.database import Database
from storage.tables import deliveries, metadata, workunit_shares
from storage.unit_of_work import SqlUnitOfWork
from templates.render import TemplateRenderer
from threading_engine.tokens import Keyring

HISTORIES, SHARDS = 10_000, 10
_MARKER = re.compile(r"(PUB|INT|PRV)x(\d+)x")
_START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_PUBLIC, _INTERNAL, _PRIVATE = Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE
_PREFIX = {_PUBLIC: "PUB", _INTERNAL: "INT", _PRIVATE: "PRV"}


@dataclass
class World:
    """One desk with its people, and the words that were said so far."""

    uow: SqlUnitOfWork
    house: House
    chance: random.Random
    now: datetime = _START
    outsiders: list[int] = field(default_factory=list)
    technicians: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    #: Author, visibility and people shared with, by the number in the marker.
    said: list[tuple[int, Visibility, set[int]]] = field(default_factory=list)
    rendered: int = 0
    withheld: int = 0

    def person(self, number: int) -> Person:
        found = self.uow.people.get(number)
        assert found is not None
        return found

    def outsider(self) -> Person:
        return self.person(self.chance.choice(self.outsiders))

    def technician(self) -> Person:
        return self.person(self.chance.choice(self.technicians))

    def words(self, author: Person, visibility: Visibility) -> Words:
        self.said.append((author.id, visibility, set()))
        marker = f"{_PREFIX[visibility]}x{len(self.said) - 1}x"
        return Words(text=f"Words: {marker}.", html=f"<p>Words: <b>{marker}</b>.</p>")


# --- what happens in a history --------------------------------------------------------------------


def open_one(world: World) -> Ticket:
    asker = world.outsider()
    copies = [world.outsider() for _ in range(world.chance.randrange(3))]
    editor = world.technician() if world.chance.random() < 0.2 else None
    return actions.open_ticket(
        world.uow,
        title="A matter",
        queue=world.uow.people.queues()[0],
        actor=asker,
        editor=editor,
        words=world.words(asker, _PUBLIC),
        copies=[p for p in copies if p.id != asker.id],
        acknowledge=True,
        trusted=True,
        rule="test",
        now=world.now,
    )


def outsider_answers(world: World, ticket: Ticket) -> None:
    author = world.outsider()
    if (
        Clearance(uow=world.uow, ticket=ticket, now=world.now)
        .may(author, Deed.WRITE_PUBLIC)
        .allowed
    ):
        _say(world, ticket, author, _PUBLIC)


def technician_answers(world: World, ticket: Ticket) -> None:
    author = world.technician()
    clearance = Clearance(uow=world.uow, ticket=ticket, now=world.now)
    outside = clearance.may(author, Deed.WRITE_PUBLIC).allowed
    _say(world, ticket, author, _PUBLIC if outside else _INTERNAL)


def note_is_left(world: World, ticket: Ticket) -> None:
    _say(world, ticket, world.technician(), _INTERNAL)


def something_private(world: World, ticket: Ticket) -> None:
    author, other = world.technician(), world.technician()
    workunit_id = _say(world, ticket, author, _PRIVATE)
    if workunit_id is not None and other.id != author.id:
        row = {"workunit_id": workunit_id, "person_id": other.id}
        world.uow.connection.execute(workunit_shares.insert(), row)
        world.said[-1][2].add(other.id)


def _say(world: World, ticket: Ticket, author: Person, visibility: Visibility) -> int | None:
    if author.deactivated_at is not None:
        return None
    _, workunit_id = actions.add_workunit(
        world.uow,
        ticket,
        actor=author,
        words=world.words(author, visibility),
        visibility=visibility,
        as_technician=author.technician,
        rule="test",
        now=world.now,
    )
    return workunit_id


def somebody_is_copied(world: World, ticket: Ticket) -> None:
    copies = [world.outsider()]
    actions.add_copies(
        world.uow, ticket, actor=world.technician(), copies=copies, rule="test", now=world.now
    )


def hands_change(world: World, ticket: Ticket) -> None:
    owner = world.technician() if world.chance.random() < 0.8 else None
    _change(world, ticket, Changes(owner=owner) if owner else Changes(unassign=True))


def state_changes(world: World, ticket: Ticket) -> None:
    _change(world, ticket, Changes(status=world.chance.choice(list(Status))))


def group_changes(world: World, ticket: Ticket) -> None:
    group = world.uow.people.get_group(world.chance.choice(world.groups))
    _change(world, ticket, Changes(group=group))


def _change(world: World, ticket: Ticket, changes: Changes) -> None:
    with suppress(NotPossible):
        actions.change_ticket(
            world.uow,
            ticket,
            actor=world.technician(),
            changes=changes,
            more={"commands": ["#do"]},
            rule="test",
            now=world.now,
        )


def rights_change(world: World, _ticket: Ticket) -> None:
    given = {
        group: world.chance.choice(list(Rights))
        for group in world.groups
        if world.chance.random() < 0.5
    }
    world.uow.roster.set_rights(world.technician().id, given)
    leader = world.technician().id if world.chance.random() < 0.5 else None
    world.uow.roster.set_leader(world.chance.choice(world.groups), leader)


def somebody_leaves_or_returns(world: World, _ticket: Ticket) -> None:
    person = world.technician() if world.chance.random() < 0.6 else world.outsider()
    if person.deactivated_at is None:
        actions.deactivate(world.uow, person, by="test", now=world.now)
    else:
        actions.reactivate(world.uow, person, by="test", now=world.now)


def somebody_is_away(world: World, _ticket: Ticket) -> None:
    person, deputy = world.technician(), world.technician()
    with suppress(NotPossible):
        until = world.now + timedelta(minutes=world.chance.randrange(1, 60))
        actions.set_absence(
            world.uow, person, since=world.now, until=until, deputy=deputy, by="test", now=world.now
        )


def two_become_one(world: World, ticket: Ticket) -> None:
    other = open_one(world)
    with suppress(NotPossible):
        actions.merge_tickets(
            world.uow,
            other,
            into=ticket.id,
            actor=world.technician(),
            anyway=True,
            rule="test",
            now=world.now,
        )


STEPS: tuple[Callable[[World, Ticket], None], ...] = (
    outsider_answers,
    outsider_answers,
    technician_answers,
    technician_answers,
    note_is_left,
    note_is_left,
    something_private,
    somebody_is_copied,
    hands_change,
    state_changes,
    group_changes,
    rights_change,
    somebody_leaves_or_returns,
    somebody_is_away,
    two_become_one,
)


def play(world: World) -> None:
    """One history: a ticket, a few things that happen, and all that is told of them."""
    ticket = open_one(world)
    for _ in range(world.chance.randrange(1, 5)):
        world.now += timedelta(seconds=world.chance.randrange(600))
        now = world.uow.tickets.get(ticket.id)
        assert now is not None
        world.chance.choice(STEPS)(world, now)
        if world.chance.random() < 0.3:
            deliver(world)
    deliver(world)


# --- what is sent, and to whom --------------------------------------------------------------------


def deliver(world: World) -> None:
    check_told_once(world)
    # What waits for more of its kind is looked at now, too.
    world.uow.connection.execute(update(deliveries).values(due_at=world.now))
    while due := world.uow.deliveries.claim(limit=500, holder="test", now=world.now):
        for one in due:
            alive, left_out = living(with_standing(world.uow, one, now=world.now))
            world.withheld += len(left_out)
            if alive is not None:
                check_words(world, alive, build(alive, world.house))
                world.rendered += 1
        world.uow.connection.execute(delete(deliveries))


def check_told_once(world: World) -> None:
    query = select(deliveries.c.event_id, deliveries.c.person_id).where(
        deliveries.c.state != "cancelled"
    )
    told = world.uow.connection.execute(query).all()
    assert len(told) == len(set(told)), "somebody is told twice of one event"


def check_words(world: World, due: DueDelivery, mail: Outgoing) -> None:
    receiver, ticket = world.person(due.person.id), due.ticket
    assert receiver.deactivated_at is None, f"{receiver} takes no part, and is told"
    events = [part.event for part in (due, *due.companions)]
    own = [e for e in events if e.kind == "workunit.added" and e.actor_id == receiver.id]
    assert not own, "somebody is told their own words"
    for _, number in _MARKER.findall(f"{mail.subject}\n{mail.text}\n{mail.html or ''}"):
        author, visibility, shared = world.said[int(number)]
        if visibility is _PUBLIC:
            continue
        assert receiver.technician, f"{visibility} words of {author} go out to {receiver}"
        if visibility is _PRIVATE:
            assert receiver.administrator or receiver.id in {author, *shared}
        elif author != receiver.id:
            assert concerns(world, receiver, ticket), f"{receiver} has nothing to do with {ticket}"


def concerns(world: World, technician: Person, ticket: Ticket) -> bool:
    """Whether a technician works on a ticket or may look into its group."""
    if technician.administrator or technician.id in world.uow.people.rights(ticket.group_id):
        return True
    group = world.uow.people.get_group(ticket.group_id)
    parts = world.uow.tickets.participants(ticket.id)
    works = {p.person.id for p in parts if p.role not in {Role.REQUESTER, Role.COPY}}
    owner = world.uow.people.get(ticket.owner_id or 0)
    stands_in = owner is not None and is_absent(owner, world.now)
    deputy = stand_in(world.uow, owner, now=world.now) if owner and stands_in else None
    leads = group is not None and group.leader_id == technician.id
    return leads or technician.id in works or (deputy is not None and deputy.id == technician.id)


# --- the world ------------------------------------------------------------------------------------


def make_world(uow: SqlUnitOfWork, folder: Path, seed: int) -> World:
    house = House(
        name="Example Desk",
        language="en",
        zone=ZoneInfo("UTC"),
        keyring=Keyring({"ab": b"k" * 32}),
        renderer=TemplateRenderer(),
        blobs=FolderBlobs(folder),
        types=Types,
        loop_mark="mark",
    )
    world = World(uow, house, random.Random(seed))  # noqa: S311 - a test's own
    world.groups = [uow.people.put_group(name) for name in ("Support", "Network")]
    uow.people.put_queue(
        channel="email",
        address="desk@example.org",
        name="Desk",
        group_id=world.groups[0],
        takes_automatic=False,
    )
    company = uow.roster.put_company("ACME", grouped=True)

    def add(name: str, **columns: Any) -> int:  # noqa: ANN401 - what a person may have
        address = f"{name.lower()}@example.com"
        return uow.roster.put_person(name=name, addresses=(address,), at=_START, **columns).id

    world.outsiders = [add(name, company_id=company) for name in ("Ann", "Bob")]
    world.outsiders += [add("Cid", company_id=company, independent=True), add("Vera")]
    names = ("Tess", "Tom", "Vic", "Nora", "Ada")
    world.technicians = [add(name, technician=True, administrator=name == "Ada") for name in names]
    tess, tom, vic, nora, _ada = world.technicians
    support, network = world.groups
    uow.roster.set_rights(tess, {support: Rights.MANAGE})
    uow.roster.set_rights(tom, {support: Rights.EDIT, network: Rights.VIEW})
    uow.roster.set_rights(vic, {support: Rights.VIEW})
    uow.roster.set_rights(nora, {network: Rights.EDIT})
    uow.policy = Policy(groups={network: GroupRules(assign=Assignment.ROUND_ROBIN)})
    return world


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_history_leads_to_a_word_too_far(tmp_path: Path, shard: int) -> None:
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    try:
        metadata.create_all(database.engine)
        rendered, withheld = database.run(lambda uow: _play_shard(uow, tmp_path, shard))
    finally:
        database.close()
    assert rendered > HISTORIES // SHARDS, "little was told, so little was tried"
    assert withheld, "the second lock was never needed, so it was not tried"


def _play_shard(uow: SqlUnitOfWork, folder: Path, shard: int) -> tuple[int, int]:
    world = make_world(uow, folder, seed=shard)
    for _ in range(HISTORIES // SHARDS):
        play(world)
    return world.rendered, world.withheld
