"""Wiring: from settings to one running service, and its orderly end."""

from bot.service.core import Core, utc_now
from bot.service.running import Service

__all__ = ["Core", "Service", "utc_now"]
