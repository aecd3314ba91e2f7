"""Orders about being away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import actions
from bot.desk.commands import Order
from bot.desk.commands.absence import BeAway, BeBack
from bot.desk.people import Person
from bot.orders.people import technician
from bot.orders.work import Work
from bot.ports import UnitOfWork


def go_away(work: Work, order: BeAway) -> None:
    """Note that the author is away."""
    deputy = technician(work, order.deputy, "#away") if order.deputy else None
    put_absence(work.uow, work.author, order, deputy=deputy, by=work.author.address, now=work.now)
    last = order.until.isoformat() if order.until else "…"
    work.note("absence", f"{order.since}..{last}", deputy.name if deputy else "")
    work.also.append(("away", "", f"{order.since} – {last}"))
    if deputy:
        work.also.append(("deputy", "", deputy.name or deputy.address))


def put_absence(
    uow: UnitOfWork,
    person: Person,
    order: BeAway,
    *,
    deputy: Person | None,
    by: str,
    zone: ZoneInfo | None = None,
    now: datetime,
) -> None:
    """Note an absence of whole days, in the person's own zone or the one given."""
    own = ZoneInfo(person.time_zone) if person.time_zone else zone
    until = order.until + timedelta(days=1) if order.until else None
    actions.set_absence(
        uow,
        person,
        since=_midnight(order.since, own),
        until=_midnight(until, own) if until else None,
        deputy=deputy,
        by=by,
        now=now,
    )


def _midnight(day: date, zone: ZoneInfo | None) -> datetime:
    return datetime.combine(day, time(), zone or UTC).astimezone(UTC)


def come_back(work: Work, _order: BeBack) -> None:
    """Note that the author is back."""
    actions.end_absence(work.uow, work.author, by=work.author.address, now=work.now)
    work.also.append(("away", "", "no"))


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {BeAway: go_away, BeBack: come_back}
