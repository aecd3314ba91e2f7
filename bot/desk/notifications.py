"""What an event means for one participant: event and audience on the left, notification on the right.

The table is the whole specification. `audiences` of a row are looked at in order and a person is
told once per event, by the first row that reaches them. On which channels and when stands in
`matrix`, where a configuration may choose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.desk.lifecycle import is_done
from bot.desk.questions import ANSWER
from bot.desk.ticket import EventKind, Status, Visibility


class Audience(StrEnum):
    """Whom a row speaks to."""

    #: Whoever asked.
    REQUESTER = "requester"
    #: Collaborators and third parties in copy.
    COPIES = "copies"
    #: Collaborators alone: third parties hear words and the end, and nothing of the way there.
    COLLABORATORS = "collaborators"
    #: The owner, or every technician of the group while nobody owns the ticket, and watchers.
    STAFF = "staff"
    #: Whoever has the ticket now.
    OWNER = "owner"
    #: The other technicians of the group.
    GROUP = "group"
    #: Whoever caused the event.
    ACTOR = "actor"
    #: Quality staff; whether the rating may be read by them is asked again before it is sent.
    QUALITY = "quality"
    #: Technicians with whom the author shared private words.
    SHARED = "shared"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the table."""

    event: EventKind
    audience: Audience
    #: Name of the template folder.
    notification: str
    #: Only for workunits of this visibility; None for any event.
    visibility: Visibility | None = None
    #: True when the actor hears of it too (acknowledgements, confirmations).
    tells_actor: bool = False
    #: Only when the event carries this key in its data; empty for always.
    when: str = ""
    #: Not when the event carries this key in its data; empty for always.
    unless: str = ""
    #: True for what nobody wrote and nobody needs: not for those who called our mail spam.
    courtesy: bool = False
    #: What the configuration calls the event; empty where it has no choice.
    occasion: str = ""
    #: True when it may share a mail with others about the same ticket, or come in a digest.
    joins: bool = False
    #: True when it waits for nothing but quiet hours, and brings along what still waits.
    hurries: bool = False
    #: True when it only stands in the thread, unless the configuration says otherwise.
    thread_only: bool = False
    #: True when muting a ticket does not keep it away.
    pierces: bool = False

    @property
    def role(self) -> str:
        """How a delivery names the part; those who read the same mail share one."""
        return _SAME_MAIL.get(self.audience, self.audience).value


#: Audiences that get the mails of a wider one.
_SAME_MAIL = {Audience.COLLABORATORS: Audience.COPIES, Audience.OWNER: Audience.STAFF}


TABLE: tuple[Row, ...] = (
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.REQUESTER,
        notification="acknowledgement",
        tells_actor=True,
        when="acknowledge",
        courtesy=True,
        occasion="opened",
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.REQUESTER,
        notification="fields-wanted",
        tells_actor=True,
        when="wanted",
        courtesy=True,
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.REQUESTER,
        notification="limit-reached",
        tells_actor=True,
        when="limit_told",
        courtesy=True,
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.REQUESTER,
        notification="not-understood",
        tells_actor=True,
        when="unreadable",
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.COPIES,
        notification="copy",
        unless="refused",
        occasion="opened",
        joins=True,
    ),
    # Whoever brought it to the desk works on it by answering this mail.
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.ACTOR,
        notification="new-ticket",
        tells_actor=True,
        when="forwarded_by",
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.ACTOR,
        notification="new-ticket",
        tells_actor=True,
        when="entered_by",
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.STAFF,
        notification="new-ticket",
        unless="refused",
        occasion="opened",
        joins=True,
    ),
    # A question that the ticket waits for reaches even those who want to hear no more of it.
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.REQUESTER,
        notification="reply",
        visibility=Visibility.PUBLIC,
        when="asks",
        occasion="words",
        joins=True,
        pierces=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.REQUESTER,
        notification="reply",
        visibility=Visibility.PUBLIC,
        unless="closing",
        occasion="words",
        joins=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.COPIES,
        notification="copy",
        visibility=Visibility.PUBLIC,
        occasion="words",
        joins=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.STAFF,
        notification="update",
        visibility=Visibility.PUBLIC,
        occasion="words",
        joins=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.GROUP,
        notification="assigned",
        when="taken",
        occasion="owner",
        joins=True,
        thread_only=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.STAFF,
        notification="update",
        visibility=Visibility.INTERNAL,
        occasion="notes",
        joins=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.SHARED,
        notification="update",
        visibility=Visibility.PRIVATE,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.REQUESTER,
        notification="resolved",
        when="resolved",
        occasion="closing",
        joins=True,
        hurries=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.COPIES,
        notification="status",
        when="resolved",
        occasion="closing",
        joins=True,
        hurries=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.REQUESTER,
        notification="status",
        when="status",
        occasion="status",
        joins=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.COLLABORATORS,
        notification="status",
        when="status",
        occasion="status",
        joins=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.COPIES,
        notification="status",
        when="status",
        occasion="status",
        joins=True,
        thread_only=True,
    ),
    Row(
        event=EventKind.CLOSING_ANNOUNCED,
        audience=Audience.REQUESTER,
        notification="closing-soon",
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.REQUESTER,
        notification="fields-wanted",
        tells_actor=True,
        when="wanted",
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.ACTOR,
        notification="done",
        tells_actor=True,
        when="commands",
    ),
    # It came from another group, and nobody has it yet.
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.GROUP,
        notification="assigned",
        when="arrived",
        occasion="owner",
        joins=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.OWNER,
        notification="assigned",
        when="owner",
        occasion="owner",
        joins=True,
        pierces=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.STAFF,
        notification="changed",
        when="resolved",
        occasion="closing",
        joins=True,
        hurries=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.STAFF,
        notification="changed",
        when="status",
        occasion="status",
        joins=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.GROUP,
        notification="assigned",
        when="owner",
        occasion="owner",
        joins=True,
        thread_only=True,
    ),
    Row(
        event=EventKind.TICKET_MERGED,
        audience=Audience.REQUESTER,
        notification="merged",
        unless="silent",
        courtesy=True,
    ),
    Row(
        event=EventKind.TICKET_TOOK_IN,
        audience=Audience.STAFF,
        notification="took-in",
        when="owned",
    ),
    Row(
        event=EventKind.TICKET_SPLIT_OFF,
        audience=Audience.REQUESTER,
        notification="split",
        unless="inside",
    ),
    # Whoever split it works on the new one by answering this mail.
    Row(
        event=EventKind.TICKET_SPLIT_OFF,
        audience=Audience.STAFF,
        notification="assigned",
        tells_actor=True,
        when="owned",
    ),
    Row(
        event=EventKind.TICKET_SPLIT_OFF,
        audience=Audience.STAFF,
        notification="new-ticket",
        tells_actor=True,
        when="unowned",
    ),
    Row(
        event=EventKind.QUESTION_ANSWERED,
        audience=Audience.ACTOR,
        notification=ANSWER,
        tells_actor=True,
    ),
    Row(event=EventKind.WORDS_HELD_BACK, audience=Audience.STAFF, notification="summary"),
    Row(event=EventKind.DELIVERY_FAILED, audience=Audience.STAFF, notification="undeliverable"),
    Row(event=EventKind.DELIVERY_COMPLAINED, audience=Audience.STAFF, notification="complaint"),
    Row(
        event=EventKind.TICKET_RATED,
        audience=Audience.QUALITY,
        notification="rated",
        when="tell quality",
    ),
    Row(event=EventKind.MAIL_HELD, audience=Audience.STAFF, notification="held"),
    Row(event=EventKind.RULE_SUGGESTED, audience=Audience.STAFF, notification="rule-suggestion"),
    Row(event=EventKind.RULE_STOPPED, audience=Audience.STAFF, notification="rule-stopped"),
)


def rows_for(
    event: EventKind, visibility: Visibility | None, data: Mapping[str, object]
) -> Iterator[Row]:
    """The rows that this event fires, in order."""
    marks = {*data, "status"} if _goes_on(data) else data.keys()
    for row in TABLE:
        if row.event is not event or (row.when and row.when not in marks) or row.unless in marks:
            continue
        if row.visibility is None or row.visibility is visibility:
            yield row


def _goes_on(data: Mapping[str, object]) -> bool:
    """Whether the status changed to one in which the ticket goes on; its end has rows of its own."""
    changes = data.get("changes")
    rows = changes if isinstance(changes, list) else []
    return any(what == "status" and not is_done(Status(after)) for what, _before, after in rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Somebody's words among others in one mail."""

    author_name: str
    by_technician: bool
    #: When they were written, in the desk's time zone.
    at: datetime
    #: ``public`` or ``internal``.
    visibility: str
    text: str
    #: Sanitised HTML where that shows more, or None.
    html: str | None
    #: Name and size in bytes of each attachment that is not shown inline.
    attachments: tuple[tuple[str, int], ...]
    #: True when they come from an authenticated author.
    trusted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What a digest says of one ticket."""

    ticket_number: int
    ticket_title: str
    #: The status as it is now, where it changed; else empty.
    told_status: str
    #: Signed address for answers about this ticket.
    reply_to: str
    #: True when the receiver works on the ticket.
    staff: bool
    #: True when the title comes from an authenticated author.
    trusted: bool
    entries: tuple[Entry, ...]
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything a template may speak of. Built at the moment of sending."""

    #: The desk's name, for example ``Example Service Desk``.
    desk_name: str
    ticket_number: int
    ticket_title: str
    ticket_status: str
    #: 1 to 4.
    ticket_priority: int
    group_name: str
    requester_name: str
    #: Empty while nobody has the ticket.
    owner_name: str
    recipient_name: str
    #: One of the roles, or ``technician``.
    recipient_role: str
    #: Who wrote the words or did the change; empty for the desk itself.
    author_name: str
    author_is_technician: bool
    #: ``public`` or ``internal``; empty when there are no words.
    visibility: str
    #: The words as plain text; empty when there are none.
    text: str
    #: The words as sanitised HTML where that shows more, or None.
    html: str | None
    #: Public words from before the receiver joined, oldest first, as (author, plain text).
    background: tuple[tuple[str, str], ...]
    #: Name and size in bytes of each attachment that is not shown inline.
    attachments: tuple[tuple[str, int], ...]
    #: When it happened, in the desk's time zone.
    at: datetime
    #: What changed, each in (what, before, after).
    changes: tuple[tuple[str, str, str], ...]
    #: True when the words and names come from an authenticated author; else the template must
    #: repeat nothing that the author chose.
    trusted: bool
    #: Satisfaction links as (``good`` or ``bad``, URL); empty where none is due.
    ratings: tuple[tuple[str, str], ...]
    #: Why a delivery failed or something was refused; empty otherwise.
    reason: str
    #: Address that could not be reached, or where our mail was called spam; empty otherwise.
    failed_address: str
    #: The technician who brought the request to the desk; empty when it came by itself.
    forwarded_by: str = ""
    #: Other address of the same person to which a failed mail went instead; empty otherwise.
    sent_to_instead: str = ""
    #: How many messages nobody was told of one by one; 0 otherwise.
    held_back: int = 0
    #: Number of the held mail that it is about; 0 otherwise.
    held_number: int = 0
    #: How many mails are held for the ticket, this one included; 0 otherwise.
    held_waiting: int = 0
    #: The page where the receiver can say how it went in words; empty where there is none.
    rating_page: str = ""
    #: What the requester thought, for quality staff alone: ``good``, ``bad``, or empty; and why.
    opinion: str = ""
    opinion_comment: str = ""
    #: Fields that the requester is asked for, each as (name, hint, choices).
    wanted: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    #: What they wrote that could not be understood, in words.
    field_problems: tuple[str, ...] = ()
    #: ``open`` or ``year`` where a quota is used up, else empty, and how many it allows.
    limit_kind: str = ""
    limit_number: int = 0
    #: When the ticket was opened and last changed, in the desk's time zone; None where unknown.
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    #: Its kind in ITIL's terms, and the name of its type; empty for none.
    ticket_kind: str = ""
    ticket_type: str = ""
    #: How it ended, the closing summary, and who closed it; empty while it has not ended.
    resolution: str = ""
    epilogue: str = ""
    closed_by_name: str = ""
    #: Mail addresses of the people; empty where there is none.
    owner_address: str = ""
    requester_address: str = ""
    recipient_address: str = ""
    #: The address of the queue that the ticket came by, and the group's number.
    group_address: str = ""
    group_id: int = 0
    #: Time used in all, and what it costs in the smallest coin; of public words only for people
    #: outside, who read no cost.
    minutes_used: int = 0
    cost: int = 0
    #: The desk's custom fields that have a value, as (name, value).
    fields: tuple[tuple[str, str], ...] = ()
    #: The ticket's first public words as plain text.
    first_words: str = ""
    #: Where the ticket is seen in a browser; empty where there is no such page.
    access_url: str = ""
    #: When it closes by itself unless somebody answers, in the desk's time zone, or None.
    closes_at: datetime | None = None
    #: Number of the ticket that it follows, where the receiver may know of that; 0 otherwise.
    follows: int = 0
    #: What the ticket is about, for technicians: each in words, and its address or nothing.
    assets: tuple[tuple[str, str], ...] = ()
    #: How many tickets below one that was closed are still open.
    open_below: int = 0
    #: Number of the words, by which they are edited or split off; 0 where there are none.
    workunit_number: int = 0
    #: Number of the ticket that this one was merged into, took in or was split from; 0 otherwise.
    other_number: int = 0
    #: Name of the workflow rule that speaks; empty otherwise.
    rule_name: str = ""
    #: Number under which a rule's suggestion is answered; 0 otherwise.
    rule_hit: int = 0
    #: What the rule looked at, and what it wants done, a sentence each.
    rule_saw: tuple[str, ...] = ()
    rule_wants: tuple[str, ...] = ()
    #: Everybody's words, oldest first, where the mail carries more than one person's or message's.
    entries: tuple[Entry, ...] = ()
    #: The status as it is now, where the mail tells that it changed; else empty.
    told_status: str = ""
    #: For a digest: one for each ticket.
    sections: tuple[Section, ...] = ()
    #: For an answer: the line that asked.
    question: str = ""
    #: For an answer: number, title, status, priority (1 to 4), owner and last change of each ticket.
    found: tuple[tuple[int, str, str, int, str, datetime], ...] = ()
    #: True when there are more of them than an answer lists.
    found_more: bool = False
