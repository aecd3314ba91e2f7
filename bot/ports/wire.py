"""What the bot asks of channels and templates, and the values that travel between them.

Channels hand in arrivals and send outgoing notifications; a renderer gives those their words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.desk.facts import Facts
from bot.desk.holding import Decision

# --- hop 1: what a channel hands in -----------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What one method of verification found about a mail when it arrived."""

    #: ``dkim``, ``spf``, ``dmarc`` or ``arc``.
    method: str
    #: By RFC 8601: ``pass``, ``fail``, ``none``, ``policy``, ``temperror``, …
    result: str
    #: Whom it speaks for: the signing domain, the envelope sender's, the author's, the sealer's.
    domain: str = ""
    #: DKIM and SPF: whether that domain may speak for the author's by DMARC's rules.
    aligned: bool = False
    #: DMARC: what the owner asks for when a mail fails (``none``, ``quarantine``, ``reject``);
    #: empty when there is no record.
    policy: str = ""
    #: The reason in words, or empty.
    detail: str = ""
    #: ARC: what the sealer saw, in the words of Authentication-Results.
    statement: str = ""

    @property
    def words(self) -> str:
        """For people: ``dkim=pass (d=example.org, aligned)``."""
        about = {"dkim": "d=", "spf": "mailfrom ", "arc": "sealer "}.get(self.method, "")
        notes = [f"{about}{self.domain}"] if self.domain and self.method != "dmarc" else []
        if self.method in {"dkim", "spf"} and self.result == "pass":
            notes.append("aligned" if self.aligned else "not aligned")
        notes += [f"p={self.policy}"] if self.policy else []
        notes += [self.detail] if self.detail else []
        return f"{self.method}={self.result}" + (f" ({', '.join(notes)})" if notes else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """How a message reached us, as the channel saw it; stored beside the raw message."""

    #: ``smtp``, ``lmtp``, ``imap`` or ``pipe``.
    transport: str
    #: MAIL FROM; empty for the null sender, None where the transport has none (IMAP).
    sender: str | None = None
    #: RCPT TO addresses that this desk answers for, or the mailbox's own address.
    recipients: tuple[str, ...] = ()
    #: The peer's IP address, ``unix`` for a socket, or the IMAP host.
    peer: str = ""
    #: The login of an authenticated SMTP session, or None.
    login: str | None = None
    #: True when a person at the desk said that the author is who it seems, by accepting the mail.
    vouched: bool = False
    #: What a person at the desk decided when the mail was held, or None.
    decision: Decision | None = None
    #: What we verified ourselves when it arrived: keys and records change, a mail is judged by
    #: those of its own time.
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One raw message on its way into the inbox."""

    #: The channel, for example ``email``.
    channel: str
    #: What makes it the same message when it comes again; unique within the channel.
    external_id: str
    raw: bytes
    envelope: Envelope
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """The inbox has it; only now may the channel say 250."""

    inbox_id: int
    #: True when the same message had arrived before.
    duplicate: bool


#: Stores a message durably; raises `bot.errors.StorageAway` when it cannot.
AcceptAsync = Callable[[Arrival], Awaitable[Accepted]]
#: The same for a thread.
AcceptBlocking = Callable[[Arrival], Accepted]
#: Verifies a mail that arrives: raw bytes, envelope, and the name the peer gave in HELO.
Gather = Callable[[bytes, Envelope, str], Awaitable[tuple[Evidence, ...]]]
#: Says whether this desk answers for a recipient address (plus-addresses included).
KnowsRecipient = Callable[[str], bool]


# --- hop 3: what a channel sends out ----------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingFile:
    """A file that goes with a notification."""

    name: str
    content_type: str
    data: bytes
    #: Content-ID without brackets when the HTML shows it, or None.
    content_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """One rendered notification to one address, complete but not yet in the channel's format."""

    delivery_id: int
    #: Display name and address of the receiver.
    to_name: str
    to_address: str
    #: Display name and address it comes from.
    from_name: str
    from_address: str
    #: Signed address for answers.
    reply_to: str
    #: Signed envelope sender, so that a bounce finds its delivery.
    envelope_sender: str
    #: Ids without angle brackets.
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    subject: str
    text: str
    html: str
    files: tuple[OutgoingFile, ...] = ()
    #: RFC 3834 value of Auto-Submitted: ``auto-replied``, ``auto-generated``, or None for words
    #: that a human wrote.
    automatic: str | None = None
    #: List-Id value without brackets where the receiver may want to filter, or None.
    list_id: str | None = None
    #: Own loop mark, signed.
    loop_mark: str = ""
    language: str = "en"
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The next hop has taken responsibility."""

    #: The server's last answer.
    response: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TryLater:
    """Not now; the delivery stays due."""

    reason: str
    #: How long to wait at least, or None to let the backoff decide.
    after: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Never; the reason is shown at the delivery."""

    reason: str
    #: Enhanced status or reply code where the wire gave one.
    code: str = ""


SendResult = Sent | TryLater | Refused


class Channel(Protocol):
    """One wire, outward."""

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Send once. Raises nothing: every failure is a TryLater or Refused with its reason."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


# --- words --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A notification's words."""

    #: One line.
    subject: str
    #: Plain text, lines wrapped for a text client.
    text: str
    #: A complete HTML document.
    html: str


class Renderer(Protocol):
    """Gives a notification its words."""

    @property
    def wants_details(self) -> bool:
        """Whether any template speaks of what `Details` holds."""
        ...

    def render(self, notification: str, *, language: str, facts: Facts) -> Rendered:
        """Render one notification; an unknown language falls back to English."""
        ...
