"""From a rendered notification to the bytes of a mail (RFC 5322, MIME).

The same notification gives the same bytes every time, so a mail that is sent again is the same mail.
Lines end in CR LF and stay below 998 bytes. All bytes are 7-bit, unless the local part of an
address is not ASCII: then only a server with SMTPUTF8 can take the mail (RFC 6531).
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from email.utils import format_datetime

from bot.ports import Outgoing, OutgoingFile
from channels.email.header_lines import (
    field,
    file_name_parameter,
    ids_field,
    mailbox_field,
    text_field,
    token_field,
)

#: Everything an auto-responder of Exchange can be asked not to send.
_SUPPRESS = "DR, RN, NRN, OOF, AutoReply"
#: Long References fields choke some clients; the first and the newest ids carry the thread.
_FIRST_IDS, _NEWEST_IDS = 1, 40

_LONGEST_LINE = 900
_HIGH_BYTES = bytes(range(128, 256))
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_AUTOMATIC = re.compile(r"[a-z-]{1,40}")


def compose(outgoing: Outgoing) -> bytes:
    """The mail. Takes any text in any field and raises nothing."""
    return _head(outgoing).encode() + _body(outgoing)


def _head(outgoing: Outgoing) -> str:
    return "".join(
        (
            mailbox_field("From", outgoing.from_name, outgoing.from_address),
            mailbox_field("To", outgoing.to_name, outgoing.to_address),
            mailbox_field("Reply-To", outgoing.from_name, outgoing.reply_to),
            text_field("Subject", outgoing.subject),
            field("Date", format_datetime(outgoing.at)),
            token_field("Message-ID", outgoing.message_id, "<{}>"),
            ids_field("In-Reply-To", [outgoing.in_reply_to] if outgoing.in_reply_to else []),
            ids_field("References", _bounded(outgoing.references)),
            _automatic(outgoing.automatic),
            token_field("List-Id", outgoing.list_id or "", "<{}>"),
            token_field("X-Replydesk-Loop", outgoing.loop_mark),
            _language(outgoing.language),
            "MIME-Version: 1.0\r\n",
        )
    )


def _bounded(references: Sequence[str]) -> list[str]:
    ids = list(dict.fromkeys(references))
    if len(ids) > _FIRST_IDS + _NEWEST_IDS:
        ids[_FIRST_IDS:-_NEWEST_IDS] = []
    return ids


def _automatic(automatic: str | None) -> str:
    if automatic is None:
        return ""
    value = automatic if _AUTOMATIC.fullmatch(automatic) else "auto-generated"
    return field("Auto-Submitted", value) + field("X-Auto-Response-Suppress", _SUPPRESS)


def _language(language: str) -> str:
    return field("Content-Language", language) if _LANGUAGE.fullmatch(language) else ""


# --- MIME ---------------------------------------------------------------------------------------


def _body(outgoing: Outgoing) -> bytes:
    """The MIME entity: mixed(related(alternative(text, html), images), files), where needed."""
    inline = [file for file in outgoing.files if _is_shown(file, outgoing.html)]
    files = [file for file in outgoing.files if file not in inline]
    boundary = _boundaries(outgoing.message_id)
    entity = _text_part("plain", outgoing.text)
    if outgoing.html:
        html = _text_part("html", outgoing.html)
        entity = _multipart("alternative", boundary("a"), [entity, html])
    if inline:
        images = [_file_part(file, "inline") for file in inline]
        entity = _multipart("related", boundary("r"), [entity, *images])
    if files:
        attachments = [_file_part(file, "attachment") for file in files]
        entity = _multipart("mixed", boundary("m"), [entity, *attachments])
    return entity


def _is_shown(file: OutgoingFile, html: str) -> bool:
    """Whether a picture of the page; any other part inline would be shown as part of the mail."""
    if not file.content_type.startswith("image/") or "svg" in file.content_type:
        return False
    return bool(file.content_id) and f"cid:{file.content_id}" in html


def _boundaries(message_id: str) -> Callable[[str], str]:
    # The same id gives the same bytes. No text can hold "=_" and stay uncoded, and neither coding
    # writes it, so no part can hold a boundary.
    digest = hashlib.sha256(message_id.encode(errors="replace")).hexdigest()[:32]
    return lambda level: f"=_{level}{digest}"


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    kind = '; type="multipart/alternative"' if subtype == "related" else ""
    head = f'Content-Type: multipart/{subtype}{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    start = f"--{boundary}\r\n".encode()
    end = f"--{boundary}--\r\n".encode()
    return head + b"".join(start + part for part in parts) + end


def _text_part(subtype: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    data = lines.replace("\n", "\r\n").encode(errors="replace")
    coding, coded = _coded(data)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {coding}\r\n"
    return head.encode() + b"\r\n" + coded + b"\r\n"


def _coded(data: bytes) -> tuple[str, bytes]:
    """A text in the cheapest coding that every mail server passes on unchanged."""
    if _is_plain(data):
        return "7bit", data
    high = len(data) - len(data.translate(None, _HIGH_BYTES))
    # Quoted-printable triples a high byte, base64 makes four of three.
    if high * 6 <= len(data):
        # The line end that the coder sees first is the one it breaks long lines with.
        return "quoted-printable", binascii.b2a_qp(data + b"\r\n", istext=True)[:-2]
    return "base64", _base64(data)


def _is_plain(data: bytes) -> bool:
    if not data.isascii() or b"=_" in data or _CONTROLS.search(data):
        return False
    return max(map(len, data.split(b"\r\n"))) <= _LONGEST_LINE


def _base64(data: bytes) -> bytes:
    coded = binascii.b2a_base64(data, newline=False)
    return b"\r\n".join([coded[at : at + 76] for at in range(0, len(coded), 76)])


def _file_part(file: OutgoingFile, disposition: str) -> bytes:
    head = (
        field("Content-Type", _media_type(file.content_type))
        + "Content-Transfer-Encoding: base64\r\n"
        + field("Content-Disposition", disposition + file_name_parameter(file.name))
        + token_field("Content-ID", file.content_id or "", "<{}>")
    )
    return head.encode() + b"\r\n" + _base64(file.data) + b"\r\n"


def _media_type(declared: str) -> str:
    """The media type without parameters; base64 may not carry a multipart or a message."""
    media_type = declared.partition(";")[0].strip().lower()
    if media_type.startswith(("multipart/", "message/")):
        return "application/octet-stream"
    return media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
