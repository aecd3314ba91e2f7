"""What the configuration makes of people, and duplicates that become one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sqlalchemy import func, select, update

from bot import actions
from bot.actions import Words
from bot.desk.assignment import Assignment
from bot.desk.people import Person, Rights, Role
from bot.desk.policy import GroupRules, Policy
from bot.desk.ticket import Visibility
from storage.tables import groups, people, tickets
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.store import NOW, Store


def put(uow: SqlUnitOfWork, name: str, *addresses: str, **columns: Any) -> Person:  # noqa: ANN401 - whatever columns take
    given = addresses or (f"{name.lower()}@example.org",)
    return uow.roster.put_person(name=name, addresses=given, at=NOW, **columns)


def find(store: Store, address: str) -> Person | None:
    return store.database.read(lambda uow: uow.people.find("email", address))


def test_rights_are_exactly_what_was_said_last(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> tuple[dict[int, Rights], dict[int, Rights]]:
        tess = put(uow, "Tess", technician=True)
        network, support = uow.people.put_group("Network"), uow.people.put_group("Support")
        uow.roster.set_rights(tess.id, {network: Rights.EDIT, support: Rights.VIEW})
        uow.roster.set_rights(tess.id, {support: Rights.MANAGE})
        assert [p.name for p in uow.people.staff(support)] == ["Tess"]
        return uow.people.rights(network), uow.people.rights(support)

    network, support = store.database.run(work)
    assert network == {}
    assert list(support.values()) == [Rights.MANAGE]


def test_viewing_is_no_work(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> list[Person]:
        tess, group = put(uow, "Tess", technician=True), uow.people.put_group("Network")
        uow.roster.set_rights(tess.id, {group: Rights.VIEW})
        return uow.people.staff(group)

    assert store.database.run(work) == []


def test_whoever_is_named_no_more_loses_everything_and_others_do_not(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> None:
        group = uow.people.put_group("Network")
        tess, tom = put(uow, "Tess", technician=True), put(uow, "Tom", technician=True)
        for person in (tess, tom):
            uow.roster.set_rights(person.id, {group: Rights.EDIT})
        uow.roster.set_leader(group, tom.id)
        uow.people.put_technician(
            name="Cleo", address="cleo@example.org", language="", group_ids=[group], at=NOW
        )
        assert [p.name for p in uow.roster.dismiss([tess.id])] == ["Tom"]
        assert uow.roster.dismiss([tess.id]) == [], "once"
        assert [p.name for p in uow.people.staff(group)] == ["Tess", "Cleo"]
        found = uow.people.get_group(group)
        assert found is not None
        assert found.leader_id is None

    store.database.run(work)
    tom = find(store, "tom@example.org")
    assert tom is not None
    assert not tom.technician


def test_a_closed_queue_leaves_its_tickets_to_another(store: Store) -> None:
    ticket = store.ticket(store.person("Ann"))

    def work(uow: SqlUnitOfWork) -> tuple[list[str], list[str]]:
        old = uow.people.queues()[0]
        for address, group_id in (
            ("other@example.org", uow.people.put_group("Other")),
            ("new@example.org", old.group_id),
        ):
            uow.people.put_queue(
                channel="email", address=address, name="", group_id=group_id, takes_automatic=False
            )
        closed = uow.roster.close_queues({"other@example.org", "new@example.org"})
        return closed, [queue.address for queue in uow.people.queues()]

    closed, left = store.database.run(work)
    assert closed == ["desk@example.org"]
    assert left == ["other@example.org", "new@example.org"]
    heir = store.database.read(lambda uow: uow.tickets.get(ticket.id))
    queues = store.database.read(lambda uow: {q.id: q.address for q in uow.people.queues()})
    assert heir is not None
    assert queues[heir.queue_id] == "new@example.org", "of the same group"


def test_a_company_that_is_named_no_more_has_no_people(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> None:
        acme = uow.roster.put_company("ACME", grouped=True)
        assert uow.roster.put_company("ACME", grouped=True) == acme
        put(uow, "Ann", company_id=acme)
        uow.roster.leave_companies([])

    store.database.run(work)
    ann = find(store, "ann@example.org")
    assert ann is not None
    assert ann.company_id is None


def test_everything_of_a_duplicate_is_the_persons(store: Store) -> None:
    ann, twin = store.person("Ann"), store.person("Anna")
    ticket, other = store.ticket(ann), store.ticket(twin)

    def work(uow: SqlUnitOfWork) -> None:
        for person in (ann, twin):
            uow.tickets.add_participant(ticket.id, person.id, Role.COLLABORATOR, at=NOW)
        actions.add_workunit(
            uow,
            other,
            actor=twin,
            words=Words(text="Hello."),
            visibility=Visibility.PUBLIC,
            as_technician=False,
            rule="test",
            now=NOW,
        )
        uow.people.merge(twin.id, ann.id)

    store.database.run(work)

    def look(uow: SqlUnitOfWork) -> None:
        found = uow.tickets.get(other.id)
        assert found is not None
        assert found.requester_id == ann.id
        assert [w.author_id for w in uow.tickets.workunits(other.id)] == [ann.id]
        parts = [p for p in uow.tickets.participants(ticket.id) if p.role is Role.COLLABORATOR]
        assert [p.person.id for p in parts] == [ann.id]
        assert [p.address for p in uow.people.identities(ann.id)] == [ann.address, twin.address]
        assert uow.people.resolve(twin.id) == ann.id
        again = uow.people.get(twin.id)
        assert again is not None
        assert again.id == ann.id, "old tokens name the duplicate"

    store.database.read(look)


def test_an_address_in_the_file_brings_whoever_wrote_from_it_along(store: Store) -> None:
    stranger = store.person("Somebody")
    tess = store.database.run(
        lambda uow: put(uow, "Tess", "tess@example.org", stranger.address, technician=True)
    )
    assert find(store, stranger.address) == find(store, "tess@example.org") or tess
    found = find(store, stranger.address)
    assert found is not None
    assert found.id == tess.id


# --- new tickets find their owner ---------------------------------------------------------------


def staffed(store: Store, *names: str) -> int:
    def work(uow: SqlUnitOfWork) -> int:
        group = uow.people.put_group("Service Desk")
        for name in names:
            uow.roster.set_rights(put(uow, name, technician=True).id, {group: Rights.EDIT})
        return group

    return store.database.run(work)


def open_one(asker: Person, uow: SqlUnitOfWork) -> str:
    ticket = actions.open_ticket(
        uow,
        title="Help",
        queue=uow.people.queues()[0],
        actor=asker,
        words=Words(text="Help!"),
        acknowledge=False,
        trusted=True,
        rule="test",
        now=NOW,
    )
    owner = uow.people.get(ticket.owner_id) if ticket.owner_id else None
    return owner.name if owner else ""


def test_turns_are_exact_when_many_open_tickets_at_once(store: Store) -> None:
    store.ticket(store.person("First"))
    group = staffed(store, "Tess", "Tom", "Tim")
    store.database.policy = Policy(groups={group: GroupRules(assign=Assignment.ROUND_ROBIN)})
    askers = [store.person(f"Asker{n}") for n in range(30)]
    with ThreadPoolExecutor(6) as pool:
        jobs = (partial(open_one, asker) for asker in askers)
        owners = list(pool.map(store.database.run, jobs))
    assert {name: owners.count(name) for name in owners} == {"Tess": 10, "Tom": 10, "Tim": 10}


def test_the_fewest_open_tickets_are_counted_exactly(store: Store) -> None:
    first = store.ticket(store.person("First"))
    group = staffed(store, "Tess", "Tom")
    store.database.policy = Policy(groups={group: GroupRules(assign=Assignment.LEAST_OPEN)})
    tess = find(store, "tess@example.org")
    assert tess is not None

    def burden(uow: SqlUnitOfWork) -> None:
        uow.connection.execute(
            update(tickets).where(tickets.c.id == first.id).values(owner_id=tess.id)
        )

    store.database.run(burden)
    askers = [store.person(f"Asker{n}") for n in range(9)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(store.database.run, (partial(open_one, a) for a in askers)))
    query = (
        select(people.c.name, func.count())
        .join_from(tickets, people, tickets.c.owner_id == people.c.id)
        .group_by(people.c.name)
    )
    counts = store.database.read(lambda uow: uow.connection.execute(query).all())
    assert sorted(map(tuple, counts)) == [("Tess", 5), ("Tom", 5)]


def test_deputies_take_for_the_absent_and_the_deactivated_get_nothing(store: Store) -> None:
    store.ticket(store.person("First"))
    group = staffed(store, "Tess", "Tom", "Tim")
    store.database.policy = Policy(groups={group: GroupRules(assign=Assignment.LEADER)})

    def away(uow: SqlUnitOfWork) -> None:
        tess, tom, tim = (
            uow.people.find("email", f"{name}@example.org") for name in ("tess", "tom", "tim")
        )
        assert tess
        assert tom
        assert tim
        uow.roster.set_leader(group, tess.id)
        uow.people.change(tess.id, absent_from=NOW, deputy_id=tim.id)
        uow.people.change(tom.id, deactivated_at=NOW)

    store.database.run(away)
    ann = store.person("Ann")
    assert store.database.run(partial(open_one, ann)) == "Tim"
    store.database.policy = Policy(groups={group: GroupRules(assign=Assignment.ROUND_ROBIN)})
    turns = [store.database.run(partial(open_one, ann)) for _ in range(4)]
    assert turns == ["Tim", "Tim", "Tim", "Tim"], "his own turn, and hers"
    store.database.run(
        lambda uow: uow.connection.execute(update(people).values(absent_from=NOW, deputy_id=None))
    )
    assert store.database.run(partial(open_one, ann)) == "", "everybody is away"
    assert store.database.read(
        lambda uow: uow.connection.execute(select(groups.c.last_assigned_id)).first()
    )


def test_a_wish_set_by_mail_wins_until_the_file_changes(store: Store) -> None:
    def read(
        said: dict[str, str], *, by_mail: dict[str, str] | None = None
    ) -> tuple[str, str, str]:
        def work(uow: SqlUnitOfWork) -> Person:
            tess = put(uow, "Tess", technician=True, wishes=said)
            if by_mail:
                uow.preferences.set(tess.id, **by_mail)
            return put(uow, "Tess", technician=True, wishes=said)

        tess = store.database.run(work)
        return tess.language, tess.digest, tess.quiet_hours

    assert read({}, by_mail={"language": "de"}) == ("de", "", ""), "the file says nothing of it"
    said = {"digest": "daily", "quiet_hours": "22:00-07:00"}
    assert read(said) == ("de", "daily", "22:00-07:00")
    assert read(said, by_mail={"digest": "hourly"}) == ("de", "hourly", "22:00-07:00")
    assert read({**said, "language": "fr"}) == ("fr", "hourly", "22:00-07:00")
    assert read({**said, "digest": ""}) == ("", "", "22:00-07:00"), "taken out, or another value"
    assert read({}, by_mail={"digest": "daily"}) == ("", "daily", "")
