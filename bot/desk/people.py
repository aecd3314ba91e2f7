"""People as values: their addresses, groups and companies, and their parts in a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    #: The company they belong to, or None.
    company_id: int | None = None
    #: True when they see only their own tickets, not their company's.
    independent: bool = False
    #: True when they may read private words and change the desk itself.
    administrator: bool = False
    #: True when they may read what requesters thought of a ticket.
    quality: bool = False
    #: Since when they take no part any more, or None.
    deactivated_at: datetime | None = None
    #: When they are away, and who stands in; None for not.
    absent_from: datetime | None = None
    absent_until: datetime | None = None
    deputy_id: int | None = None
    #: How they are told of what can wait: ``""`` at once, ``hourly`` or ``daily``.
    digest: str = ""
    #: When they want to hear only of P1, for example ``22:00-07:00``; empty for never.
    quiet_hours: str = ""
    #: IANA zone of those hours; empty for the desk's own.
    time_zone: str = ""


def is_absent(person: Person, now: datetime) -> bool:
    """Whether the person is away at this time."""
    if person.absent_from is None or now < person.absent_from:
        return False
    return person.absent_until is None or now < person.absent_until


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A team that works on tickets."""

    #: Row number.
    id: int
    #: Name as configured.
    name: str
    #: Gets its new tickets where the group wants that, or None.
    leader_id: int | None = None
    #: Who had the last turn where tickets go round, or None.
    last_assigned_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """Whom requesters belong to."""

    #: Row number.
    id: int
    name: str


class Rights(StrEnum):
    """What a technician may do with a group's tickets; each includes the one before."""

    VIEW = "view"
    EDIT = "edit"
    MANAGE = "manage"


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
class Participant:
    """A person's part in one ticket."""

    person: Person
    role: Role
