"""Every table of the desk, as SQLAlchemy Core. Constraints here are what makes doubling impossible.

=================== ==============================================================================
a doubled message   ``inbox (channel, external_id)`` and ``workunits (inbox_id)`` are unique
a doubled notice    ``deliveries (event_id, notification, identity_id)`` is unique
a doubled address   ``identities (channel, scope, address)`` is unique
a doubled timer     ``timers (ticket_id, kind, key)`` is unique
=================== ==============================================================================

Queues are read through partial indexes on their open rows only, so a poll costs the same whether
a thousand or ten million rows are finished.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import NO, Id, Json, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _ref(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=nullable)


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# --- people -------------------------------------------------------------------------------------

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False, server_default=""),
    Column("technician", Boolean, nullable=False, server_default=NO),
    Column("added_at", UtcTime, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("person_id", "people"),
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
)

memberships = Table(
    "memberships",
    metadata,
    Column("group_id", Id, ForeignKey("groups.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Index(None, "person_id"),
)

queues = Table(
    "queues",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    _ref("group_id", "groups"),
    Column("takes_automatic", Boolean, nullable=False, server_default=NO),
    UniqueConstraint("channel", "address"),
)

# --- tickets ------------------------------------------------------------------------------------

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    _ref("group_id", "groups"),
    _ref("queue_id", "queues"),
    _ref("requester_id", "people"),
    _ref("owner_id", "people", nullable=True),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    _ref("merged_into", "tickets", nullable=True),
    Column("locked", Boolean, nullable=False, server_default=NO),
    _ref("follows", "tickets", nullable=True),
    Column("trusted", Boolean, nullable=False, server_default=NO),
    CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
    CheckConstraint("merged_into <> id", name="merged_into_other"),
    Index(None, "requester_id"),
    _partial("ix_tickets_open", "group_id", "priority", "id", where="closed_at IS NULL"),
    _partial("ix_tickets_owner_open", "owner_id", where="closed_at IS NULL"),
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
    _ref("ticket_id", "tickets", nullable=True),
    UniqueConstraint("channel", "external_id"),
    _partial("ix_inbox_new", "due_at", "id", where="state = 'new'"),
    _partial("ix_inbox_tried", "due_at", "id", where="state = 'new' AND attempts > 0"),
    _partial("ix_inbox_claimed", "claimed_by", where="state = 'claimed'"),
    _partial(
        "ix_inbox_waiting", "state", "id", where="state IN ('aside', 'held', 'dead', 'partial')"
    ),
    _partial("ix_inbox_ticket", "ticket_id", where="ticket_id IS NOT NULL"),
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

workunits = Table(
    "workunits",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("ticket_id", "tickets"),
    Column("inbox_id", Id, ForeignKey("inbox.id"), unique=True),
    _ref("author_id", "people", nullable=True),
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
    CheckConstraint("visibility IN ('public', 'internal', 'private')", name="visibility"),
    Index(None, "ticket_id", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("workunit_id", "workunits"),
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
    _ref("ticket_id", "tickets"),
    Column("kind", Text, nullable=False),
    _ref("actor_id", "people", nullable=True),
    Column("at", UtcTime, nullable=False),
    _ref("workunit_id", "workunits", nullable=True),
    Column("rule", Text, nullable=False, server_default=""),
    Column("data", Json, nullable=False),
    Index(None, "ticket_id", "id"),
)

message_references = Table(
    "message_references",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _ref("ticket_id", "tickets"),
    _ref("workunit_id", "workunits"),
    Index(None, "ticket_id"),
)

# --- telling ------------------------------------------------------------------------------------

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("ticket_id", "tickets"),
    _ref("event_id", "events"),
    Column("notification", Text, nullable=False),
    Column("role", Text, nullable=False),
    _ref("person_id", "people"),
    _ref("identity_id", "identities"),
    # due → claimed → sent | refused | cancelled; refused later too, when a bounce comes back
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", UtcTime, nullable=False),
    Column("claimed_by", Text),
    Column("message_id", Text),
    Column("sent_at", UtcTime),
    Column("reason", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False, server_default=""),
    UniqueConstraint("event_id", "notification", "identity_id"),
    _partial("ix_deliveries_due", "due_at", "id", where="state = 'due'"),
    _partial(
        "ix_deliveries_open", "identity_id", "ticket_id", "id", where="state IN ('due', 'claimed')"
    ),
    _partial("ix_deliveries_claimed", "claimed_by", where="state = 'claimed'"),
    _partial("ix_deliveries_refused", "id", where="state = 'refused'"),
    Index(None, "ticket_id", "identity_id", "id"),
)

# What other machines said about a delivery after it was sent.
delivery_reports = Table(
    "delivery_reports",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("delivery_id", "deliveries"),
    _ref("inbox_id", "inbox", nullable=True),
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
    _ref("ticket_id", "tickets"),
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

# --- the house's own ----------------------------------------------------------------------------

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    # Rises with every change of holder: a late writer shows an old number.
    Column("fence", BigInteger, nullable=False),
    Column("until", UtcTime, nullable=False),
)

mailbox_cursors = Table(
    "mailbox_cursors",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("unread_below", BigInteger, nullable=False),
    Column("first_read_at", UtcTime),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

oauth_tokens = Table(
    "oauth_tokens",
    metadata,
    Column("name", Text, primary_key=True),
    Column("refresh_token", Text, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
)
