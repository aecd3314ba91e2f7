"""Login and password out of an SMTP AUTH dialogue."""

from __future__ import annotations

import binascii
from base64 import b64decode

from aiosmtpd.smtp import MISSING, SMTP


async def read_credentials(server: SMTP, arguments: list[str]) -> tuple[str, bytes] | None:
    """Login and password by AUTH PLAIN (RFC 4616) or LOGIN; None when the peer has its answer."""
    first: object
    if len(arguments) > 1:
        first = _decoded(arguments[1])
    else:
        first = await server.challenge_auth("Username:" if arguments[0] == "LOGIN" else "")
    if first is MISSING:
        return None
    if arguments[0] == "LOGIN":
        parts = [b"", first, await server.challenge_auth("Password:") if first else None]
    else:
        parts = list(first.split(b"\0")) if isinstance(first, bytes) else []
    if MISSING in parts:
        return None
    match parts:
        case [bytes(), bytes(login), bytes(password)]:
            return login.decode("utf-8", "replace"), password
    await server.push("501 5.5.2 Cannot read these credentials")
    return None


def _decoded(argument: str) -> bytes | None:
    try:
        return b64decode(argument, validate=True)
    except (binascii.Error, ValueError):
        return None
