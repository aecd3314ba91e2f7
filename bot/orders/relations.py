"""Orders about tickets among tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import actions
from bot.desk.commands import Order
from bot.desk.commands.relations import AddAsset, ChangeTags, LinkTo, RemoveAsset, Unlink
from bot.desk.relations import Asset
from bot.orders.work import Work


def link_to(work: Work, order: LinkTo) -> None:
    """Give the ticket a relation to another."""
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
    work.also += actions.unlink_tickets(
        work.uow, work.ticket, other=order.other, actor=work.author, rule=work.rule, now=work.now
    )


def change_tags(work: Work, order: ChangeTags) -> None:
    """Put tags on, or take them off."""
    change = actions.remove_tags if order.off else actions.add_tags
    work.also += change(work.uow, work.ticket, order.tags)


def add_asset(work: Work, order: AddAsset) -> None:
    """Say what the ticket is about."""
    kind, reference = order.kind, order.reference
    named, _, rest = reference.partition(":")
    if rest and work.uow.policy.relations.kind_of_asset(named.lower()) is not None:
        kind, reference = named.lower(), rest
    asset = Asset(kind=kind, reference=reference, name=order.name)
    work.also += actions.put_asset(work.uow, work.ticket, asset)


def remove_asset(work: Work, order: RemoveAsset) -> None:
    """Say that it is not about that."""
    work.also += actions.remove_asset(work.uow, work.ticket, order.reference)


HANDLERS: dict[type[Order], Callable[[Work, Any], None]] = {
    LinkTo: link_to,
    Unlink: unlink,
    ChangeTags: change_tags,
    AddAsset: add_asset,
    RemoveAsset: remove_asset,
}
