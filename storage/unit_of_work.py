"""One transaction with everything that can be done in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from storage.deliveries import SqlDeliveries
from storage.faults import DatabaseAway, database_faults
from storage.house import SqlBudgets, SqlHouse
from storage.inbox import SqlInbox
from storage.people import SqlPeople
from storage.tickets import SqlTickets
from storage.timers import SqlTimers


class SqlUnitOfWork:
    """Implements `bot.ports.UnitOfWork` on one connection inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        #: Loops that have work once this commits.
        self.wakes: set[str] = set()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside, and only that, when it raises.

        Plain SQL: SQLAlchemy's own savepoints cost ten times as much. When the database itself
        fails there is nothing to go back to: `DatabaseAway` tells the caller to let the whole
        transaction fall.
        """
        run = self.connection.exec_driver_sql
        with database_faults():
            run("SAVEPOINT job")
            try:
                yield
            except (DatabaseAway, OperationalError, InterfaceError):
                raise
            except BaseException:
                run("ROLLBACK TO SAVEPOINT job")
                run("RELEASE SAVEPOINT job")
                raise
            run("RELEASE SAVEPOINT job")

    def wake_on_commit(self, loop: str) -> None:
        """Tell the named loop after the commit."""
        self.wakes.add(loop)

    @cached_property
    def people(self) -> SqlPeople:
        """People, addresses, groups, queues."""
        return SqlPeople(self.connection)

    @cached_property
    def tickets(self) -> SqlTickets:
        """Tickets and their threads."""
        return SqlTickets(self.connection)

    @cached_property
    def inbox(self) -> SqlInbox:
        """Messages as received."""
        return SqlInbox(self.connection, self.wake_on_commit)

    @cached_property
    def deliveries(self) -> SqlDeliveries:
        """Notifications on their way."""
        return SqlDeliveries(self.connection, self.wake_on_commit)

    @cached_property
    def timers(self) -> SqlTimers:
        """Things due at a time."""
        return SqlTimers(self.connection, self.wake_on_commit)

    @cached_property
    def budgets(self) -> SqlBudgets:
        """Counted permissions."""
        return SqlBudgets(self.connection)

    @cached_property
    def house(self) -> SqlHouse:
        """Leases, keys, cursors and tokens of the service itself."""
        return SqlHouse(self.connection)
