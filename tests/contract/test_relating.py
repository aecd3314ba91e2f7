"""However people merge, split, link and write: nothing is lost, nothing goes in circles, nobody
hears of one event twice, and nobody outside gets what was written before they took part.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot import actions
from bot.actions import Words
from bot.desk.people import Person, Queue
from bot.desk.relations import HIERARCHIES, Relation
from bot.desk.ticket import Visibility
from bot.errors import NotPossible
from storage.tables import deliveries, events, participants, ticket_links, tickets, workunits
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.store import NOW, Store

NUMBER = st.integers(0, 30)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), NUMBER, NUMBER),
        st.tuples(st.just("say"), NUMBER, NUMBER),
        st.tuples(st.just("answer"), NUMBER, NUMBER),
        st.tuples(st.just("note"), NUMBER, NUMBER),
        st.tuples(st.just("copy"), NUMBER, NUMBER),
        st.tuples(st.just("merge"), NUMBER, NUMBER),
        st.tuples(st.just("split"), NUMBER, NUMBER),
        st.tuples(st.just("link"), NUMBER, NUMBER),
    ),
    min_size=5,
    max_size=25,
)


class Play:
    """A few people in one database, and what they do."""

    def __init__(self, uow: SqlUnitOfWork, group: int) -> None:
        self.uow = uow
        queue = uow.people.queues()[0]
        self.queue: Queue = queue
        self.outside = [self._person(f"out{n}@house{n % 2}.example") for n in range(4)]
        self.tess = self._person("tess@example.org", technician=True)
        uow.people.put_technician(
            name="Tess", address="tess@example.org", language="", group_ids=[group], at=NOW
        )
        self.times = count(1)
        self.numbers: list[int] = []

    def _person(self, address: str, *, technician: bool = False) -> Person:
        return self.uow.people.add(
            name=address, channel="email", address=address, at=NOW, technician=technician
        )

    def do(self, deed: str, one: int, two: int) -> None:
        """One step; what is refused changes nothing."""
        person, now = self.outside[two % 4], NOW + timedelta(seconds=next(self.times))
        if deed == "open" or not self.numbers:
            ticket = actions.open_ticket(
                self.uow,
                title=f"about {one}",
                queue=self.queue,
                actor=person,
                words=Words(text=f"first {one}"),
                acknowledge=True,
                trusted=True,
                rule="new_request",
                now=now,
            )
            self.numbers.append(ticket.id)
            return
        ticket = actions.end_of_merges(self.uow, self.numbers[one % len(self.numbers)])
        other = self.numbers[two % len(self.numbers)]
        common = {"rule": "mail_command", "now": now}
        with suppress(NotPossible), self.uow.savepoint():
            if deed == "copy":
                actions.add_copies(self.uow, ticket, actor=self.tess, copies=[person], **common)  # type: ignore[arg-type]  # rule and time
            elif deed == "merge":
                actions.merge_tickets(
                    self.uow,
                    ticket,
                    into=other,
                    actor=self.tess,
                    anyway=two % 2 == 0,
                    **common,  # type: ignore[arg-type]  # the same
                )
            elif deed == "split":
                units = [unit.id for unit in self.uow.tickets.workunits(ticket.id)]
                new = actions.split_ticket(
                    self.uow,
                    ticket,
                    numbers=units[two % 3 :: 2],
                    actor=self.tess,
                    **common,  # type: ignore[arg-type]  # the same
                )
                self.numbers.append(new.id)
            elif deed == "link":
                relation = tuple(Relation)[two % 4]
                actions.link_tickets(
                    self.uow,
                    ticket,
                    other=other,
                    relation=relation,
                    actor=self.tess,
                    **common,  # type: ignore[arg-type]  # the same
                )
            else:
                self._say(deed, person, ticket.id, f"{deed} {one} {two} {now}", now)

    def _say(self, deed: str, person: Person, number: int, text: str, now: object) -> None:
        ticket = actions.end_of_merges(self.uow, number)
        part_of = {part.person.id for part in self.uow.tickets.participants(ticket.id)}
        staff = deed != "say"
        if not staff and person.id not in part_of:
            return
        actions.add_workunit(
            self.uow,
            ticket,
            actor=self.tess if staff else person,
            words=Words(text=text),
            visibility=Visibility.INTERNAL if deed == "note" else Visibility.PUBLIC,
            as_technician=staff,
            rule="proven_participant",
            now=now,  # type: ignore[arg-type]  # a time
        )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_whatever_is_merged_split_and_linked(
    store: Store, steps: list[tuple[str, int, int]]
) -> None:
    store.ticket(store.person("First"))

    def play(uow: SqlUnitOfWork) -> None:
        before = _texts(uow)
        said = Play(uow, uow.people.groups()[0].id)
        for deed, one, two in steps:
            said.do(deed, one, two)
            assert not before - _texts(uow), f"{deed} lost words"
            before = _texts(uow)
        _check(uow)

    store.database.run(play)


def _texts(uow: SqlUnitOfWork) -> Counter[str]:
    return Counter(uow.connection.execute(select(workunits.c.text)).scalars())


def _check(uow: SqlUnitOfWork) -> None:
    ask = uow.connection.execute
    merged = {row.id: row.merged_into for row in ask(select(tickets.c.id, tickets.c.merged_into))}
    assert all(_ends(number, merged) for number in merged)
    homes = ask(select(workunits.c.ticket_id)).scalars()
    assert all(merged[home] is None for home in homes), "words stay in a ticket that is gone"
    for relation in HIERARCHIES:
        above: dict[int, int] = {}
        for link in ask(select(ticket_links).where(ticket_links.c.relation == relation.value)):
            assert link.ticket_id not in above, "two parents"
            above[link.ticket_id] = link.other_id
        assert all(_ends(number, above) for number in above)
    rows = ask(select(deliveries.c.event_id, deliveries.c.person_id))
    told = Counter((row.event_id, row.person_id) for row in rows)
    assert not [key for key, times in told.items() if times > 1], "told twice of one event"
    _check_secrets(uow)


def _ends(number: int, leads: dict[int, int | None] | dict[int, int]) -> bool:
    seen: set[int] = set()
    at: int | None = number
    while at is not None:
        if at in seen:
            return False
        seen.add(at)
        at = leads.get(at)
    return True


def _check_secrets(uow: SqlUnitOfWork) -> None:
    """Words went only to those who took part where they were written, when they were."""
    rows = uow.connection.execute(
        select(deliveries.c.person_id, events.c.ticket_id, events.c.at, workunits.c.visibility)
        .join_from(deliveries, events, events.c.id == deliveries.c.event_id)
        .join(workunits, workunits.c.id == events.c.workunit_id)
        .where(deliveries.c.state != "cancelled")
    ).all()
    joined = {
        (row.person_id, row.ticket_id): row.added_at
        for row in uow.connection.execute(
            select(participants.c.person_id, participants.c.ticket_id, participants.c.added_at)
        )
    }
    for person_id, ticket_id, at, visibility in rows:
        person = uow.people.get(person_id)
        assert person is not None
        if not person.technician:
            assert visibility == "public"
            assert joined[person_id, ticket_id] <= at
    guests = {
        (row.person_id, row.merged_into)
        for row in uow.connection.execute(
            select(participants.c.person_id, tickets.c.merged_into).join_from(participants, tickets)
        )
    }
    for due in uow.deliveries.claim(limit=10_000, holder="test", now=NOW + timedelta(days=1)):
        first = due.background
        if first is not None and not due.person.technician:
            origin = uow.tickets.get(first.moved_from or first.ticket_id)
            assert origin is not None
            assert (due.person.id, due.ticket.id) not in guests, "words from before they came"
            assert origin.merged_into is None, "words from before they came together"
