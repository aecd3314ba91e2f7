"""Places for work that many peers want: so many in all, a few for each, in order of arrival."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress


class Places:
    """Belongs to one event loop."""

    def __init__(self, *, at_once: int, per_peer: int) -> None:
        self._at_once = at_once
        self._per_peer = per_peer
        self._busy: Counter[str] = Counter()
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []

    async def take(self, peer: str, *, patience: float) -> None:
        """Take a place, or wait for one. Raises TimeoutError after ``patience`` seconds."""
        if self._is_free(peer):
            self._busy[peer] += 1
            return
        turn = peer, asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(patience):
                await turn[1]
        except BaseException:
            with suppress(ValueError):
                self._waiting.remove(turn)
            if turn[1].done() and not turn[1].cancelled():
                # The place came in the moment in which nobody wanted it any more.
                self.give_back(peer)
            raise

    def give_back(self, peer: str) -> None:
        """Leave a place to the first who may have it."""
        self._busy[peer] -= 1
        if not self._busy[peer]:
            del self._busy[peer]
        for turn in tuple(self._waiting):
            if self._is_free(turn[0]):
                self._waiting.remove(turn)
                if not turn[1].done():
                    self._busy[turn[0]] += 1
                    turn[1].set_result(None)

    def _is_free(self, peer: str) -> bool:
        return self._busy.total() < self._at_once and self._busy[peer] < self._per_peer
