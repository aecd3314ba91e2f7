# ruff: noqa: N802 -- aiosmtpd finds commands by these names.
"""One LMTP session (RFC 2033): for a mail server in front that keeps the queue."""

from __future__ import annotations

from aiosmtpd.smtp import Envelope as Transaction
from aiosmtpd.smtp import syntax

from channels.email.smtp_session import SmtpSession


class LmtpSession(SmtpSession):
    """Differs from SMTP in its greeting and in answering once for every recipient."""

    transport_name = "lmtp"

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:
        """Greet as EHLO does in SMTP."""
        await super().smtp_EHLO(arg)

    async def smtp_HELO(self, _: str) -> None:
        """Refuse: a client that says HELO takes this for SMTP and would count one answer."""
        await self.push("500 5.5.1 This is LMTP, say LHLO")

    async def smtp_EHLO(self, arg: str) -> None:
        """Refuse like HELO."""
        await self.smtp_HELO(arg)

    async def check_helo_needed(self, helo: str = "LHLO") -> bool:
        """Answer 503 before the greeting; ``helo`` is aiosmtpd's idea of its name."""
        return await super().check_helo_needed("LHLO" if helo in {"HELO", "EHLO"} else helo)

    async def answer_mail(self, status: str, transaction: Transaction) -> None:
        """One reply for every recipient that was taken (RFC 2033 section 4.2)."""
        await self.push("\r\n".join([status] * len(transaction.rcpt_tos)))
