"""What the bot asks of storage for workflow rules: what they saw and did, and facts they look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desk.ticket import Workunit


@dataclass(frozen=True, kw_only=True, slots=True)
class NewHit:
    """A rule has hit, and what became of that."""

    ticket_id: int
    #: The event that it looked at, or None for a timed rule.
    event_id: int | None
    #: The rule's name.
    rule: str
    #: ``log``, ``suggest`` or ``automatic``.
    mode: str
    at: datetime
    #: Every comparison that was made, in words.
    saw: Sequence[str]
    #: What it wants done, as it stands in the configuration.
    wants: Sequence[Mapping[str, str]]
    #: ``logged``, ``suggested``, ``done``, ``stopped`` or ``failed``.
    state: str
    reason: str = ""
    #: Until when it holds by the passing of time alone; None for a timed rule that holds until
    #: something happens.
    holds_until: datetime | None = None
    configuration_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A stored hit."""

    id: int
    ticket_id: int
    event_id: int | None
    rule: str
    mode: str
    at: datetime
    saw: tuple[str, ...]
    wants: tuple[dict[str, str], ...]
    #: The same, or ``confirmed`` or ``declined``.
    state: str
    reason: str
    #: Who answered a suggestion, or None; and when.
    decided_by: int | None
    decided_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What became of a rule's hits."""

    rule: str
    state: str
    count: int
    last_at: datetime


class Rules(Protocol):
    """Hits of rules, and what only rules ask for."""

    def add(self, new: NewHit) -> int:
        """Keep a hit; return its number."""
        ...

    def get(self, hit_id: int) -> Hit | None:
        """One hit, or None."""
        ...

    def close(self, hit_id: int, *, state: str, reason: str, by: int | None, at: datetime) -> bool:
        """Answer a suggestion; False when it is none, or was answered before."""
        ...

    def suggestions(self, ticket_id: int, rule: str) -> list[Hit]:
        """What a rule has suggested for a ticket, answered or not, newest first."""
        ...

    def hits(self, *, ticket_id: int | None = None, rule: str = "", limit: int) -> list[Hit]:
        """Hits, newest first."""
        ...

    def tallies(self) -> list[Tally]:
        """How often each rule has hit, by what became of it."""
        ...

    def episodes(self, ticket_id: int, *, now: datetime) -> dict[str, int]:
        """Timed rules whose condition has held since they hit, each with its hit's number."""
        ...

    def end_episode(self, hit_id: int, *, at: datetime) -> None:
        """The condition of a timed rule holds no more."""
        ...

    def arm_all(self, *, kind: str, under: str, now: datetime) -> None:
        """Make every open ticket be looked at that was never looked at under these rules."""
        ...

    def custom(self, ticket_id: int) -> dict[str, str]:
        """Values of the ticket's custom fields."""
        ...

    def company(self, company_id: int) -> str:
        """Name of a company; empty for none."""
        ...

    def workunit(self, workunit_id: int) -> Workunit | None:
        """One workunit with its files, or None."""
        ...

    def unanswered_since(self, ticket_id: int) -> datetime | None:
        """The first public words from outside after a technician's last, or None."""
        ...
