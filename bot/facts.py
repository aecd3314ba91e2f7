"""From a due delivery to everything that a template may speak of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

from bot.bundling import (
    listed,
)
from bot.desk.facts import Entry, Facts
from bot.desk.fields import describe_choices
from bot.desk.notifications import Audience
from bot.desk.satisfaction import BAD, GOOD, may_rate
from bot.desk.ticket import EventKind, Workunit
from bot.house import House
from bot.ports import NO_DETAILS, DueDelivery
from threading_engine.tokens import Keyring, Kind

#: The answers to "How did we do?", and what stands for them in an address.
_CHOICES = (("good", GOOD), ("bad", BAD))


#: Parts in which somebody of the desk hears of a ticket.
_STAFF = frozenset({Audience.STAFF, Audience.ACTOR, Audience.GROUP, Audience.SHARED})


def reply_to_of(due: DueDelivery, token: str) -> str:
    """Answers find the ticket; but what quotes a rating must not stand there for its owner to read."""
    if due.notification == "rated":
        return due.requester.address
    local, _, domain = due.queue.address.partition("@")
    return f"{local}+{token}@{domain}"


#: Notifications that tell of a new status.
_STATUS = frozenset({"status", "changed"})


def facts_of(due: DueDelivery, house: House) -> Facts:
    """What the templates may speak of."""
    ticket, workunit, data = due.ticket, due.workunit, due.event.data
    trusted = is_trusted(due)
    # A template of the desk's own may forget to ask: to others goes nothing that a forger chose.
    repeats = trusted or is_staff(due)
    shown = () if workunit is None else tuple((f.name, f.size) for f in listed(workunit))
    return Facts(
        desk_name=house.name,
        ticket_number=ticket.id,
        ticket_title=ticket.title if repeats else "",
        ticket_status=ticket.status.value,
        ticket_priority=int(ticket.priority),
        group_name=due.group.name,
        requester_name=due.requester.name or due.requester.address,
        owner_name=due.owner_name,
        recipient_name=due.person.name,
        recipient_role="technician" if is_staff(due) else due.role,
        author_name=author_name_of(due),
        author_is_technician=due.actor_is_technician or bool(data.get("technician")),
        visibility=workunit.visibility.value if workunit else "",
        text=workunit.text if workunit else str(data.get("excerpt", "")),
        html=workunit.html if workunit else None,
        background=_background(due),
        attachments=shown,
        at=due.at.astimezone(house.zone),
        changes=changes_of(data),
        trusted=trusted,
        **_rating_links(due, house),
        opinion="" if due.rating is None else "good" if due.rating.good else "bad",
        opinion_comment=due.rating.comment if due.rating else "",
        reason=due.answer.mistake if due.answer else _reason(data),
        told_status=told_status_of((due,)),
        wanted=_wanted(due, house),
        **_about_event(data, repeats=repeats),
        **_about_ticket(due, house),
        workunit_number=workunit.id if workunit and is_staff(due) else 0,
        assets=tuple(_assets(due, house)) if is_staff(due) else (),
        copies=due.copies if is_staff(due) else (),
        **_answer(due, house),
    )


def _about_event(data: dict[str, object], *, repeats: bool) -> dict[str, Any]:
    """What the event itself tells; unless it `repeats`, nothing that a forger chose."""
    problems = map(str, _list(data.get("field problems")))
    return {
        "failed_address": str(data.get("address", "")),
        "forwarded_by": str(data.get("forwarded_by", "")),
        "sent_to_instead": str(data.get("elsewhere", "")),
        "held_back": _number(data.get("held back")),
        "held_number": _number(data.get("inbox")),
        "held_waiting": _number(data.get("waiting")),
        "field_problems": tuple(problems) if repeats else (),
        "limit_kind": str(data.get("limit_kind", "")),
        "limit_number": _number(data.get("limit_number")),
        "open_below": len(_list(data.get("open_below"))),
        "other_number": _number(data.get("into") or data.get("from")),
        "rule_name": str(data.get("workflow", "")),
        "rule_hit": _number(data.get("hit")),
        "rule_saw": tuple(map(str, _list(data.get("saw")))),
        "rule_wants": tuple(map(str, _list(data.get("wants")))),
    }


def _answer(due: DueDelivery, house: House) -> dict[str, Any]:
    """The facts of an answer."""
    answer = due.answer
    if answer is None:
        return {}
    return {
        "question": answer.question.line,
        "found": tuple(
            (r.number, r.title, r.status, r.priority, r.owner, r.changed.astimezone(house.zone))
            for r in answer.rows
        ),
        "found_more": answer.more,
        "entries": tuple(entry_of(due, unit, house) for unit in answer.words),
    }


def _assets(due: DueDelivery, house: House) -> Iterable[tuple[str, str]]:
    rules = house.relations()
    for asset in due.assets:
        kind = rules.kind_of_asset(asset.kind)
        yield str(asset), kind.link_to(asset.reference) if kind else ""


def _about_ticket(due: DueDelivery, house: House) -> dict[str, Any]:
    """Facts of the ticket itself that the shipped templates do not speak of."""
    ticket, details = due.ticket, due.details or NO_DETAILS
    return {
        "opened_at": ticket.opened_at.astimezone(house.zone),
        "updated_at": ticket.updated_at.astimezone(house.zone),
        "ticket_kind": ticket.kind.value,
        "ticket_type": ticket.type,
        "resolution": ticket.resolution,
        "epilogue": ticket.epilogue,
        "closed_by_name": details.closed_by_name,
        "owner_address": details.owner_address,
        "requester_address": due.requester.address,
        "recipient_address": due.person.address,
        "group_address": due.queue.address,
        "group_id": due.group.id,
        "minutes_used": details.minutes if is_staff(due) else details.public_minutes,
        "cost": details.cost,
        "fields": details.fields,
        # Others may have come by a merge, and those words were not written to them.
        "first_words": details.first_words
        if is_staff(due) or due.person.id == ticket.requester_id
        else "",
        "closes_at": _closes_at(due.event.data, house.zone),
        "follows": _follows(due),
    }


def _closes_at(data: dict[str, object], zone: ZoneInfo) -> datetime | None:
    at = data.get("closes_at")
    return datetime.fromisoformat(at).astimezone(zone) if isinstance(at, str) else None


def _follows(due: DueDelivery) -> int:
    """The ticket that this one follows; outside only whoever had a part in that one knows it."""
    known = is_staff(due) or due.event.data.get("continues")
    return (due.ticket.follows or 0) if known else 0


def author_name_of(due: DueDelivery) -> str:
    """Who wrote the words or did the change; empty for the desk itself."""
    if due.workunit is not None:
        return due.workunit.author_name
    return due.actor_name or str(due.event.data.get("author", ""))


def changes_of(data: dict[str, object]) -> tuple[tuple[str, str, str], ...]:
    """What changed, each in (what, before, after)."""
    rows = [(str(what), _short(old), _short(new)) for what, old, new in _list(data.get("changes"))]
    rows += [("copy", "", str(address)) for address in _list(data.get("copied"))]
    if data.get("internal"):
        rows.append(("visibility", "", "internal"))
    rows += [("held mail", str(number), str(fate)) for number, fate in _list(data.get("held"))]
    return tuple(rows)


def _wanted(due: DueDelivery, house: House) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """What the requester is asked for, as the fields are configured now."""
    names = {str(name) for name in _list(due.event.data.get("wanted"))}
    fields = house.types().fields_of(due.ticket.type) if names else ()
    return tuple((f.name, f.hint, describe_choices(f)) for f in fields if f.name in names)


def _short(value: object) -> str:
    """A value as a confirmation names it: a closing summary can be a letter."""
    return shorten(str(value), 120, placeholder=" …")


def _reason(data: dict[str, object]) -> str:
    problems = "; ".join(str(problem) for problem in _list(data.get("problems")))
    return problems or str(data.get("reason", ""))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _rating_links(due: DueDelivery, house: House) -> dict[str, Any]:
    """The facts that ask how it went: links to a page, or mail addresses where nobody reaches it."""
    asked = due.notification == "resolved" and due.person.id == due.ticket.requester_id
    if not asked or due.person.complained or not may_rate(due.ticket, due.person):
        return {"ratings": ()}
    if not house.satisfaction().asks(due.group.name):
        return {"ratings": ()}
    if not house.public_url:
        return {"ratings": tuple(_rating_addresses(due, house.keyring))}
    last_day = house.satisfaction().last_day(due.at)
    token = house.keyring.sign(Kind.PAGE, due.ticket.id, due.person.id, last_day)
    page = f"{house.public_url}/rate/{token}"
    # Whoever opens such a link has not voted yet: programs that look for malware open them all.
    return {
        "ratings": tuple((choice, f"{page}?choice={choice}") for choice, _ in _CHOICES),
        "rating_page": page,
    }


def _rating_addresses(due: DueDelivery, keyring: Keyring) -> Iterable[tuple[str, str]]:
    local, _, domain = due.queue.address.partition("@")
    for choice, number in _CHOICES:
        token = keyring.sign(Kind.RATING, due.ticket.id, due.person.id, number)
        yield choice, f"mailto:{local}+{token}@{domain}?subject={choice.capitalize()}"


def is_staff(due: DueDelivery) -> bool:
    """Whether somebody of the desk hears of it as such."""
    return due.person.technician and due.role in _STAFF


def is_trusted(due: DueDelivery) -> bool:
    """Whether names and title may go out, and for technicians whether the author is proven.

    A stranger's first mail could be forged to make us write to somebody else in their words; once
    a technician or a proven participant has spoken in the ticket, a person stands behind it. What
    the desk does by itself, or because of another such mail, puts nobody there.
    """
    unproven = bool(due.event.data.get("unproven"))
    if is_staff(due):
        return not unproven and (due.ticket.trusted or due.event.kind != EventKind.TICKET_OPENED)
    spoken = due.workunit is not None and due.event.kind != EventKind.TICKET_OPENED
    answered = due.ticket.technician_wrote_at is not None or due.actor_is_technician
    return due.ticket.trusted or answered or (spoken and not unproven)


def _background(due: DueDelivery) -> tuple[tuple[str, str], ...]:
    """What a newcomer, in copy or in charge, needs to understand what they get."""
    first = due.background
    if first is None or (due.workunit is not None and first.id >= due.workunit.id):
        return ()
    return ((first.author_name, first.text),)


def told_status_of(parts: Iterable[DueDelivery]) -> str:
    """The status as it is now, where any of them tells of a change."""
    told = next((part for part in parts if part.notification in _STATUS), None)
    return told.ticket.status.value if told else ""


def entry_of(part: DueDelivery, workunit: Workunit, house: House) -> Entry:
    """One message among several in a mail."""
    return Entry(
        author_name=workunit.author_name,
        by_technician=workunit.by_technician,
        at=workunit.at.astimezone(house.zone),
        visibility=workunit.visibility.value,
        text=workunit.text,
        html=workunit.html,
        attachments=tuple((file.name, file.size) for file in listed(workunit)),
        trusted=is_trusted(part),
    )
