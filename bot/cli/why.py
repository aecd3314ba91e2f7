"""Why a ticket became what it is: every mail, every event and every delivery with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import shorten
from typing import Any

from bot.cli.dossier import Dossier
from bot.cli.opening import Storage
from bot.cli.output import size
from bot.cli.reports import report_lines
from bot.cli.rules import explain
from bot.cli.thread import workunit_lines
from bot.desk.holding import describe
from bot.desk.people import Person
from bot.desk.ticket import Event, EventKind, Visibility, Workunit
from storage.held import decision_of

_PROOFS = {
    "pass": "proven: the address is authenticated",
    "fail": "disproved: the address's own domain disowns the mail",
    "none": "unknown: nothing speaks for the address or against it",
}
_ENTRIES = {
    "enter": "it entered the ticket",
    "enter as technician": "it entered the ticket with a technician's powers",
    "open": "it opened a ticket",
    "open linked": "it opened a ticket of its own that names the other as possibly related",
    "hold": "it is held until a person decides",
    "quiet note": "it became a quiet note that tells nobody",
    "copy": "it says what an earlier mail said, and changed nothing",
    "report": "it reports on a delivery",
    "report and quiet note": "it reports on a delivery, and became a quiet note that tells nobody",
    "unreadable": "it could not be read",
}
_PARTS = {
    "group": "belongs to the group that works on it",
    "requester": "asked for it",
    "copies": "is in copy",
    "staff": "works on it: the owner, else the whole group, and watchers",
    "actor": "did it, and gets a confirmation",
    "quality": "looks after quality, and is not whom it is about",
}
_STATES = {
    "sent": "sent {sent} on try {attempts}; answer: {reason}",
    "refused": "refused for good {code}: {reason}",
    "cancelled": "not sent: {reason}",
    "due": "waits until {due} (tries so far: {attempts}) {reason}",
    "claimed": "is being sent now (try {attempts})",
}
_KINDS = {
    EventKind.TICKET_OPENED: "the ticket was opened",
    EventKind.TICKET_REOPENED: "the ticket was reopened",
    EventKind.TICKET_CHANGED: "the ticket was changed",
    EventKind.CLOSING_ANNOUNCED: "its requester was warned that it closes",
    EventKind.TICKET_MERGED: "the ticket was merged into another",
    EventKind.TICKET_TOOK_IN: "another ticket was merged into this one",
    EventKind.TICKET_SPLIT: "words were split off",
    EventKind.TICKET_SPLIT_OFF: "the ticket was made of words of another",
    EventKind.WORKUNIT_ADDED: "words were added",
    EventKind.WORKUNIT_EDITED: "words were edited",
    EventKind.PARTICIPANT_ADDED: "somebody joined",
    EventKind.WORDS_HELD_BACK: "more was written than technicians are told of one by one",
    EventKind.DELIVERY_FAILED: "a delivery failed",
    EventKind.DELIVERY_COMPLAINED: "a delivery was called spam",
    EventKind.TICKET_RATED: "the ticket was rated",
    EventKind.MAIL_HELD: "a mail was held for it",
    EventKind.MAIL_DECIDED: "a held mail was decided about",
    EventKind.RULE_SUGGESTED: "a workflow rule suggests something",
    EventKind.RULE_DECIDED: "a suggestion of a workflow rule was answered",
    EventKind.RULE_STOPPED: "a workflow rule was stopped",
    EventKind.RULE_TOLD: "a workflow rule tells somebody something",
    EventKind.ESCALATION_REQUESTED: "an escalation was asked for",
    EventKind.QUESTION_ANSWERED: "somebody asked about tickets",
}


def story(dossier: Dossier, storage: Storage) -> Iterator[str]:
    """The story in the order of time: a mail, what it was taken for, what it caused."""
    mails = {row["id"]: row for row in dossier.mails}
    units = {unit.id: unit for unit in dossier.workunits}
    wordless = sorted(mails.keys() - set(dossier.sources.values()))
    told = {event.workunit_id for event in dossier.events}
    # Whatever one mail causes is recorded with the same time.
    for at, moment in groupby(dossier.events, key=lambda event: event.at):
        events = list(moment)
        words = dict.fromkeys(n for e in events for n in _words_of(e, told) if n in units)
        yield ""
        for number, unit_id in enumerate(words):
            if number:
                yield ""
            yield from workunit_lines(units[unit_id], storage, decoration=True)
            if (row := mails.get(dossier.sources.get(unit_id, 0))) is not None:
                yield from mail_lines(row, storage)
        if not words and any(e.workunit_id is not None for e in events):
            yield f"{storage.local(at)}  words that were moved to another ticket since"
        elif not words:
            earlier = [i for i in wordless if mails[i]["received_at"] <= at][:1]
            yield storage.local(at) + ("  a mail that added no words" if earlier else "")
            for inbox_id in earlier:
                wordless.remove(inbox_id)
                yield from mail_lines(mails[inbox_id], storage)
        for event in events:
            yield from _event(event, dossier, storage)
    for inbox_id in wordless:
        yield ""
        yield f"{storage.local(mails[inbox_id]['received_at'])}  a mail that changed nothing"
        yield from mail_lines(mails[inbox_id], storage)


def _words_of(event: Event, told: set[int | None]) -> Iterator[int]:
    """The words that an event is about: those that it brought, else those that came with it."""
    if event.workunit_id is not None:
        yield event.workunit_id
    moved: Any = event.data.get("workunits", ())
    yield from (number for number in moved if number not in told)


def mail_lines(row: dict[str, Any], storage: Storage) -> Iterator[str]:
    """One mail: how it came, what was found out about it, what became of it."""
    envelope, verdict = row["envelope"], row["verdict"] or {}
    yield f"  mail     inbox {row['id']}, {size(row['size'])}, {_way(envelope)}" + (
        f", came {row['copies'] + 1} times" if row["copies"] else ""
    )
    yield f"           received {storage.local(row['received_at'])}"
    if "authentication" in verdict:
        yield from _author(envelope, verdict)
    if machine := verdict.get("automatic"):
        kind, _, machine_rule = str(machine).partition(": ")
        yield f"  machine  {kind}, by {machine_rule}: {explain(machine_rule)}"
    if rule := verdict.get("thread rule"):
        wanted = f"ticket {verdict['wanted ticket']}" if verdict.get("wanted ticket") else "none"
        yield f"  thread   {wanted}, by {rule}: {explain(rule)}"
    for clue in verdict.get("disagreeing", ()):
        yield f"           though a weaker clue says otherwise: {clue}"
    yield from _delivery_lines(verdict)
    if entry := verdict.get("entry"):
        access_rule = verdict.get("access rule", "")
        because = f", by {access_rule}: {explain(access_rule)}" if access_rule else ""
        yield f"  access   {_ENTRIES.get(entry, entry)}{because}"
    yield from _remarks(verdict)
    decided = ""
    if decision := decision_of(envelope):
        decided = describe(decision)
        yield f"  decided  {decided}; it was held: {decision.held_because}"
    if row["reason"] and row["reason"] not in decided:
        yield f"  note     {row['reason']}"


def _delivery_lines(verdict: dict[str, Any]) -> Iterator[str]:
    """What the mail says about a delivery of ours, or about the address it comes from."""
    if tie := verdict.get("tie"):
        yield f"  about    delivery {verdict['delivery']}, by {tie}: {explain(tie)}"
    if address := verdict.get("reachable again"):
        yield f"  address  {address} had refused mail; its owner wrote from it, so it gets mail again"


def _way(envelope: dict[str, Any]) -> str:
    peer = f" from {envelope['peer']}" if envelope.get("peer") else ""
    sender = envelope.get("sender")
    given = "" if sender is None else f", envelope sender {sender or 'empty'}"
    to = ", ".join(envelope.get("recipients", ()))
    return f"by {envelope['transport']}{peer}{given}, to {to}"


def _remarks(verdict: dict[str, Any]) -> Iterator[str]:
    if owner := verdict.get("token of"):
        yield f"  token    its reply address was made for {owner}"
    if guard := verdict.get("guard"):
        yield f"  guard    nobody is told, by {guard}: {explain(guard)}"
    for other in verdict.get("also", ()):
        yield f"  also     {other}"
    for name, rule in verdict.get("decoration", {}).items():
        yield f"  hidden   {name}, by the rule {rule}"
    for defect in verdict.get("defects", ()):
        yield f"  defect   {defect}"


def _author(envelope: dict[str, Any], verdict: dict[str, Any]) -> Iterator[str]:
    """Who wrote, what that is worth, and by what."""
    yield f"  author   {verdict.get('from') or 'unreadable'}: {_proof(envelope, verdict)}"
    if rule := verdict.get("proof rule"):
        yield f"           by {rule}: {explain(rule)}"
    if evidence := verdict.get("evidence"):
        yield f"           verified on arrival: {evidence}"


def _proof(envelope: dict[str, Any], verdict: dict[str, Any]) -> str:
    words = _PROOFS.get(verdict["authentication"], "unknown")
    if envelope.get("vouched"):
        return f"{words} (somebody at the desk vouched for it)"
    if envelope.get("login"):
        return f"{words} (the session had logged in as {envelope['login']})"
    return words


def _event(event: Event, dossier: Dossier, storage: Storage) -> Iterator[str]:
    words = _KINDS[EventKind(event.kind)] if event.kind in set(EventKind) else event.kind
    yield f"  event    {words} by {dossier.name(event.actor_id)}" + "".join(_details(event))
    under = f", configuration {event.configuration_id}" if event.configuration_id else ""
    yield f"           rule {event.rule}{under}: {explain(event.rule)}"
    yield from _move(event.data)
    if guard := event.data.get("silence"):
        yield f"           not acknowledged, by {guard}: {explain(str(guard))}"
    caused = [row for row in dossier.deliveries if row["event_id"] == event.id]
    for row in caused:
        yield from _delivery(row, dossier, storage)
    left_out = list(_left_out(event, {row["person_id"] for row in caused}, dossier))
    yield from left_out
    if not caused and not left_out:
        yield "           nobody had to be told"


def _move(data: dict[str, Any]) -> Iterator[str]:
    """What the ticket did by itself, or why it stayed."""
    if rule := data.get("assigned"):
        yield f"  owner    by {rule}: {explain(rule)}"
    if move := data.get("move"):
        before, after = move["before"], move["after"]
        did = f"{before} → {after}" if after != before else f"it stays {before}"
        yield f"  moved    {did}, by {move['rule']}: {explain(move['rule'])}"
        if after == before:
            yield f"           the status map {move['map']} allows none of: {', '.join(move['wished'])}"


def _left_out(event: Event, told: set[int], dossier: Dossier) -> Iterator[str]:
    """Participants who were not told of words, with the reason."""
    unit = next((unit for unit in dossier.workunits if unit.id == event.workunit_id), None)
    if unit is None or event.kind not in _SPEAKING:
        return
    for person in {part.person.id: part.person for part in dossier.participants}.values():
        if person.id not in told and person.id != event.actor_id:
            later = _joined(person, dossier) > event.id
            reason = "joined later" if later else _silence(person, event, unit)
            yield f"  not told {dossier.name(person.id)}: {reason}"


def _joined(person: Person, dossier: Dossier) -> int:
    """The event by which somebody came into copy or got the ticket; 0 for those of the beginning."""

    def brings(event: Event) -> bool:
        copied: Any = event.data.get("copies", ())
        return person.address in copied or event.data.get("owner") == person.id

    return next((event.id for event in dossier.events if brings(event)), 0)


def _silence(person: Person, event: Event, unit: Workunit) -> str:
    if event.data.get("quiet"):
        return "a quiet note tells nobody"
    if unit.visibility is not Visibility.PUBLIC and not person.technician:
        return "internal words go to technicians only"
    if not person.reachable:
        return "the address refuses mail"
    if event.data.get("closing"):
        return "the closing mail brings these words"
    return "had the mail directly already"


def _details(event: Event) -> Iterator[str]:
    data: dict[str, Any] = event.data
    for what, *values in data.get("changes", ()):
        before, after = (shorten(str(value), 120, placeholder=" …") for value in values)
        yield f"; {what} {before} → {after}" if before else f"; {what} → {after}"
    for label, key in _LISTS:
        if values := data.get(key):
            yield f"; {label} {', '.join(map(str, values))}"
    for key, label in _FACTS.items():
        if key in data:
            yield f"; {label} {data[key]}"
    if "elsewhere" in data:
        yield f"; sent to {data['elsewhere']} instead"


_SPEAKING = {EventKind.TICKET_OPENED, EventKind.WORKUNIT_ADDED}
_FACTS = {
    "forwarded_by": "forwarded by",
    "inbox": "inbox",
    "author": "in the name of",
    "decision": "it is",
    "reason": "because",
    "rating": "rating",
    "closes_at": "it closes at",
    "workflow": "rule",
    "hit": "under number",
    "policy": "policy",
    "follows": "possibly a follow-up of ticket",
    "into": "into ticket",
    "from": "from ticket",
}
_LISTS = (
    ("commands", "commands"),
    ("not understood:", "problems"),
    ("copied", "copies"),
    ("words", "workunits"),
    ("joined:", "joined"),
    ("told", "told"),
    ("it saw:", "saw"),
    ("it wants to:", "wants"),
    ("edited:", "edited"),
    ("still open below it:", "open_below"),
)


def _delivery(row: dict[str, Any], dossier: Dossier, storage: Storage) -> Iterator[str]:
    who = dossier.name(row["person_id"])
    kept = row["state"] == "cancelled" and row["code"] and not row["attempts"]
    yield f"  {'not told' if kept else 'told    '} {who}, who {_PARTS.get(row['role'], row['role'])}"
    fate = _STATES.get(row["state"], row["state"]).format(
        sent=storage.local(row["sent_at"]) if row["sent_at"] else "",
        due=storage.local(row["due_at"]),
        attempts=row["attempts"],
        reason=row["reason"] or "none",
        code=row["code"],
    )
    yield f"           delivery {row['id']} ({row['notification']} by {row['channel']} to {row['address']})"
    yield f"           {fate}"
    if row["code"] and row["state"] != "refused":
        yield f"           by {row['code']}: {explain(row['code'])}"
    if row["lead_id"]:
        yield f"           in the same mail as delivery {row['lead_id']}"
    for report in dossier.reports:
        if report["delivery_id"] == row["id"]:
            for line in report_lines(report, storage):
                yield f"           {line}"
