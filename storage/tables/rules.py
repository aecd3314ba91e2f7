"""What workflow rules saw and did."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from storage.columns import Id, Json, UtcTime
from storage.tables.base import metadata, partial, ref

rule_hits = Table(
    "rule_hits",
    metadata,
    Column("id", Id, primary_key=True),
    ref("ticket_id", "tickets"),
    # The event that it looked at; none for a timed rule.
    ref("event_id", "events", nullable=True),
    Column("rule", Text, nullable=False),
    # log | suggest | automatic
    Column("mode", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    # Every fact that a condition looked at, and what it wants done.
    Column("saw", Json, nullable=False),
    Column("wants", Json, nullable=False),
    # logged | suggested | confirmed | declined | done | stopped (by a budget) | failed
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    # A timed rule hits once while its condition holds: until here at most, or while it is empty.
    Column("holds_until", UtcTime),
    ref("decided_by", "people", nullable=True),
    Column("decided_at", UtcTime),
    ref("configuration_id", "configurations", nullable=True),
    Index(None, "ticket_id", "id"),
    partial("ix_rule_hits_timed", "ticket_id", "rule", where="event_id IS NULL"),
    partial("ix_rule_hits_suggested", "ticket_id", where="state = 'suggested'"),
)
