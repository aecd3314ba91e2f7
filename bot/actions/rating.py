"""What a requester thought of it."""

from __future__ import annotations

from datetime import datetime

from bot.actions.recording import record
from bot.desk import lifecycle
from bot.desk.people import Person
from bot.desk.satisfaction import ALARMS, Rating, may_rate, plain_comment
from bot.desk.ticket import EventKind, Ticket
from bot.ports import UnitOfWork


def rate_ticket(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person,
    good: bool,
    comment: str | None = None,
    rule: str,
    now: datetime,
) -> Rating | None:
    """Keep what the actor thinks of the ticket; None where their opinion is not asked for.

    A rating given before is replaced; without a `comment` the earlier one stays. The event says
    only that somebody rated: technicians read events, and the owner must not learn what it was.
    """
    if not may_rate(ticket, actor):
        return None
    before = uow.ratings.get(ticket.id, actor.id)
    rating = _rating(uow, ticket, actor, before, good=good, comment=comment, now=now)
    if before is not None and (rating.good, rating.comment) == (before.good, before.comment):
        return before
    uow.ratings.put(rating)
    alarming = uow.policy.satisfaction.tell_quality and rating.comment and not good
    tells = alarming and uow.budgets.spend(f"ticket {ticket.id}", (ALARMS,), now=now)
    record(
        uow,
        ticket,
        EventKind.TICKET_RATED,
        actor=actor,
        workunit_id=None,
        visibility=None,
        data={"changed": True} if before else {},
        hints={"tell quality": True} if tells else {},
        rule=rule,
        now=now,
    )
    return rating


def _rating(
    uow: UnitOfWork,
    ticket: Ticket,
    actor: Person,
    before: Rating | None,
    *,
    good: bool,
    comment: str | None,
    now: datetime,
) -> Rating:
    # While it is open again, the rating is still about whoever had it when it was done.
    done = before is None or lifecycle.is_done(ticket.status)
    kept = before.comment if before else ""
    return Rating(
        ticket_id=ticket.id,
        person_id=actor.id,
        owner_id=_worker(uow, ticket) if done or not before else before.owner_id,
        good=good,
        comment=kept if comment is None else plain_comment(comment),
        at=before.at if before else now,
        changed_at=now if before else None,
    )


def _worker(uow: UnitOfWork, ticket: Ticket) -> int | None:
    """Who did the work: the owner; where nobody had it, whoever closed it."""
    if ticket.owner_id is not None:
        return ticket.owner_id
    events = reversed(uow.tickets.events(ticket.id))
    return next((event.actor_id for event in events if event.data.get("resolved")), None)
