"""The desk's nouns as values: tickets, workunits, people and their parts in a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Status(StrEnum):
    """Where a ticket stands; `lifecycle` says which may follow which."""

    NEW = "new"
    IN_PROGRESS = "in progress"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"


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


class Role(StrEnum):
    """A person's part in one ticket."""

    REQUESTER = "requester"
    OWNER = "owner"
    EDITOR = "editor"
    COLLABORATOR = "collaborator"
    COPY = "copy"
    WATCHER = "watcher"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A human, or a system that writes like one, with one address of theirs."""

    #: Row number of the person.
    id: int
    #: Name as they or an administrator gave it; may be empty.
    name: str
    #: BCP 47 language, for example ``de``; empty means the desk's own.
    language: str
    #: True for staff who may answer tickets.
    technician: bool
    #: Row number of the identity below.
    identity_id: int
    #: Channel of the identity, for example ``email``.
    channel: str
    #: Address on that channel, normalised.
    address: str
    #: False once the address refused mail for good.
    reachable: bool = True
    #: True once a mail of ours was called spam there: only people's words go there.
    complained: bool = False
    #: True when the desk takes unproven mail from the address as its owner's.
    trusted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A team that works on tickets."""

    #: Row number.
    id: int
    #: Name as configured.
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """An address where requests arrive, bound to the group that works on them."""

    #: Row number.
    id: int
    #: Channel, for example ``email``.
    channel: str
    #: The address, normalised: ``desk@example.org``.
    address: str
    #: Display name used as the sender of mails.
    name: str
    #: The group that works on what arrives here.
    group_id: int
    #: True when automatic mail (monitoring, say) may open tickets here.
    takes_automatic: bool = False


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """A person's part in one ticket."""

    person: Person
    role: Role


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


class EventKind(StrEnum):
    """Every fact the desk records."""

    TICKET_OPENED = "ticket.opened"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_CHANGED = "ticket.changed"
    WORKUNIT_ADDED = "workunit.added"
    PARTICIPANT_ADDED = "participant.added"
    DELIVERY_FAILED = "delivery.failed"
    DELIVERY_COMPLAINED = "delivery.complained"
    WORDS_HELD_BACK = "words.held_back"
    TICKET_RATED = "ticket.rated"
    MAIL_HELD = "mail.held"
    MAIL_DECIDED = "mail.decided"
