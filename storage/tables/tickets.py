"""Tickets, who takes part in them, and what hangs on them."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from storage.columns import NO, Id, UtcTime
from storage.tables.base import metadata, partial, ref

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    ref("group_id", "groups"),
    ref("queue_id", "queues"),
    ref("requester_id", "people"),
    ref("owner_id", "people", nullable=True),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    ref("merged_into", "tickets", nullable=True),
    Column("locked", Boolean, nullable=False, server_default=NO),
    ref("follows", "tickets", nullable=True),
    Column("trusted", Boolean, nullable=False, server_default=NO),
    # incident | service request | problem | change | question
    Column("kind", Text, nullable=False, server_default="incident"),
    # Name of the ticket type, which has fields of its own; empty for none.
    Column("type", Text, nullable=False, server_default=""),
    Column("impact", Integer),
    Column("urgency", Integer),
    Column("resolution", Text, nullable=False, server_default=""),
    Column("epilogue", Text, nullable=False, server_default=""),
    ref("closed_by_id", "people", nullable=True),
    ref("company_id", "companies", nullable=True),
    # Never empty, though the databases do not know that: the column is younger than the table.
    Column("updated_at", UtcTime),
    Column("status_since", UtcTime),
    # When public words were last written by somebody outside, and by a technician.
    Column("outsider_wrote_at", UtcTime),
    Column("technician_wrote_at", UtcTime),
    CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
    CheckConstraint("merged_into <> id", name="merged_into_other"),
    Index(None, "requester_id"),
    partial("ix_tickets_open", "group_id", "priority", "id", where="closed_at IS NULL"),
    partial("ix_tickets_company", "company_id", "id", where="company_id IS NOT NULL"),
    partial("ix_tickets_owner_open", "owner_id", where="closed_at IS NULL"),
    # What people list tickets by. The values that most tickets have are left out: whoever asks for
    # those finds some among the newest.
    Index(None, "group_id", "id"),
    Index(None, "updated_at", "id"),
    partial("ix_tickets_owner", "owner_id", "id", where="owner_id IS NOT NULL"),
    partial("ix_tickets_status", "status", "id", where="status <> 'closed'"),
    partial("ix_tickets_priority", "priority", "id", where="priority <> 3"),
    partial("ix_tickets_kind", "kind", "id", where="kind <> 'incident'"),
    partial("ix_tickets_type", "type", "id", where="type <> ''"),
    partial("ix_tickets_merged", "merged_into", where="merged_into IS NOT NULL"),
)

participants = Table(
    "participants",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("added_at", UtcTime, nullable=False),
    Index(None, "person_id"),
)

# What `ticket_id` is to `other_id`.
ticket_links = Table(
    "ticket_links",
    metadata,
    ref("ticket_id", "tickets", primary_key=True),
    ref("other_id", "tickets", primary_key=True),
    # child (of the other) | incident (of the other, a problem) | duplicate | related
    Column("relation", Text, primary_key=True),
    Column("added_at", UtcTime, nullable=False),
    CheckConstraint("ticket_id <> other_id", name="other"),
    Index(None, "other_id"),
)

ticket_tags = Table(
    "ticket_tags",
    metadata,
    ref("ticket_id", "tickets", primary_key=True),
    Column("tag", Text, primary_key=True),
    Index(None, "tag", "ticket_id"),
)

# References to things whose master stands elsewhere.
ticket_assets = Table(
    "ticket_assets",
    metadata,
    ref("ticket_id", "tickets", primary_key=True),
    # asset | room | contract, or what the configuration adds
    Column("kind", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    Index(None, "reference", "kind"),
)

# Values of custom fields, as text in the form that the field's kind writes.
field_values = Table(
    "field_values",
    metadata,
    ref("ticket_id", "tickets", primary_key=True),
    Column("field", Text, primary_key=True),
    Column("value", Text, nullable=False),
    # Longer ones are words that nobody looks up, and more than a row of an index may hold.
    partial("ix_field_values_value", "field", "value", "ticket_id", where="length(value) <= 200"),
)

# Who wants to hear no more of a ticket.
mutes = Table(
    "mutes",
    metadata,
    ref("ticket_id", "tickets", primary_key=True),
    ref("person_id", "people", primary_key=True),
    Column("at", UtcTime, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    ref("ticket_id", "tickets", primary_key=True),
    ref("person_id", "people", primary_key=True),
    # Who had the ticket when it was closed: the rating is theirs, too, and hidden from them.
    ref("owner_id", "people", nullable=True),
    Column("good", Boolean, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("at", UtcTime, nullable=False),
    Column("changed_at", UtcTime),
    Index(None, "owner_id"),
)
