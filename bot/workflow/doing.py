"""Deeds of rules become calls of `bot.actions`, which record them with the rule as their cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import actions
from bot.actions import Changes
from bot.desk.people import Group, Person, Role
from bot.desk.rules.deeds import (
    Deed,
    Escalate,
    Join,
    Note,
    Notify,
    Set,
    Settable,
    Tag,
    Webhook,
    Whom,
)
from bot.desk.ticket import EventKind, Priority, Status, Ticket
from bot.errors import NotFound, NotPossible
from bot.ports import UnitOfWork


@dataclass(kw_only=True, slots=True)
class Doing:
    """One rule's deeds on one ticket; inside one savepoint, so that all of them happen or none."""

    uow: UnitOfWork
    #: The ticket as the deeds so far have left it.
    ticket: Ticket
    #: Name of the rule.
    name: str
    #: The rule of the events that the deeds record.
    rule: str
    #: Who confirmed it, or None.
    actor: Person | None
    #: The event that the rule looked at, or None.
    event_id: int | None
    now: datetime

    def refresh(self) -> None:
        """Look at the ticket again."""
        found = self.uow.tickets.get(self.ticket.id)
        if found is None:
            raise NotFound(f"there is no ticket {self.ticket.id}")
        self.ticket = found

    def group(self) -> Group | None:
        """The ticket's group."""
        groups = self.uow.people.groups()
        return next((group for group in groups if group.id == self.ticket.group_id), None)

    def leader(self) -> Person | None:
        """Whoever leads the ticket's group, or None."""
        group = self.group()
        return self.uow.people.get(group.leader_id) if group and group.leader_id else None


def do_all(doing: Doing, deeds: Iterable[Deed]) -> None:
    """Do every deed in order; raises NotPossible with the reason, then nothing must stay."""
    for deed in deeds:
        _DEEDS[type(deed)](doing, deed)
        doing.refresh()


def changes_something(uow: UnitOfWork, ticket: Ticket, deed: Deed) -> bool:
    """Whether a deed would change anything; what tells or writes something always does."""
    match deed:
        case Tag(name=name, off=off):
            return (name in uow.relations.tags(ticket.id)) is off
        case Join(address=address, role=role):
            parts = uow.tickets.participants(ticket.id)
            return not any(p.person.address == address and p.role is role for p in parts)
        case Set(what=what, to=to):
            return _NOW[what](uow, ticket, to) is False
    return True


# --- setting --------------------------------------------------------------------------------------


def _has_group(uow: UnitOfWork, ticket: Ticket, to: str) -> bool:
    return any(g.id == ticket.group_id and g.name == to for g in uow.people.groups())


def _has_owner(uow: UnitOfWork, ticket: Ticket, to: str) -> bool:
    if to == "nobody" or ticket.owner_id is None:
        return (to == "nobody") is (ticket.owner_id is None)
    if to == "leader":
        return any(
            g.id == ticket.group_id and g.leader_id == ticket.owner_id for g in uow.people.groups()
        )
    owner = uow.people.get(ticket.owner_id)
    return owner is not None and to.casefold() in {owner.name.casefold(), owner.address}


#: Whether a thing is already as a rule wants it.
_NOW: dict[Settable, Callable[[UnitOfWork, Ticket, str], bool]] = {
    Settable.GROUP: _has_group,
    Settable.OWNER: _has_owner,
    Settable.STATUS: lambda _uow, ticket, to: ticket.status.value == to,
    Settable.PRIORITY: lambda _uow, ticket, to: int(ticket.priority) == int(to),
    Settable.TYPE: lambda _uow, ticket, to: ticket.type == to,
}


def _set(doing: Doing, deed: Set) -> None:
    if changes_something(doing.uow, doing.ticket, deed):
        _change(doing, _changes(doing, deed))


def _change(doing: Doing, changes: Changes, also: Sequence[tuple[str, str, str]] = ()) -> None:
    actions.change_ticket(
        doing.uow,
        doing.ticket,
        actor=doing.actor,
        changes=changes,
        also=also,
        rule=doing.rule,
        now=doing.now,
    )


def _changes(doing: Doing, deed: Set) -> Changes:
    match deed.what:
        case Settable.GROUP:
            return Changes(group=_find_group(doing.uow, deed.to))
        case Settable.STATUS:
            return Changes(status=Status(deed.to))
        case Settable.PRIORITY:
            return Changes(priority=Priority(int(deed.to)))
        case Settable.TYPE:
            return Changes(type=deed.to)
        case Settable.OWNER if deed.to == "nobody":
            return Changes(unassign=True)
        case Settable.OWNER:
            return Changes(owner=_find_owner(doing, deed.to))


def _find_group(uow: UnitOfWork, name: str) -> Group:
    found = next((group for group in uow.people.groups() if group.name == name), None)
    if found is None:
        raise NotPossible(f"there is no group {name} any more")
    return found


def _find_owner(doing: Doing, name: str) -> Person:
    if name == "leader":
        leader = doing.leader()
        if leader is None:
            raise NotPossible("the group has no leader")
        return leader
    found = doing.uow.people.find_technician(name)
    if len(found) != 1:
        raise NotPossible(f"{len(found) or 'no'} technicians are called {name}")
    return found[0]


# --- the other deeds ------------------------------------------------------------------------------


def _tag(doing: Doing, deed: Tag) -> None:
    if not changes_something(doing.uow, doing.ticket, deed):
        return
    set_tags = actions.remove_tags if deed.off else actions.add_tags
    rows = set_tags(doing.uow, doing.ticket, (deed.name,))
    _change(doing, Changes(), also=rows)


def _join(doing: Doing, deed: Join) -> None:
    person = doing.uow.people.add(name="", channel="email", address=deed.address, at=doing.now)
    if deed.role is Role.WATCHER and not person.technician:
        raise NotPossible(f"{deed.address} is no technician, and only those watch")
    actions.join_ticket(
        doing.uow,
        doing.ticket,
        actor=doing.actor,
        person=person,
        role=deed.role,
        rule=doing.rule,
        now=doing.now,
    )


def _note(doing: Doing, deed: Note) -> None:
    actions.add_rule_note(
        doing.uow,
        doing.ticket,
        actor=doing.actor,
        text=deed.text,
        name=doing.name,
        rule=doing.rule,
        now=doing.now,
    )


def _notify(doing: Doing, deed: Notify) -> None:
    people = list(_people(doing, deed.whom))
    if not people:
        raise NotPossible(f"there is no {deed.whom} who could be told")
    _tell(doing, people, deed.text)


def _people(doing: Doing, whom: str) -> Iterable[Person]:
    uow, ticket = doing.uow, doing.ticket
    owner = uow.people.get(ticket.owner_id) if ticket.owner_id else None
    match whom:
        case Whom.OWNER:
            found = [owner]
        case Whom.LEADER:
            found = [doing.leader()]
        case Whom.REQUESTER:
            found = [uow.people.get(ticket.requester_id)]
        case Whom.TECHNICIANS if owner is not None:
            found = [owner]
        case Whom.GROUP | Whom.TECHNICIANS:
            found = [*uow.people.staff(ticket.group_id)]
        case address:
            found = [uow.people.add(name="", channel="email", address=address, at=doing.now)]
    return (person for person in found if person is not None and person.reachable)


def _escalate(doing: Doing, deed: Escalate) -> None:
    """Ask for the escalation, and tell the leader at once, or the group where nobody leads it."""
    leader = doing.leader()
    people = [leader] if leader else doing.uow.people.staff(doing.ticket.group_id)
    text = f"Escalation {deed.policy}: please see to this request now."
    _tell(doing, people, text, kind=EventKind.ESCALATION_REQUESTED, policy=deed.policy)


def _tell(
    doing: Doing,
    people: Iterable[Person],
    text: str,
    *,
    kind: EventKind = EventKind.RULE_TOLD,
    **more: str,
) -> None:
    actions.tell_people(
        doing.uow,
        doing.ticket,
        people=people,
        text=text,
        name=doing.name,
        kind=kind,
        more=more,
        rule=doing.rule,
        now=doing.now,
    )


def _webhook(doing: Doing, deed: Webhook) -> None:
    event_id = doing.event_id
    if event_id is None:
        event_id = actions.record_timed(
            doing.uow, doing.ticket, name=doing.name, rule=doing.rule, now=doing.now
        )
    actions.post_to(doing.uow, doing.ticket, url=deed.url, event_id=event_id, now=doing.now)


_DEEDS: dict[type[Deed], Callable[[Doing, Any], None]] = {
    Set: _set,
    Tag: _tag,
    Join: _join,
    Note: _note,
    Notify: _notify,
    Webhook: _webhook,
    Escalate: _escalate,
}
