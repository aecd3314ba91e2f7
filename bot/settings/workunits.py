"""How the desk books its work."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pydantic import Field

from bot.desk.workunits import Profile, WorkunitRules
from bot.errors import ConfigurationError
from bot.settings.values import Section


class WorkunitsSection(Section):
    """How the desk books its work."""

    #: What a technician's words take where they say nothing else; 0 for nothing.
    default_minutes: int = Field(default=15, ge=0, le=1440)
    #: ISO 4217 code of what an hour is paid in.
    currency: str = "EUR"
    #: Name of the profile for whoever has none; empty for none.
    default_profile: str = ""
    #: Names of profiles by mail address of technicians.
    technician_profiles: dict[str, str] = Field(default_factory=dict)
    #: Names of profiles by name of groups.
    group_profiles: dict[str, str] = Field(default_factory=dict)

    def build(self, profiles: Iterable[ProfileSection], *, time_zone: str) -> WorkunitRules:
        """The same as the desk uses it; raises ConfigurationError for a profile there is not."""
        rules = WorkunitRules(
            default_minutes=self.default_minutes,
            currency=self.currency,
            time_zone=time_zone,
            profiles=tuple(profile.build() for profile in profiles),
            default_profile=self.default_profile,
            technicians={a.lower(): name for a, name in self.technician_profiles.items()},
            groups=self.group_profiles,
        )
        for key, name in self._named():
            try:
                rules.profile(name)
            except ValueError as why:
                raise ConfigurationError(f"workunits.{key}: {why}") from None
        return rules

    def _named(self) -> Iterable[tuple[str, str]]:
        if self.default_profile:
            yield "default_profile", self.default_profile
        yield from (("technician_profiles", name) for name in self.technician_profiles.values())
        yield from (("group_profiles", name) for name in self.group_profiles.values())


class ProfileSection(Section):
    """A way of working that has its price."""

    name: str = Field(min_length=1, max_length=60)
    #: What an hour costs, for example 95.00.
    hourly_rate: Decimal = Field(ge=0, le=1_000_000, decimal_places=2)

    def build(self) -> Profile:
        """The same as the desk uses it: in the smallest coin."""
        return Profile(name=self.name, hourly_rate=int(self.hourly_rate * 100))
