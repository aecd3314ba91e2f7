"""Several services know one mailbox, and one of them reads it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.service import running
from storage.unit_of_work import SqlUnitOfWork
from tests.flow.clock import TurnedClock
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, RunningDesk
from tests.flow.mailboxes import Postbox, until
from tests.servers.dovecot import Dovecot
from tests.servers.imap_wire import ImapWire

OpenHost = Callable[[], RunningDesk]
TTL = running.ALIVE_FOR


@pytest.fixture(autouse=True)
def _quick_hearts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HEARTBEAT", timedelta(milliseconds=50))


@pytest.fixture
def postbox(dovecot: Dovecot) -> Postbox:
    """The one mailbox."""
    return Postbox(dovecot, DESK)


@pytest.fixture
def wires(dovecot: Dovecot) -> Iterator[list[ImapWire]]:
    """One way to the server for each of two hosts, so that their connections can be counted."""
    both = [ImapWire(dovecot.host, dovecot.imap_port).start() for _ in range(2)]
    yield both
    for wire in both:
        wire.close()


@pytest.fixture
def clock() -> TurnedClock:
    """Hosts agree about the time."""
    return TurnedClock()


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Only on PostgreSQL several services share a database."""
    return postgres_url


@pytest.fixture
def hosts(
    open_desk: OpenDesk, postbox: Postbox, wires: list[ImapWire], clock: TurnedClock
) -> list[RunningDesk]:
    """Two services on one database that know the same mailbox."""
    return [open_desk(clock=clock, mailboxes=[postbox.section(port=wire.port)]) for wire in wires]


def _is_read(postbox: Postbox, desk: RunningDesk, person: str) -> None:
    """A mail of somebody new is read and acknowledged."""
    address = f"{person}@customer.example"
    postbox.take(desk.letter(address, DESK, "Printer", "Please help.\n"))
    desk.expect(to=address)


def test_one_reads_and_the_other_takes_over(
    hosts: list[RunningDesk], postbox: Postbox, wires: list[ImapWire]
) -> None:
    first, second = hosts
    _is_read(postbox, first, "ann")
    time.sleep(0.2)
    assert [wire.connections for wire in wires] == [1, 0]
    first.close()
    _is_read(postbox, second, "ben")
    assert [wire.connections for wire in wires] == [1, 1]
    second.drain()
    assert second.count_tickets() == 2


def test_a_service_that_starts_again_leaves_the_reader_alone(
    hosts: list[RunningDesk], postbox: Postbox, wires: list[ImapWire]
) -> None:
    first, second = hosts
    first.close()
    _is_read(postbox, second, "ann")
    first.start()
    _is_read(postbox, second, "ben")
    assert [wire.connections for wire in wires] == [1, 1]


def _lease(desk: RunningDesk, postbox: Postbox, clock: TurnedClock) -> None:
    """Give the mailbox to a process that reads nothing."""
    name = f"mailbox:{postbox.user}"

    def take(uow: SqlUnitOfWork) -> None:
        uow.house.drop_lease(name, holder=desk.core.holder)
        assert uow.house.take_lease(name, holder="another host", now=clock(), ttl=TTL)

    desk.core.database.run(take)


def test_a_dead_reader_is_replaced_when_its_lease_is_over(
    open_desk: OpenDesk, postbox: Postbox, clock: TurnedClock, wires: list[ImapWire]
) -> None:
    desk = open_desk(clock=clock, mailboxes=[postbox.section(port=wires[0].port)])
    _is_read(postbox, desk, "ben")
    _lease(desk, postbox, clock)
    keeper = desk.thread.service._mailboxes
    until(lambda: not keeper._reading, "whoever lost its lease reads on")
    postbox.put(desk.letter(ANN, DESK, "Printer", "Please help.\n"))
    time.sleep(0.2)
    assert postbox.unread() == 1
    clock.advance(TTL)
    postbox.wait_until_read()
    desk.expect(to="ann@customer.example")
