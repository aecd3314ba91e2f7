"""What a person at the desk decides about a mail that is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a held mail."""

    ACCEPTED = "accepted"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody wants to become of one held mail."""

    #: Number in the inbox.
    number: int
    fate: Fate
    #: The ticket that it shall go into; None for the one that it wants, else a new one.
    ticket_id: int | None = None
    #: True for a ticket of its own, whatever it wants.
    new: bool = False
    #: Who wrote it, where the mail itself cannot tell; else empty.
    author: str = ""
    #: True when the author's address shall be trusted from now on.
    trusts: bool = False
    #: Why it is dropped.
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What was decided about one held mail; kept beside the mail for good."""

    fate: Fate
    #: Who decided: a technician's address, or an account at the command line.
    by: str
    at: datetime
    #: The ticket that it wanted, or None.
    wanted: int | None
    #: The ticket that an accepted mail goes into; None for one of its own.
    ticket_id: int | None = None
    #: Who wrote it, where the decider had to say so; else empty.
    author: str = ""
    #: True when the author's address is trusted since.
    trusts: bool = False
    #: Why it was dropped; empty otherwise.
    reason: str = ""
    #: Why it had been held.
    held_because: str = ""


def describe(decision: Decision) -> str:
    """The decision in words: ``accepted into ticket 5 by tess@example.org on 2026-03-02 at …``."""
    words = decision.fate.value
    if decision.fate is Fate.ACCEPTED:
        into = f"into ticket {decision.ticket_id}" if decision.ticket_id else "as its own ticket"
        words = f"{words} {into}"
    words = f"{words} by {decision.by} on {decision.at:%Y-%m-%d at %H:%M} UTC"
    return f"{words}: {decision.reason}" if decision.reason else words
