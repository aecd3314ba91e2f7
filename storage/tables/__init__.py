"""Every table of the desk, as SQLAlchemy Core. Constraints here are what makes doubling impossible.

=================== ==============================================================================
a doubled message   ``inbox (channel, external_id)`` and ``workunits (inbox_id)`` are unique
a doubled notice    ``deliveries (event_id, notification, identity_id)`` is unique
a doubled address   ``identities (channel, scope, address)`` is unique
a doubled timer     ``timers (ticket_id, kind, key)`` is unique
a doubled rating    ``ratings (ticket_id, person_id)`` is unique
=================== ==============================================================================

Queues are read through partial indexes on their open rows only, so a poll costs the same whether
a thousand or ten million rows are finished.
"""

from __future__ import annotations

from storage.tables.base import metadata
from storage.tables.house import configurations, leases, mailbox_cursors, oauth_tokens, signing_keys
from storage.tables.inbox import inbox, raw_messages
from storage.tables.people import audit, companies, groups, identities, memberships, people, queues
from storage.tables.rules import rule_hits
from storage.tables.telling import budgets, deliveries, delivery_reports, timers
from storage.tables.threads import (
    attachments,
    events,
    message_references,
    workunit_revisions,
    workunit_shares,
    workunits,
)
from storage.tables.tickets import (
    field_values,
    mutes,
    participants,
    ratings,
    ticket_assets,
    ticket_links,
    ticket_tags,
    tickets,
)
from storage.word_index import attach_word_index

attach_word_index(metadata)

__all__ = [
    "attachments",
    "audit",
    "budgets",
    "companies",
    "configurations",
    "deliveries",
    "delivery_reports",
    "events",
    "field_values",
    "groups",
    "identities",
    "inbox",
    "leases",
    "mailbox_cursors",
    "memberships",
    "message_references",
    "metadata",
    "mutes",
    "oauth_tokens",
    "participants",
    "people",
    "queues",
    "ratings",
    "raw_messages",
    "rule_hits",
    "signing_keys",
    "ticket_assets",
    "ticket_links",
    "ticket_tags",
    "tickets",
    "timers",
    "workunit_revisions",
    "workunit_shares",
    "workunits",
]
