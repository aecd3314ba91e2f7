"""May the author of orders do that? Asked by every handler before it changes anything."""

from __future__ import annotations

from dataclasses import replace

from bot.clearance import Clearance
from bot.desk.access import Deed, who_may
from bot.errors import NotPossible
from bot.orders.work import Work

#: What somebody tried, in the words of the answer that refuses it.
_TRYING = {
    Deed.CHANGE_STATUS: "changing the status",
    Deed.CLOSE: "closing the ticket",
    Deed.REOPEN: "reopening the ticket",
    Deed.UNLOCK: "locking or unlocking the ticket",
    Deed.ASSIGN: "giving the ticket to somebody",
    Deed.CHANGE_GROUP: "moving the ticket to another group",
    Deed.CHANGE_PRIORITY: "changing the priority",
    Deed.CHANGE_FIELDS: "changing type and fields",
    Deed.EDIT_WORKUNIT: "editing somebody else's words",
    Deed.MERGE: "merging or splitting tickets",
    Deed.LINK: "linking tickets",
    Deed.BOOK_TIME: "booking time",
    Deed.ADD_PEOPLE: "letting people take part",
    Deed.DECIDE_HELD: "deciding about held mail",
    Deed.MANAGE_PEOPLE: "changing other people's powers",
    Deed.WRITE_PUBLIC: "answering outside the desk",
    Deed.READ_COSTS: "reading costs",
}
#: Said where it would help.
_TAKE_IT = "; '#assign me' takes the ticket"


def require(work: Work, deed: Deed) -> None:
    """Raise NotPossible, naming who may and how, unless the author may do it in this ticket.

    An order before it in the same message counts: whoever takes the ticket is its owner from there on.
    """
    clearance, policy = _clearance(work), work.uow.policy
    if clearance.may(work.author, deed).allowed:
        return
    trying = _TRYING.get(deed, deed.replace("_", " "))
    takes = clearance.may(work.author, Deed.ASSIGN).allowed and deed is not Deed.ASSIGN
    hint = _TAKE_IT if takes and "owner" in policy.changes.get(deed, ()) else ""
    who = who_may(deed, changes=policy.changes).replace("its owner", _owner(work))
    raise NotPossible(f"{trying} in ticket {work.ticket.id} is for {who}{hint}")


def _owner(work: Work) -> str:
    """The owner, by name where there is one."""
    owner = work.uow.people.get(work.ticket.owner_id) if work.ticket.owner_id else None
    return f"its owner, {owner.name or owner.address}" if owner else "its owner"


def _clearance(work: Work) -> Clearance:
    owner = work.changes.owner
    ticket = work.ticket if owner is None else replace(work.ticket, owner_id=owner.id)
    return Clearance(uow=work.uow, ticket=ticket, now=work.now)
