"""Status maps: which status may follow which, for all tickets or for those of a type or group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.desk.ticket import Status, Ticket

#: Which status may follow which, as ITIL has it.
ITIL: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset(Status) - {Status.NEW, Status.REOPENED},
    # Complete now, and nobody has taken it up yet: then it is new again.
    Status.UNCONFIRMED: frozenset(Status) - {Status.REOPENED},
    Status.REOPENED: frozenset(Status) - {Status.NEW},
    Status.ASSIGNED: frozenset(Status) - {Status.NEW, Status.REOPENED},
    Status.IN_PROGRESS: frozenset(Status) - {Status.NEW, Status.UNCONFIRMED, Status.REOPENED},
    Status.PENDING_USER: frozenset(Status) - {Status.NEW, Status.UNCONFIRMED, Status.REOPENED},
    Status.PENDING_THIRD_PARTY: frozenset(Status)
    - {Status.NEW, Status.UNCONFIRMED, Status.REOPENED},
    Status.PENDING_CLOSURE: frozenset(Status) - {Status.NEW, Status.UNCONFIRMED, Status.REOPENED},
    Status.RESOLVED: frozenset({Status.REOPENED, Status.IN_PROGRESS, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.REOPENED}),
    Status.CANCELLED: frozenset({Status.REOPENED}),
}
#: Where a ticket may rest for good; what is resolved closes by itself.
ENDS = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED})


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusMap:
    """Which status may follow which."""

    #: Name as configured; refusals and explanations mention it.
    name: str
    #: Nothing follows a status that is only named as a follower.
    allowed: Mapping[Status, frozenset[Status]]

    def after(self, before: Status) -> tuple[Status, ...]:
        """What may follow, in the order of life.

        A ticket may come with a status that this map does not know, from another group or from an
        older configuration. It is not lost: it may go to whatever the map knows.
        """
        known = self.known()
        follow = self.allowed.get(before, frozenset()) if before in known else known
        return tuple(status for status in Status if status in follow and status is not before)

    def may_follow(self, before: Status, after: Status) -> bool:
        """Whether a ticket may go from one status to the other; staying is always allowed."""
        return before is after or after in self.after(before)

    def known(self) -> frozenset[Status]:
        """Every status that it names; each ticket begins as a new one."""
        return frozenset({Status.NEW}).union(self.allowed, *self.allowed.values())

    def dead_ends(self) -> Iterator[Status]:
        """Statuses from which no end can be reached."""
        return (s for s in Status if s in self.known() and not ENDS & self._reach(s))

    def unreachable(self) -> Iterator[Status]:
        """Statuses that no new ticket ever comes to."""
        return (s for s in Status if s in self.known() - self._reach(Status.NEW))

    def _reach(self, start: Status) -> set[Status]:
        found, open_ = {start}, [start]
        while open_:
            new = self.allowed.get(open_.pop(), frozenset()) - found
            found |= new
            open_ += new
        return found


#: The map of whatever no other is for.
USUAL_MAP = StatusMap(name="ITIL", allowed=ITIL)


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusMaps:
    """Every map of a desk."""

    #: By type and group; an empty type or group 0 stands for any.
    maps: Mapping[tuple[str, int], StatusMap] = field(default_factory=dict)

    def for_(self, ticket: Ticket) -> StatusMap:
        """The map of a ticket: for its type and group, its type, its group, all."""
        group = ticket.group_id
        keys = ((ticket.type, group), (ticket.type, 0), ("", group), ("", 0))
        return next((self.maps[key] for key in keys if key in self.maps), USUAL_MAP)


def names(statuses: Iterable[Status]) -> str:
    """Statuses as a sentence lists them; ``nothing`` for none."""
    return ", ".join(status.value for status in statuses) or "nothing"
