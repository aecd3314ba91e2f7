"""Who may change what in a ticket, by their part in it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.desk.access import CHANGES, Deed, Part
from bot.settings.values import Section


def _usual(deed: Deed) -> tuple[Part, ...]:
    return tuple(part for part in Part if part in CHANGES[deed])


class AccessSection(Section):
    """The parts that may do each of these; administrators may do all of them."""

    change_status: tuple[Part, ...] = _usual(Deed.CHANGE_STATUS)
    close: tuple[Part, ...] = _usual(Deed.CLOSE)
    reopen: tuple[Part, ...] = _usual(Deed.REOPEN)
    unlock: tuple[Part, ...] = _usual(Deed.UNLOCK)
    assign: tuple[Part, ...] = _usual(Deed.ASSIGN)
    change_group: tuple[Part, ...] = _usual(Deed.CHANGE_GROUP)
    change_priority: tuple[Part, ...] = _usual(Deed.CHANGE_PRIORITY)
    change_fields: tuple[Part, ...] = _usual(Deed.CHANGE_FIELDS)
    edit_workunit: tuple[Part, ...] = _usual(Deed.EDIT_WORKUNIT)
    merge: tuple[Part, ...] = _usual(Deed.MERGE)
    link: tuple[Part, ...] = _usual(Deed.LINK)
    book_time: tuple[Part, ...] = _usual(Deed.BOOK_TIME)
    add_people: tuple[Part, ...] = _usual(Deed.ADD_PEOPLE)
    decide_held: tuple[Part, ...] = _usual(Deed.DECIDE_HELD)

    def build(self) -> Mapping[Deed, frozenset[Part]]:
        """The same as the desk uses it."""
        return {deed: frozenset(getattr(self, deed.value)) for deed in CHANGES}
