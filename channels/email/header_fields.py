"""The header block of a mail, split by ourselves from the raw bytes.

Identity rests on the raw fields: a decoder that repairs, merges or decodes them before we look has
already decided who wrote. What had to be repaired is noted in words. The MIME decoder gets to see
only the sound fields that concern it, so that both read the same mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.email.parameters import parameters
from threading_engine import charsets, encoded_words
from threading_engine.message import Cut


@dataclass(frozen=True, kw_only=True, slots=True)
class HeaderBlock:
    """The fields of one mail and what stands behind them."""

    #: Lower-cased name and unfolded value in order; control characters are still in.
    raw_fields: tuple[tuple[str, str], ...]
    #: The same, cleaned: one line, no control characters.
    fields: tuple[tuple[str, str], ...]
    #: The MIME fields and the body, as the MIME decoder should see them.
    mail: bytes
    #: Where the body begins in ``mail``.
    body_start: int
    #: True when fields were cut away, so that nothing may be concluded from an absent one.
    cut: bool
    #: What was wrong, in words.
    defects: tuple[str, ...]
    #: The first value of each field that holds raw bytes which are no UTF-8, by RFC 6532: every such
    #: byte is U+FFFD. ``fields`` hold what the writer probably meant.
    literal: Mapping[str, str]


_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
#: What mailbox files and some servers put before the first field; "From :" is a From field.
_ENVELOPE_LINE = re.compile(rb"(?:\s*\n)?>?From (?![ \t]*:)[^\r\n]*\r?\n")
_LEADING_LINES = re.compile(rb"(?:[ \t]*\r?\n)+")


def split(raw: bytes, limit: int) -> HeaderBlock:
    """Split ``raw`` into fields and body, looking at no more than ``limit`` bytes of fields."""
    defects: list[str] = []
    raw = _without_prologue(raw, defects)
    head_end, body_start = _bounds(raw)
    head, body = raw[:head_end], raw[body_start:]
    cut = len(head) > limit
    if cut:
        defects.append(Cut(f"header block of {len(head)} bytes cut at {limit}"))
        head = head[: max(head.rfind(b"\n", 0, limit), 0) or limit].rstrip(b"\r")
    lines = _FOLD.sub(b"", head).split(b"\n") if head else []
    kept, rest = _sound_lines(lines, defects)
    if rest:
        body = b"\n".join(rest) + raw[head_end:body_start] + body
    mime = b"".join([line + b"\r\n" for line in kept if line[:8].lower() == b"content-"])
    raw_fields, literal = _fields(kept)
    return HeaderBlock(
        raw_fields=raw_fields,
        fields=tuple((name, encoded_words.clean(value)) for name, value in raw_fields),
        mail=mime + b"\r\n" + body,
        body_start=len(mime) + 2,
        cut=cut,
        defects=tuple(defects),
        literal=literal,
    )


def _without_prologue(raw: bytes, defects: list[str]) -> bytes:
    if raw[:5] in {b"From ", b">From"} and (line := _ENVELOPE_LINE.match(raw)):
        return raw[line.end() :]
    if raw[:1] in {b"\n", b"\r", b" ", b"\t"} and (blank := _LEADING_LINES.match(raw)):
        rest = raw[blank.end() :]
        if _FIELD.match(rest) or _ENVELOPE_LINE.match(rest):
            defects.append("empty lines before the header")
            return rest[line.end() :] if (line := _ENVELOPE_LINE.match(rest)) else rest
    return raw


def _bounds(raw: bytes) -> tuple[int, int]:
    """End of the header block and start of the body."""
    if raw[:1] == b"\n":
        return 0, 1
    if raw[:2] == b"\r\n":
        return 0, 2
    if end := _END.search(raw):
        return end.start(), end.end()
    return len(raw), len(raw)


def _sound_lines(lines: Sequence[bytes], defects: list[str]) -> tuple[list[bytes], Sequence[bytes]]:
    """The lines that are fields, and those that turn out to be the body already.

    A line that is no field ends the header when nothing after it looks like one: the empty line
    is missing. In the midst of fields it is junk and is skipped.
    """
    sound = [_FIELD.match(line) is not None for line in lines]
    if all(sound):
        return [line.removesuffix(b"\r") for line in lines], ()
    end = len(sound) - sound[::-1].index(True) if True in sound else 0
    kept = [line.removesuffix(b"\r") for line, good in zip(lines, sound, strict=True) if good]
    junk = [line for line, good in zip(lines[:end], sound, strict=False) if not good]
    defects.extend(f"not a header field: {line[:40]!r}" for line in junk[:20])
    if end < len(lines):
        defects.append("no empty line between header and body")
    return kept, lines[end:]


def _fields(
    lines: Sequence[bytes],
) -> tuple[tuple[tuple[str, str], ...], Mapping[str, str]]:
    """The fields as they were meant, and those of them that are no UTF-8 as they are."""
    found: list[tuple[str, str]] = []
    literal: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        key = name.rstrip(b" \t").decode("ascii").lower()
        if value.isascii() and b"\x1b" not in value:
            text = value.decode("ascii")
        elif (valid := _utf8(value)) is not None:
            text = valid
        else:
            text = _meant(value, lines)
            literal.setdefault(key, value.decode("utf-8", "replace").strip(" \t\r"))
        found.append((key, text.strip(" \t\r")))
    return tuple(found), literal


def _utf8(value: bytes) -> str | None:
    """Raw bytes in a field are UTF-8 (RFC 6532), unless they are ISO-2022, which looks like ASCII."""
    try:
        return None if b"\x1b$" in value else value.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _meant(value: bytes, lines: Sequence[bytes]) -> str:
    """Raw bytes without a charset: the program that wrote them used the one of its body, too."""
    for line in lines:
        if line[:13].lower() == b"content-type:" and line.isascii():
            declared = parameters(line.decode("ascii")).get("charset")
            return charsets.decode(value, declared)[0] if declared else charsets.guess(value)[0]
    return charsets.guess(value)[0]
