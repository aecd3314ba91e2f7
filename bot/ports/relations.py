"""What the bot asks of storage about tickets among tickets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.desk.relations import Asset, Link, Relation


class Relations(Protocol):
    """Links between tickets, their tags, and what they are about. Only `bot.actions` writes here."""

    def lock(self) -> None:
        """Let nobody else link, merge or split tickets until the end of the transaction."""
        ...

    def links(self, ticket_id: int) -> list[Link]:
        """Every link at either end of which the ticket stands, in the order they were made."""
        ...

    def above(self, ticket_id: int, relation: Relation) -> int | None:
        """The parent or problem of a ticket, or None."""
        ...

    def link(self, link: Link, *, at: datetime) -> bool:
        """Add a link; False when there is such a one."""
        ...

    def unlink(self, link: Link) -> None:
        """Take a link away; nothing happens when there was none."""
        ...

    def tags(self, ticket_id: int) -> list[str]:
        """In the order of the alphabet."""
        ...

    def add_tags(self, ticket_id: int, tags: Collection[str]) -> None:
        """Add those that it has not."""
        ...

    def remove_tags(self, ticket_id: int, tags: Collection[str]) -> None:
        """Take away those that it has."""
        ...

    def assets(self, ticket_id: int) -> list[Asset]:
        """By kind and reference."""
        ...

    def put_asset(self, ticket_id: int, asset: Asset) -> None:
        """Add it, or give it this name."""
        ...

    def remove_asset(self, ticket_id: int, asset: Asset) -> None:
        """Take it away; nothing happens when there was none."""
        ...


class Moves(Protocol):
    """What goes with words from one ticket into another. Only `bot.actions` writes here."""

    def hold_still(self, ticket_ids: Sequence[int]) -> None:
        """Let nobody else add to these tickets until the end of the transaction."""
        ...

    def workunit_ids(self, ticket_id: int) -> list[int]:
        """The numbers of everything in a ticket's thread, oldest first."""
        ...

    def workunits(self, workunit_ids: Sequence[int], *, target: int) -> None:
        """Move these workunits with their mails and message ids."""
        ...

    def hangings(self, source: int, *, target: int) -> None:
        """Move timers; copy field values and mutes that the target lacks."""
        ...
