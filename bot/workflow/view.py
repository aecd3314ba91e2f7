"""A ticket as rules see it; what costs a look into storage is looked up when a rule asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from bot.desk.people import Person
from bot.desk.ticket import Event, Ticket, Visibility, Workunit
from bot.ports import UnitOfWork


class TicketView:
    """Implements `bot.desk.rules.view.View`; what was looked up once stays."""

    def __init__(
        self, uow: UnitOfWork, ticket: Ticket, *, event: Event | None, now: datetime
    ) -> None:
        self._uow = uow
        self.ticket = ticket
        self.event = event
        self.now = now

    @cached_property
    def words(self) -> Workunit | None:
        """The workunit that the event is about, or None.

        What a rule saw is kept and told to the group: of private words it sees only that they are.
        """
        number = self.event.workunit_id if self.event else None
        found = self._uow.rules.workunit(number) if number else None
        if found is not None and found.visibility is Visibility.PRIVATE:
            return replace(found, text="", html=None, elided="", files=())
        return found

    @cached_property
    def sender(self) -> Person | None:
        """Who caused the event; None for the desk itself."""
        return self._person(self.event.actor_id if self.event else None)

    @cached_property
    def group(self) -> str:
        """Name of the ticket's group."""
        groups = self._uow.people.groups()
        return next((group.name for group in groups if group.id == self.ticket.group_id), "")

    @cached_property
    def queue(self) -> str:
        """Address at which the ticket arrived."""
        queues = self._uow.people.queues()
        return next((queue.address for queue in queues if queue.id == self.ticket.queue_id), "")

    @cached_property
    def owner(self) -> Person | None:
        """Who has the ticket, or None."""
        return self._person(self.ticket.owner_id)

    @cached_property
    def requester(self) -> Person | None:
        """Who asked."""
        return self._person(self.ticket.requester_id)

    @cached_property
    def company(self) -> str:
        """Name of the requester's company; empty for none."""
        requester = self.requester
        company_id = self.ticket.company_id or (requester.company_id if requester else None)
        return self._uow.rules.company(company_id) if company_id else ""

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The ticket's tags."""
        return tuple(self._uow.relations.tags(self.ticket.id))

    @cached_property
    def assets(self) -> tuple[str, ...]:
        """References of the assets, rooms and contracts linked to the ticket."""
        return tuple(asset.reference for asset in self._uow.relations.assets(self.ticket.id))

    @cached_property
    def custom(self) -> Mapping[str, str]:
        """Values of custom fields, as text."""
        return self._uow.rules.custom(self.ticket.id)

    @cached_property
    def unanswered_since(self) -> datetime | None:
        """The first public words from outside that no technician has answered, or None."""
        return self._uow.rules.unanswered_since(self.ticket.id)

    def _person(self, person_id: int | None) -> Person | None:
        return self._uow.people.get(person_id) if person_id else None
