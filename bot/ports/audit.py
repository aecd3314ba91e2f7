"""What the bot asks of storage about the history of people and of the desk itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One thing that was done."""

    at: datetime
    #: A person at the desk, or the login of whoever ran a command.
    actor: str
    #: What was done: ``deactivated``, ``merged``, ``away``, …
    deed: str
    #: Its details, JSON-able.
    data: Mapping[str, object]


class Audit(Protocol):
    """Who did what to whom; what is done to tickets stands in their events."""

    def add(
        self, *, at: datetime, actor: str, subject: str, deed: str, data: Mapping[str, object]
    ) -> None:
        """Keep who did what to whom; `subject` is ``person 12``, ``group 3``, ``configuration``."""
        ...

    def of(self, subject: str) -> list[AuditEntry]:
        """Everything that was done to somebody or something, oldest first."""
        ...
