"""When somebody hears of an event, and together with what: an ordered table of rules.

The first rule that speaks decides, and its name is kept; then quiet hours may push it back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.desk.matrix import Notify, Pace
from bot.desk.notifications import Row
from bot.desk.people import Person
from bot.desk.quiet import QuietHours, next_hour, next_time, quiet_until, read_hours, zone_of
from bot.desk.ticket import Priority


class Bundle(StrEnum):
    """What a delivery may share a message with."""

    #: Nothing.
    ALONE = ""
    #: More about the same ticket to the same address that is due by then.
    TICKET = "ticket"
    #: The same; it waits for nothing, and whatever still waited goes along.
    NOW = "now"
    #: Everything that is due to the same address.
    DIGEST = "digest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """When a delivery is due, and together with what."""

    due_at: datetime
    bundle: Bundle
    #: Name of the rule that made it wait; empty where it goes at once.
    rule: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One notification to one person, before it is queued."""

    row: Row
    #: What the matrix says of how soon.
    pace: Pace
    person: Person
    priority: Priority
    #: True when the person caused the event.
    own: bool
    #: When the last news of this ticket to this address that may be joined is or was due, or None.
    latest: datetime | None
    notify: Notify
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The person's clock."""
        return zone_of(self.person.time_zone, otherwise=self.notify.zone)


def answer(case: Case) -> Slot | None:
    """It answers what they did themselves, so it goes at once."""
    if not (case.own or case.row.tells_actor):
        return None
    return Slot(due_at=case.now, bundle=Bundle.ALONE)


def urgent(case: Case) -> Slot | None:
    """The ticket has priority 1: it goes at once, at any hour."""
    if case.priority is not Priority.P1:
        return None
    return Slot(due_at=case.now, bundle=Bundle.NOW if case.row.joins else Bundle.ALONE)


def alone(case: Case) -> Slot | None:
    """Notices that somebody must act on share no mail."""
    return None if case.row.joins else Slot(due_at=case.now, bundle=Bundle.ALONE)


def hurried(case: Case) -> Slot | None:
    """The end of a ticket waits for nothing, and brings along what still waited."""
    return Slot(due_at=case.now, bundle=Bundle.NOW) if case.row.hurries else None


def digest(case: Case) -> Slot | None:
    """They get what can wait together, at the full hour or once a day."""
    # Their own wish comes before the desk's; what waits for them to act cannot wait.
    wish = "" if case.row.pierces else case.person.digest
    pace = Pace(wish) if wish in set(Pace) else case.pace
    if pace is Pace.AT_ONCE:
        return None
    hourly = pace is Pace.HOURLY
    due_at = (
        next_hour(case.zone, case.now)
        if hourly
        else next_time(case.notify.digest_at, case.zone, case.now)
    )
    return Slot(due_at=due_at, bundle=Bundle.DIGEST, rule=digest.__name__)


def same_moment(case: Case) -> Slot | None:
    """What one message causes goes as one mail."""
    return Slot(due_at=case.now, bundle=Bundle.TICKET) if case.latest == case.now else None


def burst(case: Case) -> Slot | None:
    """Other news of this ticket went to them a moment ago; what follows goes as one mail."""
    latest, window = case.latest, case.notify.burst
    if latest is None or not window:
        return None
    if case.now < latest <= case.now + window:
        return Slot(due_at=latest, bundle=Bundle.TICKET, rule=burst.__name__)
    if case.now - window < latest < case.now:
        return Slot(due_at=latest + window, bundle=Bundle.TICKET, rule=burst.__name__)
    return None


def first_waits(case: Case) -> Slot | None:
    """The desk waits a moment whether more comes (notify.burst_first)."""
    if not (case.notify.first_waits and case.notify.burst):
        return None
    due_at = case.now + case.notify.burst
    return Slot(due_at=due_at, bundle=Bundle.TICKET, rule=first_waits.__name__)


#: What is at once whatever the hour.
AT_ANY_HOUR: tuple[Callable[[Case], Slot | None], ...] = (answer, urgent)
#: The rest.
RULES: tuple[Callable[[Case], Slot | None], ...] = (
    alone,
    hurried,
    digest,
    same_moment,
    burst,
    first_waits,
)


def slot_of(case: Case) -> Slot:
    """When this notification is due, and together with what."""
    for rule in AT_ANY_HOUR:
        if (found := rule(case)) is not None:
            return found
    found = next(
        (found for rule in RULES if (found := rule(case)) is not None),
        Slot(due_at=case.now, bundle=Bundle.TICKET),
    )
    return quiet_hours(case, found)


def quiet_hours(case: Case, slot: Slot) -> Slot:
    """They want to hear of nothing but priority 1 at these hours (people.quiet_hours)."""
    hours = _hours(case.person)
    ends = quiet_until(hours, case.zone, slot.due_at) if hours else None
    return replace(slot, due_at=ends, rule=quiet_hours.__name__) if ends else slot


def _hours(person: Person) -> QuietHours | None:
    try:
        return read_hours(person.quiet_hours)
    except ValueError:  # written into the database by something else
        return None
