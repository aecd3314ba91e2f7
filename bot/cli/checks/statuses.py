"""A check of the status maps: a gap is no mistake, and still surprises somebody."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.checks.finding import Desk, Finding, ok, warning
from bot.desk.statuses import names


def status_maps(desk: Desk) -> Iterator[Finding]:
    """Every status leads to an end, and every ticket can come to it."""
    for section in desk.settings.status_maps:
        order = section.build()
        about = f"status map {order.name}"
        dead, lost = list(order.dead_ends()), list(order.unreachable())
        if dead:
            yield warning(
                about,
                f"no ticket that is {names(dead)} ever comes to an end",
                "let something follow in status_maps.allowed that leads to resolved, closed or cancelled",
            )
        if lost:
            yield warning(
                about,
                f"no new ticket ever becomes {names(lost)}",
                "let it follow a status in status_maps.allowed, or leave it out",
            )
        if not dead and not lost:
            yield ok(about, "every status can be reached and leads to an end")
