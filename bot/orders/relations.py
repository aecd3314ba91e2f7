"""Orders about tickets among tickets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from bot import actions
from bot.actions import Changes
from bot.desk.access import Deed
from bot.desk.commands import Order
from bot.desk.commands.relations import (
    AddAsset,
    ChangeTags,
    LinkTo,
    Merge,
    RemoveAsset,
    Split,
    Unlink,
)
from bot.desk.relations import Asset
from bot.orders.permission import require
from bot.orders.work import Work


def link_to(work: Work, order: LinkTo) -> None:
    """Give the ticket a relation to another."""
    require(work, Deed.LINK)
    work.also += actions.link_tickets(
        work.uow,
        work.ticket,
        other=order.other,
        relation=order.relation,
        actor=work.author,
        rule=work.rule,
        now=work.now,
    )


def unlink(work: Work, order: Unlink) -> None:
    """Take away what links two tickets."""
    require(work, Deed.LINK)
    work.also += actions.unlink_tickets(
        work.uow, work.ticket, other=order.other, actor=work.author, rule=work.rule, now=work.now
    )


def change_tags(work: Work, order: ChangeTags) -> None:
    """Put tags on, or take them off."""
    require(work, Deed.CHANGE_FIELDS)
    change = actions.remove_tags if order.off else actions.add_tags
    work.also += change(work.uow, work.ticket, order.tags)


def add_asset(work: Work, order: AddAsset) -> None:
    """Say what the ticket is about."""
    require(work, Deed.CHANGE_FIELDS)
    kind, reference = order.kind, order.reference
    named, _, rest = reference.partition(":")
    if rest and work.uow.policy.relations.kind_of_asset(named.lower()) is not None:
        kind, reference = named.lower(), rest
    asset = Asset(kind=kind, reference=reference, name=order.name)
    work.also += actions.put_asset(work.uow, work.ticket, asset)


def remove_asset(work: Work, order: RemoveAsset) -> None:
    """Say that it is not about that."""
    require(work, Deed.CHANGE_FIELDS)
    work.also += actions.remove_asset(work.uow, work.ticket, order.reference)


def merge(work: Work, order: Merge) -> None:
    """Put the ticket into another one, once the words are in it."""
    require(work, Deed.MERGE)
    _, target = actions.check_merge(work.uow, work.ticket, into=order.into, anyway=order.anyway)
    require(replace(work, ticket=target, changes=Changes()), Deed.MERGE)
    work.also.append(("merged into", "", str(target.id)))
    work.afterwards.append(partial(_merge, order))


def _merge(order: Merge, work: Work) -> None:
    actions.merge_tickets(
        work.uow,
        work.ticket,
        into=order.into,
        actor=work.author,
        anyway=order.anyway,
        rule=work.rule,
        now=work.now,
    )


def split(work: Work, order: Split) -> None:
    """Make a ticket of some of the words."""
    require(work, Deed.MERGE)
    new = actions.split_ticket(
        work.uow,
        work.ticket,
        numbers=order.numbers,
        title=order.title,
        actor=work.author,
        rule=work.rule,
        now=work.now,
    )
    work.also.append(("split off", "", str(new.id)))


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    LinkTo: link_to,
    Unlink: unlink,
    ChangeTags: change_tags,
    AddAsset: add_asset,
    RemoveAsset: remove_asset,
    Merge: merge,
    Split: split,
}
