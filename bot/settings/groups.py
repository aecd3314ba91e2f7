"""What is particular about a group; a group that only queues and technicians name has no rules."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from bot.desk.assignment import Assignment
from bot.desk.closing import Patience
from bot.desk.people import Rights
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

    #: Gets its new tickets where `assign` says so, and may do what `[access]` gives to leaders.
    leader: str = ""
    #: Technicians by name or address, with what they may do with the group's tickets.
    view: tuple[str, ...] = ()
    edit: tuple[str, ...] = ()
    manage: tuple[str, ...] = ()
    #: Who gets a new ticket.
    assign: Assignment = Assignment.NOBODY

    @property
    def mentioned(self) -> Iterable[tuple[str, str]]:
        """Key and name of every technician that is mentioned here."""
        if self.leader:
            yield "leader", self.leader
        for rights in Rights:
            for name in getattr(self, rights.value):
                yield rights.value, name

    def build(self, closing: ClosingSection) -> GroupRules:
        """The same as the desk uses it."""
        return GroupRules(
            name=self.name,
            assign=self.assign,
            quota=Quota(
                open=self.open_tickets, per_year=self.tickets_per_year, forced=self.limits_forced
            ),
            patience=self.patience(closing),
        )

    def patience(self, closing: ClosingSection) -> Patience:
        """How long it waits for answers; raises ValueError where its numbers disagree."""
        return closing.build_patience(**self.model_dump(include=PATIENCE_KEYS))
