"""``replydesk dead``: what could not be placed or delivered."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from typing import Any

from bot.cli.mails import read_head
from bot.cli.opening import Storage, opened
from bot.cli.output import Flag, age, say, say_columns, say_json, shorten
from storage.inbox import UNPLACED
from storage.unit_of_work import SqlUnitOfWork

_HEAD = ("inbox", "state", "age", "from", "subject", "why")
_REFUSED_HEAD = ("delivery", "ticket", "notification", "to", "code", "why")
_ADDRESS, _SUBJECT, _REASON = 34, 40, 90


def dead(*, json: Flag = False, limit: int = 100, raw: int | None = None) -> None:
    """List mails that could not be placed, and deliveries that were refused.

    ``aside``: a machine wrote it and it belongs nowhere. ``dead``: it could not be handled.
    ``replydesk replay`` handles them again. Mails whose author is in doubt: ``replydesk held``.

    Args:
        json: Print JSON.
        limit: At most so many of each.
        raw: Write the mail with this inbox number as it came to standard output, and nothing else.
    """
    with opened() as storage:
        if raw is not None:
            mail = storage.database.read(lambda uow: uow.inbox.raw(raw, storage.blobs))
            sys.stdout.buffer.write(mail)
            return
        mails = storage.database.read(partial(_waiting, storage, limit))
        refused, held = storage.database.read(
            lambda uow: (uow.deliveries.refused(limit=limit), uow.held.count())
        )
        if json:
            say_json({"inbox": mails, "deliveries": refused, "held": held})
            return
        _list_mails(mails, storage.clock())
        _list_refused(refused)
        if held:
            say()
            say(f"Mails whose author is in doubt: {held}. List them: replydesk held")


def _waiting(storage: Storage, limit: int, uow: SqlUnitOfWork) -> list[dict[str, Any]]:
    """The rows, each with the author and the subject that its head names."""
    rows = uow.inbox.waiting(states=UNPLACED, limit=limit)
    for row in rows:
        row["from"], row["subject"] = read_head(uow.inbox.raw(row["id"], storage.blobs))
        row["from"] = row["from"] or row["envelope"].get("sender") or ""
    return rows


def _list_mails(mails: list[dict[str, Any]], now: datetime) -> None:
    rows = [
        (
            row["id"],
            row["state"],
            age(now - row["received_at"]),
            shorten(row["from"] or "-", _ADDRESS),
            shorten(row["subject"] or "-", _SUBJECT),
            shorten(row["reason"], _REASON),
        )
        for row in mails
    ]
    say_columns(_HEAD, rows, none="No mail is aside or dead.")
    if mails:
        say()
        say("Read one: replydesk dead --raw INBOX    Handle it again: replydesk replay INBOX")


def _list_refused(refused: list[dict[str, Any]]) -> None:
    if not refused:
        return
    rows = [
        (
            row["id"],
            row["ticket_id"],
            row["notification"],
            shorten(row["address"], _ADDRESS),
            row["code"] or "-",
            shorten(row["reason"], _REASON),
        )
        for row in refused
    ]
    say()
    say_columns(_REFUSED_HEAD, rows, none="")
    say()
    say("Send one again: replydesk replay --delivery DELIVERY")
