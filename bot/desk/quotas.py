"""How many tickets a requester may have in a group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

YEAR = timedelta(days=365)
#: The resolution of a request that was only kept.
REFUSED = "over the limit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """What one requester may have; 0 for any number."""

    open: int = 0
    per_year: int = 0
    #: True when what is beyond is refused, else it is only marked.
    forced: bool = False

    @property
    def is_any(self) -> bool:
        """Whether there is anything to count."""
        return bool(self.open or self.per_year)


@dataclass(frozen=True, kw_only=True, slots=True)
class Excess:
    """A quota that a new request would exceed."""

    #: ``open`` or ``year``.
    what: str
    #: How many there are already, and how many there may be.
    count: int
    limit: int
    forced: bool

    @property
    def words(self) -> str:
        """For technicians and explanations."""
        where = "open at a time" if self.what == "open" else "within a year"
        return f"{self.count} of {self.limit} {where}"


def exceeded(quota: Quota, *, open_now: int, within_year: int) -> Excess | None:
    """The first quota that is used up, or None; the counts are without the new request."""
    for what, count, limit in (
        ("open", open_now, quota.open),
        ("year", within_year, quota.per_year),
    ):
        if limit and count >= limit:
            return Excess(what=what, count=count, limit=limit, forced=quota.forced)
    return None
