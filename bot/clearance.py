"""What storage knows of a person before a ticket: the facts that `bot.desk.access` decides about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from bot.desk.access import READING, Deed, Ruling, Standing, may
from bot.desk.people import Group, Participant, Person, Rights, Role, is_absent
from bot.desk.ticket import Ticket, Visibility, Workunit
from bot.ports import DueDelivery, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Clearance:
    """Who may do what in one ticket, looked up at most once a ticket."""

    uow: UnitOfWork
    ticket: Ticket
    now: datetime
    #: Spares a look into storage where the caller knows them all.
    known: Sequence[Participant] | None = None

    @cached_property
    def participants(self) -> Sequence[Participant]:
        """Everyone with a part in the ticket."""
        return (
            self.known if self.known is not None else self.uow.tickets.participants(self.ticket.id)
        )

    @cached_property
    def _parts(self) -> Mapping[int, frozenset[Role]]:
        found: dict[int, set[Role]] = {}
        for part in self.participants:
            found.setdefault(part.person.id, set()).add(part.role)
        found.setdefault(self.ticket.requester_id, set()).add(Role.REQUESTER)
        if self.ticket.owner_id is not None:
            found.setdefault(self.ticket.owner_id, set()).add(Role.OWNER)
        return {person_id: frozenset(roles) for person_id, roles in found.items()}

    @cached_property
    def _rights(self) -> Mapping[int, Rights]:
        return self.uow.people.rights(self.ticket.group_id)

    @cached_property
    def _group(self) -> Group | None:
        return self.uow.people.get_group(self.ticket.group_id)

    @cached_property
    def _deputy_id(self) -> int | None:
        """Who stands in for the owner."""
        owner_id = self.ticket.owner_id
        owner = self.uow.people.get(owner_id) if owner_id is not None else None
        return owner.deputy_id if owner and is_absent(owner, self.now) else None

    def standing(
        self,
        person: Person,
        workunit: Workunit | None = None,
        *,
        shared_with: Collection[int] = (),
    ) -> Standing:
        """The person before the ticket, and before one of its workunits."""
        outside = Standing(
            parts=self._parts.get(person.id, frozenset()),
            quality=person.quality,
            colleague=is_colleague(person, self.ticket),
            unowned=self.ticket.owner_id is None,
            author=workunit is not None and workunit.author_id == person.id,
            shared=person.id in shared_with,
            deactivated=person.deactivated_at is not None,
        )
        if not (person.technician or person.administrator):
            return outside
        return replace(
            outside,
            technician=person.technician,
            administrator=person.administrator,
            rights=self._rights.get(person.id),
            leader=self._group is not None and self._group.leader_id == person.id,
            deputy=self._deputy_id == person.id,
        )

    def may(self, person: Person, deed: Deed) -> Ruling:
        """Whether the person may do it in this ticket."""
        return may(self.standing(person), deed, changes=self.uow.policy.changes)

    def may_read(self, person: Person, visibility: Visibility) -> bool:
        """Whether the person may read words of this visibility that somebody else wrote."""
        return self.may(person, READING[visibility]).allowed


def is_colleague(person: Person, ticket: Ticket) -> bool:
    """Whether the person is grouped with the company that asks."""
    return (
        ticket.company_id is not None
        and person.company_id == ticket.company_id
        and not person.independent
    )


def stand_in(uow: UnitOfWork, person: Person, *, now: datetime) -> Person | None:
    """Who acts for the person now: they themselves, their deputy while they are away, or nobody.

    A deputy who is away as well has nobody for both: one step is enough to be understood.
    """
    if not is_absent(person, now):
        return person
    deputy = uow.people.get(person.deputy_id) if person.deputy_id is not None else None
    fit = deputy is not None and deputy.technician and deputy.reachable
    if deputy is None or not fit or deputy.deactivated_at is not None or is_absent(deputy, now):
        return None
    return deputy


def with_standing(uow: UnitOfWork, due: DueDelivery, *, now: datetime) -> DueDelivery:
    """The delivery with where its receiver stands now, for each part of it that depends on that."""
    along = tuple(with_standing(uow, part, now=now) for part in due.companions)
    due = replace(due, companions=along) if along else due
    workunit = due.workunit
    inner = workunit is not None and workunit.visibility is not Visibility.PUBLIC
    if not inner and due.notification not in {"assigned", "new-ticket"}:
        return due
    clearance = Clearance(uow=uow, ticket=due.ticket, now=now)
    shared = uow.tickets.shared_with(workunit.id) if workunit else ()
    return replace(due, standing=clearance.standing(due.person, workunit, shared_with=shared))
