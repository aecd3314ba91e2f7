"""One transaction with everything that can be done in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.desk.policy import Policy
from bot.desk.ticket import Event
from storage.audit import SqlAudit
from storage.configurations import SqlConfigurations
from storage.deliveries import SqlDeliveries
from storage.entries import SqlEntries
from storage.faults import DatabaseAway, database_faults
from storage.field_values import SqlFields
from storage.held import SqlHeld
from storage.house import SqlBudgets, SqlHouse
from storage.inbox import SqlInbox
from storage.moves import SqlMoves
from storage.people import SqlPeople
from storage.preferences import SqlPreferences
from storage.ratings import SqlRatings
from storage.relations import SqlRelations
from storage.reports import SqlReports
from storage.roster import SqlRoster
from storage.rules import SqlRules
from storage.searching import SqlSearch
from storage.tickets import SqlTickets
from storage.timers import SqlTimers
from storage.twins import SqlTwins


class SqlUnitOfWork:
    """Implements `bot.ports.UnitOfWork` on one connection inside one transaction."""

    def __init__(self, connection: Connection, *, policy: Policy) -> None:
        self.connection = connection
        #: The rules in force, the same until the end of the transaction.
        self.policy = policy
        #: Loops that have work once this commits.
        self.wakes: set[str] = set()
        #: Events of the present job that no workflow rule has looked at yet.
        self.recorded: list[Event] = []

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside, and only that, when it raises.

        Straight to the driver: SQLAlchemy's own savepoints cost twenty times as much, and there is
        one for every mail. When the database itself
        fails there is nothing to go back to: `DatabaseAway` tells the caller to let the whole
        transaction fall.
        """
        with database_faults():
            self._tell_driver("SAVEPOINT job")
            before = len(self.recorded)
            try:
                yield
            except (DatabaseAway, OperationalError, InterfaceError):
                raise
            except BaseException:
                self._tell_driver("ROLLBACK TO SAVEPOINT job", "RELEASE SAVEPOINT job")
                del self.recorded[before:]
                raise
            self._tell_driver("RELEASE SAVEPOINT job")

    def _tell_driver(self, *statements: str) -> None:
        driver = self.connection.connection.cursor()
        try:
            for statement in statements:
                driver.execute(statement)
        except self.connection.dialect.loaded_dbapi.Error as error:
            raise DatabaseAway(f"the database does not answer: {error}") from error
        finally:
            driver.close()

    def wake_on_commit(self, loop: str) -> None:
        """Tell the named loop after the commit."""
        self.wakes.add(loop)

    @cached_property
    def people(self) -> SqlPeople:
        """People, addresses, groups, queues."""
        return SqlPeople(self.connection)

    @cached_property
    def preferences(self) -> SqlPreferences:
        """How people want to be told."""
        return SqlPreferences(self.connection)

    @cached_property
    def tickets(self) -> SqlTickets:
        """Tickets and their threads."""
        return SqlTickets(self.connection, self.recorded.append)

    @cached_property
    def entries(self) -> SqlEntries:
        """Single workunits and what they said before."""
        return SqlEntries(self.connection)

    @cached_property
    def relations(self) -> SqlRelations:
        """Tickets among tickets, tags, assets."""
        return SqlRelations(self.connection)

    @cached_property
    def moves(self) -> SqlMoves:
        """What goes from one ticket into another."""
        return SqlMoves(self.connection)

    @cached_property
    def fields(self) -> SqlFields:
        """Values of custom fields."""
        return SqlFields(self.connection)

    @cached_property
    def search(self) -> SqlSearch:
        """Finds tickets."""
        return SqlSearch(self.connection)

    @cached_property
    def inbox(self) -> SqlInbox:
        """Messages as received."""
        return SqlInbox(self.connection, self.wake_on_commit)

    @cached_property
    def twins(self) -> SqlTwins:
        """Mails that come again."""
        return SqlTwins(self.connection)

    @cached_property
    def held(self) -> SqlHeld:
        """Mails that wait for a person's decision."""
        return SqlHeld(self.connection, self.wake_on_commit)

    @cached_property
    def deliveries(self) -> SqlDeliveries:
        """Notifications on their way."""
        return SqlDeliveries(self.connection, self.wake_on_commit)

    @cached_property
    def reports(self) -> SqlReports:
        """What machines said about deliveries."""
        return SqlReports(self.connection)

    @cached_property
    def ratings(self) -> SqlRatings:
        """What requesters thought of tickets."""
        return SqlRatings(self.connection)

    @cached_property
    def rules(self) -> SqlRules:
        """What workflow rules saw and did."""
        return SqlRules(self.connection)

    @cached_property
    def timers(self) -> SqlTimers:
        """Things due at a time."""
        return SqlTimers(self.connection, self.wake_on_commit)

    @cached_property
    def budgets(self) -> SqlBudgets:
        """Counted permissions."""
        return SqlBudgets(self.connection)

    @cached_property
    def audit(self) -> SqlAudit:
        """What was done to people and to the desk itself."""
        return SqlAudit(self.connection)

    @cached_property
    def roster(self) -> SqlRoster:
        """What the configuration says about people."""
        return SqlRoster(self.connection, self.people)

    @cached_property
    def configurations(self) -> SqlConfigurations:
        """Every configuration that was ever in force."""
        return SqlConfigurations(self.connection)

    @cached_property
    def house(self) -> SqlHouse:
        """Leases, keys, cursors and tokens of the service itself."""
        return SqlHouse(self.connection)
