"""From the leaves of a MIME tree to body text, attachments and the parts of reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from channels.email.flowed import unflow
from channels.email.mime_tree import Leaf
from channels.email.parameters import file_name, parameters
from threading_engine import charsets
from threading_engine.message import Attachment

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
#: Media types whose text is read as text wherever it hangs.
_REPORTS = {
    "message/delivery-status": "delivery_status",
    "message/global-delivery-status": "delivery_status",
    "message/feedback-report": "feedback_report",
}
_EMBEDDED = frozenset({"message/rfc822", "message/global"})
_EMBEDDED_HEADERS = frozenset({"text/rfc822-headers", "message/rfc822-headers"})
_EXTENSIONS = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "application/pgp-signature": ".asc",
    "application/ms-tnef": ".dat",
    "message/disposition-notification": ".txt",
}


@dataclass(kw_only=True, slots=True)
class Parts:
    """What a mail carries, sorted."""

    #: The inline text/plain parts in order.
    texts: list[str] = field(default_factory=list)
    #: The HTML parts in order, with plain parts that no HTML part repeats.
    htmls: list[str] = field(default_factory=list)
    #: True as soon as ``htmls`` holds a real HTML part.
    has_html: bool = False
    #: Every leaf that is not the body.
    attachments: list[Attachment] = field(default_factory=list)
    #: Text of message/delivery-status and message/feedback-report by field name.
    reports: dict[str, str] = field(default_factory=dict)
    #: Bytes of the first embedded mail, or of its header.
    embedded: bytes | None = None
    #: What was wrong, in words.
    defects: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The plain text body."""
        return "\n".join(self.texts)

    @property
    def html(self) -> str | None:
        """The HTML body."""
        return "\n".join(self.htmls) if self.has_html else None


def sort(leaves: list[Leaf]) -> Parts:
    """Tell body, attachments and reports apart."""
    parts = Parts()
    for leaf in leaves:
        _add(parts, leaf)
    return parts


def _add(parts: Parts, leaf: Leaf) -> None:
    kind = leaf.content_type
    declared = parameters(leaf.fields.get("content-type", ""))
    disposition = leaf.fields.get("content-disposition", "")
    if kind in _REPORTS and _REPORTS[kind] not in parts.reports:
        parts.reports[_REPORTS[kind]] = _lines(charsets.guess(leaf.data)[0])
        return
    if kind in _EMBEDDED or kind in _EMBEDDED_HEADERS:
        parts.embedded = parts.embedded or leaf.data
    elif kind in {"text/plain", "text/html"} and _is_body(parts, kind, declared, disposition):
        _add_text(parts, leaf, declared)
        return
    parts.attachments.append(_attachment(leaf, declared, disposition, len(parts.attachments) + 1))


def _is_body(parts: Parts, kind: str, declared: Mapping[str, str], disposition: str) -> bool:
    """A text part is body unless it is attached by name; the first one may bear a name by accident."""
    if disposition.lstrip().lower().startswith("attachment"):
        return False
    if "name" not in declared and "filename" not in disposition.lower():
        return True
    return not (parts.has_html if kind == "text/html" else parts.texts)


def _add_text(parts: Parts, leaf: Leaf, declared: Mapping[str, str]) -> None:
    text, defect = _decoded(leaf, declared)
    if defect and defect not in parts.defects:
        parts.defects.append(defect)
    if leaf.content_type == "text/html":
        parts.htmls.append(text)
        parts.has_html = True
        return
    if declared.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=declared.get("delsp", "").lower() == "yes")
    parts.texts.append(text)
    if not leaf.alternative and text.strip():
        # Who reads the HTML body must not miss a plain part beside it, a list's footer for one.
        parts.htmls.append(f'<pre style="white-space: pre-wrap">{escape(text, quote=False)}</pre>')


_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)


def _decoded(leaf: Leaf, declared: Mapping[str, str]) -> tuple[str, str | None]:
    label = declared.get("charset")
    if label is None and leaf.content_type == "text/html":
        meta = _META_CHARSET.search(leaf.data[:4096])
        label = meta[1].decode("ascii") if meta else None
    text, defect = charsets.decode(leaf.data, label)
    return _lines(text), defect


def _lines(text: str) -> str:
    """Line feeds only; no NUL, no byte order mark."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text.removeprefix("\ufeff")


def _attachment(
    leaf: Leaf, declared: Mapping[str, str], disposition: str, number: int
) -> Attachment:
    kind = leaf.content_type
    given = parameters(disposition).get("filename") or declared.get("name") or ""
    content_id = _CONTROL.sub("", leaf.fields.get("content-id", "")).strip(" <>") or None
    return Attachment(
        name=file_name(given, f"attachment-{number}{_EXTENSIONS.get(kind, '')}"),
        content_type=kind,
        data=leaf.data,
        content_id=content_id,
        inline=disposition.lstrip().lower().startswith("inline")
        or (content_id is not None and not disposition and kind.startswith("image/")),
    )
