"""How tickets end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from bot.desk.closing import USUAL_RESOLUTIONS, Patience, Resolutions
from bot.desk.ticket import Status
from bot.settings.values import Section

#: The keys that tell how long a status lasts without an answer.
_HOURS = {
    "pending_user_hours": Status.PENDING_USER,
    "pending_closure_hours": Status.PENDING_CLOSURE,
    "resolved_hours": Status.RESOLVED,
}

#: What a group may have of its own.
PATIENCE_KEYS = {*_HOURS, "warning_hours", "reopen_days"}


class ClosingSection(Section):
    """How tickets end."""

    resolutions: tuple[str, ...] = USUAL_RESOLUTIONS.names
    resolution: str = USUAL_RESOLUTIONS.usual
    expired_resolution: str = USUAL_RESOLUTIONS.expired
    cancelled_resolution: str = USUAL_RESOLUTIONS.cancelled
    pending_user_hours: float = Field(default=336, ge=0)
    pending_closure_hours: float = Field(default=72, ge=0)
    resolved_hours: float = Field(default=168, ge=0)
    warning_hours: float = Field(default=24, ge=0)
    reopen_days: float = Field(default=14, ge=0)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        resolutions = self.build_resolutions()
        for key in ("resolution", "expired_resolution", "cancelled_resolution"):
            try:
                resolutions.find(getattr(self, key))
            except ValueError as why:
                raise ValueError(f"{key}: {why}") from None
        self.build_patience()
        return self

    def build_resolutions(self) -> Resolutions:
        """The same as the desk uses it."""
        return Resolutions(
            names=self.resolutions,
            usual=self.resolution,
            expired=self.expired_resolution,
            cancelled=self.cancelled_resolution,
        )

    def build_patience(self, **of_group: float | None) -> Patience:
        """How long the desk waits, or a group that has numbers of its own; raises ValueError."""
        own = {key: value for key, value in of_group.items() if value is not None}
        return patience({**self.model_dump(include=PATIENCE_KEYS), **own})


def patience(numbers: Mapping[str, float]) -> Patience:
    """The numbers of a section as the desk uses them; raises ValueError where they disagree."""
    warning = numbers["warning_hours"]
    built = Patience(
        closes_after={
            status: timedelta(hours=numbers[key]) for key, status in _HOURS.items() if numbers[key]
        },
        warning=timedelta(hours=warning),
        reopen_window=timedelta(days=numbers["reopen_days"]),
    )
    for key, status in _HOURS.items():
        if built.warns_of(status) and 0 < numbers[key] <= warning:
            raise ValueError(
                f"{key}: expected more than the {warning:g} hours of warning_hours, or 0 for never"
            )
    return built
