"""Checks of who is told, and whose word counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.cli.checks.finding import Desk, Finding, ok, warning, wrong
from bot.cli.output import age
from bot.settings import Settings
from channels.email.authenticate import Trust
from storage.database import Database
from storage.records import groups_of_people, overdrawn


def queues(desk: Desk) -> Iterator[Finding]:
    """Somebody works on what arrives at every address."""
    settings = desk.settings
    if "queues" not in settings.model_fields_set:
        yield warning(
            "queues",
            "no address is configured, only desk@localhost is taken",
            'add [[queues]] with address = "desk@your.domain"',
        )
    staffed = {name for technician in settings.technicians for name in technician.groups}
    staffed |= _groups_in(desk)
    for queue in settings.queues:
        if queue.group in staffed:
            yield ok("queues", f"{queue.address} goes to the group {queue.group}")
        else:
            yield wrong(
                "queues",
                f"nobody is in the group {queue.group}: requests to {queue.address} reach no one",
                f'add [[technicians]] with groups = ["{queue.group}"]',
            )


def _groups_in(desk: Desk) -> set[str]:
    """Groups of technicians that were added by command."""
    if desk.database is None:
        return set()
    found = desk.database.read(lambda uow: groups_of_people(uow.connection))
    return {name for names in found.values() for name in names}


def technicians(desk: Desk) -> Iterator[Finding]:
    """Every technician has a group, and no address of the desk's own."""
    ours = {queue.address for queue in desk.settings.queues}
    for technician in desk.settings.technicians:
        if not technician.groups:
            yield warning(
                "technicians",
                f"{technician.address} is in no group and hears of no new ticket",
                "give groups a name, or leave the key out",
            )
        if technician.address in ours:
            yield wrong(
                "technicians",
                f"{technician.address} is an address of the desk: its mails would go in circles",
                "give the technician an address of their own",
            )
    if desk.database is not None:
        yield from _added_technicians(desk.database)


def _added_technicians(database: Database) -> Iterator[Finding]:
    people, groups = database.read(
        lambda uow: (uow.people.everyone(technicians=True), groups_of_people(uow.connection))
    )
    for person in {person.id: person for person in reversed(people)}.values():
        if person.id not in groups:
            yield warning(
                "people",
                f"the technician {person.address} is in no group and hears of no new ticket",
                f"replydesk people add --technician '{person.name}' {person.address} --group NAME",
            )


def storms(desk: Desk) -> Iterator[Finding]:
    """No flood of requests has used up the acknowledgements lately."""
    if desk.database is None:
        return
    budget = desk.settings.limits.build().all_acknowledgements
    since = datetime.now(UTC) - timedelta(days=1)
    found = desk.database.read(lambda uow: overdrawn(uow.connection, budget, since=since))
    for _process, at, count in found[:3]:
        yield warning(
            "limits",
            f"{count} requests were not acknowledged in the minute from {at:%Y-%m-%d %H:%M} UTC: "
            f"more than {budget.limit} came in",
            "look at 'replydesk tickets'; an honest flood needs a higher "
            "limits.acknowledgements_in_a_minute",
        )


def trust(desk: Desk) -> Iterator[Finding]:
    """At least one way exists by which a technician's mail can be proven."""
    section = desk.settings.trust
    try:
        Trust.of(senders=section.senders, relays=section.relays, authserv_ids=section.authserv_ids)
    except ValueError as error:
        yield wrong("trust", str(error), "expected are networks such as 192.0.2.0/24")
        return
    if section.relays and not section.authserv_ids:
        yield warning(
            "trust.authserv_ids",
            "trust.relays is set, but not the name under which the relays write their results",
            'copy the first word of an Authentication-Results field: ["mx.example.org"]',
        )
    if wide := [net for net in section.senders if net.endswith("/0")]:
        yield wrong(
            "trust.senders",
            f"{', '.join(wide)} believes anybody on earth to be whoever they say",
            "name only networks that nobody else can send from",
        )
    ways = list(_ways(desk.settings))
    if ways:
        yield ok("trust", f"authors can be proven by {', '.join(ways)}")
    else:
        yield warning(
            "trust",
            "nobody's mail can be authenticated: technicians' mails will be held",
            "set trust.verify, or trust.relays and trust.authserv_ids where a mail server checks DKIM and SPF for "
            "us, listeners.users for logins, or trust.senders for the office's own network",
        )


def _ways(settings: Settings) -> Iterator[str]:
    section = settings.trust
    if section.senders:
        yield "the network they write from (trust.senders)"
    by_relay = section.relays or settings.mailboxes or any(s.socket for s in settings.listeners)
    if section.authserv_ids and by_relay:
        yield f"the results of {', '.join(section.authserv_ids)}"
    elif section.authserv_ids:
        yield f"the results of {', '.join(section.authserv_ids)}, for mail from a pipe only"
    if section.verify and settings.listeners:
        yield "DKIM, SPF and DMARC, verified here (trust.verify)"
    if any("@" in login for listener in settings.listeners for login in listener.users):
        yield "their login (listeners.users)"


def held(desk: Desk) -> Iterator[Finding]:
    """Nobody's mail waits for a decision."""
    if desk.database is None:
        return
    count, oldest = desk.database.read(lambda uow: (uow.held.count(), uow.held.oldest()))
    if oldest is None:
        yield ok("held mail", "no mail waits for a decision")
        return
    waits = age(datetime.now(UTC) - oldest)
    yield warning(
        "held mail",
        f"{count} wait for somebody to decide, the longest for {waits}",
        "replydesk held",
    )
