"""Which of our deliveries does a machine speak of? An ordered table; the first that knows decides.

The envelope sender of a delivery bears a signature and is seen by nobody but the receiver and their
mail systems. Its Message-ID is signed as well, but everybody who is in copy reads it in a later
mail's References. So a tie by the one is *proven*, and may mark the address; a tie by the other only
says which delivery is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from threading_engine import report_fields
from threading_engine.clues import address_token
from threading_engine.message import Message
from threading_engine.tokens import Keyring, Kind

#: Characters of a text that are searched for what it returns.
MAX_TEXT = 100_000
#: Where mail systems note the envelope recipient (several are in use).
_RECIPIENT_FIELDS = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "apparently-to",
)
#: Where they note the envelope sender.
_SENDER_FIELDS = ("return-path", "x-envelope-from", "x-original-mail-from")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tie:
    """The delivery that a mail is about."""

    delivery_id: int
    #: True when only the receiver of that delivery and their mail systems can know what was said.
    proven: bool
    #: The rule that found it.
    rule: str


@dataclass(frozen=True, kw_only=True)
class _Mail:
    """What the rules look at."""

    message: Message
    recipients: tuple[str, ...]
    keyring: Keyring

    @cached_property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """The fields of the mail's machine-readable parts."""
        return report_fields.read(self.message)

    def by_address(self, addresses: Iterable[str]) -> Iterator[int]:
        """Deliveries whose signed envelope sender is among the addresses."""
        for address in addresses:
            token = address_token(address.strip("<> \t").rpartition(";")[2].strip(), self.keyring)
            if token is not None and token.valid and token.kind is Kind.BOUNCE:
                yield token.numbers[0]

    def by_id(self, message_ids: Iterable[str]) -> Iterator[int]:
        """Deliveries whose signed Message-ID is among the ids."""
        for message_id in message_ids:
            token = self.keyring.read(message_id.strip("<> \t").partition("@")[0])
            if token is not None and token.valid and token.kind is Kind.MESSAGE:
                yield token.numbers[1]


def bounce_address(mail: _Mail) -> Iterator[int]:
    """It was sent to the signed envelope address of that delivery."""
    message = mail.message
    noted = (value for name in _RECIPIENT_FIELDS for value in message.all_headers(name))
    addressed = (box.address for box in (*message.to, *message.cc))
    return mail.by_address((*mail.recipients, *addressed, *noted))


def envelope_id(mail: _Mail) -> Iterator[int]:
    """It repeats the signed envelope id of that delivery (RFC 3461)."""
    for value in mail.fields.get("original-envelope-id", ()):
        token = mail.keyring.read(value.rpartition(";")[2].strip())
        if token is not None and token.valid and token.kind is Kind.BOUNCE:
            yield token.numbers[0]


def returned_envelope_sender(mail: _Mail) -> Iterator[int]:
    """It names the signed envelope sender of that delivery, or returns a mail that bears it."""
    named = mail.fields.get("original-mail-from", ())
    returned = mail.message.embedded
    headers = (
        v for name in _SENDER_FIELDS for v in (returned.all_headers(name) if returned else ())
    )
    return mail.by_address((*named, *headers))


def returned_message(mail: _Mail) -> Iterator[int]:
    """It returns the mail of that delivery."""
    returned = mail.message.embedded
    return mail.by_id((returned.message_id or "",) if returned else ())


def original_message_id(mail: _Mail) -> Iterator[int]:
    """It names the Message-ID of that delivery in a field of its report (RFC 8098)."""
    named = ("original-message-id", "x-original-message-id")
    header = (value for name in named for value in mail.message.all_headers(name))
    return mail.by_id((*(v for name in named for v in mail.fields.get(name, ())), *header))


def answered_message(mail: _Mail) -> Iterator[int]:
    """It answers the mail of that delivery."""
    message = mail.message
    return mail.by_id((*message.in_reply_to, *reversed(message.references)))


def quoted_message(mail: _Mail) -> Iterator[int]:
    """Its text holds the head of that delivery's mail."""
    text = mail.message.text[:MAX_TEXT]
    for token in mail.keyring.find_ids(text):
        if token.valid and token.kind is Kind.MESSAGE:
            yield token.numbers[1]
    for token in mail.keyring.find(text):
        if token.valid and token.kind is Kind.BOUNCE:
            yield token.numbers[0]


#: The order is the trust; True where the tie is proven.
RULES: tuple[tuple[bool, Callable[[_Mail], Iterator[int]]], ...] = (
    (True, bounce_address),
    (True, envelope_id),
    (True, returned_envelope_sender),
    (False, returned_message),
    (False, original_message_id),
    (False, answered_message),
    (False, quoted_message),
)


def find(message: Message, *, recipients: tuple[str, ...], keyring: Keyring) -> Tie | None:
    """The delivery that the mail is about, when it came to these envelope recipients, or None."""
    mail = _Mail(message=message, recipients=recipients, keyring=keyring)
    for proven, rule in RULES:
        for delivery_id in rule(mail):
            return Tie(delivery_id=delivery_id, proven=proven, rule=rule.__name__)
    return None
