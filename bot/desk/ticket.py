"""The desk's nouns as values: tickets, workunits, files and events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Status(StrEnum):
    """Where a ticket stands; `lifecycle` says which may follow which."""

    NEW = "new"
    #: Something is missing before anybody can work on it.
    UNCONFIRMED = "unconfirmed"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in progress"
    #: Waits for the requester, or for a third party.
    PENDING_USER = "pending user"
    PENDING_THIRD_PARTY = "pending third party"
    #: Done as far as the owner knows; closes by itself unless somebody objects.
    PENDING_CLOSURE = "pending closure"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    """What a ticket is, in ITIL's terms."""

    INCIDENT = "incident"
    SERVICE_REQUEST = "service request"
    PROBLEM = "problem"
    CHANGE = "change"
    QUESTION = "question"


class Priority(IntEnum):
    """How urgent a ticket is; 1 pages the person on call."""

    P1 = 1
    P2 = 2
    P3 = 3
    P4 = 4


class Visibility(StrEnum):
    """Who may read a workunit."""

    #: Everyone who takes part, vendors in copy included.
    PUBLIC = "public"
    #: Technicians only.
    INTERNAL = "internal"
    #: The author only.
    PRIVATE = "private"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """One request as it stands now."""

    #: The number people see.
    id: int
    #: One line, from the first subject.
    title: str
    status: Status
    priority: Priority
    group_id: int
    queue_id: int
    requester_id: int
    #: The technician who has it, or None.
    owner_id: int | None
    opened_at: datetime
    #: When it was closed, or None.
    closed_at: datetime | None
    #: The ticket this one was merged into, or None.
    merged_into: int | None
    #: True when nothing may be added any more.
    locked: bool
    #: The ticket this one may be a follow-up of, or None.
    follows: int | None
    #: True when the first message's author was authenticated.
    trusted: bool
    kind: Kind = Kind.INCIDENT
    #: Name of its type, which has fields of its own; empty for none.
    type: str = ""
    #: 1 (high: many people), 2 or 3 (low: one), or None while nobody has said.
    impact: int | None = None
    #: 1 (high: now), 2 or 3 (low: some time), or None.
    urgency: int | None = None
    #: How it ended, for example ``solved``; empty while it has not.
    resolution: str = ""
    #: The closing summary; empty for none.
    epilogue: str = ""
    #: Who closed it; None for the desk itself, or while it is open.
    closed_by_id: int | None = None
    #: The requester's company when it was opened, or None.
    company_id: int | None = None
    #: When anything about it changed last.
    updated_at: datetime
    #: Since when it has its status.
    status_since: datetime
    #: When somebody outside, or a technician, last wrote public words; None for never.
    outsider_wrote_at: datetime | None = None
    technician_wrote_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """An attachment of a workunit; the bytes are a blob."""

    name: str
    #: Media type as declared, lower-cased.
    content_type: str
    #: Bytes.
    size: int
    #: SHA-256 in hex; the blob's name.
    sha256: str
    #: Content-ID without brackets when the text shows it, or None.
    content_id: str | None
    inline: bool
    #: True when its type may run code: kept, but never sent on.
    blocked: bool = False
    #: True for a signature's logo and its like: kept, but no attachment to anybody.
    decorative: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Workunit:
    """One entry in a ticket's thread."""

    id: int
    ticket_id: int
    #: Author, or None for the desk itself.
    author_id: int | None
    author_name: str
    #: True when a technician wrote it.
    by_technician: bool
    visibility: Visibility
    #: The words written this time, as plain text.
    text: str
    #: Sanitised HTML of the same words where it shows more than the text can, or None.
    html: str | None
    #: Quoted words that were folded away.
    elided: str
    signature: str
    at: datetime
    #: Message-ID of the mail it came from, or None.
    message_id: str | None
    #: What is known about an S/MIME or PGP signature, in words; empty where there is none.
    signed: str = ""
    files: tuple[File, ...] = ()
    #: Minutes of work, or None where none were booked.
    minutes: int | None = None
    #: Name of the cost profile; empty for none.
    profile: str = ""
    #: What an hour costs, in the smallest coin, as it was when the work was booked.
    hourly_rate: int | None = None
    #: When the work was done, where that is not `at`, when it was entered.
    done_at: datetime | None = None
    #: Who entered it on behalf of the author, or None.
    editor_id: int | None = None
    #: The ticket it was written in, where a merge or split moved it here.
    moved_from: int | None = None
    #: When its words were last changed; what they were before is kept.
    edited_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One fact about a ticket, append-only."""

    id: int
    ticket_id: int
    #: One of `EventKind`.
    kind: str
    #: Who did it, or None for the desk itself.
    actor_id: int | None
    at: datetime
    #: The workunit it is about, or None.
    workunit_id: int | None
    #: The rule that decided, in the engine's own names.
    rule: str
    #: What changed, JSON-able.
    data: dict[str, object]
    #: The configuration under which it was decided, or None for what is older than those.
    configuration_id: int | None = None


class EventKind(StrEnum):
    """Every fact the desk records."""

    TICKET_OPENED = "ticket.opened"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_CHANGED = "ticket.changed"
    #: It will close by itself unless somebody answers.
    CLOSING_ANNOUNCED = "closing.announced"
    #: It became a part of another ticket; another became a part of it.
    TICKET_MERGED = "ticket.merged"
    TICKET_TOOK_IN = "ticket.took_in"
    #: Some of its words became another ticket; it began with words of another.
    TICKET_SPLIT = "ticket.split"
    TICKET_SPLIT_OFF = "ticket.split_off"
    WORKUNIT_ADDED = "workunit.added"
    WORKUNIT_EDITED = "workunit.edited"
    PARTICIPANT_ADDED = "participant.added"
    DELIVERY_FAILED = "delivery.failed"
    DELIVERY_COMPLAINED = "delivery.complained"
    WORDS_HELD_BACK = "words.held_back"
    TICKET_RATED = "ticket.rated"
    MAIL_HELD = "mail.held"
    MAIL_DECIDED = "mail.decided"
    #: A workflow rule asks, somebody answered it, one was stopped, or told somebody something.
    RULE_SUGGESTED = "rule.suggested"
    RULE_DECIDED = "rule.decided"
    RULE_STOPPED = "rule.stopped"
    RULE_TOLD = "rule.told"
    ESCALATION_REQUESTED = "escalation.requested"
    #: Somebody asked what they may see; nothing changed, and nobody else is told.
    QUESTION_ANSWERED = "question.answered"
