"""What the bot asks of storage to find tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.desk.search import EVERYTHING, Query, Scope, Sort
from bot.desk.ticket import Ticket


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One page of tickets."""

    tickets: tuple[Ticket, ...]
    #: Where the next page begins, for `find`'s `after`; empty when this is the last.
    next: str = ""


class Search(Protocol):
    """Finds tickets by what they are and by their words."""

    def find(
        self,
        query: Query,
        scope: Scope = EVERYTHING,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 50,
        after: str = "",
        me: int | None = None,
    ) -> Found:
        """The tickets that the query wants and the scope lets see; ``me`` is who asks.

        Raises SearchMistake for a name that nobody has, or an `after` that is none.
        """
        ...

    def explain(
        self,
        query: Query,
        scope: Scope = EVERYTHING,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 50,
        after: str = "",
        me: int | None = None,
    ) -> list[str]:
        """The statements that `find` would ask, each with the database's plan, as lines."""
        ...
