"""What a ticket is made of: its type, the values of its fields, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.actions.states import Changes, change_ticket
from bot.desk import lifecycle
from bot.desk.limits import Budget
from bot.desk.people import Person
from bot.desk.quotas import Excess
from bot.desk.ticket import Kind, Ticket
from bot.ports import UnitOfWork

#: How often a requester is asked for what is missing; then the technicians see that it is.
_QUESTIONS = Budget(name="questions for missing fields in a day", window=timedelta(days=1), limit=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What a new ticket is made of, beside its words."""

    kind: Kind = Kind.INCIDENT
    #: Name of its type; empty for none.
    type: str = ""
    #: Values by field name, ready to be kept.
    values: Mapping[str, str] = field(default_factory=dict)
    #: What the requester is asked for: names of fields.
    wanted: tuple[str, ...] = ()
    #: What they wrote that could not be understood, in words.
    problems: tuple[str, ...] = ()
    #: The quota that it exceeds, or None.
    excess: Excess | None = None
    #: False when its author must not be written to.
    told: bool = True

    @property
    def is_refused(self) -> bool:
        """Whether the request is only kept, and its author told why."""
        return self.excess is not None and self.excess.forced

    def in_silence(self) -> Shape:
        """The same where its author must not be written to."""
        return replace(self, told=False)

    @property
    def speaks(self) -> bool:
        """Whether its author hears something else than that it has arrived."""
        return self.is_refused or bool(self.wanted)

    def marks(self) -> dict[str, object]:
        """What the event of opening says of it."""
        marks: dict[str, object] = {"missing": list(self.wanted)}
        if self.excess is not None:
            marks |= {"limit": self.excess.words, "limit_kind": self.excess.what}
            marks |= {"limit_number": self.excess.limit, "refused": self.is_refused}
            marks["limit_told"] = self.is_refused and self.told
        if self.told and not self.is_refused:
            marks |= {"wanted": list(self.wanted), "field problems": list(self.problems)}
        return {mark: value for mark, value in marks.items() if value}


#: A request of which nothing is known but its words.
PLAIN = Shape()


def put_values(
    uow: UnitOfWork, ticket: Ticket, values: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Set values of fields; return each change as (field, before, after). The caller records it.

    A choice that does not fit the new value of the field it depends on is taken away.
    """
    before = uow.fields.get(ticket.id)
    after = {**before, **values}
    for one in uow.policy.types.fields_of(ticket.type):
        chosen = after.get(one.name)
        if one.depends_on and chosen and chosen not in one.choices_for(after):
            after[one.name] = ""
    new = {name: value for name, value in after.items() if value != before.get(name, "")}
    uow.fields.put(ticket.id, new)
    return [(name, before.get(name, ""), value) for name, value in new.items()]


def fill_fields(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    actor: Person,
    values: Mapping[str, str],
    problems: tuple[str, ...] = (),
    rule: str,
    now: datetime,
) -> Ticket:
    """Keep what a requester filled in, and ask once more for what is still missing."""
    rows = put_values(uow, ticket, values)
    missing = uow.policy.types.missing(ticket.type, uow.fields.get(ticket.id))
    if not (rows or problems):
        return ticket
    asks = bool(missing or problems) and may_ask(uow, ticket, now=now)
    more: dict[str, object] = {
        "wanted": [one.name for one in missing] if asks else [],
        "field problems": list(problems) if asks else [],
        "missing": [one.name for one in missing],
    }
    return change_ticket(
        uow,
        ticket,
        actor=actor,
        changes=Changes() if missing else _complete(uow, ticket),
        also=rows,
        more={key: value for key, value in more.items() if value},
        rule=rule,
        now=now,
    )


def ask_for_fields(uow: UnitOfWork, ticket: Ticket, *, rule: str, now: datetime) -> Ticket:
    """Ask the requester for what the ticket's type needs; nothing happens when all of it is there."""
    missing = uow.policy.types.missing(ticket.type, uow.fields.get(ticket.id))
    if not missing or not may_ask(uow, ticket, now=now):
        return ticket
    return change_ticket(
        uow,
        ticket,
        actor=None,
        changes=Changes(),
        more={"wanted": [one.name for one in missing]},
        rule=rule,
        now=now,
    )


def may_ask(uow: UnitOfWork, ticket: Ticket, *, now: datetime) -> bool:
    """Whether the requester may be asked once more for what is missing."""
    return uow.budgets.spend(f"ticket {ticket.id}", (_QUESTIONS,), now=now)


def _complete(uow: UnitOfWork, ticket: Ticket) -> Changes:
    """Nothing is missing any more: the ticket waits to be taken up, or its owner goes on."""
    order = uow.policy.statuses.for_(ticket)
    owned = ticket.owner_id is not None
    wish = lifecycle.nothing_missing_for_its_owner if owned else lifecycle.nothing_missing
    return Changes(status=lifecycle.take(order, ticket.status, wish).after)
