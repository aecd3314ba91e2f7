"""Bounds of the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pydantic import Field

from bot.desk.limits import USUAL, Limits
from bot.settings.values import Section


class LimitsSection(Section):
    """Bounds of the desk."""

    acknowledgements_in_10_minutes: int = Field(default=2, ge=0)
    acknowledgements_in_a_day: int = Field(default=20, ge=0)
    acknowledgements_in_a_minute: int = Field(default=6000, ge=0)
    same_request_minutes: float = Field(default=5, ge=0)
    mails_to_one_in_an_hour: int = Field(default=40, ge=1)
    mails_about_a_ticket_in_an_hour: int = Field(default=400, ge=1)
    held_notices_in_an_hour: int = Field(default=5, ge=0)
    copies_per_ticket: int = Field(default=30, ge=0)
    rules_in_a_row: int = Field(default=3, ge=1, le=20)
    rule_deeds_in_an_hour: int = Field(default=20, ge=0)

    def build(self) -> Limits:
        """The same as the desk uses it."""
        usual = USUAL
        within_minutes, within_a_day = usual.acknowledgements
        (held,) = usual.held_notices
        return replace(
            usual,
            acknowledgements=(
                replace(within_minutes, limit=self.acknowledgements_in_10_minutes),
                replace(within_a_day, limit=self.acknowledgements_in_a_day),
            ),
            all_acknowledgements=replace(
                usual.all_acknowledgements, limit=self.acknowledgements_in_a_minute
            ),
            same_request_within=timedelta(minutes=self.same_request_minutes),
            mails_to_one=replace(usual.mails_to_one, limit=self.mails_to_one_in_an_hour),
            mails_to_all=replace(usual.mails_to_all, limit=self.mails_about_a_ticket_in_an_hour),
            held_notices=(replace(held, limit=self.held_notices_in_an_hour),),
            copies_per_ticket=self.copies_per_ticket,
            rules_in_a_row=self.rules_in_a_row,
            rule_deeds=replace(usual.rule_deeds, limit=self.rule_deeds_in_an_hour),
        )
