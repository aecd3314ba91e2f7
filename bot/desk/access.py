"""Who may read and do what in a ticket: an ordered table; the first rule that speaks decides.

`bot.desk.entry` says whether a mail may come in; this says what its author may do once it is in, and
what anybody may be shown. Reading and writing words follow fixed rules; who may change what is data
(`CHANGES`, the section ``[access]`` of the configuration). ``docs/access.md`` shows every cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.desk.people import Rights, Role
from bot.desk.ticket import Visibility


class Deed(StrEnum):
    """Something that somebody reads or does."""

    SEE_TICKET = "see_ticket"
    READ_PUBLIC = "read_public"
    READ_INTERNAL = "read_internal"
    READ_PRIVATE = "read_private"
    READ_RATING = "read_rating"
    READ_COSTS = "read_costs"
    WRITE_PUBLIC = "write_public"
    WRITE_INTERNAL = "write_internal"
    CHANGE_STATUS = "change_status"
    CLOSE = "close"
    REOPEN = "reopen"
    UNLOCK = "unlock"
    ASSIGN = "assign"
    CHANGE_GROUP = "change_group"
    CHANGE_PRIORITY = "change_priority"
    CHANGE_FIELDS = "change_fields"
    EDIT_WORKUNIT = "edit_workunit"
    MERGE = "merge"
    LINK = "link"
    BOOK_TIME = "book_time"
    ADD_PEOPLE = "add_people"
    DECIDE_HELD = "decide_held"
    OPEN_FOR_OTHERS = "open_for_others"
    MANAGE_PEOPLE = "manage_people"


class Part(StrEnum):
    """What somebody is to a ticket, where that is what a change depends on."""

    #: Who has the ticket; while nobody has it, everybody who may edit in its group.
    OWNER = "owner"
    #: Who entered it on behalf of the requester.
    EDITOR = "editor"
    #: Who leads its group.
    LEADER = "leader"
    #: Who has these rights in its group; the greater contain the smaller.
    VIEW = "view"
    EDIT = "edit"
    MANAGE = "manage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A person before a ticket, and before one of its workunits where that is what it is about."""

    #: Their parts in the ticket.
    parts: frozenset[Role] = frozenset()
    #: Staff: may answer tickets.
    technician: bool = False
    #: What they may do in the ticket's group, or None.
    rights: Rights | None = None
    #: Leads the ticket's group.
    leader: bool = False
    administrator: bool = False
    quality: bool = False
    #: Belongs to the company that asks, and sees its tickets.
    colleague: bool = False
    #: Stands in for the owner, who is away.
    deputy: bool = False
    #: Nobody has the ticket.
    unowned: bool = False
    #: Wrote the workunit.
    author: bool = False
    #: The workunit was shared with them.
    shared: bool = False
    deactivated: bool = False

    @property
    def insider(self) -> bool:
        """Whether they belong to the desk."""
        return self.technician or self.administrator

    @property
    def third_party(self) -> bool:
        """Whether all they have is a copy: a vendor, known by an address alone."""
        return self.parts == {Role.COPY} and not self.insider

    @property
    def works_here(self) -> bool:
        """Whether they are of the desk and have to do with the ticket or its group."""
        concerned = self.parts & _WORKING or self.rights or self.leader or self.deputy
        return self.insider and bool(concerned)

    @property
    def named_parts(self) -> frozenset[Part]:
        """Everything that `CHANGES` knows them by."""
        edits = self.rights in {Rights.EDIT, Rights.MANAGE}
        holds = {
            Part.OWNER: Role.OWNER in self.parts or self.deputy or (self.unowned and edits),
            Part.EDITOR: Role.EDITOR in self.parts,
            Part.LEADER: self.leader,
            Part.VIEW: self.rights is not None,
            Part.EDIT: edits,
            Part.MANAGE: self.rights is Rights.MANAGE,
        }
        return frozenset(part for part, held in holds.items() if held)


#: With one of these a technician works on the ticket, whatever their group.
_WORKING = frozenset({Role.OWNER, Role.EDITOR, Role.WATCHER, Role.COLLABORATOR})

#: All that anybody outside the desk can ever do.
OUTSIDE = frozenset({Deed.SEE_TICKET, Deed.READ_PUBLIC, Deed.WRITE_PUBLIC, Deed.READ_RATING})
_INSIDE_READING = frozenset(
    {Deed.SEE_TICKET, Deed.READ_PUBLIC, Deed.READ_INTERNAL, Deed.WRITE_INTERNAL}
)
_OWN_WORDS = frozenset(
    {Deed.READ_PUBLIC, Deed.READ_INTERNAL, Deed.READ_PRIVATE, Deed.EDIT_WORKUNIT}
)

_WORKERS = frozenset({Part.OWNER, Part.EDITOR, Part.LEADER, Part.EDIT})
_HEADS = frozenset({Part.OWNER, Part.LEADER, Part.MANAGE})

#: Which parts may change what; the configuration replaces a row as a whole.
CHANGES: Mapping[Deed, frozenset[Part]] = {
    Deed.CHANGE_STATUS: frozenset({Part.OWNER}),
    Deed.CLOSE: frozenset({Part.OWNER}),
    Deed.REOPEN: _WORKERS,
    Deed.UNLOCK: _HEADS,
    # Else nobody could take over from an owner who is away, where a group has no leader.
    Deed.ASSIGN: _HEADS | {Part.EDIT},
    Deed.CHANGE_GROUP: _HEADS | {Part.EDIT},
    Deed.CHANGE_PRIORITY: _WORKERS,
    Deed.CHANGE_FIELDS: _WORKERS,
    Deed.EDIT_WORKUNIT: frozenset({Part.LEADER, Part.MANAGE}),
    Deed.MERGE: _WORKERS,
    Deed.LINK: _WORKERS,
    Deed.BOOK_TIME: _WORKERS,
    Deed.ADD_PEOPLE: _WORKERS,
    Deed.DECIDE_HELD: _WORKERS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """The decision and the rule that made it."""

    allowed: bool
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    who: Standing
    deed: Deed
    changes: Mapping[Deed, frozenset[Part]]


_Rule = Callable[[_Case], bool | None]


def deactivated(case: _Case) -> bool | None:
    """Whoever takes no part any more reads and does nothing."""
    return False if case.who.deactivated else None


def rating_of_ones_own_work(case: _Case) -> bool | None:
    """A rating is hidden from the owner whom it is about."""
    about = case.deed is Deed.READ_RATING and Role.OWNER in case.who.parts
    return False if about else None


def rating(case: _Case) -> bool | None:
    """Only the requester who gave it and quality staff read a rating."""
    if case.deed is not Deed.READ_RATING:
        return None
    return Role.REQUESTER in case.who.parts or case.who.quality


def outside_the_desk(case: _Case) -> bool | None:
    """Nobody outside the desk reads what is internal, or changes a ticket otherwise than by words."""
    return False if not case.who.insider and case.deed not in OUTSIDE else None


def takes_part(case: _Case) -> bool | None:
    """Whoever has a part in the ticket reads its public words and adds to them."""
    return True if case.who.parts and case.deed in OUTSIDE else None


def same_company(case: _Case) -> bool | None:
    """Grouped requesters see their company's tickets and may take part in them."""
    return True if case.who.colleague and case.deed in OUTSIDE else None


def own_words(case: _Case) -> bool | None:
    """Everybody reads what they wrote, and may correct it."""
    return True if case.who.author and case.who.insider and case.deed in _OWN_WORDS else None


def private_words(case: _Case) -> bool | None:
    """Private words are for their author, for those they are shared with, and administrators."""
    if case.deed is not Deed.READ_PRIVATE:
        return None
    return case.who.shared or case.who.administrator


def administrator(case: _Case) -> bool | None:
    """Administrators may do everything else."""
    return True if case.who.administrator else None


def people_of_the_desk(case: _Case) -> bool | None:
    """Only administrators change other people's powers."""
    return False if case.deed is Deed.MANAGE_PEOPLE else None


def entered_on_behalf(case: _Case) -> bool | None:
    """Every technician may open a ticket for somebody else."""
    return True if case.deed is Deed.OPEN_FOR_OTHERS else None


def note_from_elsewhere(case: _Case) -> bool | None:
    """A technician may leave a note in any ticket they were led to: it tells them nothing."""
    return True if case.deed is Deed.WRITE_INTERNAL else None


def another_groups(case: _Case) -> bool | None:
    """A technician with neither a part in the ticket nor rights in its group is a stranger to it."""
    return None if case.who.works_here else False


def works_in_the_group(case: _Case) -> bool | None:
    """Whoever may view the group's tickets reads internal words and adds notes."""
    return True if case.deed in _INSIDE_READING else None


def speaks_for_the_desk(case: _Case) -> bool | None:
    """Public words and costs are for those who work on the ticket: viewing alone is not enough."""
    if case.deed not in {Deed.WRITE_PUBLIC, Deed.READ_COSTS}:
        return None
    return bool(case.who.named_parts & _WORKERS or case.who.parts & _WORKING)


def part_may_change(case: _Case) -> bool | None:
    """Who may change what depends on the part; the configuration says how."""
    return bool(case.who.named_parts & case.changes.get(case.deed, frozenset()))


RULES: tuple[_Rule, ...] = (
    deactivated,
    rating_of_ones_own_work,
    rating,
    outside_the_desk,
    takes_part,
    same_company,
    own_words,
    private_words,
    administrator,
    people_of_the_desk,
    entered_on_behalf,
    note_from_elsewhere,
    another_groups,
    works_in_the_group,
    speaks_for_the_desk,
    part_may_change,
)


def may(who: Standing, deed: Deed, *, changes: Mapping[Deed, frozenset[Part]] = CHANGES) -> Ruling:
    """Ask the rules in order."""
    case = _Case(who=who, deed=deed, changes=changes)
    for rule in RULES:
        allowed = rule(case)
        if allowed is not None:
            return Ruling(allowed=allowed, rule=rule.__name__)
    raise AssertionError("the last rule always speaks")


#: What one has to be allowed to read words of a visibility.
READING: Mapping[Visibility, Deed] = {
    Visibility.PUBLIC: Deed.READ_PUBLIC,
    Visibility.INTERNAL: Deed.READ_INTERNAL,
    Visibility.PRIVATE: Deed.READ_PRIVATE,
}


def may_read(who: Standing, visibility: Visibility) -> bool:
    """Whether they may be shown words of this visibility."""
    return may(who, READING[visibility]).allowed


def who_may(deed: Deed, *, changes: Mapping[Deed, frozenset[Part]] = CHANGES) -> str:
    """Who may do it, in words: ``its owner or the leader of its group``."""
    fixed = {
        Deed.WRITE_PUBLIC: "whoever may edit in its group or works on it",
        Deed.READ_COSTS: "whoever may edit in its group or works on it",
        Deed.MANAGE_PEOPLE: "administrators",
    }
    if deed in fixed:
        return fixed[deed]
    parts = changes.get(deed, frozenset())
    words = [words for part, words in _IN_WORDS.items() if part in parts]
    return " or ".join(words) or "administrators"


_IN_WORDS = {
    Part.OWNER: "its owner",
    Part.EDITOR: "whoever entered it",
    Part.LEADER: "the leader of its group",
    Part.VIEW: "whoever may view in its group",
    Part.EDIT: "whoever may edit in its group",
    Part.MANAGE: "whoever may manage in its group",
}
