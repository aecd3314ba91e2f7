"""``replydesk accept``: one mail from standard input, for mail servers that deliver to a pipe.

It stores the mail in the inbox and ends; the running service, or the next one, does the rest. The
exit status is one that mail servers know (sysexits.h). Whatever goes wrong on our side is "try
again later", so that no mail bounces because of us.
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

from cyclopts import Parameter

from bot.cli.opening import Storage, opened
from bot.directory import Directory
from bot.ports import Accepted, Arrival, Envelope
from bot.settings import load
from channels.email.fingerprint import fingerprint
from storage.acceptor import Acceptor

EX_OK, EX_USAGE, EX_DATAERR, EX_NOUSER, EX_TEMPFAIL = 0, 64, 65, 67, 75


def accept(
    *recipients: str,
    sender: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
) -> int:
    """Take one mail from standard input.

    Exit status: 0 stored, 65 no mail or too large, 67 no recipient is ours, 75 try again later,
    78 the configuration is wrong.

    Args:
        recipients: Addresses it was sent to; those that are not ours are left out.
        sender: Envelope sender, empty for a bounce; left out when unknown.
    """
    if not recipients:
        return _end(EX_USAGE, "name the addresses that the mail was sent to")
    settings = load()
    try:
        with opened(settings, schema=False) as storage:
            return _accept(storage, recipients, sender)
    except Exception as error:  # noqa: BLE001 - the command's edge: the mail server keeps the mail
        # That includes a desk that is not there: its disk may not be mounted yet.
        return _end(EX_TEMPFAIL, f"try again later: {error}")


def _accept(storage: Storage, recipients: tuple[str, ...], sender: str | None) -> int:
    directory = Directory(storage.database.read(lambda uow: uow.people.queues()))
    ours = tuple(address for address in recipients if directory.knows(address))
    if not ours:
        return _end(EX_NOUSER, f"none of these is an address of ours: {', '.join(recipients)}")
    largest = max((section.max_size for section in storage.settings.listeners), default=_LARGEST)
    raw = _without_separator(sys.stdin.buffer.read(largest + 1))
    if len(raw) > largest:
        return _end(EX_DATAERR, f"the mail is larger than {largest} bytes (listeners.max_size)")
    if not raw.strip():
        return _end(EX_DATAERR, "there is no mail on standard input")
    accepted = _store(storage, raw, ours, sender, storage.clock())
    again = ", which had come before" if accepted.duplicate else ""
    return _end(EX_OK, f"stored as inbox message {accepted.inbox_id}{again}")


_LARGEST = 40 * 1024 * 1024


def _without_separator(raw: bytes) -> bytes:
    """Drop the line ``From somebody date`` that mail servers write for mailbox files."""
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw


def _store(
    storage: Storage, raw: bytes, recipients: tuple[str, ...], sender: str | None, now: datetime
) -> Accepted:
    return Acceptor(storage.database, storage.blobs).accept_blocking(
        Arrival(
            channel="email",
            external_id=fingerprint(raw, received_at=now),
            raw=raw,
            envelope=Envelope(
                transport="pipe",
                sender=None if sender is None else sender.strip("<>"),
                recipients=recipients,
            ),
            received_at=now,
        )
    )


def _end(status: int, words: str) -> int:
    """Mail servers copy what a pipe command says into their log, or into the bounce."""
    print(f"replydesk accept: {words}", file=sys.stderr)
    return status
