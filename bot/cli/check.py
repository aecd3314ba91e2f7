"""``replydesk check``: what is wrong, where, and how to repair it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from bot.cli.checks import house, names, people, seals, statuses, wires
from bot.cli.checks.finding import Check, Desk, Finding, ok, wrong
from bot.cli.opening import opening_faults
from bot.cli.output import Flag, say, say_json
from bot.errors import ConfigurationError, ReplydeskError
from bot.settings import Settings, find_file, load
from storage.database import Database

#: In the order of the report. A row added here is a check more.
CHECKS: tuple[Check, ...] = (
    house.data_folder,
    house.database,
    house.templates,
    people.queues,
    people.technicians,
    people.trust,
    statuses.status_maps,
    names.name_servers,
    people.storms,
    seals.sealed,
    people.held,
    wires.listeners,
    wires.http,
    wires.outgoing,
    wires.mailboxes,
)

_SIGNS = {"ok": "✓", "warning": "!", "wrong": "✗"}


def check(*, json: Flag = False) -> int:
    """Look at configuration and surroundings; the exit status is 1 where something is wrong.

    Nothing is changed, and the service may run meanwhile.

    Args:
        json: Print JSON.
    """
    findings = list(_findings())
    if json:
        say_json(findings)
    else:
        for finding in findings:
            _tell(finding)
    return int(any(finding.mark == "wrong" for finding in findings))


def _findings() -> Iterator[Finding]:
    try:
        settings = load()
    except ConfigurationError as error:
        for line in str(error).splitlines():
            yield wrong("configuration", line, "docs/operations.md lists every key")
        return
    yield ok("configuration", str(find_file(None) or "no file, every key has its default"))
    with _desk(settings) as desk:
        for look in CHECKS:
            yield from _looked(look, desk)


@contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    """The desk with its database where that answers; opening SQLite's would make it."""
    try:
        database = _database(settings)
    except (ReplydeskError, OSError) as error:
        yield Desk(settings=settings, database=None, away=str(error))
        return
    if database is None:
        yield Desk(settings=settings, database=None)
        return
    try:
        with opening_faults():
            database.read(lambda uow: uow.connection.execute(text("SELECT 1")))
    except ReplydeskError as error:
        yield Desk(settings=settings, database=None, away=" ".join(str(error).split()))
    else:
        yield Desk(settings=settings, database=database)
    finally:
        database.close()


def _database(settings: Settings) -> Database | None:
    file = settings.desk.data / "replydesk.db"
    if settings.desk.database == "sqlite" and not file.is_file():
        return None
    return Database(settings.desk.url)


def _looked(look: Check, desk: Desk) -> Iterator[Finding]:
    """One check; what it did not foresee is a finding too."""
    try:
        yield from look(desk)
    except Exception as error:  # noqa: BLE001 - the command's edge: the other checks go on
        reason = " ".join(str(error).split()) or type(error).__name__
        yield wrong(look.__name__.replace("_", " "), reason, "")


def _tell(finding: Finding) -> None:
    say(f"{_SIGNS[finding.mark]} {finding.about:<16} {finding.text}")
    if finding.fix:
        say(f"  {'':<16} → {finding.fix}")
