"""Posts of workflow rules to other programs, signed as the Standard Webhooks specification says.

The address is looked up once and that very address is connected to: a name that leads to a public
host while it is checked, and into our own network afterwards, gains nothing. Redirects are not
followed, and of the answer only its head is read.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from bot.ports import Outgoing, Refused, SendResult, Sent, TryLater

#: Seconds for everything: looking up, connecting, posting, the answer's head.
_TIMEOUT = 15.0
#: Bytes of an answer's head.
_LONGEST_HEAD = 16_384
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})\b[ ]?([^\r\n]{0,100})")
_RETRY_AFTER = re.compile(rb"\r\nretry-after:[ \t]*([0-9]{1,5})[ \t]*\r\n", re.IGNORECASE)
#: Answers that ask to come again; any other of 300 to 499 will be the same next time.
_LATER = frozenset({408, 409, 425, 429})


class _Unwelcome(Exception):
    """The address is none that may be posted to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookOptions:
    """How to post."""

    #: Key of the signatures.
    secret: bytes
    #: Networks of our own that may be posted to, beside everything public.
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, secret: bytes, networks: Sequence[str]) -> WebhookOptions:
        """Options from the configuration's words."""
        return cls(secret=secret, networks=tuple(ip_network(each) for each in networks))


class WebhookSender:
    """Implements `bot.ports.Channel`: one POST for each delivery."""

    def __init__(
        self, options: Callable[[], WebhookOptions], clock: Callable[[], datetime]
    ) -> None:
        self._options = options
        self._clock = clock

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Post once."""
        url = urlsplit(outgoing.to_address)
        request = self._request(url, outgoing)
        try:
            async with asyncio.timeout(_TIMEOUT):
                head = await self._post(url, request)
        except _Unwelcome as why:
            return Refused(reason=str(why))
        except TimeoutError:
            return TryLater(reason=f"no answer within {_TIMEOUT:.0f} seconds")
        except ssl.SSLCertVerificationError as error:
            return TryLater(reason=f"its certificate is not accepted: {error.verify_message}")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            return TryLater(reason=f"{type(error).__name__}: {error}")
        return judge(head)

    async def close(self) -> None:
        """There is nothing to give back."""

    def _request(self, url: SplitResult, outgoing: Outgoing) -> bytes:
        body = outgoing.text.encode()
        at = str(int(self._clock().timestamp()))
        fields = {
            "Host": url.netloc,
            "User-Agent": "replydesk",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "webhook-id": outgoing.message_id,
            "webhook-timestamp": at,
            "webhook-signature": sign(
                self._options().secret, key=outgoing.message_id, at=at, body=body
            ),
        }
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        return "\r\n".join((*lines, "", "")).encode("ascii") + body

    async def _post(self, url: SplitResult, request: bytes) -> bytes:
        """Send the request and return the answer's head."""
        secure = url.scheme == "https"
        address, port = await self._look_up(url)
        reader, writer = await asyncio.open_connection(
            address,
            port,
            ssl=ssl.create_default_context() if secure else None,
            server_hostname=url.hostname if secure else None,
            limit=_LONGEST_HEAD,
        )
        try:
            writer.write(request)
            await writer.drain()
            return await reader.readuntil(b"\r\n\r\n")
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _look_up(self, url: SplitResult) -> tuple[str, int]:
        """The first address of the host; raises _Unwelcome when any of them may not be posted to."""
        host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
        for address in addresses:
            ip = ip_address(address)
            if not ip.is_global and not any(ip in network for network in self._options().networks):
                raise _Unwelcome(
                    f"{host} is {address}, an address that is not public; webhooks.networks lists "
                    "those that may be posted to"
                )
        return addresses[0], port


def sign(secret: bytes, *, key: str, at: str, body: bytes) -> str:
    """The signature header: ``v1,`` and HMAC-SHA-256 over id, time and body."""
    signed = hmac.new(secret, f"{key}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def judge(head: bytes) -> SendResult:
    """What an answer means for the delivery."""
    found = _STATUS.match(head)
    if found is None:
        return TryLater(reason="the answer is no HTTP")
    status, said = int(found[1]), found[0].decode("ascii", "replace").strip()
    if 200 <= status < 300:  # noqa: PLR2004 - success
        return Sent(response=said)
    if status < 300 or status >= 500 or status in _LATER:  # noqa: PLR2004 - the server's own trouble
        wait = _RETRY_AFTER.search(head)
        return TryLater(reason=said, after=timedelta(seconds=int(wait[1])) if wait else None)
    return Refused(reason=said, code=str(status))
