"""The house's own rows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from storage.columns import Id, Json, UtcTime
from storage.tables.base import metadata

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

# Every configuration that was ever in force.
configurations = Table(
    "configurations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
    # The process or the person that brought it in.
    Column("brought_by", Text, nullable=False),
    # The rules of the desk, secrets left out.
    Column("content", Json, nullable=False),
)
