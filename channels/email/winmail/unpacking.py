"""From a winmail.dat to the parts that an honest mail would have had."""

from __future__ import annotations

import re
from collections.abc import Iterator
from mimetypes import MimeTypes
from urllib.parse import quote

from channels.email.mime_tree import Leaf
from channels.email.parameters import file_name, media_type
from channels.email.winmail import compressed_rtf, rtf, tnef
from channels.email.winmail.tnef import File, Tnef
from threading_engine import charsets

#: Messages attached to messages.
_DEEPEST = 3
#: The library's own table, not the system's, which differs from host to host.
_TYPES = MimeTypes()
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f<>]")


def unpack(data: bytes) -> tuple[list[Leaf], list[Leaf], bool]:
    """The body, the files, and whether all of it could be read; raises nothing."""
    found = tnef.read(data)
    return _body(found), list(_files(found, depth=0)), not found.damaged


def _body(found: Tnef) -> list[Leaf]:
    """The best of the three forms in which Outlook keeps a body; empty when it has none."""
    html = found.properties.get(tnef.HTML)
    if html is not None and html[1].strip(b"\x00 \r\n"):
        return [_text("html", _html(found, html))]
    if packed := found.properties.get(tnef.RTF):
        body = rtf.read(compressed_rtf.decompress(packed[1]))
        if body.html:
            return [_text("html", body.html)]
        if body.text.strip():
            return [_text("plain", body.text)]
    plain = found.properties.get(tnef.BODY)
    text = found.text(plain) if plain else charsets.decode(found.body, found.charset)[0]
    return [_text("plain", text)] if text.strip() else []


def _html(found: Tnef, value: tnef.Value) -> str:
    kind, data = value
    page = found.properties.get(tnef.CODE_PAGE, (0, b""))[1][:4]
    number = int.from_bytes(page, "little")
    if kind == 0x102:  # noqa: PLR2004 - binary: bytes in the code page that is named beside it
        return charsets.decode(data.rstrip(b"\x00"), _CODE_PAGES.get(number, f"cp{number}"))[0]
    return found.text(value)


_CODE_PAGES = {65001: "utf-8", 20127: "ascii", 28591: "iso-8859-1", 0: "utf-8"}


def _text(subtype: str, text: str) -> Leaf:
    fields = {"content-type": f"text/{subtype}; charset=utf-8"}
    return Leaf(content_type=f"text/{subtype}", fields=fields, data=text.encode("utf-8", "replace"))


def _files(found: Tnef, *, depth: int) -> Iterator[Leaf]:
    for file in found.files:
        embedded = file.embedded
        if embedded is not None and embedded[:4] == tnef.SIGNATURE and depth < _DEEPEST:
            yield from _message(tnef.read(embedded), _name(found, file), depth=depth + 1)
            continue
        data = file.data or file.properties.get(tnef.DATA, (0, b""))[1]
        name = _name(found, file)
        if data or name:
            yield _file(found, file, name, data)


def _message(message: Tnef, name: str, *, depth: int) -> Iterator[Leaf]:
    """An attached message: its words as one file, its own files beside it."""
    subject = message.properties.get(tnef.SUBJECT)
    title = (message.text(subject) if subject else "") or name or "message"
    for body in _body(message)[:1]:
        ending = ".html" if body.content_type == "text/html" else ".txt"
        yield _named(body.content_type, f"{title}{ending}", body.data)
    yield from _files(message, depth=depth)


def _name(found: Tnef, file: File) -> str:
    for key in (tnef.LONG_NAME, tnef.SHORT_NAME):
        if (value := file.properties.get(key)) and (name := found.text(value)):
            return name
    if title := charsets.decode(file.title, found.charset)[0]:
        return title
    shown = file.properties.get(tnef.DISPLAY_NAME)
    return found.text(shown) if shown else ""


def _file(found: Tnef, file: File, name: str, data: bytes) -> Leaf:
    declared = file.properties.get(tnef.MIME_TAG)
    kind = found.text(declared) if declared else ""
    kind = kind if "/" in kind else _TYPES.guess_type(file_name(name, ""))[0] or ""
    kind = media_type(kind) if "/" in kind else "application/octet-stream"
    content_id = file.properties.get(tnef.CONTENT_ID)
    return _named(kind, name, data, found.text(content_id) if content_id else "")


def _named(kind: str, name: str, data: bytes, content_id: str = "") -> Leaf:
    # A text or a message among the files is a file, whatever it would be as a part of a mail.
    shown = "inline" if content_id and kind.startswith("image/") else "attachment"
    fields = {"content-disposition": f"{shown}; filename*=utf-8''{quote(name, safe='')}"}
    if clean := _CONTROL.sub("", content_id):
        fields["content-id"] = f"<{clean}>"
    return Leaf(content_type=kind, fields=fields, data=data)
