"""Which addresses are ours: queues by address, plus-addresses included."""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk.people import Queue

#: Four times what RFC 5321 section 4.5.3.1.1 allows.
_LONGEST_LOCAL_PART = 256


class Directory:
    """The desk's own mail addresses and the queues behind them."""

    def __init__(self, queues: Iterable[Queue]) -> None:
        """Take at least one queue; the first is where mail without a known address goes."""
        self._queues = {queue.address.lower(): queue for queue in queues}
        self.default = next(iter(self._queues.values()))

    @property
    def addresses(self) -> frozenset[str]:
        """Every address of ours, without plus details."""
        return frozenset(self._queues)

    def queue_at(self, address: str) -> Queue | None:
        """The queue behind an address, or None: ``desk+anything@…`` is ``desk@…``."""
        local, _, domain = address.lower().rpartition("@")
        while local and len(local) <= _LONGEST_LOCAL_PART:
            if queue := self._queues.get(f"{local}@{domain}"):
                return queue
            # One detail after the other, because a queue's own address may have a plus.
            local = local.rpartition("+")[0]
        return None

    def knows(self, address: str) -> bool:
        """Whether the desk answers for this address."""
        return self.queue_at(address) is not None

    def queue_for(self, addresses: Iterable[str]) -> Queue:
        """The queue of the first address that is ours, else the default one."""
        found = (self.queue_at(address) for address in addresses)
        return next((queue for queue in found if queue is not None), self.default)
