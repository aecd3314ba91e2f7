"""What is particular about a group; a group that only queues and technicians name has no rules."""

from __future__ import annotations

from pydantic import Field

from bot.desk.policy import GroupRules
from bot.desk.quotas import Quota
from bot.settings.values import Section


class GroupSection(Section):
    """A group."""

    name: str
    #: Tickets that one requester may have open here, and open in a year; 0 for any number.
    open_tickets: int = Field(default=0, ge=0)
    tickets_per_year: int = Field(default=0, ge=0)
    #: Refuse what is beyond, with a clear mail; else it is only marked.
    limits_forced: bool = False

    def build(self) -> GroupRules:
        """The same as the desk uses it."""
        return GroupRules(
            name=self.name,
            quota=Quota(
                open=self.open_tickets, per_year=self.tickets_per_year, forced=self.limits_forced
            ),
        )
