"""One mail over one connection (RFC 5321 with SIZE, DSN and SMTPUTF8), and what its answers mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPException, SMTPResponse

from bot.ports import Refused, SendResult, Sent, TryLater
from channels.email.dotted import stuff_dots
from channels.email.smtp_pool import ConnectionFailure, SenderOptions, answer_text, error_text

_ENHANCED_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\d)")
#: The server wants another login or TLS: a fault of the configuration, which must drop no mail.
_OUR_FAULT = frozenset({530, 534, 535, 538})
_FAREWELL = 421
#: First digits of the reply codes (RFC 5321 section 4.2.1).
_DONE, _GO_ON, _NEVER = 2, 3, 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One mail ready for the wire."""

    #: The envelope sender in angle brackets.
    sender: bytes
    #: The recipient in angle brackets.
    recipient: bytes
    raw: bytes
    #: Our signed name for it; delivery reports bring it back as ENVID (RFC 3461). Empty for none.
    envelope_id: bytes

    @property
    def needs_smtputf8(self) -> bool:
        """Whether some byte outside a coded body is not ASCII."""
        return not (self.raw.isascii() and self.sender.isascii() and self.recipient.isascii())


async def transact(client: SMTP, mail: Mail, options: SenderOptions) -> SendResult:
    """Send one mail. Raises ConnectionFailure while its text has not left."""
    unfit = _unfit(client, mail)
    if unfit:
        return unfit
    for command, wanted in _commands(client, mail):
        response = await _ask(client, command, options)
        if response.code // 100 != wanted:
            await _reset(client, options)
            return _judged(command[:4].decode(), response)
    return await _hand_over(client, mail, options)


def _unfit(client: SMTP, mail: Mail) -> Refused | None:
    """Why this server can never take this mail."""
    if mail.needs_smtputf8 and not client.supports_extension("smtputf8"):
        return Refused(
            reason="the address needs SMTPUTF8, which the mail server lacks", code="5.6.7"
        )
    limit = client.esmtp_extensions.get("size", "")
    if limit.isascii() and limit.isdigit() and 0 < int(limit) < len(mail.raw):
        return Refused(
            reason=f"the mail has {len(mail.raw)} bytes, the mail server takes {limit}",
            code="5.3.4",
        )
    return None


def _commands(client: SMTP, mail: Mail) -> Iterator[tuple[bytes, int]]:
    """Each command with the kind of answer that leads on."""
    reports = client.supports_extension("dsn")
    command = b"MAIL FROM:" + mail.sender
    if client.supports_extension("size"):
        command += b" SIZE=%d" % len(mail.raw)
    if mail.needs_smtputf8:
        command += b" SMTPUTF8 BODY=8BITMIME"
    if reports:
        command += b" RET=HDRS"
        if mail.envelope_id:
            command += b" ENVID=" + mail.envelope_id
    yield command, _DONE
    command = b"RCPT TO:" + mail.recipient
    if reports:
        # Nobody waits for a report about a mail without a sender.
        command += b" NOTIFY=NEVER" if mail.sender == b"<>" else b" NOTIFY=FAILURE,DELAY"
    yield command, _DONE
    yield b"DATA", _GO_ON


async def _ask(client: SMTP, command: bytes, options: SenderOptions) -> SMTPResponse:
    """One command and its answer, which is no farewell. Raises ConnectionFailure."""
    verb = command[:4].decode()
    try:
        response = await client.execute_command(command, timeout=options.command_timeout)
    except (SMTPException, OSError) as error:
        raise ConnectionFailure(f"{verb}: {error_text(error)}") from error
    if response.code == _FAREWELL:
        raise ConnectionFailure(f"{verb}: {answer_text(*response)}")
    return response


async def _reset(client: SMTP, options: SenderOptions) -> None:
    try:
        await _ask(client, b"RSET", options)
    except ConnectionFailure:
        # The answer that mattered has been given; only this connection is of no more use.
        client.close()


async def _hand_over(client: SMTP, mail: Mail, options: SenderOptions) -> SendResult:
    """The text and its answer. From here on nothing is sent a second time."""
    protocol = client.protocol
    if protocol is None:
        raise ConnectionFailure("DATA: connection lost")
    try:
        protocol.write(stuff_dots(mail.raw))
        response = await protocol.read_response(timeout=options.data_timeout)
    except (SMTPException, OSError) as error:
        client.close()
        return TryLater(
            reason=f"no answer after the text, it may have arrived: {error_text(error)}"
        )
    if response.code == _FAREWELL:
        client.close()
    return _judged("text", response)


def _judged(stage: str, response: SMTPResponse) -> SendResult:
    """What an answer means for the delivery."""
    text = answer_text(*response)
    kind = response.code // 100
    if kind == _DONE and stage == "text":
        return Sent(response=text)
    if response.code in _OUR_FAULT:
        return TryLater(reason=f"{stage}: the mail server wants another login or TLS: {text}")
    if kind == _NEVER:
        status = _ENHANCED_STATUS.match(response.message)
        return Refused(reason=f"{stage}: {text}", code=status[0] if status else str(response.code))
    return TryLater(reason=f"{stage}: {text}")
