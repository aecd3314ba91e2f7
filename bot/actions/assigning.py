"""A new ticket finds its owner, where its group wants that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.actions.hands import set_owner
from bot.clearance import stand_in
from bot.desk.assignment import Assignment, Bench, Seat, choose
from bot.desk.people import Group, Person
from bot.desk.ticket import Ticket
from bot.ports import UnitOfWork


def assign_new(uow: UnitOfWork, ticket: Ticket, *, now: datetime) -> tuple[Ticket, str]:
    """Give a new ticket to whom its group's rule names; the rule that did it, or empty.

    The caller records the event. Two processes take turns here: the group's row is locked until the
    commit, and so are the people whose open tickets are counted.
    """
    assignment = uow.policy.group(ticket.group_id).assign
    if assignment is Assignment.NOBODY or ticket.closed_at is not None:
        return ticket, ""
    group = uow.people.lock_group(ticket.group_id)
    seat = choose(assignment, _bench(uow, group, assignment, now=now)) if group else None
    if seat is None:
        return ticket, ""
    uow.people.set_turn(ticket.group_id, seat.id)
    return set_owner(uow, ticket, seat.taker, now=now), f"assigned_by_{assignment}".replace(
        " ", "_"
    )


def _bench(uow: UnitOfWork, group: Group, assignment: Assignment, *, now: datetime) -> Bench:
    seats = list(_seats(uow, uow.people.staff(group.id), now=now))
    counted: dict[int, int] = {}
    if assignment is Assignment.LEAST_OPEN:
        takers = {seat.taker.id for seat in seats}
        uow.people.lock(takers)
        counted = uow.tickets.count_open(takers)
    return Bench(
        seats=seats,
        leader_id=group.leader_id,
        last_id=group.last_assigned_id,
        open_tickets=counted,
    )


def _seats(uow: UnitOfWork, staff: Iterable[Person], *, now: datetime) -> Iterable[Seat]:
    for person in staff:
        taker = stand_in(uow, person, now=now)
        if taker is not None:
            yield Seat(id=person.id, taker=taker)
