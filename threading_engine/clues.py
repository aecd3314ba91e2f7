"""Clues: everything in a mail that may say which ticket it belongs to, before anything is decided.

Collecting is separate from deciding, so that one database query can answer for all of them and
the decision (`match`) stays a pure function of the mail and the answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from threading_engine import subject as subjects
from threading_engine.message import Message
from threading_engine.tokens import Keyring, Kind, Token

#: How much quoted text is searched for tokens; a reply address stands near the top of a quote.
_QUOTE_WINDOW = 20_000

#: Tokens whose first number is no ticket.
_NO_TICKET = frozenset({Kind.BOUNCE, Kind.LOOP})


@dataclass(frozen=True, kw_only=True, slots=True)
class Clues:
    """What the mail offers, most trusted first; each list in the order the rules look at it."""

    #: Tokens in the addresses the mail was sent to (envelope first, then To and Cc).
    addressed: tuple[Token, ...] = ()
    #: Our own signed Message-IDs in In-Reply-To, then in References from the newest.
    own_ids: tuple[Token, ...] = ()
    #: Foreign Message-IDs of In-Reply-To, then References from the newest, then Thread-Index.
    foreign_ids: tuple[str, ...] = ()
    #: Tokens in the subject and the quoted text.
    quoted: tuple[Token, ...] = ()
    #: Bare ticket numbers in the subject.
    numbers: tuple[int, ...] = ()

    def ticket_numbers(self) -> frozenset[int]:
        """Every ticket number that is named outright, for one look into the database."""
        tokens = (*self.addressed, *self.own_ids, *self.quoted)
        named = {token.numbers[0] for token in tokens if token.kind not in _NO_TICKET}
        return frozenset(n for n in named | set(self.numbers) if 0 < n < 2**53)


def collect(message: Message, *, recipients: tuple[str, ...], keyring: Keyring) -> Clues:
    """Collect the clues of a mail that reached us at these envelope recipients."""
    addresses = dict.fromkeys([*recipients, *(box.address for box in (*message.to, *message.cc))])
    chain = tuple(dict.fromkeys([*message.in_reply_to, *reversed(message.references)]))
    own = {key: token for key in chain if (token := _own_id(key, keyring)) is not None}
    foreign = [normal_id(key) for key in chain if key not in own]
    if thread := thread_index(message):
        foreign.append(thread)
    return Clues(
        addressed=tuple(
            token for address in addresses if (token := address_token(address, keyring))
        ),
        own_ids=tuple(own.values()),
        foreign_ids=tuple(dict.fromkeys(foreign)),
        quoted=keyring.find(f"{message.subject}\n{message.text[:_QUOTE_WINDOW]}"),
        numbers=subjects.ticket_numbers(message.subject)[:5],
    )


def address_token(address: str, keyring: Keyring) -> Token | None:
    """The token in a plus-address: ``desk+t.1a.7.k2…@example.org``, or None."""
    local, _, _domain = address.rpartition("@")
    _, plus, detail = local.rpartition("+")
    return keyring.read(detail) if plus else None


def normal_id(message_id: str) -> str:
    """A Message-ID as it is compared: without brackets and white space, bounded.

    Case stays: RFC 5322 section 3.6.4 makes it significant, and no client is known to fold it.
    """
    return "".join(message_id.split()).strip("<>")[:500]


def thread_index(message: Message) -> str:
    """Outlook's conversation as a key of its own, or an empty string.

    The first 22 bytes (30 letters in base 64) are the same for the whole conversation; each reply
    appends five bytes.
    """
    value = "".join((message.header("thread-index") or "").split())
    return f"thread-index:{value[:29]}" if len(value) >= 30 else ""  # noqa: PLR2004 - see above


def _own_id(message_id: str, keyring: Keyring) -> Token | None:
    token = keyring.read(message_id.strip("<> \t").partition("@")[0])
    return token if token is not None and token.kind is Kind.MESSAGE else None
