"""Everything that a template may speak of, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
    #: For technicians: who else outside reads what they answer, by name.
    copies: tuple[str, ...] = ()
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
