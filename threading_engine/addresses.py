"""Mail addresses taken apart (RFC 5322, section 3.4), for the strict reader and the tolerant one.

``lex`` cuts a field value into tokens, ``normalise`` turns one addr-spec into the one spelling
that the rest of the program compares. Internationalised domains become their ASCII form, so that
a look-alike can never compare, sort or show as the name that it imitates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from threading_engine import encoded_words
from threading_engine.message import Mailbox

#: RFC 5321, section 4.5.3.1: octets of a local part, of a whole path.
MAX_LOCAL, MAX_ADDRESS = 64, 254
#: Display names are for people; nobody reads further.
MAX_NAME = 200
#: Tokens that one address with its name may take on average in a list of many.
TOKENS_EACH = 20


class AddressError(ValueError):
    """An addr-spec that names no address beyond doubt; the text says why."""


class Kind(Enum):
    """What a token of an address field is."""

    QUOTED = "quoted string"
    COMMENT = "comment"
    ANGLE = "angle address"
    MARK = "separator"
    SPACE = "white space"
    WORD = "word"


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One lexical piece of an address field."""

    #: What it is.
    kind: Kind
    #: Its text without the delimiters and without backslashes.
    text: str
    #: False when the closing delimiter is missing.
    closed: bool = True


# Every alternative eats what it has looked at, closed or not, so lexing is linear.
_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*+"?+)|(?P<angle><[^<>]*+>?+)|(?P<open>\()|(?P<mark>[,;:>)])'
    r'|(?P<space>\s+)|(?P<word>[^"<>(),;:\s]+)',
    re.DOTALL,
)
_PLAIN = {"mark": Kind.MARK, "space": Kind.SPACE, "word": Kind.WORD}
_PARENTHESES = re.compile(r"[()]|\\.", re.DOTALL)
_BACKSLASH = re.compile(r"\\(.)", re.DOTALL)


def lex(value: str) -> Iterator[Token]:
    """Cut ``value`` into tokens; every character belongs to exactly one of them."""
    position = 0
    while found := _TOKEN.match(value, position):
        text, position = found[0], found.end()
        kind = found.lastgroup
        if kind == "open":
            end, closed = _comment_end(value, position)
            yield Token(kind=Kind.COMMENT, text=value[position : end - closed], closed=closed)
            position = end
        elif kind == "quoted":
            bare = _BACKSLASH.sub("", text)
            closed = len(bare) > 1 and bare.endswith('"')
            inner = text[1:-1] if closed else text[1:]
            yield Token(kind=Kind.QUOTED, text=_BACKSLASH.sub(r"\1", inner), closed=closed)
        elif kind == "angle":
            closed = text.endswith(">")
            yield Token(kind=Kind.ANGLE, text=text[1:-1] if closed else text[1:], closed=closed)
        else:
            yield Token(kind=_PLAIN[kind or ""], text=text)


def _comment_end(value: str, start: int) -> tuple[int, bool]:
    """Find the end of the comment whose parenthesis stands before ``start``; comments nest."""
    depth = 1
    for found in _PARENTHESES.finditer(value, start):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return found.end(), True
    return len(value), False


_PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?!-)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?<!-)\Z"
)
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+\Z")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)\Z")
_QUOTED_LOCAL = re.compile(r'"((?:[^"\\]|\\.)*)"@([^"]*)\Z', re.DOTALL)


def normalise(spec: str) -> str:
    """The one spelling of an addr-spec: lower case, ASCII domain. Raises AddressError."""
    if "=?" in spec and "?=" in spec:
        raise AddressError("an encoded word stands inside the address")
    if _PLAIN_ADDRESS.match(spec) and "xn--" not in spec.lower():
        return _bounded(spec.lower())
    if quoted := _QUOTED_LOCAL.match(spec):
        spec = f"{_unquoted(quoted[1])}@{quoted[2]}"
    local, at, domain = spec.partition("@")
    if not (local and at and domain):
        raise AddressError("no address")
    if "@" in domain:
        raise AddressError("more than one @ in the address")
    return _bounded(f"{_local(local)}@{_domain(domain)}")


def _bounded(address: str) -> str:
    if len(address) > MAX_ADDRESS or address.index("@") > MAX_LOCAL:
        raise AddressError("the address is longer than mail allows")
    return address


def _unquoted(quoted: str) -> str:
    local = _BACKSLASH.sub(r"\1", quoted)
    if not (local.isascii() and _LOCAL.match(local)):
        raise AddressError("a quoted local part hides special characters")
    return local


def _local(local: str) -> str:
    if not local.isascii():
        local = unicodedata.normalize("NFC", local)
        refuse_mixed_scripts(local)
    if not _LOCAL.match(local):
        raise AddressError("characters that no address may hold")
    return local.lower()


def _domain(domain: str) -> str:
    if domain.startswith("["):
        raise AddressError("an address literal in place of a domain")
    labels = domain.lower().replace("。", ".").split(".")
    return ".".join([_domain_label(label) for label in labels])


def _domain_label(label: str) -> str:
    """One label in its ASCII form; a label in two scripts at once is a look-alike."""
    try:
        shown = label.encode().decode("idna") if label.startswith("xn--") else label
        shown = unicodedata.normalize("NFKC", shown).lower()
        if not _LABEL.match(shown):
            raise AddressError("the domain is not a host name")
        refuse_mixed_scripts(shown)
        return shown if shown.isascii() else shown.encode("idna").decode()
    except UnicodeError:
        raise AddressError("the domain is not a host name") from None


#: Japanese, Korean and Chinese write several scripts in one word.
_TOGETHER = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})


def refuse_mixed_scripts(text: str) -> None:
    """Raise AddressError when letters of two scripts stand in one word, or an invisible sign."""
    if text.isascii():
        return
    scripts = {_script(character) for character in text} - {""}
    if len(scripts) > 1 and not any(scripts - {"LATIN"} <= together for together in _TOGETHER):
        raise AddressError("letters of several scripts in one name")


def _script(character: str) -> str:
    """The script of a letter by its Unicode name ("" for digits and signs)."""
    category = unicodedata.category(character)
    if category.startswith("C"):
        raise AddressError("an invisible character in the address")
    if not category.startswith("L"):
        return ""
    return unicodedata.name(character, "UNKNOWN").partition(" ")[0].partition("-")[0]


# ---- display names ---------------------------------------------------------------------------

_BIDI_AND_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_ADDRESS_LIKE = re.compile(r"[^\s@]@\s*[^\s@]")
_SPACES = re.compile(r"\s+")


def display_name(text: str) -> str:
    """A display name fit to be shown: decoded, on one line, and blank when it poses as an address.

    A name is what its owner claims. One that holds an address ("ceo@example.com" <x@evil.test>)
    is there to be mistaken for the sender, so it is not shown at all.
    """
    text = text[: 10 * MAX_NAME]
    if text.isascii() and "=?" not in text:
        name = encoded_words.clean(text)
    else:
        name = _BIDI_AND_INVISIBLE.sub("", encoded_words.decode(text))
    name = _SPACES.sub(" ", name).strip(" \"',")
    if _ADDRESS_LIKE.search(name if name.isascii() else unicodedata.normalize("NFKC", name)):
        return ""
    return name[:MAX_NAME]


# ---- the tolerant reader ---------------------------------------------------------------------

_SIMPLE = re.compile(r"\s*+([A-Za-z0-9 ._'=?/+*-]*+)<([^<>@\s\"]+@[A-Za-z0-9.-]+)>\s*\Z")


def parse_mailboxes(fields: Sequence[str], limit: int) -> tuple[Mailbox, ...]:
    """The mailboxes of To, Cc or Reply-To fields, in order, each address once, at most ``limit``.

    What is not an address is skipped; members of groups count; never raises.
    """
    found: dict[str, Mailbox] = {}
    for field in fields:
        for name, spec in _pieces(field, TOKENS_EACH * limit):
            try:
                address = normalise(spec)
            except AddressError:
                continue
            if address not in found:
                found[address] = Mailbox(address=address, name=display_name(name) if name else "")
            if len(found) >= limit:
                return tuple(found.values())
    return tuple(found.values())


def _pieces(field: str, limit: int) -> Iterator[tuple[str, str]]:
    """Pairs of raw display name and addr-spec of one field, from no more than ``limit`` tokens."""
    if simple := _SIMPLE.match(field):
        yield simple[1], simple[2]
        return
    piece: list[Token] = []
    for token in islice(lex(field), limit):
        if token.kind is Kind.MARK and token.text in ",;":
            yield split_piece(piece)
            piece = []
        elif token.kind is Kind.MARK and token.text == ":":
            piece = []  # the name of a group
        else:
            piece.append(token)
    yield split_piece(piece)


def split_piece(piece: Sequence[Token]) -> tuple[str, str]:
    """Display name and addr-spec of the tokens of one mailbox; the last angle address counts."""
    angles = [token for token in piece if token.kind is Kind.ANGLE]
    if angles:
        words = [token.text for token in piece if token.kind not in {Kind.ANGLE, Kind.COMMENT}]
        return "".join(words), angles[-1].text.strip()
    spec = "".join(
        f'"{token.text}"' if token.kind is Kind.QUOTED else token.text
        for token in piece
        if token.kind is not Kind.COMMENT
    )
    comments = " ".join(token.text for token in piece if token.kind is Kind.COMMENT)
    return comments, spec.strip()
