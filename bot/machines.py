"""Mail that no human wrote: it opens, reopens, answers and acknowledges nothing.

What speaks of a delivery of ours becomes a report at that delivery. The words of a participant's
machine become a quiet note, unless the report holds all of them. The rest is laid aside, where a
person can find it.
"""

from __future__ import annotations

from bot import actions
from bot.desk.entry import Authentication
from bot.desk.ticket import File, Ticket, Visibility
from bot.ports import PastDelivery
from bot.scene import Placed, Scene
from threading_engine import reports, ties
from threading_engine.automatic import AUTO_REPLY, LIST, LOOP, RECEIPT, Automatic
from threading_engine.match import Match
from threading_engine.reports import Report
from threading_engine.ties import Tie

#: Kinds of machines whose words may be of use to technicians.
_NOTED = frozenset({AUTO_REPLY, LIST, RECEIPT})
#: Parts that a report tells in words.
_TOLD = frozenset({"text/calendar", "application/ics"})


def place_automatic(
    scene: Scene, machine: Automatic, ticket: Ticket | None, match: Match
) -> Placed:
    """Tie it to what it is about, or lay it aside where a person can find it."""
    found = _delivery(scene) if machine.kind != LOOP else None
    if found is not None and not _is_forged(scene, machine, found[0]):
        tie, delivery = found
        report = _report(scene, machine, delivery)
        if report is not None:
            return _place_report(scene, machine, tie, delivery, report, ticket, match)
    if machine.kind in _NOTED and ticket is not None and _takes_note(scene, ticket):
        _add_note(scene, ticket, rule=match.rule)
        return Placed(state="done", ticket_id=ticket.id, verdict={"entry": "quiet note"})
    if scene.queue.takes_automatic and machine.kind in {AUTO_REPLY, LIST}:
        return _open_for_machine(scene)
    return Placed(state="aside", reason=f"a machine wrote it ({machine.rule})")


def _open_for_machine(scene: Scene) -> Placed:
    """A queue for monitoring takes requests from machines; nobody is acknowledged."""
    if scene.reading.message.sender.address is None:
        return Placed(state="aside", reason="a machine wrote it, and does not say which")
    ticket = actions.open_ticket(
        scene.uow,
        title=scene.reading.title,
        queue=scene.queue,
        actor=scene.author(),
        words=scene.words(),
        acknowledge=False,
        trusted=scene.trusted,
        rule="queue_takes_automatic",
        now=scene.now,
    )
    return Placed(state="done", ticket_id=ticket.id, verdict={"entry": "open"})


# --- reports on deliveries ------------------------------------------------------------------------


def _delivery(scene: Scene) -> tuple[Tie, PastDelivery] | None:
    """The delivery that the mail is about, and how that is known."""
    reading = scene.reading
    tie = ties.find(
        reading.message,
        recipients=reading.claimed.envelope.recipients,
        keyring=scene.desk.keyring,
    )
    delivery = scene.uow.deliveries.find(tie.delivery_id) if tie else None
    return (tie, delivery) if tie and delivery else None


def _is_forged(scene: Scene, machine: Automatic, tie: Tie) -> bool:
    """Whether it claims to come from a participant whose domain disowns it, and nothing proves it.

    Mail systems' own reports are often disowned: they are forwarded, and sign nothing.
    """
    return machine.kind in _NOTED and _is_disowned(scene) and not tie.proven


def _is_disowned(scene: Scene) -> bool:
    return scene.reading.authentication is Authentication.FAIL


def _report(scene: Scene, machine: Automatic, delivery: PastDelivery) -> Report | None:
    reading = scene.reading
    return reports.read(
        reading.message,
        machine,
        failures=reading.failures,
        words=reading.folded.visible,
        address=delivery.address,
    )


def _place_report(
    scene: Scene,
    machine: Automatic,
    tie: Tie,
    delivery: PastDelivery,
    report: Report,
    tied: Ticket | None,
    match: Match,
) -> Placed:
    actions.record_report(
        scene.uow,
        delivery,
        report,
        inbox_id=scene.reading.claimed.id,
        proven=tie.proven,
        rule=tie.rule,
        now=scene.now,
    )
    ticket = tied or scene.uow.tickets.get(delivery.ticket_id)
    entry = "report"
    more = machine.kind == AUTO_REPLY and _says_more(scene, report)
    known = tied is not None or (tie.proven and _is_receivers(scene, delivery))
    if more and known and ticket is not None and _takes_note(scene, ticket):
        _add_note(scene, ticket, rule=match.rule if match.ticket_id else tie.rule)
        entry = "report and quiet note"
    verdict: dict[str, object] = {
        "entry": entry,
        "delivery": delivery.id,
        "report": report.kind.value,
        "tie": tie.rule,
    }
    return Placed(
        state="done", ticket_id=ticket.id if ticket else delivery.ticket_id, verdict=verdict
    )


# --- notes ----------------------------------------------------------------------------------------


def _says_more(scene: Scene, report: Report) -> bool:
    """Whether the mail holds words or files that the report does not tell."""
    if not reports.says_all(report, scene.reading.folded.visible):
        return True
    return any(map(_is_news, scene.files))


def _is_receivers(scene: Scene, delivery: PastDelivery) -> bool:
    """Whether it claims to come from the person to whom the delivery went."""
    address = scene.reading.message.sender.address
    author = scene.uow.people.find("email", address) if address else None
    return author is not None and author.id == delivery.person_id


def _is_news(file: File) -> bool:
    return file.content_type not in _TOLD


def _takes_note(scene: Scene, ticket: Ticket) -> bool:
    """Whether the machine belongs to somebody with a part in a ticket that takes words."""
    address = scene.reading.message.sender.address
    author = scene.uow.people.find("email", address) if address else None
    if author is None or ticket.locked or _is_disowned(scene):
        return False
    return bool(scene.roles(ticket, author))


def _add_note(scene: Scene, ticket: Ticket, *, rule: str) -> None:
    """Keep the words for the technicians; they change no status and tell nobody."""
    author = scene.author()
    actions.add_workunit(
        scene.uow,
        ticket,
        actor=author,
        words=scene.words(),
        visibility=Visibility.INTERNAL,
        as_technician=False,
        quiet=True,
        proven=scene.believes(author),
        rule=rule,
        now=scene.now,
    )
