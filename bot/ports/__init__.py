"""What the bot needs from outside: channels and words (`wire`), and storage (the rest).

Channels, templates and storage implement these protocols and know nothing of each other;
`bot.service` joins them.
"""

from bot.ports.audit import Audit, AuditEntry
from bot.ports.blobs import Blobs
from bot.ports.entries import Entries
from bot.ports.held import Held, HeldMail
from bot.ports.preferences import Preferences
from bot.ports.queues import (
    NO_DETAILS,
    Budgets,
    ClaimedMessage,
    Deliveries,
    Details,
    DueDelivery,
    DueTimer,
    Inbox,
    NewDelivery,
    PastDelivery,
    Reports,
    Timers,
)
from bot.ports.relations import Moves, Relations
from bot.ports.rules import Hit, NewHit, Rules, Tally
from bot.ports.search import Found, Search
from bot.ports.storage import UnitOfWork
from bot.ports.tickets import NewEvent, NewTicket, NewWorkunit, People, Reference, Tickets
from bot.ports.twins import EarlierMail, Original, Twins
from bot.ports.wire import (
    AcceptAsync,
    AcceptBlocking,
    Accepted,
    Arrival,
    Channel,
    Envelope,
    Evidence,
    Gather,
    KnowsRecipient,
    Outgoing,
    OutgoingFile,
    Refused,
    Rendered,
    Renderer,
    SendResult,
    Sent,
    TryLater,
)

__all__ = [
    "NO_DETAILS",
    "AcceptAsync",
    "AcceptBlocking",
    "Accepted",
    "Arrival",
    "Audit",
    "AuditEntry",
    "Blobs",
    "Budgets",
    "Channel",
    "ClaimedMessage",
    "Deliveries",
    "Details",
    "DueDelivery",
    "DueTimer",
    "EarlierMail",
    "Entries",
    "Envelope",
    "Evidence",
    "Found",
    "Gather",
    "Held",
    "HeldMail",
    "Hit",
    "Inbox",
    "KnowsRecipient",
    "Moves",
    "NewDelivery",
    "NewEvent",
    "NewHit",
    "NewTicket",
    "NewWorkunit",
    "Original",
    "Outgoing",
    "OutgoingFile",
    "PastDelivery",
    "People",
    "Preferences",
    "Reference",
    "Refused",
    "Relations",
    "Rendered",
    "Renderer",
    "Reports",
    "Rules",
    "Search",
    "SendResult",
    "Sent",
    "Tally",
    "Tickets",
    "Timers",
    "TryLater",
    "Twins",
    "UnitOfWork",
]
