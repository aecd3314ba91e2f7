"""Verifies mails as they arrive: beside the event loop, in bounded time, few at once.

Only the connection that brought a mail waits for it. One peer gets a few places, so that nobody's
slow name servers keep everybody waiting; who waits for a place has time of its own.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.ports import Envelope, Evidence
from channels.email.authenticate import Trust, within
from channels.email.evidence.dns import Cache, Lookup, Questions
from channels.email.evidence.fields import head_end
from channels.email.evidence.gather import Circumstances, gather, is_outside
from channels.email.evidence.places import Places
from channels.email.peers import peer_key

_log = structlog.get_logger(__name__)

_SIGNED = re.compile(rb"^(?:dkim-signature|arc-seal)[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How much time and room verifying may take."""

    #: Seconds for one mail.
    seconds: float = 5.0
    #: Seconds that a mail waits for its place at most; far less than a peer waits for our answer.
    patience: float = 60.0
    #: Mails at once, and of one peer.
    at_once: int = 32
    per_peer: int = 4


class Verifier:
    """Gathers evidence about mails by ``lookup`` into the DNS. ``now`` gives aware times."""

    def __init__(
        self,
        lookup: Lookup,
        *,
        trust: Trust,
        now: Callable[[], datetime],
        bounds: Bounds | None = None,
    ) -> None:
        self._trust = trust
        self._now = now
        self._bounds = bounds or Bounds()
        self._cache = Cache(lookup, clock=time.monotonic)
        self._threads = ThreadPoolExecutor(self._bounds.at_once, thread_name_prefix="verify")
        self._places = Places(at_once=self._bounds.at_once, per_peer=self._bounds.per_peer)

    async def gather(self, raw: bytes, envelope: Envelope, helo: str) -> tuple[Evidence, ...]:
        """What can be found out about a mail; raises nothing."""
        if self._says_nothing(raw, envelope):
            return ()
        try:
            return await self._gather(raw, envelope, helo)
        except TimeoutError:
            _log.warning("mail_not_verified", peer=envelope.peer)
            return (_unknown("there was no time to verify it"),)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not refuse a mail
            _log.error("verification_failed", peer=envelope.peer, exc_info=error)
            return (_unknown("verifying it failed"),)

    def close(self) -> None:
        """Let go of the threads; those at work end by themselves within their time."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _says_nothing(self, raw: bytes, envelope: Envelope) -> bool:
        """Whether there is nothing to verify, or nothing left to prove; costs microseconds."""
        if within(envelope.peer, self._trust.senders):
            return True
        if is_outside(envelope, self._trust):
            return False
        return _SIGNED.search(raw[: head_end(raw)]) is None

    async def _gather(self, raw: bytes, envelope: Envelope, helo: str) -> tuple[Evidence, ...]:
        """Raises TimeoutError, and what the lookup raises that is no `DnsAway`."""
        bounds, peer = self._bounds, peer_key(envelope.peer) or envelope.transport
        await self._places.take(peer, patience=bounds.patience)
        deadline = time.monotonic() + bounds.seconds
        about = Circumstances(
            envelope=envelope,
            helo=helo,
            trust=self._trust,
            ask=Questions(self._cache, deadline=deadline, clock=time.monotonic),
            now=self._now(),
        )
        work = asyncio.get_running_loop().run_in_executor(self._threads, gather, raw, about)
        # The place is free when the thread is: a peer that hangs up or a lookup that hangs keeps it.
        work.add_done_callback(lambda done: self._end(peer, done))
        async with asyncio.timeout(bounds.seconds + 1):
            return await asyncio.shield(work)

    def _end(self, peer: str, work: asyncio.Future[tuple[Evidence, ...]]) -> None:
        self._places.give_back(peer)
        if not work.cancelled():
            work.exception()  # nobody may be left to hear of it


def verify_once(
    raw: bytes, envelope: Envelope, *, helo: str, lookup: Lookup, trust: Trust, now: datetime
) -> Envelope:
    """The envelope with its evidence, for a mail that is looked at by hand; takes up to 10 s."""
    cache = Cache(lookup, clock=time.monotonic)
    ask = Questions(cache, deadline=time.monotonic() + 10, clock=time.monotonic)
    about = Circumstances(envelope=envelope, helo=helo, trust=trust, ask=ask, now=now)
    return replace(envelope, evidence=gather(raw, about))


def _unknown(why: str) -> Evidence:
    return Evidence(method="dmarc", result="temperror", detail=why)
