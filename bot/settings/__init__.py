"""Configuration: one TOML file, overridden by ``REPLYDESK_…`` variables, checked before use.

A mistake names the file, the key and what is expected. Every key has a default that works on one
machine, so an empty file is a valid configuration. One module holds one family of sections.
"""

from bot.settings.access import AccessSection
from bot.settings.closing import ClosingSection
from bot.settings.desk import DeskSection, QueueSection
from bot.settings.groups import GroupSection
from bot.settings.limits import LimitsSection
from bot.settings.loading import PLACES, find_file, load
from bot.settings.notify import NotifyRuleSection, NotifySection
from bot.settings.pages import HttpSection, SatisfactionSection
from bot.settings.people import CompanySection, PersonSection, TechnicianSection
from bot.settings.statuses import StatusMapSection
from bot.settings.types import FieldSection, PrioritiesSection, TypeSection
from bot.settings.values import Address, Zone
from bot.settings.whole import Settings
from bot.settings.wires import (
    ListenerSection,
    MailboxSection,
    SealedSection,
    SmtpOutSection,
    TrustSection,
)

__all__ = [
    "PLACES",
    "AccessSection",
    "Address",
    "ClosingSection",
    "CompanySection",
    "DeskSection",
    "FieldSection",
    "GroupSection",
    "HttpSection",
    "LimitsSection",
    "ListenerSection",
    "MailboxSection",
    "NotifyRuleSection",
    "NotifySection",
    "PersonSection",
    "PrioritiesSection",
    "QueueSection",
    "SatisfactionSection",
    "SealedSection",
    "Settings",
    "SmtpOutSection",
    "StatusMapSection",
    "TechnicianSection",
    "TrustSection",
    "TypeSection",
    "Zone",
    "find_file",
    "load",
]
