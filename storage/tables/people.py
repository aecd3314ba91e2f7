"""People, their addresses, who belongs to which group and company, and where requests arrive."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from storage.columns import NO, Id, Json, UtcTime
from storage.tables.base import metadata, partial, ref

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False, server_default=""),
    Column("technician", Boolean, nullable=False, server_default=NO),
    Column("added_at", UtcTime, nullable=False),
    ref("company_id", "companies", nullable=True),
    # Sees only their own tickets, though they belong to a company.
    Column("independent", Boolean, nullable=False, server_default=NO),
    Column("administrator", Boolean, nullable=False, server_default=NO),
    # Quality staff: may read what requesters thought of a ticket.
    Column("quality", Boolean, nullable=False, server_default=NO),
    # Named in the configuration; whoever is not named there any more loses their powers.
    Column("configured", Boolean, nullable=False, server_default=NO),
    Column("deactivated_at", UtcTime),
    # The person that this duplicate turned out to be.
    ref("merged_into", "people", nullable=True),
    Column("absent_from", UtcTime),
    Column("absent_until", UtcTime),
    ref("deputy_id", "people", nullable=True),
    # How they want to be told: "", "hourly" or "daily"; "22:00-07:00" or ""; an IANA zone or "".
    Column("digest", Text, nullable=False, server_default=""),
    Column("quiet_hours", Text, nullable=False, server_default=""),
    Column("time_zone", Text, nullable=False, server_default=""),
    # What the configuration said of these and of the language when it was last read, as JSON; "" for nothing.
    Column("file_wishes", Text, nullable=False, server_default=""),
    partial("ix_people_company", "company_id", where="company_id IS NOT NULL"),
    partial("ix_people_technicians", "id", where="technician"),
)

companies = Table(
    "companies",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

identities = Table(
    "identities",
    metadata,
    Column("id", Id, primary_key=True),
    ref("person_id", "people"),
    Column("channel", Text, nullable=False),
    # The workspace or team in which the address means something; empty for mail.
    Column("scope", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    # Set by a person at the desk: mail from here is taken as its owner's, though nothing proves it.
    Column("trusted_at", UtcTime),
    Column("trusted_by", Text, nullable=False, server_default=""),
    # A mail of ours was called spam there: only people's words go there since.
    Column("complained_at", UtcTime),
    UniqueConstraint("channel", "scope", "address"),
    Index(None, "person_id"),
)

groups = Table(
    "groups",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # Gets new tickets where the group wants that, and may do what owners do.
    ref("leader_id", "people", nullable=True),
    # Who had the last turn where tickets go round.
    ref("last_assigned_id", "people", nullable=True),
)

memberships = Table(
    "memberships",
    metadata,
    Column("group_id", Id, ForeignKey("groups.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    # view | edit | manage
    Column("rights", Text, nullable=False, server_default="edit"),
    Index(None, "person_id"),
)

queues = Table(
    "queues",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    ref("group_id", "groups"),
    Column("takes_automatic", Boolean, nullable=False, server_default=NO),
    UniqueConstraint("channel", "address"),
)

# What was done to people and to the desk itself; what is done to tickets stands in `events`.
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    # The person at the desk, or the login of whoever ran a command.
    Column("actor", Text, nullable=False),
    # What it is about: "person 12", "group 3", "configuration".
    Column("subject", Text, nullable=False),
    Column("deed", Text, nullable=False),
    Column("data", Json, nullable=False),
    Index(None, "subject", "id"),
)
