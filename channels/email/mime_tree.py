"""The MIME tree of a mail as a flat list of leaves, from either of two decoders.

The fast decoder (Rust) reads nearly every mail. It gives up on broken base64 and deep nesting,
ignores uuencode, and drops the text of a multipart whose boundary never comes. Those mails are
read again by mail-parser, ten times slower. When that fails as well, the body is the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as StandardMessage

from fast_mail_parser import ParseError, PyLazyMimePart, parse_email_tree

from channels.email.header_fields import HeaderBlock
from channels.email.limits import Limits
from channels.email.parameters import media_type
from threading_engine import charsets
from threading_engine.message import Cut

#: More encoded words cost the fast decoder and mail-parser quadratic time, half a second from here.
MOST_ENCODED_WORDS = 1000
#: Bounds of the second, slower decoder: beyond them a mail is not broken but hostile.
SLOW_BYTES, SLOW_BOUNDARIES, SLOW_MESSAGES = 32 * 1024 * 1024, 100, 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """One part that is not a container."""

    #: The media type, lower-cased.
    content_type: str
    #: First value of each header field of the part by lower-cased name.
    fields: Mapping[str, str]
    #: The transfer-decoded bytes.
    data: bytes
    #: True inside a multipart/alternative.
    alternative: bool = False
    #: The media type of the multipart it stands in, empty when it is the whole mail.
    container: str = ""


@dataclass(kw_only=True, slots=True)
class Tree:
    """All leaves of one mail, collected while walking."""

    #: The bounds that hold.
    limits: Limits
    #: The leaves in order.
    leaves: list[Leaf] = field(default_factory=list)
    #: What was wrong, in words.
    defects: list[str] = field(default_factory=list)
    #: Bytes of all leaves.
    size: int = 0

    def fits(self, size: int) -> bool:
        """Whether one more part of ``size`` bytes may be read; notes the defect when not."""
        if len(self.leaves) >= self.limits.parts:
            self.note(Cut(f"more than {self.limits.parts} parts; the rest is left out"))
            return False
        self.size += size
        if self.size > self.limits.decoded_bytes:
            self.note(Cut("a part is left out: the mail decodes to too many bytes"))
        return self.size <= self.limits.decoded_bytes

    def too_deep(self, depth: int) -> bool:
        """Whether ``depth`` is beyond the bound; notes the defect then."""
        if depth > self.limits.depth:
            self.note(Cut(f"parts nested deeper than {self.limits.depth} are left out"))
        return depth > self.limits.depth

    def note(self, defect: str) -> None:
        """Remember a defect once."""
        if defect not in self.defects:
            self.defects.append(defect)


class _NotFaithfulError(Exception):
    """The fast decoder would lose words of this mail."""


def read(block: HeaderBlock, limits: Limits) -> Tree:
    """All leaves of the mail by the first decoder that can read it. Never raises."""
    mail, cut = _without_surplus_parts(block.mail, limits)
    tree = Tree(limits=limits, defects=list(cut))
    try:
        _refuse_many_encoded_words(mail)
        _walk_fast(parse_email_tree(mail, mode="lazy"), tree, depth=0, within="", alternative=False)
        _check_not_empty(tree, mail[block.body_start :])
    except (ParseError, _NotFaithfulError) as why:
        return _read_slowly(mail, block, Tree(limits=limits, defects=[*cut, _words(why)]))
    return tree


def _words(why: Exception) -> str:
    return str(why).removeprefix("Message parsing error: ")[:100]


_DASHES = re.compile(rb"\n--([^\r\n]{1,200})")
_BOUNDARY = re.compile(rb'boundary\s*+=\s*+(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_EMBEDDED = re.compile(rb"^content-type:[ \t]*message/", re.IGNORECASE | re.MULTILINE)


def _without_surplus_parts(mail: bytes, limits: Limits) -> tuple[bytes, tuple[str, ...]]:
    """Cut the mail before the first part beyond the bound, without parsing it."""
    if mail.count(b"-") <= 2 * limits.parts or mail.count(b"\n--") <= limits.parts:
        return mail, ()
    boundaries = {quoted or bare for quoted, bare in _BOUNDARY.findall(mail)}
    count = 0
    for line in _DASHES.finditer(mail):
        count += line[1].rstrip() in boundaries
        if count > limits.parts:
            return mail[: line.start() + 1], (
                Cut(f"more than {limits.parts} parts; the rest is cut"),
            )
    return mail, ()


# ---- the fast decoder ------------------------------------------------------------------------


def _walk_fast(
    node: PyLazyMimePart, tree: Tree, *, depth: int, within: str, alternative: bool
) -> None:
    content_type = media_type(node.content_type)
    if content_type.startswith("multipart/"):
        if tree.too_deep(depth):
            return
        if not node.children:
            raise _NotFaithfulError("a multipart without parts")
        inside = alternative or content_type == "multipart/alternative"
        for child in node.children:
            _walk_fast(child, tree, depth=depth + 1, within=content_type, alternative=inside)
        return
    fields = {name.lower(): values[0] for name, values in node.headers.items()}
    if depth and any(map(_is_no_field, fields.items())):
        raise _NotFaithfulError("a part without an empty line behind its header")
    if "uu" in fields.get("content-transfer-encoding", "").lower():
        raise _NotFaithfulError("a part is uuencoded")
    if tree.fits(node.encoded_size or 0):
        data = node.content or b""
        leaf = Leaf(
            content_type=content_type,
            fields=fields,
            data=data,
            alternative=alternative,
            container=within,
        )
        tree.leaves.append(leaf)


def _refuse_many_encoded_words(mail: bytes) -> None:
    # Counting one byte is many times faster than counting two, and nearly always enough.
    if mail.count(b"?") > MOST_ENCODED_WORDS and mail.count(b"=?") > MOST_ENCODED_WORDS:
        raise _NotFaithfulError(f"more than {MOST_ENCODED_WORDS} encoded words")


def _check_not_empty(tree: Tree, body: bytes) -> None:
    if len(tree.leaves) == 1 and not tree.leaves[0].data and body.strip():
        raise _NotFaithfulError("the body comes out empty")


def _is_no_field(field: tuple[str, str]) -> bool:
    """Whether the fast decoder took a line of text for a field without a value."""
    name, value = field
    return not value and not name.startswith(("content-", "x-"))


# ---- the slow decoder ------------------------------------------------------------------------


def _read_slowly(mail: bytes, block: HeaderBlock, tree: Tree) -> Tree:
    if _hostile(mail):
        return _whole_body(block, tree)
    try:
        _walk_standard(_standard_root(mail), tree, depth=0, within="", alternative=False)
    except Exception as why:  # noqa: BLE001 - the standard decoder raises nearly anything
        tree.note(f"the decoder failed: {type(why).__name__}")
        tree.leaves.clear()
        return _whole_body(block, tree)
    return tree


def _standard_root(mail: bytes) -> StandardMessage:
    if mail.count(b"=?") > MOST_ENCODED_WORDS:
        # The library decodes every field, with a cost that grows as the square of its words.
        return message_from_bytes(mail)
    import logging

    import mailparser

    logging.getLogger("mailparser").addHandler(logging.NullHandler())
    try:
        # The library publishes no types.
        parsed = mailparser.parse_from_bytes(mail)  # type: ignore[no-untyped-call]
        root: StandardMessage = parsed.message
    except (AttributeError, ValueError, TypeError, LookupError):
        # It reads more than the tree and stumbles over odd addresses and file names.
        return message_from_bytes(mail)
    return root


def _hostile(mail: bytes) -> bool:
    return (
        len(mail) > SLOW_BYTES
        or len(_BOUNDARY.findall(mail)) > SLOW_BOUNDARIES
        or len(_EMBEDDED.findall(mail)) > SLOW_MESSAGES
    )


def _whole_body(block: HeaderBlock, tree: Tree) -> Tree:
    tree.note("the parts cannot be told apart; the whole body is the text")
    data = block.mail[block.body_start :]
    if tree.fits(len(data)):
        tree.leaves.append(Leaf(content_type="text/plain", fields={}, data=data))
    return tree


def _walk_standard(
    node: StandardMessage, tree: Tree, *, depth: int, within: str, alternative: bool
) -> None:
    content_type = media_type(node.get_content_type())
    if content_type.startswith("multipart/") and node.is_multipart():
        if tree.too_deep(depth):
            return
        inside = alternative or content_type == "multipart/alternative"
        for child in _children(node):
            _walk_standard(child, tree, depth=depth + 1, within=content_type, alternative=inside)
        return
    if content_type.startswith("multipart/"):
        content_type = "text/plain"  # no boundary ever came: what is there is text
    data = _standard_content(node)
    if tree.fits(len(data)):
        leaf = Leaf(
            content_type=content_type,
            fields=_standard_fields(node),
            data=data,
            alternative=alternative,
            container=within,
        )
        tree.leaves.append(leaf)


def _children(node: StandardMessage) -> list[StandardMessage]:
    payload = node.get_payload()
    return (
        [c for c in payload if isinstance(c, StandardMessage)] if isinstance(payload, list) else []
    )


def _standard_content(node: StandardMessage) -> bytes:
    if node.is_multipart():  # message/rfc822, or the blocks of a delivery status
        return b"\n".join([child.as_bytes() for child in _children(node)])
    payload = node.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _standard_fields(node: StandardMessage) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in node.raw_items():
        data = str(value).encode("utf-8", "surrogateescape")
        fields.setdefault(name.lower(), charsets.guess(data)[0].replace("\r", "").replace("\n", ""))
    return fields
