"""What the bot asks of storage about single workunits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

from bot.desk.ticket import Workunit


class Entries(Protocol):
    """Single workunits and what they said before. Only `bot.actions` writes here."""

    def get(self, workunit_id: int) -> Workunit | None:
        """The workunit with its files, or None."""
        ...

    def share(self, workunit_id: int, person_ids: Collection[int]) -> None:
        """Let these people read it though it is private."""
        ...

    def revise(self, workunit_id: int, *, by: int | None, at: datetime, **columns: object) -> None:
        """Set columns of a workunit and keep what it was before."""
        ...

    def revisions(self, workunit_id: int) -> list[dict[str, Any]]:
        """What it was before each edit, oldest first, as stored."""
        ...
