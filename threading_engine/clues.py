"""Clues: everything in a mail that may say which ticket it belongs to, before anything is decided.

Collecting is separate from deciding, so that one database query can answer for all of them and
the decision (`match`) stays a pure function of the mail and the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from threading_engine import subject as subjects
from threading_engine.message import Message
from threading_engine.tokens import Keyring, Kind, Token

#: How much quoted text is searched for tokens; a reply address stands near the top of a quote.
_QUOTE_WINDOW = 20_000

#: A Thread-Index of at least 22 bytes, and how much of the field is looked at.
_INDEX = re.compile(r"[A-Za-z0-9+/]{30}")
_LONGEST_INDEX = 1000

#: Tokens whose first number is no ticket.
_NO_TICKET = frozenset({Kind.BOUNCE, Kind.LOOP, Kind.PAGE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Clues:
    """What the mail offers, most trusted first; each list in the order the rules look at it."""

    #: Tokens in the addresses the mail was sent to (envelope first, then To and Cc).
    addressed: tuple[Token, ...] = ()
    #: Our own signed Message-IDs among those that the mail answers.
    own_ids: tuple[Token, ...] = ()
    #: Foreign Message-IDs that the mail answers: In-Reply-To, else the newest of References.
    foreign_ids: tuple[str, ...] = ()
    #: Our own signed Message-IDs from earlier in the thread, newest first.
    older_own_ids: tuple[Token, ...] = ()
    #: Foreign ids from earlier in the thread, newest first, then Outlook's conversation.
    older_ids: tuple[str, ...] = ()
    #: Tokens in the subject and the quoted text.
    quoted: tuple[Token, ...] = ()
    #: Bare ticket numbers in the subject.
    numbers: tuple[int, ...] = ()
    #: The bare subject, or Outlook's topic where there is none.
    subject: str = ""
    #: True when the mail answers another one, whether we know that or not.
    answers: bool = False

    def ticket_numbers(self) -> frozenset[int]:
        """Every ticket number that is named outright, for one look into the database."""
        tokens = (*self.addressed, *self.own_ids, *self.older_own_ids, *self.quoted)
        named = {token.numbers[0] for token in tokens if token.kind not in _NO_TICKET}
        return frozenset(n for n in named | set(self.numbers) if 0 < n < 2**53)

    def ids(self) -> tuple[str, ...]:
        """Every foreign id, for one look into the database."""
        return (*self.foreign_ids, *self.older_ids)


def collect(
    message: Message,
    *,
    recipients: tuple[str, ...],
    keyring: Keyring,
    own_domains: frozenset[str] | None = None,
) -> Clues:
    """Collect the clues of a mail that reached us at these envelope recipients.

    A token that does not verify counts as a spoiled one of ours only at `own_domains` (None takes
    every domain for ours): elsewhere it is the good token of somebody else's desk.
    """
    reads = _Reads(keyring, own_domains)
    addresses = dict.fromkeys([*recipients, *(box.address for box in (*message.to, *message.cc))])
    parents = message.in_reply_to or message.references[-1:]
    older = [key for key in reversed(message.references) if key not in parents]
    own_ids, foreign_ids = reads.ids(parents)
    older_own_ids, older_ids = reads.ids(older)
    if thread := thread_index(message):
        older_ids.append(thread)
    topic = message.title or message.header("thread-topic") or ""
    return Clues(
        addressed=tuple(token for address in addresses if (token := reads.address(address))),
        own_ids=tuple(own_ids),
        foreign_ids=tuple(dict.fromkeys(foreign_ids)),
        older_own_ids=tuple(older_own_ids),
        older_ids=tuple(key for key in dict.fromkeys(older_ids) if key not in foreign_ids),
        quoted=keyring.find(f"{message.title}\n{message.text[:_QUOTE_WINDOW]}"),
        numbers=subjects.ticket_numbers(message.title)[:5],
        subject=subjects.bare(topic),
        answers=bool(parents or thread),
    )


@dataclass(frozen=True, slots=True)
class _Reads:
    """Reads addresses and ids with the desk's keys."""

    keyring: Keyring
    own_domains: frozenset[str] | None

    def address(self, address: str) -> Token | None:
        """The token in an address, whole or cut; somebody else's desk's is none."""
        token = address_token(address, self.keyring)
        if token is not None and token.valid:
            return token
        local, _, domain = address.rpartition("@")
        _, plus, detail = local.rpartition("+")
        if not plus or not self._is_ours(domain):
            return None
        return token or self.keyring.read_cut(detail)

    def ids(self, keys: Iterable[str]) -> tuple[list[Token], list[str]]:
        """Our own ids and the foreign ones, each in order."""
        own: list[Token] = []
        foreign: list[str] = []
        for key in dict.fromkeys(keys):
            if token := self._own_id(key):
                own.append(token)
            else:
                foreign += comparable(key)
        return own, foreign

    def _own_id(self, message_id: str) -> Token | None:
        local, _, domain = normal_id(message_id).partition("@")
        token = self.keyring.read(local)
        if token is None or token.kind is not Kind.MESSAGE:
            return None
        return token if token.valid or self._is_ours(domain) else None

    def _is_ours(self, domain: str) -> bool:
        return self.own_domains is None or domain.lower() in self.own_domains


def address_token(address: str, keyring: Keyring) -> Token | None:
    """The token in a plus-address: ``desk+t.1a.7.k2…@example.org``, or None."""
    local, _, _domain = address.rpartition("@")
    _, plus, detail = local.rpartition("+")
    return keyring.read(detail) if plus else None


def normal_id(message_id: str) -> str:
    """A Message-ID as it is stored: in lower case, without brackets and white space, bounded.

    RFC 5322 section 3.6.4 makes case significant, and clients of phones fold it all the same. No
    two programs ever made ids that differ in nothing else.
    """
    return as_written(message_id).lower()


def as_written(message_id: str) -> str:
    """The same in its own case."""
    return "".join(message_id.split()).strip("<>\"'").removeprefix("mailto:")[:500]


def comparable(message_id: str) -> tuple[str, ...]:
    """The forms under which a Message-ID may be stored: earlier versions kept its case."""
    return tuple(dict.fromkeys((normal_id(message_id), as_written(message_id))))


def thread_index(message: Message) -> str:
    """Outlook's conversation as a key of its own, or an empty string.

    The first 22 bytes are the same for the whole conversation, and each reply appends five. In
    base 64 they are 29 letters and two bits of the next, which are left out.
    """
    value = "".join((message.header("thread-index") or "")[:_LONGEST_INDEX].split())
    return f"thread-index:{value[:29]}" if _INDEX.match(value) else ""
