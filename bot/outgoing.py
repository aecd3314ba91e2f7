"""From a due delivery to a complete outgoing message: words, thread, signed addresses, files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

from bot.actions import WEBHOOK
from bot.bundling import (
    frame_of,
    is_digest,
    listed,
    parts_of,
    sections_of,
    with_words,
    without_clashes,
)
from bot.desk.access import Deed, may
from bot.desk.access import may_read as may_be_shown
from bot.desk.fields import describe_choices
from bot.desk.notifications import Audience, Entry, Facts, Section
from bot.desk.questions import ANSWER
from bot.desk.relations import RelationRules
from bot.desk.satisfaction import BAD, GOOD, Satisfaction, may_rate, may_read
from bot.desk.ticket import EventKind, Visibility, Workunit
from bot.desk.types import Types
from bot.ports import NO_DETAILS, Blobs, DueDelivery, Outgoing, OutgoingFile, Renderer
from bot.posting import build_post
from threading_engine.tokens import Keyring, Kind

#: Notifications in which somebody's own words go out; everything else is the desk speaking.
_HUMAN = frozenset({"reply", "copy"})

#: Notifications that come in the name of whoever wrote the words in them.
_SIGNED = frozenset({"reply", "copy", "new-ticket", "update", "resolved"})

#: Notifications that answer a mail, by RFC 3834; the rest are merely generated.
_ANSWERS = frozenset({"acknowledgement", "not-understood", "done", ANSWER})

#: The answers to "How did we do?", and what stands for them in an address.
_CHOICES = (("good", GOOD), ("bad", BAD))

#: Parts in which somebody of the desk hears of a ticket.
_STAFF = frozenset({Audience.STAFF, Audience.ACTOR, Audience.GROUP, Audience.SHARED})

#: Notifications that tell of a new status.
_STATUS = frozenset({"status", "changed"})

#: Files go along up to this many bytes in all; beyond, only their names do.
MOST_BYTES = 20 * 1024 * 1024

#: Ids that may stand in a header as they are; others would be somebody else's text in our mail.
_PLAIN_ID = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@\[\]:-]{3,250}")


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What every outgoing message has in common."""

    #: The desk's name, for example ``Example Service Desk``.
    name: str
    #: BCP 47 language for people who have none of their own.
    language: str
    zone: ZoneInfo
    keyring: Keyring
    renderer: Renderer
    blobs: Blobs
    #: The ticket types and fields as configured now.
    types: Callable[[], Types]
    #: Our own mark against loops.
    loop_mark: str
    #: How tickets go together and what they are about, as configured now.
    relations: Callable[[], RelationRules] = RelationRules
    #: Where people reach our pages, without a slash at the end; empty where nobody does.
    public_url: str = ""
    #: Asked for each mail: the configuration may change meanwhile.
    satisfaction: Callable[[], Satisfaction] = Satisfaction


def cancelled_because(due: DueDelivery) -> str:
    """Why a delivery makes no sense any more; empty when it does.

    The check for internal words is a second lock: `bot.telling` already asks nobody else.
    """
    workunit, standing = due.workunit, due.standing
    if due.person.channel == WEBHOOK:  # `build_post` takes no internal words along
        return "" if due.person.reachable else "the address refuses posts"
    if due.person.deactivated_at is not None:
        return "they take no part any more"
    if workunit is not None and workunit.visibility is not Visibility.PUBLIC:
        if not (due.person.technician or due.person.administrator):
            return "internal words go to technicians only"
        if standing is not None and not may_be_shown(standing, workunit.visibility):
            return "they may not read these words"
    if not due.person.reachable:
        return "the address refuses mail"
    return _OWN_CHECKS.get(due.notification, _in_other_hands)(due)


def _in_other_hands(due: DueDelivery) -> str:
    """Why a technician needs no mail about a ticket that is no longer theirs; empty when they do."""
    standing = due.standing
    for_owner = due.notification == "assigned" and due.role != Audience.GROUP
    owns = due.ticket.owner_id == due.person.id or (standing is not None and standing.deputy)
    if for_owner and not owns:
        return "somebody else has the ticket by now"
    if due.notification == "new-ticket" and standing and not may(standing, Deed.SEE_TICKET).allowed:
        return "another group works on it by now"
    return ""


def living(due: DueDelivery) -> tuple[DueDelivery | None, dict[int, str]]:
    """The delivery with what still makes sense of its message, and why the rest does not, by number.

    None where the lead itself makes no sense: what went along needs a message of its own.
    """
    reasons = {part.id: cancelled_because(part) for part in (due, *due.companions)}
    left_out = {number: reason for number, reason in reasons.items() if reason}
    if not left_out:
        return due, {}
    if due.id in left_out:
        return None, left_out
    kept = tuple(part for part in due.companions if part.id not in left_out)
    return replace(due, companions=kept), left_out


def _not_to_be_told(due: DueDelivery) -> str:
    """Why quality staff do not hear of a rating; empty when they do."""
    rating = due.rating
    if rating is None or rating.good or not rating.comment:
        return "the requester thinks better of it by now"
    if due.person.id == due.ticket.owner_id or not may_read(rating, due.person):
        return "only quality staff read a rating, and never whom it is about"
    return ""


def _not_to_be_answered(due: DueDelivery) -> str:
    """Why nobody may be told under this ticket what they asked; empty when they may."""
    standing = due.standing
    if due.answer is None or standing is None or not may(standing, Deed.SEE_TICKET).allowed:
        return "they may not see this ticket any more"
    return ""


#: What else some notifications depend on.
_OWN_CHECKS = {"rated": _not_to_be_told, ANSWER: _not_to_be_answered}


def build(due: DueDelivery, house: House) -> Outgoing:
    """Render and address one delivery."""
    if due.person.channel == WEBHOOK:
        return build_post(due)
    local, _, domain = due.queue.address.partition("@")
    sign = house.keyring.sign
    language = due.person.language or house.language
    parts = parts_of(due)
    if is_digest(parts):
        return _build_digest(due, parts, house)
    due = frame_of(due, parts)
    facts = facts_of(due, house) if len(parts) == 1 else _bundled(due, parts, house)
    rendered = house.renderer.render(due.notification, language=language, facts=facts)
    own_id = f"{sign(Kind.MESSAGE, due.ticket.id, due.id)}@{domain}"
    thread = [key for key in due.thread if _PLAIN_ID.fullmatch(key) and key != own_id]
    outgoing = Outgoing(
        delivery_id=due.id,
        to_name=due.person.name if facts.trusted or due.person.technician else "",
        to_address=due.person.address,
        from_name=_from_name(due, house),
        from_address=due.queue.address,
        reply_to=_reply_to(due, sign(Kind.TICKET, due.ticket.id, due.person.id)),
        envelope_sender=f"{local}+{sign(Kind.BOUNCE, due.id)}@{domain}",
        message_id=due.message_id or own_id,
        in_reply_to=thread[-1] if thread else None,
        references=tuple(thread),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        files=() if due.notification in _ANSWERS else tuple(_files(parts, house.blobs)),
        automatic=_automatic(due.notification),
        list_id=f"{due.group.name.lower().replace(' ', '-')}.{domain}" if _is_staff(due) else None,
        loop_mark=house.loop_mark,
        language=language,
        at=due.at,
    )
    return _as_answer(outgoing, due, house) if due.answer else outgoing


def _as_answer(outgoing: Outgoing, due: DueDelivery, house: House) -> Outgoing:
    """The mail as an answer to the mail that asked; a list belongs to the thread of no ticket."""
    asked = str(due.event.data.get("message_id", ""))
    known = (asked,) if _PLAIN_ID.fullmatch(asked) else ()
    outgoing = replace(outgoing, in_reply_to=asked if known else None, references=known)
    answer = due.answer
    about = [row.number for row in answer.rows] if answer and answer.question.number else []
    if about == [due.ticket.id]:
        return outgoing
    domain = due.queue.address.rpartition("@")[2]
    own_id = f"{house.keyring.sign(Kind.MESSAGE, 0, due.id)}@{domain}"
    return replace(
        outgoing, reply_to=due.queue.address, message_id=due.message_id or own_id, list_id=None
    )


def _build_digest(due: DueDelivery, parts: tuple[DueDelivery, ...], house: House) -> Outgoing:
    """One message about several tickets, which belongs to the thread of none."""
    local, _, domain = due.queue.address.partition("@")
    sign = house.keyring.sign
    language = due.person.language or house.language
    sections = tuple(_section(section, house) for section in sections_of(parts))
    facts = replace(facts_of(replace(due, workunit=None), house), sections=sections, trusted=True)
    rendered = house.renderer.render("digest", language=language, facts=facts)
    return Outgoing(
        delivery_id=due.id,
        to_name=due.person.name,
        to_address=due.person.address,
        from_name=due.queue.name or house.name,
        from_address=due.queue.address,
        # Whoever answers the whole answers no ticket; each has its own address in the text.
        reply_to=due.queue.address,
        envelope_sender=f"{local}+{sign(Kind.BOUNCE, due.id)}@{domain}",
        message_id=due.message_id or f"{sign(Kind.MESSAGE, 0, due.id)}@{domain}",
        in_reply_to=None,
        references=(),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        automatic="auto-generated",
        loop_mark=house.loop_mark,
        language=language,
        at=parts[-1].at,
    )


def _section(parts: tuple[DueDelivery, ...], house: House) -> Section:
    """What a digest says of one ticket. Files are named and not sent along."""
    first = parts[0]
    token = house.keyring.sign(Kind.TICKET, first.ticket.id, first.person.id)
    return Section(
        ticket_number=first.ticket.id,
        ticket_title=first.ticket.title,
        told_status=_told_status(parts),
        reply_to=_reply_to(first, token),
        staff=_is_staff(first),
        trusted=any(map(_trusted, parts)),
        entries=tuple(
            _entry(part, part.workunit, house) for part in with_words(parts) if part.workunit
        ),
        changes=_all_changes(parts),
    )


def _bundled(due: DueDelivery, parts: tuple[DueDelivery, ...], house: House) -> Facts:
    """The facts of one ticket's mail with all that came together."""
    words = with_words(parts)
    facts = replace(
        facts_of(due, house),
        trusted=(all if _is_staff(due) else any)(map(_trusted, parts)),
        changes=_all_changes(parts),
        told_status=_told_status(parts),
    )
    if len(words) < 2:  # noqa: PLR2004 - one is said as it always is
        return facts
    shown = without_clashes(words)
    inner = any(workunit.visibility is not Visibility.PUBLIC for workunit in shown)
    return replace(
        facts,
        visibility=(Visibility.INTERNAL if inner else Visibility.PUBLIC).value,
        entries=tuple(_entry(part, unit, house) for part, unit in zip(words, shown, strict=True)),
        attachments=(),
    )


def _entry(part: DueDelivery, workunit: Workunit, house: House) -> Entry:
    return Entry(
        author_name=workunit.author_name,
        by_technician=workunit.by_technician,
        at=workunit.at.astimezone(house.zone),
        visibility=workunit.visibility.value,
        text=workunit.text,
        html=workunit.html,
        attachments=tuple((file.name, file.size) for file in listed(workunit)),
        trusted=_trusted(part),
    )


def _all_changes(parts: Iterable[DueDelivery]) -> tuple[tuple[str, str, str], ...]:
    return tuple(change for part in parts for change in _changes(part.event.data))


def _told_status(parts: Iterable[DueDelivery]) -> str:
    """The status as it is now, where any of them tells of a change."""
    told = next((part for part in parts if part.notification in _STATUS), None)
    return told.ticket.status.value if told else ""


def _reply_to(due: DueDelivery, token: str) -> str:
    """Answers find the ticket; but what quotes a rating must not stand there for its owner to read."""
    if due.notification == "rated":
        return due.requester.address
    local, _, domain = due.queue.address.partition("@")
    return f"{local}+{token}@{domain}"


def facts_of(due: DueDelivery, house: House) -> Facts:
    """What the templates may speak of."""
    ticket, workunit, data = due.ticket, due.workunit, due.event.data
    trusted = _trusted(due)
    # A template of the desk's own may forget to ask: to others goes nothing that a forger chose.
    repeats = trusted or _is_staff(due)
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
        recipient_role="technician" if _is_staff(due) else due.role,
        author_name=_author_name(due),
        author_is_technician=due.actor_is_technician or bool(data.get("technician")),
        visibility=workunit.visibility.value if workunit else "",
        text=workunit.text if workunit else str(data.get("excerpt", "")),
        html=workunit.html if workunit else None,
        background=_background(due),
        attachments=shown,
        at=due.at.astimezone(house.zone),
        changes=_changes(data),
        trusted=trusted,
        **_rating_links(due, house),
        opinion="" if due.rating is None else "good" if due.rating.good else "bad",
        opinion_comment=due.rating.comment if due.rating else "",
        reason=due.answer.mistake if due.answer else _reason(data),
        failed_address=str(data.get("address", "")),
        forwarded_by=str(data.get("forwarded_by", "")),
        sent_to_instead=str(data.get("elsewhere", "")),
        told_status=_told_status((due,)),
        held_back=_number(data.get("held back")),
        held_number=_number(data.get("inbox")),
        held_waiting=_number(data.get("waiting")),
        wanted=_wanted(due, house),
        field_problems=tuple(
            str(problem) for problem in _list(data.get("field problems")) if repeats
        ),
        limit_kind=str(data.get("limit_kind", "")),
        limit_number=_number(data.get("limit_number")),
        **_about_ticket(due, house),
        workunit_number=workunit.id if workunit and _is_staff(due) else 0,
        assets=tuple(_assets(due, house)) if _is_staff(due) else (),
        open_below=len(_list(data.get("open_below"))),
        other_number=_number(data.get("into") or data.get("from")),
        rule_name=str(data.get("workflow", "")),
        rule_hit=_number(data.get("hit")),
        rule_saw=tuple(map(str, _list(data.get("saw")))),
        rule_wants=tuple(map(str, _list(data.get("wants")))),
        **_answer(due, house),
    )


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
        "entries": tuple(_entry(due, unit, house) for unit in answer.words),
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
        "minutes_used": details.minutes if _is_staff(due) else details.public_minutes,
        "cost": details.cost,
        "fields": details.fields,
        # Others may have come by a merge, and those words were not written to them.
        "first_words": details.first_words
        if _is_staff(due) or due.person.id == ticket.requester_id
        else "",
        "closes_at": _closes_at(due.event.data, house.zone),
        "follows": _follows(due),
    }


def _closes_at(data: dict[str, object], zone: ZoneInfo) -> datetime | None:
    at = data.get("closes_at")
    return datetime.fromisoformat(at).astimezone(zone) if isinstance(at, str) else None


def _follows(due: DueDelivery) -> int:
    """The ticket that this one follows; outside only whoever had a part in that one knows it."""
    known = _is_staff(due) or due.event.data.get("continues")
    return (due.ticket.follows or 0) if known else 0


def _author_name(due: DueDelivery) -> str:
    if due.workunit is not None:
        return due.workunit.author_name
    return due.actor_name or str(due.event.data.get("author", ""))


def _changes(data: dict[str, object]) -> tuple[tuple[str, str, str], ...]:
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


def _is_staff(due: DueDelivery) -> bool:
    return due.person.technician and due.role in _STAFF


def _trusted(due: DueDelivery) -> bool:
    """Whether names and title may go out, and for technicians whether the author is proven.

    A stranger's first mail could be forged to make us write to somebody else in their words; once
    a technician or a proven participant has spoken in the ticket, a person stands behind it. What
    the desk does by itself, or because of another such mail, puts nobody there.
    """
    unproven = bool(due.event.data.get("unproven"))
    if _is_staff(due):
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


def _from_name(due: DueDelivery, house: House) -> str:
    author = _author_name(due)
    if due.workunit is not None and author and due.notification in _SIGNED:
        return f"{author} ({due.queue.name or house.name})"
    return due.queue.name or house.name


def _automatic(notification: str) -> str | None:
    if notification in _HUMAN:
        return None
    return "auto-replied" if notification in _ANSWERS else "auto-generated"


def _files(parts: Sequence[DueDelivery], blobs: Blobs) -> Iterable[OutgoingFile]:
    """The files of all the words, programs left out, as long as the mail stays within bounds."""
    room = MOST_BYTES
    for workunit in without_clashes(parts):
        for file in workunit.files:
            if file.blocked or file.decorative or file.size > room:
                continue
            room -= file.size
            yield OutgoingFile(
                name=file.name,
                content_type=file.content_type,
                data=blobs.get(file.sha256),
                content_id=file.content_id if workunit.html and file.inline else None,
            )
