"""What requesters think of a closed ticket: good or bad, why, for how long, and who may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.desk.limits import Budget
from bot.desk.people import Person
from bot.desk.ticket import Ticket

#: Characters of a comment; a longer one is cut.
MOST_COMMENT = 2000

#: What stands for good and bad in a satisfaction address. There were five stars once, and mails
#: with them lie in mailboxes for years: three stars were "all right", so they count as good.
GOOD, BAD = 5, 1
_BEST_BAD = 2

#: Changes of one rating. People change their mind once or twice; more is a machine or a game.
CHANGES = Budget(name="changes of a rating in an hour", window=timedelta(hours=1), limit=20)
#: Mails to quality staff about one ticket's rating.
ALARMS = Budget(name="mails about a rating in a day", window=timedelta(days=1), limit=3)

_FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Satisfaction:
    """Whether requesters are asked, and what becomes of their answers."""

    enabled: bool = True
    #: How many days after the closing an answer counts and can be changed.
    days: int = 30
    #: Names of the groups whose requesters are not asked.
    groups_off: frozenset[str] = frozenset()
    #: True when quality staff hear at once of a bad rating with a comment.
    tell_quality: bool = True

    def asks(self, group: str) -> bool:
        """Whether requesters of this group's tickets are asked."""
        return self.enabled and group not in self.groups_off

    def last_day(self, closed_at: datetime) -> int:
        """The last day on which an answer counts, in days since 1970, UTC."""
        return ((closed_at.astimezone(UTC) + timedelta(days=self.days)).date() - _FIRST_DAY).days


#: What a desk does that nobody configured.
USUAL = Satisfaction()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """What one person thinks of one ticket."""

    ticket_id: int
    person_id: int
    #: Who had the ticket when it was done, or None. It is about them, and hidden from them.
    owner_id: int | None
    good: bool
    #: Plain text; may be empty.
    comment: str
    at: datetime
    #: When it was changed last, or None.
    changed_at: datetime | None = None


def day_of(number: int) -> date | None:
    """The day that many days after 1970 began; None for one that no calendar has."""
    try:
        return _FIRST_DAY + timedelta(days=number)
    except OverflowError:
        return None


def is_good(stars: int) -> bool:
    """What the number in a satisfaction address means."""
    return stars > _BEST_BAD


def may_rate(ticket: Ticket, person: Person) -> bool:
    """Whether the person's opinion of the ticket is asked for: nobody rates their own work."""
    return person.deactivated_at is None and ticket.owner_id != person.id


def may_read(rating: Rating, reader: Person) -> bool:
    """Whoever gave it and quality staff read a rating; whom it is about never does."""
    if reader.deactivated_at is not None or reader.id == rating.owner_id:
        return False
    return reader.quality or reader.id == rating.person_id


def plain_comment(text: str) -> str:
    """The comment as it is kept: line ends alike, nothing that steers a screen, of bounded length."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines[: 2 * MOST_COMMENT] if c == "\n" or c.isprintable())
    return kept.strip()[:MOST_COMMENT].rstrip()
