"""Budgets that stop loops: how many automatic answers one address may cause in which time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """At most so many in each window."""

    #: What is counted, as it stands in the stored key and in explanations.
    name: str
    window: timedelta
    limit: int

    def starts_at(self, now: datetime) -> datetime:
        """When the window began in which a moment lies."""
        return _EPOCH + (now - _EPOCH) // self.window * self.window

    def ends_at(self, now: datetime) -> datetime:
        """When the window ends in which a moment lies."""
        return self.starts_at(now) + self.window


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The desk's own bounds; the defaults suit a desk of any size."""

    #: Acknowledgements to one address. Two in ten minutes let a person ask two things at once and
    #: end a conversation with a machine that answers everything after its fifth mail.
    acknowledgements: tuple[Budget, ...] = (
        Budget(name="acknowledgements in 10 minutes", window=timedelta(minutes=10), limit=2),
        Budget(name="acknowledgements in a day", window=timedelta(days=1), limit=20),
    )
    #: Acknowledgements of one process to anybody. Far more than people ask for; the end of a storm.
    all_acknowledgements: Budget = Budget(
        name="all acknowledgements in a minute", window=timedelta(minutes=1), limit=6000
    )
    #: Within this time an unchanged request joins the first, and the same subject is acknowledged
    #: once.
    same_request_within: timedelta = timedelta(minutes=5)
    #: Mails to one person about words in one ticket. Far more than people write, and the end of two
    #: machines that answer each other through us.
    mails_to_one: Budget = Budget(
        name="mails to one person about a ticket in an hour", window=timedelta(hours=1), limit=40
    )
    #: The same to everybody with a part in the ticket.
    mails_to_all: Budget = Budget(
        name="mails about a ticket in an hour", window=timedelta(hours=1), limit=400
    )
    #: Notices to the technicians of one ticket about mail that is held for it; the rest is listed.
    held_notices: tuple[Budget, ...] = (
        Budget(name="notices of held mail in an hour", window=timedelta(hours=1), limit=5),
    )
    #: The same for all tickets together.
    all_held_notices: tuple[Budget, ...] = (
        Budget(name="all notices of held mail in an hour", window=timedelta(hours=1), limit=50),
    )
    #: Copy participants that one ticket may have.
    copies_per_ticket: int = 30

    #: Workflow rules in a row, each caused by the one before.
    rules_in_a_row: int = 3
    #: What rules may do by themselves to one ticket, and how often technicians hear of more.
    rule_deeds: Budget = Budget(
        name="deeds of rules on a ticket in an hour", window=timedelta(hours=1), limit=20
    )
    rule_stops: Budget = Budget(
        name="notices of stopped rules in an hour", window=timedelta(hours=1), limit=1
    )


#: The bounds where nobody configures any.
USUAL = Limits()
