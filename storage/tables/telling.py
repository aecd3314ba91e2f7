"""What goes out, and what becomes due."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from storage.columns import Id, UtcTime
from storage.tables.base import metadata, partial, ref

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    ref("ticket_id", "tickets"),
    ref("event_id", "events"),
    Column("notification", Text, nullable=False),
    Column("role", Text, nullable=False),
    ref("person_id", "people"),
    ref("identity_id", "identities"),
    # due → claimed → sent | refused | cancelled; refused later too, when a bounce comes back
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", UtcTime, nullable=False),
    Column("claimed_by", Text),
    Column("message_id", Text),
    Column("sent_at", UtcTime),
    Column("reason", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False, server_default=""),
    # What it may be sent together with: "" for nothing, "ticket" for more of the same ticket that is
    # due by then, "now" for all of it that waits, "digest" for anything to the same address.
    Column("bundle", Text, nullable=False, server_default=""),
    # The delivery whose message carries this one's words, too.
    ref("lead_id", "deliveries", nullable=True),
    UniqueConstraint("event_id", "notification", "identity_id"),
    partial("ix_deliveries_due", "due_at", "id", where="state = 'due'"),
    partial(
        "ix_deliveries_open", "identity_id", "ticket_id", "id", where="state IN ('due', 'claimed')"
    ),
    partial("ix_deliveries_claimed", "claimed_by", where="state = 'claimed'"),
    partial("ix_deliveries_refused", "id", where="state = 'refused'"),
    partial("ix_deliveries_companions", "lead_id", where="lead_id IS NOT NULL"),
    Index(None, "ticket_id", "identity_id", "id"),
)

# What other machines said about a delivery after it was sent.
delivery_reports = Table(
    "delivery_reports",
    metadata,
    Column("id", Id, primary_key=True),
    ref("delivery_id", "deliveries"),
    ref("inbox_id", "inbox", nullable=True),
    # failed | delayed | delivered | read | answered (by a machine) | complained
    Column("kind", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False, server_default=""),
    UniqueConstraint("delivery_id", "inbox_id", "kind"),
)

timers = Table(
    "timers",
    metadata,
    Column("id", Id, primary_key=True),
    ref("ticket_id", "tickets"),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False, server_default=""),
    Column("due_at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("ticket_id", "kind", "key"),
    Index(None, "due_at"),
)

budgets = Table(
    "budgets",
    metadata,
    Column("key", Text, primary_key=True),
    Column("starts_at", UtcTime, primary_key=True),
    Column("spent", Integer, nullable=False),
    Index(None, "starts_at"),
)
