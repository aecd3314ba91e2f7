"""What the bot asks of storage about custom fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class Fields(Protocol):
    """Values of custom fields, as `bot.desk.fields` writes them."""

    def get(self, ticket_id: int) -> dict[str, str]:
        """The ticket's values by field name."""
        ...

    def get_many(self, ticket_ids: Collection[int]) -> dict[int, dict[str, str]]:
        """The same for several tickets; those without any are left out."""
        ...

    def put(self, ticket_id: int, values: Mapping[str, str]) -> None:
        """Set values; an empty one takes the field's value away."""
        ...
