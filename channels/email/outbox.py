"""The channel that writes our mail into a folder instead of sending it: for trying things out."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bot.ports import Outgoing, SendResult, Sent, TryLater
from channels.email.compose import compose

#: What stays of an address in a file's name; the rest could climb out of the folder.
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")


class Outbox:
    """Implements `bot.ports.Channel`: one ``.eml`` file for each mail, named by its delivery."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Write the file whole or not at all; the same mail again replaces it."""
        path = self._folder / file_name(outgoing)
        unfinished = path.with_suffix(".part")
        try:
            with unfinished.open("wb") as file:
                file.write(compose(outgoing))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            return TryLater(reason=f"the outbox {self._folder} takes no writes: {error}")
        return Sent(response=f"written to {path}")

    async def close(self) -> None:
        """There is nothing to give back."""


def file_name(outgoing: Outgoing) -> str:
    """``0007-ann@example.com.eml``: delivery and receiver."""
    address = _UNSAFE.sub("_", outgoing.to_address).lstrip(".")[:100]
    return f"{outgoing.delivery_id:04}-{address}.eml"
