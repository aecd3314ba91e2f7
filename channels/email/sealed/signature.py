"""What is known of one signature, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """How far a signature holds, in the words that are stored."""

    VALID = "valid"
    #: The words are as they were signed, by whoever has that certificate.
    UNTRUSTED = "intact, but the signer's certificate is not trusted"
    BROKEN = "broken: these are not the words that were signed"
    UNVERIFIED = "not verified"


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """One signature on a mail. It proves nothing about the From address: it is only recorded."""

    #: ``S/MIME`` or ``PGP``.
    kind: str
    #: Mail addresses that the certificate or key bears; none when it is not at hand.
    signers: tuple[str, ...] = ()
    verdict: Verdict = Verdict.UNVERIFIED

    def words(self, author: str | None) -> str:
        """One line, for example ``S/MIME signed by ann@example.org, valid``."""
        by = f" by {', '.join(self.signers)}" if self.signers else ""
        other = bool(self.signers) and author not in self.signers
        aside = ", who is not the sender" if other else ""
        return f"{self.kind} signed{by}{aside}, {self.verdict.value}"
