"""What a satisfaction link opens, and what an answer given there does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot import actions
from bot.desk.people import Person
from bot.desk.satisfaction import CHANGES, Rating, day_of, may_rate
from bot.desk.ticket import Ticket
from bot.ports import UnitOfWork
from bot.ports.pages import Notice
from threading_engine.tokens import EXPIRED, Keyring, Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What whoever holds a link may see and say."""

    ticket: Ticket
    #: For whom the link was made. Whoever holds it passes for them here, and nowhere else.
    person: Person
    #: The last day on which their answer counts.
    until: date
    #: What they think, or None while they have not said.
    rating: Rating | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shut:
    """A link that opens nothing."""

    notice: Notice
    #: Language of whom it was made for; empty where that is not known.
    language: str = ""


def open_link(uow: UnitOfWork, text: str, *, keyring: Keyring, now: datetime) -> Standing | Shut:
    """What the token of a link leads to; changes nothing."""
    token = keyring.read(text)
    if token is None or token.kind is not Kind.PAGE:
        return Shut(notice="missing")
    if not token.valid:
        return Shut(notice="over" if token.reason == EXPIRED else "missing")
    ticket_id, person_id, last_day = token.numbers
    ticket, person = uow.tickets.get(ticket_id), uow.people.get(person_id)
    if ticket is None or person is None:
        return Shut(notice="missing")
    until = day_of(last_day)
    if until is None or now.astimezone(UTC).date() > until or not may_rate(ticket, person):
        return Shut(notice="over", language=person.language)
    rating = uow.ratings.get(ticket_id, person_id)
    return Standing(ticket=ticket, person=person, until=until, rating=rating)


def keep_answer(
    uow: UnitOfWork, text: str, *, good: bool, comment: str, keyring: Keyring, now: datetime
) -> Shut | None:
    """Keep an answer given on the page; a Shut says why it is not kept."""
    standing = open_link(uow, text, keyring=keyring, now=now)
    if isinstance(standing, Shut):
        return standing
    ticket, person = standing.ticket, standing.person
    if not uow.budgets.spend(f"{ticket.id} by {person.id}", (CHANGES,), now=now):
        return Shut(notice="often", language=person.language)
    actions.rate_ticket(
        uow, ticket, actor=person, good=good, comment=comment, rule="rating_page", now=now
    )
    return None
