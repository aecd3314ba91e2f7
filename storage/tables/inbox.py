"""Messages as received."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Id, Json, UtcTime
from storage.tables.base import metadata, partial, ref

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("envelope", Json, nullable=False),
    Column("size", Integer, nullable=False),
    # new → claimed → done | partial (too large to be read whole) | aside (automatic, no ticket)
    #     | held (a person decides) | dropped (a person did) | dead
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", UtcTime, nullable=False),
    Column("claimed_by", Text),
    # How often the same message arrived again, through whichever mailbox.
    Column("copies", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text, nullable=False, server_default=""),
    Column("verdict", Json),
    ref("ticket_id", "tickets", nullable=True),
    UniqueConstraint("channel", "external_id"),
    partial("ix_inbox_new", "due_at", "id", where="state = 'new'"),
    partial("ix_inbox_tried", "due_at", "id", where="state = 'new' AND attempts > 0"),
    partial("ix_inbox_claimed", "claimed_by", where="state = 'claimed'"),
    partial(
        "ix_inbox_waiting", "state", "id", where="state IN ('aside', 'held', 'dead', 'partial')"
    ),
    partial("ix_inbox_ticket", "ticket_id", where="ticket_id IS NOT NULL"),
)

# Beside the inbox, because SQLite rewrites a whole row, megabytes included, when its state changes.
raw_messages = Table(
    "raw_messages",
    metadata,
    Column("inbox_id", Id, ForeignKey("inbox.id"), primary_key=True),
    Column("raw", LargeBinary),
    # Set instead of `raw` when the message is large: the blob's SHA-256.
    Column("blob", Text),
    CheckConstraint("(raw IS NULL) <> (blob IS NULL)", name="raw_or_blob"),
)
