"""The rules of one desk as configured: everything that decides about tickets and is no ticket."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.limits import USUAL as USUAL_LIMITS
from bot.desk.limits import Limits


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What actions ask before they act; one value for the whole desk, replaced as a whole."""

    limits: Limits = USUAL_LIMITS
    #: The row that keeps this configuration; events name it. None in tests and tools.
    configuration_id: int | None = None


#: A desk that nobody configured.
USUAL = Policy()
