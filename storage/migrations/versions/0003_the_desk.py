"""Companies, rights, ticket types and links, time used, ratings, rules, configurations.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, Json, UtcTime
from storage.word_index import make_word_index

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; "pending" said nothing of whom a ticket waits for, and it was always the requester."""
    _new_tables()
    _people()
    _tickets()
    _threads()
    op.add_column("deliveries", _text("bundle"))
    _add_reference("deliveries", "lead_id", "deliveries")
    _partial("ix_deliveries_companions", "deliveries", ["lead_id"], "lead_id IS NOT NULL")
    make_word_index(op.get_bind())


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false"))


def _ref(name: str, target: str, table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint([name], [f"{target}.id"], name=f"fk_{table}_{name}")
    return sa.Column(name, Id, nullable=False), key


def _add_reference(table: str, column: str, target: str) -> None:
    """A nullable foreign key; SQLite takes one only together with its column."""
    name = f"fk_{table}_{column}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
            f"CONSTRAINT {name} REFERENCES {target} (id)"
        )
        return
    op.add_column(table, sa.Column(column, Id))
    op.create_foreign_key(name, table, target, [column], ["id"])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def _new_tables() -> None:
    op.create_table(
        "companies",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_companies"),
        sa.UniqueConstraint("name", name="uq_companies_name"),
    )
    op.create_table(
        "audit",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject_id", "audit", ["subject", "id"])
    op.create_table(
        "configurations",
        sa.Column("id", Id, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("brought_by", sa.Text(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_configurations"),
    )
    op.create_table(
        "ticket_links",
        *_ref("ticket_id", "tickets", "ticket_links"),
        *_ref("other_id", "tickets", "ticket_links"),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("added_at", UtcTime(), nullable=False),
        sa.CheckConstraint("ticket_id <> other_id", name=op.f("ck_ticket_links_other")),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", "relation", name="pk_ticket_links"),
    )
    op.create_index("ix_ticket_links_other_id", "ticket_links", ["other_id"])
    op.create_table(
        "ticket_tags",
        *_ref("ticket_id", "tickets", "ticket_tags"),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "tag", name="pk_ticket_tags"),
    )
    op.create_index("ix_ticket_tags_tag_ticket_id", "ticket_tags", ["tag", "ticket_id"])
    op.create_table(
        "ticket_assets",
        *_ref("ticket_id", "tickets", "ticket_assets"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        _text("name"),
        sa.PrimaryKeyConstraint("ticket_id", "kind", "reference", name="pk_ticket_assets"),
    )
    op.create_index("ix_ticket_assets_reference_kind", "ticket_assets", ["reference", "kind"])
    op.create_table(
        "field_values",
        *_ref("ticket_id", "tickets", "field_values"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "field", name="pk_field_values"),
    )
    _partial(
        "ix_field_values_value",
        "field_values",
        ["field", "value", "ticket_id"],
        "length(value) <= 200",
    )
    op.create_table(
        "mutes",
        *_ref("ticket_id", "tickets", "mutes"),
        *_ref("person_id", "people", "mutes"),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name="pk_mutes"),
    )
    op.create_table(
        "ratings",
        *_ref("ticket_id", "tickets", "ratings"),
        *_ref("person_id", "people", "ratings"),
        sa.Column("owner_id", Id),
        sa.Column("good", sa.Boolean(), nullable=False),
        _text("comment"),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime()),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name="fk_ratings_owner_id"),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_owner_id", "ratings", ["owner_id"])
    op.create_table(
        "workunit_shares",
        *_ref("workunit_id", "workunits", "workunit_shares"),
        *_ref("person_id", "people", "workunit_shares"),
        sa.PrimaryKeyConstraint("workunit_id", "person_id", name="pk_workunit_shares"),
    )
    op.create_table(
        "workunit_revisions",
        sa.Column("id", Id, nullable=False),
        *_ref("workunit_id", "workunits", "workunit_revisions"),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("editor_id", Id),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text()),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer()),
        sa.ForeignKeyConstraint(["editor_id"], ["people.id"], name="fk_workunit_revisions_editor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_workunit_revisions"),
    )
    op.create_index(
        "ix_workunit_revisions_workunit_id_id", "workunit_revisions", ["workunit_id", "id"]
    )
    op.create_table(
        "rule_hits",
        sa.Column("id", Id, nullable=False),
        *_ref("ticket_id", "tickets", "rule_hits"),
        sa.Column("event_id", Id),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("saw", Json, nullable=False),
        sa.Column("wants", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        _text("reason"),
        sa.Column("holds_until", UtcTime()),
        sa.Column("decided_by", Id),
        sa.Column("decided_at", UtcTime()),
        sa.Column("configuration_id", Id),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_rule_hits_event_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_rule_hits_decided_by"),
        sa.ForeignKeyConstraint(
            ["configuration_id"], ["configurations.id"], name="fk_rule_hits_configuration_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rule_hits"),
    )
    op.create_index("ix_rule_hits_ticket_id_id", "rule_hits", ["ticket_id", "id"])
    _partial("ix_rule_hits_timed", "rule_hits", ["ticket_id", "rule"], "event_id IS NULL")
    _partial("ix_rule_hits_suggested", "rule_hits", ["ticket_id"], "state = 'suggested'")


def _people() -> None:
    _add_reference("people", "company_id", "companies")
    for name in ("independent", "administrator", "quality", "configured"):
        op.add_column("people", _no(name))
    op.add_column("people", sa.Column("deactivated_at", UtcTime()))
    _add_reference("people", "merged_into", "people")
    op.add_column("people", sa.Column("absent_from", UtcTime()))
    op.add_column("people", sa.Column("absent_until", UtcTime()))
    _add_reference("people", "deputy_id", "people")
    for name in ("digest", "quiet_hours", "time_zone", "file_wishes"):
        op.add_column("people", _text(name))
    _partial("ix_people_company", "people", ["company_id"], "company_id IS NOT NULL")
    _partial("ix_people_technicians", "people", ["id"], "technician")
    _add_reference("groups", "leader_id", "people")
    _add_reference("groups", "last_assigned_id", "people")
    op.add_column("memberships", _text("rights", "edit"))


def _tickets() -> None:
    op.add_column("tickets", _text("kind", "incident"))
    op.add_column("tickets", _text("type"))
    op.add_column("tickets", sa.Column("impact", sa.Integer()))
    op.add_column("tickets", sa.Column("urgency", sa.Integer()))
    op.add_column("tickets", _text("resolution"))
    op.add_column("tickets", _text("epilogue"))
    _add_reference("tickets", "closed_by_id", "people")
    _add_reference("tickets", "company_id", "companies")
    for name in ("updated_at", "status_since", "outsider_wrote_at", "technician_wrote_at"):
        op.add_column("tickets", sa.Column(name, UtcTime()))
    op.execute("UPDATE tickets SET status = 'pending user' WHERE status = 'pending'")
    last = "SELECT max({0}.at) FROM {0} WHERE {0}.ticket_id = tickets.id"
    words = last.format("workunits") + " AND visibility = 'public'"
    op.execute(
        f"UPDATE tickets SET updated_at = coalesce(({last.format('events')}), opened_at), "
        f"status_since = coalesce(closed_at, ({last.format('events')}), opened_at), "
        f"outsider_wrote_at = ({words} AND NOT by_technician), "
        f"technician_wrote_at = ({words} AND by_technician)"
    )
    _partial("ix_tickets_company", "tickets", ["company_id", "id"], "company_id IS NOT NULL")
    op.create_index("ix_tickets_group_id_id", "tickets", ["group_id", "id"])
    op.create_index("ix_tickets_updated_at_id", "tickets", ["updated_at", "id"])
    for name, column, where in (
        ("owner", "owner_id", "owner_id IS NOT NULL"),
        ("status", "status", "status <> 'closed'"),
        ("priority", "priority", "priority <> 3"),
        ("kind", "kind", "kind <> 'incident'"),
        ("type", "type", "type <> ''"),
    ):
        _partial(f"ix_tickets_{name}", "tickets", [column, "id"], where)
    _partial("ix_tickets_merged", "tickets", ["merged_into"], "merged_into IS NOT NULL")


def _threads() -> None:
    op.add_column("workunits", sa.Column("minutes", sa.Integer()))
    op.add_column("workunits", _text("profile"))
    op.add_column("workunits", sa.Column("hourly_rate", sa.Integer()))
    op.add_column("workunits", sa.Column("done_at", UtcTime()))
    _add_reference("workunits", "editor_id", "people")
    _add_reference("workunits", "moved_from", "tickets")
    op.add_column("workunits", sa.Column("edited_at", UtcTime()))
    _add_reference("events", "configuration_id", "configurations")
