"""What a rule wants done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.desk.people import Role


class Settable(StrEnum):
    """What of a ticket a rule may set."""

    GROUP = "group"
    OWNER = "owner"
    STATUS = "status"
    PRIORITY = "priority"
    TYPE = "type"


class Whom(StrEnum):
    """Whom a rule may tell something; anything else is a mail address."""

    OWNER = "owner"
    GROUP = "group"
    LEADER = "leader"
    REQUESTER = "requester"
    #: The owner, or the whole group while nobody has the ticket.
    TECHNICIANS = "technicians"


@dataclass(frozen=True, kw_only=True, slots=True)
class Set:
    """Set one thing of the ticket."""

    what: Settable
    #: As it stands in the configuration: a name, an address, a status, ``1`` to ``4``; ``nobody``
    #: takes the owner away.
    to: str

    @property
    def sentence(self) -> str:
        """For people."""
        return f"set {self.what} to {self.to}"

    @property
    def data(self) -> dict[str, str]:
        """As it stands in the configuration."""
        return {"set": self.what.value, "to": self.to}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """Put a tag on the ticket, or take it off."""

    name: str
    off: bool = False

    @property
    def sentence(self) -> str:
        """For people."""
        return f"take off the tag {self.name}" if self.off else f"tag it {self.name}"

    @property
    def data(self) -> dict[str, str]:
        """As it stands in the configuration."""
        return {"untag" if self.off else "tag": self.name}


@dataclass(frozen=True, kw_only=True, slots=True)
class Join:
    """Let somebody take part."""

    address: str
    role: Role = Role.COPY

    @property
    def sentence(self) -> str:
        """For people."""
        return f"add {self.address} as {self.role}"

    @property
    def data(self) -> dict[str, str]:
        """As it stands in the configuration."""
        return {"add": self.address, "as": self.role.value}


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Write an internal note."""

    text: str

    @property
    def sentence(self) -> str:
        """For people."""
        return f"write the internal note “{_short(self.text)}”"

    @property
    def data(self) -> dict[str, str]:
        """As it stands in the configuration."""
        return {"note": self.text}


@dataclass(frozen=True, kw_only=True, slots=True)
class Notify:
    """Tell somebody something."""

    #: One of `Whom`, or a mail address.
    whom: str
    channel: str
    text: str

    @property
    def sentence(self) -> str:
        """For people."""
        return f"tell {self.whom} by {self.channel}: “{_short(self.text)}”"

    @property
    def data(self) -> dict[str, str]:
        """As it stands in the configuration."""
        return {"notify": self.whom, "channel": self.channel, "text": self.text}


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """Post the event and the ticket to a URL."""

    url: str

    @property
    def sentence(self) -> str:
        """For people."""
        return f"post it to {self.url}"

    @property
    def data(self) -> dict[str, str]:
        """As it stands in the configuration."""
        return {"webhook": self.url}


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalate:
    """Start an escalation."""

    policy: str

    @property
    def sentence(self) -> str:
        """For people."""
        return f"start the escalation {self.policy}"

    @property
    def data(self) -> dict[str, str]:
        """As it stands in the configuration."""
        return {"escalate": self.policy}


Deed = Set | Tag | Join | Note | Notify | Webhook | Escalate

_LONGEST = 80


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
