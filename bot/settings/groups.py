"""What is particular about a group; a group that only queues and technicians name has no rules."""

from __future__ import annotations

from pydantic import Field

from bot.desk.closing import Patience
from bot.desk.policy import GroupRules
from bot.desk.quotas import Quota
from bot.settings.closing import PATIENCE_KEYS, ClosingSection
from bot.settings.values import Section


class GroupSection(Section):
    """A group."""

    name: str
    #: Tickets that one requester may have open here, and open in a year; 0 for any number.
    open_tickets: int = Field(default=0, ge=0)
    tickets_per_year: int = Field(default=0, ge=0)
    #: Refuse what is beyond, with a clear mail; else it is only marked.
    limits_forced: bool = False

    #: How long it waits for answers; none for as long as ``[closing]`` says.
    pending_user_hours: float | None = Field(default=None, ge=0)
    pending_closure_hours: float | None = Field(default=None, ge=0)
    resolved_hours: float | None = Field(default=None, ge=0)
    warning_hours: float | None = Field(default=None, ge=0)
    reopen_days: float | None = Field(default=None, ge=0)

    def build(self, closing: ClosingSection) -> GroupRules:
        """The same as the desk uses it."""
        return GroupRules(
            name=self.name,
            quota=Quota(
                open=self.open_tickets, per_year=self.tickets_per_year, forced=self.limits_forced
            ),
            patience=self.patience(closing),
        )

    def patience(self, closing: ClosingSection) -> Patience:
        """How long it waits for answers; raises ValueError where its numbers disagree."""
        return closing.build_patience(**self.model_dump(include=PATIENCE_KEYS))
