"""What a verdict about a From address rests on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.entry import Authentication


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """The verdict, the rule that gave it, and what there was to see."""

    authentication: Authentication
    #: The name of the rule that spoke.
    rule: str
    #: What was verified, in words: ``dkim=pass (d=example.org, aligned), dmarc=pass (p=reject)``;
    #: empty where nothing was.
    evidence: str = ""

    @property
    def is_in_the_mail(self) -> bool:
        """Whether the mail itself is the proof, so that it proves the same wherever it is sent."""
        return self.rule not in {"logged_in", "trusted_network", "vouched_for"}

    @property
    def was_possible(self) -> bool:
        """False when the author's domain could not be asked, which says nothing about the author."""
        return self.rule != "names_were_away"
