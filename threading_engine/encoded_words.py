"""Encoded words in header fields (RFC 2047), read the way real mails write them.

Read tolerantly: spaces inside a Q word, characters split across two words, missing base64
padding, unknown charsets, words glued to text. What cannot be decoded stays as it was written.
"""

from __future__ import annotations

import binascii
import re

from threading_engine import charsets

_HEAD = re.compile(r"=\?([^?=\s]{1,75})\?([bBqQ])\?")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
#: Tab, line ends and the Unicode line separators become a space, every other control goes.
_CONTROLS = {
    **dict.fromkeys([*range(32), 127, *range(0x80, 0xA0)]),
    **dict.fromkeys([9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029], " "),
    **dict.fromkeys(range(0xD800, 0xE000), "�"),
}
_HAS_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def clean(text: str) -> str:
    """Put ``text`` on one line without control characters."""
    return text.translate(_CONTROLS) if _HAS_CONTROL.search(text) else text


def decode(value: str) -> str:
    """Decode the encoded words of an unfolded header value; the result is on one line."""
    if "=?" not in value:
        return clean(value)
    pieces: list[str] = []
    pending: list[tuple[str, bytes]] = []  # neighbouring words, joined per charset at the end
    position = 0
    while head := _HEAD.search(value, position):
        end = value.find("?=", head.end())
        if end < 0:
            break
        between = value[position : head.start()]
        if between.strip() or not pending:
            pieces += _flush(pending)
            pieces.append(between)
        charset = head[1].partition("*")[0].lower()
        pending.append((charset, _content(charset, head[2], value[head.end() : end])))
        position = end + 2
    pieces += _flush(pending)
    return clean("".join([*pieces, value[position:]]))


def _content(charset: str, encoding: str, text: str) -> bytes:
    if encoding in "bB":
        return base64_bytes(text)
    return binascii.a2b_qp(_bytes(text, charset), header=True)


def _bytes(text: str, charset: str) -> bytes:
    """The bytes behind the word; 8-bit ones that stand in it raw were meant in its own charset."""
    if not text.isascii() and (name := charsets.codec(charset)):
        try:
            return text.encode(name)
        except UnicodeError:
            pass
    return text.encode("utf-8", "replace")


def base64_bytes(text: str) -> bytes:
    """Decode base64 whatever stands in it: foreign characters go, padding is made up."""
    clean_text = _NOT_BASE64.sub("", text)
    if len(clean_text) % 4 == 1:
        clean_text = clean_text[:-1]
    return binascii.a2b_base64(clean_text + "=" * (-len(clean_text) % 4))


def _flush(pending: list[tuple[str, bytes]]) -> list[str]:
    """Decode and empty ``pending``; words of one charset may share a character across words."""
    texts: list[str] = []
    charset, data = "", b""
    for label, content in pending:
        if label != charset and data:
            texts.append(charsets.decode(data, charset)[0])
            data = b""
        charset, data = label, data + content
    if data:
        texts.append(charsets.decode(data, charset)[0])
    pending.clear()
    return texts
