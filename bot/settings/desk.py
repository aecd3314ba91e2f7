"""The desk itself: its name, its queues, its people."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.settings.values import Address, Section, Zone


class DeskSection(Section):
    """The desk itself."""

    #: Name in mails.
    name: str = "Service Desk"
    #: Language for people who have none of their own.
    language: str = "en"
    time_zone: Zone = "UTC"
    #: Folder of the database and the attachments.
    data: Path = Path("replydesk-data")
    #: ``sqlite`` for one file in `data`, or a postgresql:// URL.
    database: str = "sqlite"
    #: Folder with templates that replace the shipped ones.
    templates: Path | None = None

    @property
    def url(self) -> str:
        """The database as a URL."""
        if self.database == "sqlite":
            return f"sqlite:///{self.data / 'replydesk.db'}"
        return self.database


class QueueSection(Section):
    """An address where requests arrive."""

    address: Address
    group: str = "Service Desk"
    #: Sender name of mails; the desk's name when empty.
    name: str = ""
    #: Let automatic mail (monitoring) open tickets here.
    takes_automatic: bool = False
    #: Ticket type of what arrives here; empty for none.
    type: str = ""


def refuse_twins(queues: Iterable[QueueSection]) -> None:
    """Raise ValueError where two queues have one address: nobody could say whose its mail is."""
    seen: set[str] = set()
    for queue in queues:
        if queue.address in seen:
            raise ValueError(f"queues.{queue.address}: it stands there twice")
        seen.add(queue.address)
