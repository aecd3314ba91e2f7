"""Whatever people write and order, under whatever status map: no ticket takes a forbidden step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import actions
from bot.desk import lifecycle
from bot.desk.closing import CLOSES_ITSELF
from bot.desk.commands import Order
from bot.desk.commands.people import Assign
from bot.desk.commands.states import SetEpilogue, SetLock, SetResolution, SetStatus
from bot.desk.people import Person
from bot.desk.policy import Policy
from bot.desk.statuses import USUAL_MAP, StatusMap, StatusMaps
from bot.desk.ticket import Status, Ticket, Visibility
from bot.directory import Directory
from bot.errors import NotPossible
from bot.orders import Work, carry_out, finish
from bot.timers import run_due_timers
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.store import NOW, Store

MAPS = st.just(USUAL_MAP) | st.builds(
    StatusMap,
    name=st.just("drawn"),
    allowed=st.dictionaries(st.sampled_from(Status), st.frozensets(st.sampled_from(Status))),
)
ORDERS = st.one_of(
    st.builds(SetStatus, status=st.sampled_from(Status), resolution=st.sampled_from(["", "moved"])),
    st.builds(SetLock, locked=st.booleans()),
    st.sampled_from([Assign(to="me"), SetResolution(name="moved"), SetEpilogue(text="Well.")]),
)


@dataclass(kw_only=True)
class Play:
    """One ticket and the people around it."""

    store: Store
    ticket_id: int
    asker: Person
    technicians: tuple[Person, Person]
    now: datetime = NOW

    def act(self, work: Callable[[SqlUnitOfWork, Ticket], object]) -> None:
        """One transaction; what is not possible is undone."""
        self.now += timedelta(seconds=1)

        def run(uow: SqlUnitOfWork) -> None:
            ticket = uow.tickets.get(self.ticket_id)
            assert ticket is not None
            try:
                with uow.savepoint():
                    work(uow, ticket)
            except NotPossible:
                pass

        self.store.database.run(run)

    def ticket(self) -> Ticket:
        """The ticket now."""
        found = self.store.database.read(lambda uow: uow.tickets.get(self.ticket_id))
        assert found is not None
        return found


Step = Callable[[Play], None]


def wait(hours: int) -> Step:
    def step(play: Play) -> None:
        play.now += timedelta(hours=hours)
        run_due_timers(play.store.database, now=play.now)

    return step


def write(who: int, *, inside: bool = False) -> Step:
    def step(play: Play) -> None:
        author = (play.asker, *play.technicians)[who]
        play.act(
            lambda uow, ticket: actions.add_workunit(
                uow,
                ticket,
                actor=author,
                words=actions.Words(text="Words."),
                visibility=Visibility.INTERNAL if inside else Visibility.PUBLIC,
                as_technician=author.technician,
                rule="test",
                now=play.now,
            )
        )

    return step


def order(who: int, orders: Sequence[Order]) -> Step:
    def step(play: Play) -> None:
        def work(uow: SqlUnitOfWork, ticket: Ticket) -> None:
            asked = Work(
                uow=uow,
                directory=Directory(uow.people.queues()),
                ticket=ticket,
                author=play.technicians[who],
                now=play.now,
                rule="test",
            )
            if problems := carry_out(asked, orders):
                raise NotPossible("; ".join(problems))
            finish(asked)

        play.act(work)

    return step


STEPS = st.one_of(
    st.builds(wait, st.sampled_from([1, 50, 400])),
    st.builds(write, st.integers(0, 2)),
    st.builds(write, st.integers(1, 2), inside=st.just(value=True)),
    st.builds(order, st.integers(0, 1), st.lists(ORDERS, min_size=1, max_size=3)),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order_of=MAPS, steps=st.lists(STEPS, min_size=4, max_size=20))
def test_no_forbidden_step(store: Store, order_of: StatusMap, steps: list[Step]) -> None:
    store.database.policy = replace(Policy(), statuses=StatusMaps(maps={("", 0): order_of}))
    play = _opened(store)
    for step in steps:
        before = play.ticket()
        step(play)
        after = play.ticket()
        assert not (before.locked and after.locked and _came_back(before, after))
        _stands(play, after)
    _every_step_was_allowed(play, order_of)


def _opened(store: Store) -> Play:
    asker = store.person("Ann")
    ticket = store.ticket(asker)

    def hire(uow: SqlUnitOfWork) -> tuple[Person, Person]:
        for name in ("Tess", "Tom"):
            uow.people.put_technician(
                name=name,
                address=f"{name.lower()}@example.org",
                language="",
                group_ids=[ticket.group_id],
                at=NOW,
            )
        tess, tom = (uow.people.find("email", f"{n}@example.org") for n in ("tess", "tom"))
        assert tess is not None
        assert tom is not None
        return tess, tom

    return Play(store=store, ticket_id=ticket.id, asker=asker, technicians=store.database.run(hire))


def _came_back(before: Ticket, after: Ticket) -> bool:
    return before.status in lifecycle.ENDED and after.status not in lifecycle.ENDED


def _stands(play: Play, ticket: Ticket) -> None:
    """What hangs on a status agrees with it."""
    done = lifecycle.is_done(ticket.status)
    assert (ticket.closed_at is not None) is (ticket.status in lifecycle.ENDED)
    assert ticket.resolution or not done
    assert done or ticket.closed_by_id is None
    timers = play.store.database.read(lambda uow: uow.timers.of_ticket(ticket.id))
    assert len(timers) <= int(ticket.status in CLOSES_ITSELF)


def _every_step_was_allowed(play: Play, order_of: StatusMap) -> None:
    """The events tell every step from the first status to the last, each an allowed one."""
    events = play.store.database.read(lambda uow: uow.tickets.events(play.ticket_id))
    status = Status.NEW
    for event in events:
        for what, before, after in event.data.get("changes", ()):  # type: ignore[attr-defined]  # rows
            if what == "status":
                assert before == status.value
                assert order_of.may_follow(status, Status(after))
                status = Status(after)
    assert play.ticket().status is status
