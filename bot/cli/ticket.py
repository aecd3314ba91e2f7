"""``replydesk ticket``: tickets among tickets, from the shell. Whoever sits there may do all of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from bot import actions
from bot.actions import Changes
from bot.cli.opening import opened
from bot.cli.output import Flag, say
from bot.desk.commands.relations import read_numbers
from bot.desk.relations import Asset, Relation, read_tags
from bot.desk.ticket import Ticket
from bot.errors import NotPossible
from storage.unit_of_work import SqlUnitOfWork

T = TypeVar("T")

RULE = "decided_at_the_command_line"

_Rows = list[tuple[str, str, str]]
_Change = Callable[[SqlUnitOfWork, Ticket, datetime], _Rows]


def merge_(ticket: int, into: int, /, *, anyway: Flag = False) -> None:
    """Put all of a ticket into another one, and close it as a duplicate.

    Args:
        ticket: The ticket that ends.
        into: The ticket that stays.
        anyway: Though their requesters belong to different companies.
    """
    with opened() as storage:
        now = storage.clock()
        target = storage.database.run(
            lambda uow: actions.merge_tickets(
                uow,
                actions.end_of_merges(uow, ticket),
                into=into,
                actor=None,
                anyway=anyway,
                rule=RULE,
                now=now,
            )
        )
    say(f"ticket {ticket} is a part of ticket {target.id} now")


def split_(ticket: int, words: str, /, *, title: str = "") -> None:
    """Make a ticket of some of the words of another.

    Args:
        ticket: The ticket that has them.
        words: Their numbers as 'replydesk show' has them: 3,5-7.
        title: What the new ticket is about; the same as the old one where nothing is said.
    """
    numbers = _understood(read_numbers, words)
    with opened() as storage:
        now = storage.clock()
        new = storage.database.run(
            lambda uow: actions.split_ticket(
                uow,
                actions.end_of_merges(uow, ticket),
                numbers=numbers,
                title=title,
                actor=None,
                rule=RULE,
                now=now,
            )
        )
    say(f"words {words} are ticket {new.id} now")


def link_(ticket: int, relation: Relation, other: int, /) -> None:
    """Say what a ticket is to another one.

    Args:
        ticket: The ticket.
        relation: child, incident, duplicate or related.
        other: The other one: its parent, its problem, what it repeats.
    """
    now_linked = _change(
        ticket,
        lambda uow, found, now: actions.link_tickets(
            uow, found, other=other, relation=relation, actor=None, rule=RULE, now=now
        ),
    )
    say(now_linked or "that was so already")


def unlink_(ticket: int, other: int, /) -> None:
    """Say that two tickets have nothing to do with each other.

    Args:
        ticket: The one.
        other: The other.
    """
    say(
        _change(
            ticket,
            lambda uow, found, now: actions.unlink_tickets(
                uow, found, other=other, actor=None, rule=RULE, now=now
            ),
        )
    )


def tag_(ticket: int, /, *tags: str, off: Flag = False) -> None:
    """Put tags on a ticket, or take them off.

    Args:
        ticket: The ticket.
        tags: For example vpn vip.
        off: Take them off.
    """
    change = actions.remove_tags if off else actions.add_tags
    wanted = _understood(read_tags, " ".join(tags))
    say(
        _change(ticket, lambda uow, found, _now: change(uow, found, wanted))
        or "that was so already"
    )


def about_(
    ticket: int, reference: str, /, *, kind: str = "asset", name: str = "", off: Flag = False
) -> None:
    """Say what a ticket is about: something that is kept elsewhere.

    Args:
        ticket: The ticket.
        reference: Its key there, for example PC-1234.
        kind: asset, room, contract, or what the configuration adds.
        name: What it is called.
        off: The ticket is not about that.
    """

    def change(uow: SqlUnitOfWork, found: Ticket, _now: datetime) -> _Rows:
        if off:
            return actions.remove_asset(uow, found, reference)
        known = uow.policy.relations
        if known.kind_of_asset(kind) is None:
            names = ", ".join(one.name for one in known.asset_kinds)
            raise NotPossible(f"there is no kind {kind!r}; these are: {names}")
        return actions.put_asset(uow, found, Asset(kind=kind, reference=reference, name=name))

    say(_change(ticket, change) or "that was so already")


def _understood(read: Callable[[str], T], text: str) -> T:
    """What was typed, as a value; raises NotPossible with the right form."""
    try:
        return read(text)
    except ValueError as why:
        raise NotPossible(str(why)) from None


def _change(ticket: int, change: _Change) -> str:
    """Do it and record it; what was changed, in words."""
    with opened() as storage:
        now = storage.clock()

        def work(uow: SqlUnitOfWork) -> _Rows:
            found = actions.end_of_merges(uow, ticket)
            rows = change(uow, found, now)
            if rows:
                actions.change_ticket(
                    uow, found, actor=None, changes=Changes(), also=rows, rule=RULE, now=now
                )
            return rows

        rows = storage.database.run(work)
    return "; ".join(
        f"{what}: {before or 'none'} → {after or 'none'}" for what, before, after in rows
    )
