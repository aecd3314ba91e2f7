"""Who wrote: the From field by the strict rule.

Two mail programs that read one From field in two ways let a stranger pass for somebody else, so a
field is taken only when there is one way to read it. Everything else gives no address and the
reason in words. The display name is never evidence; it is for people to read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from threading_engine.addresses import (
    AddressError,
    Kind,
    Token,
    display_name,
    lex,
    normalise,
    parse_mailboxes,
    split_piece,
)
from threading_engine.message import Sender

__all__ = ["parse_mailboxes", "parse_sender"]

#: A From field longer than this was not written by a mail program.
MAX_FIELD = 2000

# The forms that nearly every mail has: Name <a@b>, "Name" <a@b>, <a@b>.
_COMMON = re.compile(
    r"""[ \t]*+(?:"([^"\\@<>\x00-\x1f\x7f-\x9f]*)"[ \t]*|([A-Za-z0-9 ._'=?/+*-]*+))"""
    r"""<([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)>[ \t]*\Z"""
)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def parse_sender(from_fields: Sequence[str]) -> Sender:
    """The author named by the unfolded, undecoded values of every From field; never raises."""
    try:
        return _parse(_only_field(from_fields))
    except AddressError as why:
        return Sender(address=None, reason=str(why))


def _only_field(fields: Sequence[str]) -> str:
    if not fields:
        raise AddressError("no From field")
    if len(fields) > 1:
        raise AddressError(f"{len(fields)} From fields")
    if len(fields[0]) > MAX_FIELD:
        raise AddressError(f"the From field is longer than {MAX_FIELD} characters")
    return fields[0]


def _parse(field: str) -> Sender:
    if common := _COMMON.match(field):
        name = common[1] or common[2]
        return Sender(address=normalise(common[3]), name=display_name(name) if name else "")
    if _CONTROL.search(field):
        raise AddressError("a control character in the From field")
    tokens = list(lex(field))
    for refuse in _REFUSALS:
        refuse(tokens)
    name, spec = split_piece(_only_piece(tokens))
    return Sender(address=normalise(spec), name=display_name(name))


def _unclosed_delimiter(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if not token.closed:
            raise AddressError(f"{token.kind.value} not closed")
        if token.kind is Kind.MARK and token.text in ">)":
            raise AddressError(f"a stray {token.text}")


def _route(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.kind is Kind.ANGLE and token.text.strip().startswith("@"):
            raise AddressError("a route in place of an address")


def _group_syntax(tokens: Sequence[Token]) -> None:
    if any(token.kind is Kind.MARK and token.text == ":" for token in tokens):
        raise AddressError("a group in place of one author")


def _comment_with_address(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.kind is Kind.COMMENT and set(token.text) & set("@<>＠"):
            raise AddressError("a comment holds an address")


def _comment_inside_the_address(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.kind is Kind.ANGLE and "(" in token.text:
            raise AddressError("a comment inside the address")


def _several_angles(tokens: Sequence[Token]) -> None:
    if sum(token.kind is Kind.ANGLE for token in tokens) > 1:
        raise AddressError("more than one address")


def _text_after_the_address(tokens: Sequence[Token]) -> None:
    """Only a comment or the comma of an empty list entry may follow the closing bracket."""
    after = False
    for token in tokens:
        if after and (token.kind in {Kind.WORD, Kind.QUOTED} or token.text == ";"):
            raise AddressError("text after the address")
        after = after or token.kind is Kind.ANGLE


def _address_before_the_address(tokens: Sequence[Token]) -> None:
    """``boss@a.example <x@b.example>``: some programs read the first address, some the second.

    A name that repeats the address itself is common and harmless.
    """
    angle = next((token.text.strip() for token in tokens if token.kind is Kind.ANGLE), None)
    if angle is None:
        return
    for token in tokens:
        if token.kind is Kind.WORD and "@" in token.text and token.text.lower() != angle.lower():
            raise AddressError("an address stands before the address")


#: What makes a field readable in two ways; the first that finds something gives the reason.
_REFUSALS = (
    _unclosed_delimiter,
    _route,
    _group_syntax,
    _comment_with_address,
    _comment_inside_the_address,
    _several_angles,
    _text_after_the_address,
    _address_before_the_address,
)


def _only_piece(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens of the one mailbox; ``Doe, John <j@x>`` without quotes still names one."""
    if any(token.kind is Kind.ANGLE for token in tokens):
        return tokens
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind is Kind.MARK:
            pieces.append([])
        else:
            pieces[-1].append(token)
    filled = [piece for piece in pieces if any(token.kind is not Kind.SPACE for token in piece)]
    if not filled:
        raise AddressError("the From field is empty")
    if len(filled) > 1:
        raise AddressError("more than one address")
    return filled[0]
