"""Orders about workunits: time, price, who may read them, and what they said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot import actions
from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.workunits import BookTime, DoneAt, EditWords, KeepPrivate, UseProfile
from bot.desk.repeats import repeated_words
from bot.desk.ticket import Visibility, Workunit
from bot.desk.workunits import Booking, clock, read_moment
from bot.errors import NotPossible
from bot.orders.people import technician
from bot.orders.permission import require
from bot.orders.work import Work


def book_time(work: Work, order: BookTime) -> None:
    """Say how long the words took."""
    _book(work, minutes=order.minutes)
    work.also.append(("time", "", clock(order.minutes)))


def use_profile(work: Work, order: UseProfile) -> None:
    """Say at which price."""
    try:
        profile = work.uow.policy.workunits.profile(order.name)
    except ValueError as why:
        raise NotPossible(str(why)) from None
    _book(work, profile=profile.name)
    work.also.append(("profile", "", profile.name))


def done_at(work: Work, order: DoneAt) -> None:
    """Say when the work was done."""
    zone = ZoneInfo(work.uow.policy.workunits.time_zone)
    try:
        moment = read_moment(order.moment, zone)
    except ValueError as why:
        raise NotPossible(str(why)) from None
    if moment > work.now:
        raise NotPossible(f"{order.moment} is still to come")
    _book(work, done_at=moment)
    work.also.append(("done", "", f"{moment:%Y-%m-%d %H:%M}"))


def _book(work: Work, **said: Any) -> None:  # noqa: ANN401 - a booking's own fields
    require(work, Deed.BOOK_TIME)
    work.booking = replace(work.booking or Booking(minutes=None), **said)


def keep_private(work: Work, order: KeepPrivate) -> None:
    """Keep the words from everybody but administrators and those they are shared with."""
    people = [technician(work, name, "#share") for name in order.shared_with]
    work.shared_with += [person.id for person in people if person.id != work.author.id]
    work.also += [("shared with", "", person.name or person.address) for person in people]
    if ("visibility", "", "private") not in work.also:
        work.also.append(("visibility", "", "private"))


def edit_words(work: Work, order: EditWords) -> None:
    """Let the words that came with the orders replace earlier ones, by whoever wrote those."""
    unit = actions.find_workunit(work.uow, work.ticket, order.number)
    _check_edit(work, unit)
    booking = None
    if work.booking is not None:
        said = work.booking
        booking = replace(
            said,
            minutes=unit.minutes if said.minutes is None else said.minutes,
            profile=said.profile or unit.profile,
        )
        booking = actions.price(work.uow, work.ticket, work.author, booking)
    actions.edit_workunit(
        work.uow,
        work.ticket,
        unit,
        text=work.words,
        booking=booking,
        actor=work.author,
        rule=work.rule,
        now=work.now,
    )
    work.also.append(("edited", "", str(unit.id)))


def _check_edit(work: Work, unit: Workunit) -> None:
    """Whether the author may, and whether the words may stand where they would; raises NotPossible."""
    if unit.author_id != work.author.id:
        if unit.visibility is Visibility.PRIVATE and not work.author.administrator:
            raise NotPossible(f"ticket {work.ticket.id} has no words with the number {unit.id}")
        require(work, Deed.EDIT_WORKUNIT)
    if work.has_files:
        raise NotPossible("#edit takes words; files come with words of their own")
    if unit.visibility is not Visibility.PUBLIC:
        return
    texts = work.uow.tickets.texts
    notes = texts(work.ticket.id, public=False)
    public = texts(work.ticket.id, public=True) if notes else []
    if found := repeated_words(work.words, notes=notes, public=public):
        raise NotPossible(f"the words repeat an internal note: “{found}”")


#: Said by orders that come in any case before those which look at what they said.
FIRST = (BookTime, UseProfile, DoneAt)

HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    BookTime: book_time,
    UseProfile: use_profile,
    DoneAt: done_at,
    KeepPrivate: keep_private,
    EditWords: edit_words,
}
