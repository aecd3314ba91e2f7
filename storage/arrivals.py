"""Hop 1's rows: raw messages as they arrive, each stored once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.dialects import postgresql, sqlite

from bot.ports import Accepted, Arrival, Blobs
from storage.tables import inbox, raw_messages
from storage.twins import AGAIN, again

#: A raw message up to this many bytes lives in the database; a larger one is a blob.
INLINE_LIMIT = 512 * 1024


def _accept(dialect: Any) -> Any:
    statement = dialect.insert(inbox)
    return statement.on_conflict_do_update(
        index_elements=["channel", "external_id"],
        set_={"copies": inbox.c.copies + 1 + statement.excluded.copies},
    ).returning(inbox.c.id, inbox.c.channel, inbox.c.external_id, inbox.c.copies, inbox.c.state)


_ACCEPT = {"sqlite": _accept(sqlite), "postgresql": _accept(postgresql)}
_ADD_RAW = insert(raw_messages)


def store_arrivals(
    connection: Connection, arrivals: Sequence[Arrival], blobs: Blobs
) -> list[Accepted]:
    """Store raw messages, each once; answers in the order given.

    A message whose first arrival is held or laid aside is stored once more: whoever handed that in
    may have been a stranger or a list with the same bytes, and this one may come with better proof.
    """
    fresh = {(a.channel, a.external_id): a for a in reversed(arrivals)}
    extra = Counter((a.channel, a.external_id) for a in arrivals)
    # Sorted, so that two processes that store the same messages wait for each other in order.
    rows = [_arrival_row(fresh[key], copies=extra[key] - 1) for key in sorted(fresh)]
    statement = _ACCEPT[connection.dialect.name]
    stored: dict[tuple[str, str], tuple[int, bool]] = {}
    held: dict[tuple[str, str], Arrival] = {}
    for ident, channel, external_id, copies, state in connection.execute(statement, rows):
        key = (channel, external_id)
        stored[key] = (ident, copies >= extra[key])
        if state in AGAIN:
            held[key] = replace(fresh[key], external_id=again(external_id, copies))
    raws = [
        _raw_row(ident, fresh[key], blobs)
        for key, (ident, duplicate) in stored.items()
        if not duplicate
    ]
    if raws:
        connection.execute(_ADD_RAW, raws)
    if held:
        answered = store_arrivals(connection, list(held.values()), blobs)
        stored |= {
            key: (answer.inbox_id, answer.duplicate)
            for key, answer in zip(held, answered, strict=True)
        }
    answers: list[Accepted] = []
    seen: set[tuple[str, str]] = set()
    for arrival in arrivals:
        key = (arrival.channel, arrival.external_id)
        ident, duplicate = stored[key]
        answers.append(Accepted(inbox_id=ident, duplicate=duplicate or key in seen))
        seen.add(key)
    return answers


def list_as_dead(
    connection: Connection,
    *,
    channel: str,
    external_id: str,
    reason: str,
    head: bytes,
    size: int,
    now: datetime,
) -> None:
    """List a message that could not be taken as dead, once; only its head is kept."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    ident = connection.execute(
        dialect.insert(inbox)
        .values(
            channel=channel,
            external_id=external_id,
            received_at=now,
            envelope={"transport": "imap", "recipients": []},
            size=size,
            state="dead",
            due_at=now,
            reason=reason,
        )
        .on_conflict_do_nothing()
        .returning(inbox.c.id)
    ).scalar()
    if ident is not None:
        connection.execute(_ADD_RAW, {"inbox_id": ident, "raw": head, "blob": None})


def _arrival_row(arrival: Arrival, *, copies: int) -> dict[str, object]:
    envelope = arrival.envelope
    return {
        "channel": arrival.channel,
        "external_id": arrival.external_id,
        "received_at": arrival.received_at,
        "envelope": {
            "transport": envelope.transport,
            "sender": envelope.sender,
            "recipients": list(envelope.recipients),
            "peer": envelope.peer,
            "login": envelope.login,
            "evidence": [asdict(one) for one in envelope.evidence],
        },
        "size": len(arrival.raw),
        "state": "new",
        "due_at": arrival.received_at,
        "copies": copies,
    }


def _raw_row(inbox_id: int, arrival: Arrival, blobs: Blobs) -> dict[str, object]:
    if len(arrival.raw) <= INLINE_LIMIT:
        return {"inbox_id": inbox_id, "raw": arrival.raw, "blob": None}
    return {"inbox_id": inbox_id, "raw": None, "blob": blobs.put(arrival.raw)}
