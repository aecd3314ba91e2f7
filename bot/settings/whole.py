"""The whole configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.desk.policy import House, Policy
from bot.desk.rules.rulebook import Rulebook
from bot.desk.types import Types
from bot.settings.access import AccessSection
from bot.settings.closing import ClosingSection
from bot.settings.desk import DeskSection, QueueSection, refuse_twins
from bot.settings.groups import GroupSection
from bot.settings.limits import LimitsSection
from bot.settings.notify import NotifySection
from bot.settings.pages import HttpSection, SatisfactionSection
from bot.settings.people import (
    CompanySection,
    PersonSection,
    TechnicianSection,
    check_names,
)
from bot.settings.relations import AssetSection, RelationsSection
from bot.settings.rules import WebhooksSection, build_rulebook
from bot.settings.statuses import StatusMapSection, build_maps, refuse_disorder
from bot.settings.types import FieldSection, PrioritiesSection, TypeSection, build_types
from bot.settings.values import unknown
from bot.settings.wires import (
    ListenerSection,
    MailboxSection,
    SealedSection,
    SmtpOutSection,
    TrustSection,
)
from bot.settings.workunits import ProfileSection, WorkunitsSection


class Settings(BaseSettings):
    """The whole configuration."""

    model_config = SettingsConfigDict(
        env_prefix="REPLYDESK_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    desk: DeskSection = DeskSection()
    queues: tuple[QueueSection, ...] = Field(
        default=(QueueSection(address="desk@localhost"),), min_length=1
    )
    #: Fields of every ticket, whatever its type.
    fields: tuple[FieldSection, ...] = ()
    types: tuple[TypeSection, ...] = ()
    priorities: PrioritiesSection = PrioritiesSection()
    groups: tuple[GroupSection, ...] = ()
    technicians: tuple[TechnicianSection, ...] = ()
    companies: tuple[CompanySection, ...] = ()
    people: tuple[PersonSection, ...] = ()
    access: AccessSection = AccessSection()
    listeners: tuple[ListenerSection, ...] = (ListenerSection(),)
    mailboxes: tuple[MailboxSection, ...] = ()
    smtp_out: SmtpOutSection = SmtpOutSection()
    trust: TrustSection = TrustSection()
    sealed: SealedSection = SealedSection()
    limits: LimitsSection = LimitsSection()
    notify: NotifySection = NotifySection()
    relations: RelationsSection = RelationsSection()
    assets: tuple[AssetSection, ...] = ()
    workunits: WorkunitsSection = WorkunitsSection()
    profiles: tuple[ProfileSection, ...] = ()
    http: HttpSection = HttpSection()
    satisfaction: SatisfactionSection = SatisfactionSection()
    #: Workflow rules; `bot.desk.rules.reading` says what may stand in each.
    rules: tuple[dict[str, Any], ...] = ()
    webhooks: WebhooksSection = WebhooksSection()
    closing: ClosingSection = ClosingSection()
    status_maps: tuple[StatusMapSection, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names them
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over the file."""
        file = settings_cls.model_config.get("toml_file")
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=file),
        )

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        """Names in one section that another must know."""
        self._types()
        refuse_twins(self.queues)
        groups = self.group_names()
        refuse_disorder(self.status_maps, groups=groups)
        for name in self.satisfaction.groups_off:
            if name not in groups:
                raise ValueError(f"satisfaction: groups_off: {unknown('group', name, groups)}")
        for group in self.groups:
            try:
                group.patience(self.closing)
            except ValueError as why:
                raise ValueError(f"groups.{group.name}.{why}") from None
        check_names(self.technicians, self.groups, self.companies, self.people)
        return self

    def group_names(self) -> list[str]:
        """Every group that some section names, in the order of the file."""
        named = [group.name for group in self.groups] + [queue.group for queue in self.queues]
        named += [name for technician in self.technicians for name in technician.groups]
        return list(dict.fromkeys(named))

    def _types(self) -> Types:
        of_queues = {queue.address: queue.type for queue in self.queues if queue.type}
        groups = self.group_names()
        return build_types(self.fields, self.types, groups=groups, of_queues=of_queues)

    def rulebook(self) -> Rulebook:
        """The workflow rules; raises ConfigurationError with every mistake in them."""
        return build_rulebook(
            self.rules,
            queues=self.queues,
            groups=self.group_names(),
            technicians=self.technicians,
            types=self.types,
            fields=self.fields,
            webhooks=self.webhooks,
        )

    def policy(
        self, groups: Mapping[str, int] | None = None, companies: Mapping[str, int] | None = None
    ) -> Policy:
        """The rules of the desk; `groups` and `companies` are their row numbers by name."""
        numbers, houses = groups or {}, companies or {}
        return Policy(
            limits=self.limits.build(),
            notify=self.notify.build(zone=self.desk.time_zone),
            satisfaction=self.satisfaction.build(),
            changes=self.access.build(),
            relations=self.relations.build(self.assets),
            workunits=self.workunits.build(self.profiles, time_zone=self.desk.time_zone),
            types=self._types(),
            priorities=self.priorities.build(),
            statuses=build_maps(self.status_maps, numbers),
            resolutions=self.closing.build_resolutions(),
            patience=self.closing.build_patience(),
            companies={
                domain.lower(): House(id=houses[company.name], grouped=company.grouped)
                for company in self.companies
                if company.name in houses
                for domain in company.domains
            },
            rules=self.rulebook(),
            groups={
                numbers[group.name]: group.build(self.closing)
                for group in self.groups
                if group.name in numbers
            },
        )
