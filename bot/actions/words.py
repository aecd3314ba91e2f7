"""Words enter a ticket's thread as workunits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions.ending import heard_of
from bot.actions.hands import set_owner
from bot.actions.recording import record
from bot.actions.states import move_along
from bot.desk import lifecycle
from bot.desk.people import Person
from bot.desk.ticket import EventKind, File, Ticket, Visibility
from bot.desk.workunits import NOTHING, Booking
from bot.ports import NewWorkunit, UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What one message adds to a thread."""

    text: str
    html: str | None = None
    elided: str = ""
    signature: str = ""
    files: tuple[File, ...] = ()
    #: Message-ID of the mail, or None.
    message_id: str | None = None
    #: What is known about an S/MIME or PGP signature, in words; empty where there is none.
    signed: str = ""
    #: The inbox row it comes from, or None.
    inbox_id: int | None = None
    #: Foreign ids under which answers may refer to it.
    references: tuple[str, ...] = ()
    #: Who enters them on behalf of their author, or None.
    editor_id: int | None = None


def add_workunit(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person,
    words: Words,
    visibility: Visibility,
    as_technician: bool,
    addressed: frozenset[str] = frozenset(),
    quiet: bool = False,
    closing: bool = False,
    moves: bool = True,
    asks: bool = False,
    proven: bool = True,
    booking: Booking | None = None,
    shared_with: Collection[int] = (),
    rule: str,
    now: datetime,
) -> tuple[Ticket, int]:
    """Add words to a ticket and move its status along; return the ticket as it is now.

    `quiet` words (of machines) change no status and tell nobody; with `closing` the requester
    hears of them through the closing notification instead; unless it `moves`, the ticket keeps
    its status, because their author sets one. The ticket waits for the requester's answer to words
    that `ask`. Words whose author is not `proven` are shown as such to
    technicians. Without a `booking` a technician's words take what is usual.
    """
    if booking is None and as_technician and not quiet:
        booking = usual_booking(uow, ticket, actor)
    workunit_id = add_words(
        uow, ticket, actor, words, visibility, now=now, staff=as_technician, booking=booking
    )
    uow.entries.share(workunit_id, shared_with)
    before, move = ticket, dict[str, object]()
    if not quiet and visibility is Visibility.PUBLIC:
        ticket, move = _hear(uow, ticket, actor, as_technician, moves=moves, now=now)
        if as_technician and ticket.owner_id is None and not closing:
            ticket = set_owner(uow, ticket, actor, now=now)
    marks = {"closing": closing, "quiet": quiet, "unproven": not proven, "asks": asks}
    marks["reopened"] = before.closed_at is not None and ticket.closed_at is None
    marks["taken"] = ticket.owner_id != before.owner_id
    record(
        uow,
        ticket,
        EventKind.WORKUNIT_ADDED,
        actor=actor,
        workunit_id=workunit_id,
        visibility=visibility,
        data={**{mark: True for mark, holds in marks.items() if holds}, **move},
        hints={"shared_with": tuple(shared_with)},
        addressed=addressed,
        rule=rule,
        now=now,
    )
    return ticket, workunit_id


def _hear(
    uow: UnitOfWork,
    ticket: Ticket,
    actor: Person,
    as_technician: bool,  # noqa: FBT001 - whose words they are
    *,
    moves: bool,
    now: datetime,
) -> tuple[Ticket, dict[str, object]]:
    """Note when public words were written, and let the status follow them."""
    wrote = "technician_wrote_at" if as_technician else "outsider_wrote_at"
    uow.tickets.change(ticket.id, **{wrote: now, "updated_at": now})
    before, move = ticket, dict[str, object]()
    if moves and not ticket.locked:
        ticket, move = move_along(uow, ticket, _wish(as_technician), actor=actor, now=now)
    if ticket.status is before.status:
        heard_of(uow, ticket, as_technician=as_technician, now=now)
    return ticket, move


def usual_booking(uow: UnitOfWork, ticket: Ticket, actor: Person) -> Booking:
    """What a technician's words take where they say nothing."""
    return uow.policy.workunits.usual(actor, _group(uow, ticket))


def price(uow: UnitOfWork, ticket: Ticket, actor: Person, booking: Booking) -> Booking:
    """The booking with what an hour of it costs now, and with the usual time where it has none."""
    rules = uow.policy.workunits
    if booking.minutes is None:
        booking = replace(booking, minutes=rules.default_minutes)
    return rules.priced(booking, actor, _group(uow, ticket))


def _group(uow: UnitOfWork, ticket: Ticket) -> str:
    """The group's name, where prices depend on it."""
    if not uow.policy.workunits.groups:
        return ""
    return next((g.name for g in uow.people.groups() if g.id == ticket.group_id), "")


def _wish(as_technician: bool) -> lifecycle.Wish:  # noqa: FBT001 - of one mark
    return lifecycle.technician_answers if as_technician else lifecycle.outsider_answers


def add_words(
    uow: UnitOfWork,
    ticket: Ticket,
    actor: Person,
    words: Words,
    visibility: Visibility,
    *,
    now: datetime,
    staff: bool = False,
    booking: Booking | None = None,
) -> int:
    """Insert the workunit and what refers to it; the caller records the event."""
    booked = booking or NOTHING
    workunit_id = uow.tickets.add_workunit(
        NewWorkunit(
            ticket_id=ticket.id,
            inbox_id=words.inbox_id,
            author_id=actor.id,
            author_name=actor.name or actor.address,
            by_technician=staff,
            visibility=visibility,
            text=words.text,
            html=words.html,
            elided=words.elided,
            signature=words.signature,
            at=now,
            message_id=words.message_id,
            signed=words.signed,
            files=words.files,
            minutes=booked.minutes or None,
            profile=booked.profile,
            hourly_rate=booked.hourly_rate,
            done_at=booked.done_at,
            editor_id=words.editor_id,
        )
    )
    for key in words.references:
        uow.tickets.add_reference(
            channel="email", scope="", key=key, ticket_id=ticket.id, workunit_id=workunit_id
        )
    return workunit_id
