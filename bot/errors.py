"""The error tree: everything Replydesk raises on purpose.

    ReplydeskError
    ├── ConfigurationError     a setting is missing or wrong: names file, key and expected value
    ├── UnreadableMail         the bytes exceed a bound or make no sense; the raw mail is kept
    ├── StorageAway            the database or the disk does not take writes now: try again later
    ├── LostClaim              another process has taken over the row this one worked on
    ├── MergedMeanwhile        words were to enter a ticket that is a part of another by now: try again
    ├── NotPossible            what somebody asks for cannot be done; the text says what can be
    │   └── Undecidable        a held mail cannot be decided about like that, or not any more
    └── NotFound               there is no such ticket, delivery or person

Pure packages raise ValueError subclasses of their own where a caller gave nonsense.
"""

from __future__ import annotations


class ReplydeskError(Exception):
    """Root of the tree; the message is written for a person."""


class ConfigurationError(ReplydeskError):
    """A setting is missing or wrong."""


class UnreadableMail(ReplydeskError):
    """The bytes exceed a bound or make no sense."""


class StorageAway(ReplydeskError):
    """The database or the disk does not take writes now."""


class LostClaim(ReplydeskError):
    """Another process has taken over the row: this one was away for too long."""


class MergedMeanwhile(ReplydeskError):
    """Words were to enter a ticket that became a part of another at this moment: try again."""


class NotPossible(ReplydeskError):
    """What somebody asks for cannot be done; the text says why, and what can be."""


class Undecidable(NotPossible):
    """A held mail cannot be decided about like that, or not any more."""


class NotFound(ReplydeskError):
    """There is no such thing here."""
