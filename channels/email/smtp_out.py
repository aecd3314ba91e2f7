"""The channel that hands our mail to a mail server."""

from __future__ import annotations

import re

import structlog

from bot.ports import Outgoing, Refused, SendResult, TryLater
from channels.email.compose import compose
from channels.email.paths import write_path
from channels.email.smtp_pool import (
    Connection,
    ConnectionFailure,
    ConnectionPool,
    DomainTurns,
    SenderOptions,
)
from channels.email.smtp_transaction import Mail, transact

__all__ = ["SenderOptions", "SmtpSender"]

#: What needs no coding in an ENVID (RFC 3461, section 4: xtext).
_PLAIN = re.compile(r"[A-Za-z0-9.-]{1,100}")

_log = structlog.get_logger(__name__)


class SmtpSender:
    """Sends each notification once, over connections that are used again.

    A connection that turns out to be dead is replaced once and the mail sent again, but never after
    its final dot has left: then nobody knows what became of it, and the delivery stays due. Sending
    it again later is harmless, as it has the same Message-ID and the same bytes.
    """

    def __init__(self, options: SenderOptions) -> None:
        self._options = options
        self._pool = ConnectionPool(options)
        self._domains = DomainTurns(options.per_domain)

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Send once. Raises nothing."""
        try:
            return await self._attempt(outgoing)
        except ConnectionFailure as failure:
            return TryLater(reason=str(failure))
        except Exception as error:  # noqa: BLE001 -- the edge of the channel: the delivery stays due.
            _log.exception("mail_not_sent", delivery=outgoing.delivery_id)
            return TryLater(reason=f"unexpected {type(error).__name__}")

    async def close(self) -> None:
        """Give connections back; mails on their way may finish."""
        self._pool.close()

    async def _attempt(self, outgoing: Outgoing) -> SendResult:
        try:
            mail = _prepared(outgoing)
        except ValueError as error:
            return Refused(reason=str(error), code="5.1.3")
        domain = outgoing.to_address.rpartition("@")[2].lower()
        async with self._domains.turn(domain), self._pool.slot():
            return await self._sent(mail)

    async def _sent(self, mail: Mail) -> SendResult:
        connection = await self._pool.take()
        is_new = not connection.used
        try:
            return await self._transact(connection, mail)
        except ConnectionFailure:
            if is_new:
                raise
        return await self._transact(await self._pool.open(), mail)

    async def _transact(self, connection: Connection, mail: Mail) -> SendResult:
        try:
            return await transact(connection.client, mail, self._options)
        except BaseException:
            # Whatever cut the dialogue short, the next answer would belong to this mail.
            connection.client.close()
            raise
        finally:
            self._pool.give(connection)


def _prepared(outgoing: Outgoing) -> Mail:
    """The mail and its envelope. Raises ValueError for an address no server can be told."""
    if not outgoing.to_address:
        raise ValueError("there is no address to send to")
    return Mail(
        sender=write_path(outgoing.envelope_sender).encode(),
        recipient=write_path(outgoing.to_address).encode(),
        raw=compose(outgoing),
        envelope_id=_envelope_id(outgoing.envelope_sender),
    )


def _envelope_id(sender: str) -> bytes:
    """The signed part of our envelope sender, where RFC 3461 takes it as it is."""
    detail = sender.rpartition("@")[0].rpartition("+")[2]
    return detail.encode() if _PLAIN.fullmatch(detail) else b""
