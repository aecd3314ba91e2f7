"""Signed tokens: who may find which ticket by what we once handed out.

A token is a kind, a few numbers, a key id and a message authentication code, written in lower-case
letters, digits and dots, so that it survives mail systems that fold case and fits the 64 octets of
a local part (RFC 5321 section 4.5.3.1.1):

    t.1a.7.k20mz7…      kind, numbers in base 36, key id glued to the code

The code is HMAC-SHA-256 over everything before it, cut to 100 bits (20 letters in base 32). A
token proves that its bearer saw a mail of ours. It never proves who the bearer is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_CODE_LENGTH = 20

#: What a token looks like; every part is bounded and none overlaps.
PATTERN = re.compile(
    r"[tmbslp](?:\.[0-9a-z]{1,13}){1,3}\.[0-9a-z]{2}[a-z2-7]{20}",
    # ASCII: elsewhere "ſ" and the Kelvin sign would pass for s and k.
    re.IGNORECASE | re.ASCII,
)

#: What is left of one whose end a mail system has cut off: kind and first number at least.
_CUT = re.compile(r"[tms]\.([0-9a-z]{1,13})(?:\.[0-9a-z]{0,22}){1,3}", re.IGNORECASE | re.ASCII)

#: Finds them in text. The plus sign comes first so that the search is one quick scan for it.
_DETAIL = re.compile(rf"\+({PATTERN.pattern})@", PATTERN.flags)
#: Finds those that are Message-IDs.
_ID = re.compile(rf"<({PATTERN.pattern})@", PATTERN.flags)


#: The key of a page, wherever it stands: what guards links packs them into others of its own.
_PAGE_KEY = re.compile(r"p(?:\.[0-9a-z]{1,13}){3}\.[0-9a-z]{2}[a-z2-7]{20}", re.ASCII)

#: Why a token that a forgotten key may have made is not valid.
EXPIRED = "expired key"


class Kind(StrEnum):
    """What a token stands for, and what its numbers are."""

    #: A reply address: ticket, person.
    TICKET = "t"
    #: A Message-ID of ours: ticket, delivery.
    MESSAGE = "m"
    #: A bounce address: delivery.
    BOUNCE = "b"
    #: A satisfaction address: ticket, person, rating.
    RATING = "s"
    #: The page of a satisfaction link: ticket, person, last day in days since 1970. No mail has one
    #: in an address, so the one is never taken for the other.
    PAGE = "p"
    #: Our mark against loops: always 0.
    LOOP = "l"


#: How many numbers a token of each kind has.
_COUNTS = {
    Kind.TICKET: 2,
    Kind.MESSAGE: 2,
    Kind.BOUNCE: 1,
    Kind.RATING: 3,
    Kind.PAGE: 3,
    Kind.LOOP: 1,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A token as read, good or not."""

    kind: Kind
    numbers: tuple[int, ...]
    #: True when one of our present keys made it.
    valid: bool
    #: Why it is not valid: ``altered``, ``expired key`` or ``cut``; empty when it is.
    reason: str = ""
    #: The token as it stood there, in lower case; empty when only a part of it was left.
    text: str = field(default="", compare=False, repr=False)


class Keyring:
    """The keys that sign and verify; the first signs."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Take secrets by key id (two characters, a-z0-9), newest first; at least one."""
        if not keys:
            raise ValueError("a key ring needs at least one key")
        self._keys = dict(keys)
        self._current = next(iter(self._keys))

    def sign(self, kind: Kind, *numbers: int) -> str:
        """Make a token of this kind over these numbers; their count belongs to the kind."""
        if len(numbers) != _COUNTS[kind]:
            raise ValueError(f"a {kind.name} token has {_COUNTS[kind]} numbers")
        head = ".".join((kind.value, *map(_to_base36, numbers)))
        return f"{head}.{self._current}{self._code(self._current, head)}"

    def read(self, text: str) -> Token | None:
        """Read one token; None when the text is no token at all. Compares in constant time."""
        if not PATTERN.fullmatch(text):
            return None
        head, _, tail = text.lower().rpartition(".")
        kind, *numbers = head.split(".")
        if len(numbers) != _COUNTS[Kind(kind)]:
            return None
        key_id, code = tail[:2], tail[2:]
        known = key_id in self._keys
        # An unknown key costs the same time as a wrong code.
        good = hmac.compare_digest(code, self._code(key_id if known else self._current, head))
        return Token(
            kind=Kind(kind),
            numbers=tuple(int(number, 36) for number in numbers),
            valid=known and good,
            reason="" if known and good else "altered" if known else EXPIRED,
            text=text.lower(),
        )

    def read_cut(self, text: str) -> Token | None:
        """Read what may be left of a token; never valid, and of its numbers only the first.

        Anybody's address may look so: ask only where a token of ours has to stand.
        """
        match = None if PATTERN.fullmatch(text) else _CUT.fullmatch(text)
        if match is None:
            return None
        return Token(
            kind=Kind(text[0].lower()), numbers=(int(match[1], 36),), valid=False, reason="cut"
        )

    def find(self, text: str, *, most: int = 20) -> tuple[Token, ...]:
        """Every token in a text that stands as the detail of a plus-address, in order."""
        return self._find(_DETAIL, text, most)

    def find_ids(self, text: str, *, most: int = 20) -> tuple[Token, ...]:
        """Every token in a text that stands in angle brackets as a Message-ID, in order."""
        return self._find(_ID, text, most)

    def _find(self, pattern: re.Pattern[str], text: str, most: int) -> tuple[Token, ...]:
        found: list[Token] = []
        for match in pattern.finditer(text):
            token = self.read(match[1])
            if token is not None:
                found.append(token)
                if len(found) == most:
                    break
        return tuple(found)

    def _code(self, key_id: str, head: str) -> str:
        digest = hmac.digest(self._keys[key_id], f"{key_id}.{head}".encode(), hashlib.sha256)
        return base64.b32encode(digest[:13])[:_CODE_LENGTH].decode().lower()


def _to_base36(number: int) -> str:
    if number < 0:
        raise ValueError("a token's numbers are not negative")
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _ALPHABET[rest] + digits
        if not number:
            return digits


def without_page_keys(text: str) -> str:
    """The text without the keys of pages: who answers a mail quotes it, and others read the quote."""
    return _PAGE_KEY.sub("p.…", text)
