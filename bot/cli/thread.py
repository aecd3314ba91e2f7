"""A ticket as lines of text: who takes part, and what was said."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.dossier import Dossier
from bot.cli.opening import Storage
from bot.cli.output import size
from bot.cli.reports import report_lines
from bot.desk.ticket import File, Visibility, Workunit
from bot.desk.workunits import clock, money


def head(dossier: Dossier, storage: Storage) -> Iterator[str]:
    """Title, state and participants of a ticket."""
    ticket = dossier.ticket
    yield f"Ticket {ticket.id}: {ticket.title}"
    owner = dossier.name(ticket.owner_id) if ticket.owner_id else "nobody"
    yield f"  {ticket.status}, priority {int(ticket.priority)}, {dossier.group}, owner {owner}"
    yield f"  opened {storage.local(ticket.opened_at)} at {dossier.queue}" + (
        f", closed {storage.local(ticket.closed_at)}" if ticket.closed_at else ""
    )
    yield from _end(dossier)
    for timer in dossier.timers:
        yield f"  due {storage.local(timer.due_at)}: {timer.kind} ({timer.reason})"
    if ticket.follows:
        yield f"  possibly a follow-up of ticket {ticket.follows}"
    if ticket.merged_into:
        yield f"  merged into ticket {ticket.merged_into}"
    if ticket.locked:
        yield "  locked: nothing may be added any more"
    yield from _hangings(dossier, storage)
    for part in dossier.participants:
        gone = "" if part.person.reachable else " (refuses mail)"
        yield f"  {part.role.value:<13}{_mailbox(part.person.name, part.person.address)}{gone}"


def _hangings(dossier: Dossier, storage: Storage) -> Iterator[str]:
    """What the ticket is to others, its tags, and what it is about."""
    for name, number in dossier.links:
        yield f"  {name:<13}ticket {number}"
    if minutes := dossier.minutes_used:
        cost, currency = dossier.cost, storage.settings.workunits.currency
        price = f", {money(cost, currency)}" if cost else ""
        yield f"  {'time used':<13}{clock(minutes)} h{price}"
    if dossier.tags:
        yield f"  {'tags':<13}{', '.join(dossier.tags)}"
    rules = storage.settings.relations.build(storage.settings.assets)
    for asset in dossier.assets:
        kind = rules.kind_of_asset(asset.kind)
        there = kind.link_to(asset.reference) if kind else ""
        yield f"  {asset.kind:<13}{' '.join(filter(None, (asset.reference, asset.name, there)))}"


def _end(dossier: Dossier) -> Iterator[str]:
    """How it ended, by whom, and the closing summary."""
    ticket = dossier.ticket
    if ticket.resolution:
        by = f" by {dossier.name(ticket.closed_by_id)}" if ticket.closed_by_id else ""
        yield f"  {ticket.resolution}{by}"
    if ticket.epilogue:
        first, *rest = ticket.epilogue.split("\n")
        yield f"  epilogue     {first}"
        yield from (f"               {line}" for line in rest)


def _mailbox(name: str, address: str) -> str:
    """Somebody as mail programs write them."""
    return f"{name} <{address}>" if name else address


def thread(dossier: Dossier, storage: Storage, *, decoration: bool = False) -> Iterator[str]:
    """Everything that was said, oldest first; the logos of signatures only where asked for."""
    for workunit in dossier.workunits:
        yield ""
        yield from workunit_lines(workunit, storage, decoration=decoration)
        yield from _reports(workunit, dossier, storage)


def _reports(workunit: Workunit, dossier: Dossier, storage: Storage) -> Iterator[str]:
    """What became of the mails that carried these words, where a machine told."""
    events = {event.id for event in dossier.events if event.workunit_id == workunit.id}
    carried = {row["id"]: row["address"] for row in dossier.deliveries if row["event_id"] in events}
    for report in dossier.reports:
        if address := carried.get(report["delivery_id"]):
            first, *more = report_lines(report, storage)
            yield f"  ! {address}: {first}"
            yield from (f"    {line}" for line in more)


def workunit_lines(
    workunit: Workunit, storage: Storage, *, decoration: bool = False
) -> Iterator[str]:
    """One entry of the thread."""
    visibility = "" if workunit.visibility == "public" else f", {workunit.visibility} only"
    part = ", technician" if workunit.by_technician else ""
    booked = "".join(_booked(workunit, storage))
    moved = f", from ticket {workunit.moved_from}" if workunit.moved_from else ""
    yield f"{storage.local(workunit.at)}  #{workunit.id} {workunit.author_name}{part}{visibility}{booked}{moved}"
    if workunit.visibility is Visibility.PRIVATE and not workunit.text:
        yield "  (private words are shown by --private)"
    if workunit.signed:
        yield f"  {workunit.signed}"
    for line in workunit.text.splitlines():
        yield f"  | {line}".rstrip()
    for file in workunit.files:
        if decoration or not file.decorative:
            yield f"  + {file.name} ({file.content_type}, {size(file.size)}{_remark(file)})"


def _booked(workunit: Workunit, storage: Storage) -> Iterator[str]:
    """Time, price, and when it was done or edited."""
    if workunit.minutes:
        yield f", {clock(workunit.minutes)} h" + (
            f" {workunit.profile}" if workunit.profile else ""
        )
    if workunit.done_at:
        yield f", done {storage.local(workunit.done_at)}"
    if workunit.edited_at:
        yield f", edited {storage.local(workunit.edited_at)}"


def _remark(file: File) -> str:
    if file.decorative:
        return ", decoration: no attachment"
    return ", may run code: never sent on" if file.blocked else ""
