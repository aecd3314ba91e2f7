"""How tickets end: the resolutions there are, and when a ticket closes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.desk.nearest import suggestion
from bot.desk.ticket import Status

#: Statuses in which a ticket waits for an answer that may never come.
CLOSES_ITSELF = (Status.PENDING_USER, Status.PENDING_CLOSURE, Status.RESOLVED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a group waits, before a ticket closes and afterwards."""

    #: How long a ticket keeps such a status without an answer before it closes; none for ever.
    closes_after: Mapping[Status, timedelta] = field(
        default_factory=lambda: {
            Status.PENDING_USER: timedelta(days=14),
            Status.PENDING_CLOSURE: timedelta(days=3),
            Status.RESOLVED: timedelta(days=7),
        }
    )
    #: How long before that the requester is warned; zero for no warning.
    warning: timedelta = timedelta(days=1)
    #: How long after closing an answer still reopens a ticket.
    reopen_window: timedelta = timedelta(days=14)

    def warns_of(self, status: Status) -> bool:
        """Whether the requester is warned; a resolved ticket was announced as such."""
        return bool(self.warning) and status is not Status.RESOLVED


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolutions:
    """How a ticket can end, and what is meant where nobody says."""

    names: tuple[str, ...] = (
        "solved",
        "workaround",
        "rejected",
        "missing data",
        "not reproducible",
        "duplicate",
        "moved",
        "expired",
        "withdrawn",
    )
    #: Of what somebody closes without a word about it.
    usual: str = "solved"
    #: Of what waited for its requester in vain.
    expired: str = "expired"
    #: Of what is cancelled.
    cancelled: str = "withdrawn"

    def find(self, name: str) -> str:
        """The resolution of this name; raises ValueError with those there are."""
        wanted = " ".join(name.split()).casefold()
        known = {each.casefold(): each for each in self.names}
        if wanted not in known:
            raise ValueError(
                f"there is no resolution {name[:60]!r}; {suggestion(name, self.names)}"
            )
        return known[wanted]

    def after(self, status: Status, *, before: Status | None = None) -> str:
        """What a ticket that ends like this is called; `before` where nobody's word ended it."""
        if before is Status.PENDING_USER:
            return self.expired
        return self.cancelled if status is Status.CANCELLED else self.usual


#: The resolutions where nobody configured any.
USUAL_RESOLUTIONS = Resolutions()
#: The patience of a desk that nobody configured.
USUAL_PATIENCE = Patience()
