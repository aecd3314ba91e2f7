"""From a due delivery to a complete outgoing message: words, thread, signed addresses, files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.actions import WEBHOOK
from bot.bundling import (
    frame_of,
    is_digest,
    parts_of,
    sections_of,
    with_words,
    without_clashes,
)
from bot.desk.facts import Facts, Section
from bot.desk.questions import ANSWER
from bot.desk.ticket import Visibility
from bot.facts import (
    author_name_of,
    changes_of,
    entry_of,
    facts_of,
    is_staff,
    is_trusted,
    reply_to_of,
    told_status_of,
)
from bot.house import House
from bot.ports import Blobs, DueDelivery, Outgoing, OutgoingFile
from bot.posting import build_post
from threading_engine.tokens import Kind

#: Notifications in which somebody's own words go out; everything else is the desk speaking.
_HUMAN = frozenset({"reply", "copy"})


#: Notifications that come in the name of whoever wrote the words in them.
_SIGNED = frozenset({"reply", "copy", "new-ticket", "update", "resolved"})


#: Notifications that answer a mail, by RFC 3834; the rest are merely generated.
_ANSWERS = frozenset({"acknowledgement", "not-understood", "done", ANSWER})


#: Files go along up to this many bytes in all; beyond, only their names do.
MOST_BYTES = 20 * 1024 * 1024


#: Ids that may stand in a header as they are; others would be somebody else's text in our mail.
_PLAIN_ID = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@\[\]:-]{3,250}")


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
        reply_to=reply_to_of(due, sign(Kind.TICKET, due.ticket.id, due.person.id)),
        envelope_sender=f"{local}+{sign(Kind.BOUNCE, due.id)}@{domain}",
        message_id=due.message_id or own_id,
        in_reply_to=thread[-1] if thread else None,
        references=tuple(thread),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        files=() if due.notification in _ANSWERS else tuple(_files(parts, house.blobs)),
        automatic=_automatic(due.notification),
        list_id=f"{due.group.name.lower().replace(' ', '-')}.{domain}" if is_staff(due) else None,
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
        told_status=told_status_of(parts),
        reply_to=reply_to_of(first, token),
        staff=is_staff(first),
        trusted=any(map(is_trusted, parts)),
        entries=tuple(
            entry_of(part, part.workunit, house) for part in with_words(parts) if part.workunit
        ),
        changes=_all_changes(parts),
    )


def _bundled(due: DueDelivery, parts: tuple[DueDelivery, ...], house: House) -> Facts:
    """The facts of one ticket's mail with all that came together."""
    words = with_words(parts)
    facts = replace(
        facts_of(due, house),
        trusted=(all if is_staff(due) else any)(map(is_trusted, parts)),
        changes=_all_changes(parts),
        told_status=told_status_of(parts),
    )
    if len(words) < 2:  # noqa: PLR2004 - one is said as it always is
        return facts
    shown = without_clashes(words)
    inner = any(workunit.visibility is not Visibility.PUBLIC for workunit in shown)
    return replace(
        facts,
        visibility=(Visibility.INTERNAL if inner else Visibility.PUBLIC).value,
        entries=tuple(entry_of(part, unit, house) for part, unit in zip(words, shown, strict=True)),
        attachments=(),
    )


def _all_changes(parts: Iterable[DueDelivery]) -> tuple[tuple[str, str, str], ...]:
    return tuple(change for part in parts for change in changes_of(part.event.data))


def _from_name(due: DueDelivery, house: House) -> str:
    author = author_name_of(due)
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
