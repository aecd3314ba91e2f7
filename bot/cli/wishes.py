"""``replydesk people set``: how somebody wants to be told."""

from __future__ import annotations

from typing import Literal

from bot.cli.opening import opened
from bot.cli.output import say
from bot.cli.people_life import find_person
from bot.desk.people import Person
from bot.desk.quiet import read_hours
from bot.errors import ConfigurationError
from bot.settings.values import check_zone
from storage.unit_of_work import SqlUnitOfWork


def set_(
    person: str,
    *,
    digest: Literal["off", "hourly", "daily"] | None = None,
    quiet: str | None = None,
    zone: str | None = None,
    language: str | None = None,
) -> None:
    """Say how somebody wants to be told; what is left out stays as it is.

    Args:
        person: Their number, or an address they have.
        digest: What can wait comes together: hourly, daily, or off.
        quiet: Hours at which they hear of P1 alone, such as 22:00-07:00; off for none.
        zone: The time zone of those hours, such as Europe/Berlin; empty for the desk's.
        language: A code such as de; empty for the desk's.
    """
    wishes = {
        "digest": None if digest is None else digest.removeprefix("off"),
        "quiet_hours": None if quiet is None else _hours(quiet),
        "time_zone": None if not zone else _zone(zone),
        "language": language,
    }
    if zone == "":
        wishes["time_zone"] = ""
    columns = {name: value for name, value in wishes.items() if value is not None}
    with opened() as storage:

        def write(uow: SqlUnitOfWork) -> Person:
            found = find_person(uow, person)
            if columns:
                uow.preferences.set(found.id, **columns)
            return uow.people.get(found.id) or found

        now = storage.database.run(write)
    say(f"{now.name or now.address}, number {now.id}:")
    for label, value in (
        ("digest", now.digest or "off"),
        ("quiet hours", now.quiet_hours or "none"),
        ("time zone", now.time_zone or "the desk's"),
        ("language", now.language or "the desk's"),
    ):
        say(f"  {label:<12}{value}")


def _hours(text: str) -> str:
    try:
        hours = read_hours(text)
    except ValueError as mistake:
        raise ConfigurationError(f"--quiet: {mistake}") from None
    return str(hours) if hours else ""


def _zone(text: str) -> str:
    try:
        return check_zone(text)
    except ValueError as mistake:
        raise ConfigurationError(f"--zone {text}: {mistake}") from None
