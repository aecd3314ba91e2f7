"""What stands in a ticket: workunits, files, events, message ids."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)

from storage.columns import NO, Id, Json, UtcTime
from storage.tables.base import metadata, ref

workunits = Table(
    "workunits",
    metadata,
    Column("id", Id, primary_key=True),
    ref("ticket_id", "tickets"),
    Column("inbox_id", Id, ForeignKey("inbox.id"), unique=True),
    ref("author_id", "people", nullable=True),
    Column("author_name", Text, nullable=False),
    Column("by_technician", Boolean, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("elided", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("message_id", Text),
    # What is known about an S/MIME or PGP signature, in words; empty where there is none.
    Column("signed", Text, nullable=False, server_default=""),
    # Time used and what an hour of it costs, in minutes and in the smallest coin.
    Column("minutes", Integer),
    Column("profile", Text, nullable=False, server_default=""),
    Column("hourly_rate", Integer),
    # When the work was done, where that is another time than `at`, when it was entered.
    Column("done_at", UtcTime),
    # Who entered it on behalf of the author.
    ref("editor_id", "people", nullable=True),
    # The ticket it was written in, where a merge or split moved it.
    ref("moved_from", "tickets", nullable=True),
    Column("edited_at", UtcTime),
    CheckConstraint("visibility IN ('public', 'internal', 'private')", name="visibility"),
    Index(None, "ticket_id", "id"),
)

# Whoever else may read a private workunit.
workunit_shares = Table(
    "workunit_shares",
    metadata,
    ref("workunit_id", "workunits", primary_key=True),
    ref("person_id", "people", primary_key=True),
)

# A workunit as it was before an edit.
workunit_revisions = Table(
    "workunit_revisions",
    metadata,
    Column("id", Id, primary_key=True),
    ref("workunit_id", "workunits"),
    # When it stopped being like this, and who changed it.
    Column("at", UtcTime, nullable=False),
    ref("editor_id", "people", nullable=True),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("visibility", Text, nullable=False),
    Column("minutes", Integer),
    Index(None, "workunit_id", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True),
    ref("workunit_id", "workunits"),
    Column("name", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content_id", Text),
    Column("inline", Boolean, nullable=False),
    Column("blocked", Boolean, nullable=False),
    # A signature's logo and its like: kept, but no attachment to anybody.
    Column("decorative", Boolean, nullable=False, server_default=NO),
    Index(None, "workunit_id"),
    Index(None, "sha256"),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    ref("ticket_id", "tickets"),
    Column("kind", Text, nullable=False),
    ref("actor_id", "people", nullable=True),
    Column("at", UtcTime, nullable=False),
    ref("workunit_id", "workunits", nullable=True),
    Column("rule", Text, nullable=False, server_default=""),
    Column("data", Json, nullable=False),
    # The configuration under which it was decided.
    ref("configuration_id", "configurations", nullable=True),
    Index(None, "ticket_id", "id"),
)

message_references = Table(
    "message_references",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    ref("ticket_id", "tickets"),
    ref("workunit_id", "workunits"),
    Index(None, "ticket_id"),
)
