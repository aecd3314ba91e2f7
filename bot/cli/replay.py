"""``replydesk replay``: give waiting mails or refused deliveries another try."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.cli.opening import opened
from bot.cli.output import Flag, say
from bot.errors import NotFound
from storage.unit_of_work import SqlUnitOfWork


def replay(*numbers: int, delivery: Flag = False) -> None:
    """Judge mails that wait (``replydesk dead``) anew; the running service does it at once.

    Use it once the cause is repaired. What is held for want of proof, and is genuine all the same:
    ``replydesk held accept``.

    Args:
        numbers: Inbox numbers, or delivery numbers with --delivery. All or none are taken.
        delivery: Send refused deliveries again instead.
    """
    if not numbers:
        raise NotFound("name at least one number; 'replydesk dead' lists them")
    with opened() as storage:
        again = partial(_again, numbers, delivery=delivery, now=storage.clock())
        storage.database.run(again)
    what = "delivery" if delivery else "inbox message"
    for number in numbers:
        say(f"{what} {number} is due again")


def _again(numbers: Sequence[int], uow: SqlUnitOfWork, *, delivery: bool, now: datetime) -> None:
    for number in numbers:
        if delivery:
            found, what = uow.deliveries.replay(number, now=now), "refused delivery"
        else:
            found, what = uow.inbox.replay(number, now=now), "waiting inbox message"
        if not found:
            raise NotFound(f"there is no {what} {number}; 'replydesk dead' lists them")
