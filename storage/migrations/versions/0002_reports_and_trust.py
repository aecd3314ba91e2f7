"""Reports on deliveries, trust in addresses, signatures and decorative files.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.add_column("identities", sa.Column("trusted_at", UtcTime()))
    op.add_column(
        "identities", sa.Column("trusted_by", sa.Text(), nullable=False, server_default="")
    )
    op.add_column("identities", sa.Column("complained_at", UtcTime()))
    op.add_column("workunits", sa.Column("signed", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "attachments",
        sa.Column("decorative", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "delivery_reports",
        sa.Column("id", Id, nullable=False),
        sa.Column("delivery_id", Id, nullable=False),
        sa.Column("inbox_id", Id, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("code", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="fk_delivery_reports_delivery_id"
        ),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_delivery_reports_inbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_reports"),
        sa.UniqueConstraint(
            "delivery_id",
            "inbox_id",
            "kind",
            name="uq_delivery_reports_delivery_id_inbox_id_kind",
        ),
    )
