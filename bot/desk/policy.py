"""The rules of one desk as configured: everything that decides about tickets and is no ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.desk.access import CHANGES, Deed, Part
from bot.desk.assignment import Assignment
from bot.desk.closing import USUAL_PATIENCE, USUAL_RESOLUTIONS, Patience, Resolutions
from bot.desk.limits import USUAL as USUAL_LIMITS
from bot.desk.limits import Limits
from bot.desk.matrix import USUAL as USUAL_NOTIFY
from bot.desk.matrix import Notify
from bot.desk.priorities import Priorities
from bot.desk.quotas import Quota
from bot.desk.relations import USUAL as USUAL_RELATIONS
from bot.desk.relations import RelationRules
from bot.desk.rules.rulebook import NONE as NO_RULES
from bot.desk.rules.rulebook import Rulebook
from bot.desk.satisfaction import USUAL as USUAL_SATISFACTION
from bot.desk.satisfaction import Satisfaction
from bot.desk.statuses import StatusMaps
from bot.desk.types import Types
from bot.desk.workunits import USUAL as USUAL_WORKUNITS
from bot.desk.workunits import WorkunitRules

NO_QUOTA, NO_TYPES, USUAL_PRIORITIES = Quota(), Types(), Priorities()
USUAL_STATUSES = StatusMaps()


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRules:
    """What is particular about one group."""

    #: Name as configured.
    name: str = ""
    #: How many tickets one requester may have.
    quota: Quota = NO_QUOTA
    #: How long it waits for answers, or None for as long as the desk does.
    patience: Patience | None = None
    #: Who gets its new tickets.
    assign: Assignment = Assignment.NOBODY


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """A company as its domains lead to it."""

    #: Its row number.
    id: int
    #: True when its people see each other's tickets.
    grouped: bool = True


#: A group that the configuration says nothing particular about.
USUAL_GROUP = GroupRules()


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What actions ask before they act; one value for the whole desk, replaced as a whole."""

    limits: Limits = USUAL_LIMITS
    types: Types = NO_TYPES
    priorities: Priorities = USUAL_PRIORITIES
    #: Which status may follow which.
    statuses: StatusMaps = USUAL_STATUSES
    #: How tickets can end.
    resolutions: Resolutions = USUAL_RESOLUTIONS
    #: How long the desk waits for answers.
    patience: Patience = USUAL_PATIENCE
    #: On which channels and when people are told.
    notify: Notify = USUAL_NOTIFY
    #: What is particular about groups, by their row number.
    groups: Mapping[int, GroupRules] = field(default_factory=dict)
    #: Which parts may change what in a ticket.
    changes: Mapping[Deed, frozenset[Part]] = field(default_factory=lambda: CHANGES)
    relations: RelationRules = USUAL_RELATIONS
    workunits: WorkunitRules = USUAL_WORKUNITS
    satisfaction: Satisfaction = USUAL_SATISFACTION
    #: Companies by the domains of their people.
    companies: Mapping[str, House] = field(default_factory=dict)
    #: Workflow rules in the order in which they are asked.
    rules: Rulebook = NO_RULES
    #: The row that keeps this configuration; events name it. None in tests and tools.
    configuration_id: int | None = None

    def group(self, group_id: int) -> GroupRules:
        """The rules of one group."""
        return self.groups.get(group_id, USUAL_GROUP)

    def patience_in(self, group_id: int) -> Patience:
        """How long one group waits for answers."""
        return self.group(group_id).patience or self.patience


#: A desk that nobody configured.
USUAL = Policy()
