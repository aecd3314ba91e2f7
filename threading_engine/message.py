"""A mail as the engine sees it: decoded, bounded, and free of anything that can bite.

The channel's decoder builds these values; every other module of the engine only reads them.
Nothing here knows how a mail travels or is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


class Cut(str):
    """A defect for which something of the mail was left out, not only read with tolerance."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailbox:
    """One address with its display name (RFC 5322 ``mailbox``)."""

    #: The address, lower-cased; never empty.
    address: str
    #: The decoded display name without control characters; empty when there is none.
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who the From field names, by the strict rule: ambiguous means unknown."""

    #: The address, lower-cased, or None when the field is missing or could be read two ways.
    address: str | None
    #: The decoded display name; never evidence of anything.
    name: str = ""
    #: Why ``address`` is None, in words; empty otherwise.
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """One leaf of the MIME tree that is not the body text."""

    #: The decoded file name without path or control characters; made up when the mail gives none.
    name: str
    #: The declared media type, lower-cased, for example ``image/png``.
    content_type: str
    #: The decoded bytes.
    data: bytes
    #: The Content-ID without angle brackets, or None.
    content_id: str | None = None
    #: True when the mail means it to be shown inside the text.
    inline: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One decoded mail."""

    #: Header fields in order: lower-cased name, unfolded value; encoded words are *not* decoded,
    #: raw 8-bit bytes are repaired, control characters are gone.
    headers: tuple[tuple[str, str], ...] = ()
    #: The author by the strict rule.
    sender: Sender = field(default_factory=lambda: Sender(address=None, reason="no From field"))
    #: Decoded subject on one line, as the mail states it; empty when there is none.
    subject: str = ""
    #: The subject as it was probably meant, where raw bytes in it are no UTF-8 (RFC 6532); else None.
    guessed_subject: str | None = None
    #: Addressees of the To field.
    to: tuple[Mailbox, ...] = ()
    #: Addressees of the Cc field.
    cc: tuple[Mailbox, ...] = ()
    #: Addressees of the Reply-To field.
    reply_to: tuple[Mailbox, ...] = ()
    #: Message-ID without angle brackets, or None.
    message_id: str | None = None
    #: Ids of In-Reply-To without angle brackets, in order.
    in_reply_to: tuple[str, ...] = ()
    #: Ids of References without angle brackets, oldest first.
    references: tuple[str, ...] = ()
    #: The Date field, aware, or None when missing or unreadable.
    date: datetime | None = None
    #: The plain text body (all inline text/plain parts joined); empty when there is none.
    text: str = ""
    #: The raw HTML body, or None. Not sanitised.
    html: str | None = None
    #: Every other leaf, in order.
    attachments: tuple[Attachment, ...] = ()
    #: The top-level media type, lower-cased, without parameters.
    content_type: str = "text/plain"
    #: The ``report-type`` parameter of a multipart/report, lower-cased, or None.
    report_type: str | None = None
    #: Text of the message/delivery-status part, or None.
    delivery_status: str | None = None
    #: Text of the message/feedback-report part, or None.
    feedback_report: str | None = None
    #: The first embedded message/rfc822 or text/rfc822-headers, or None. Nested one level only.
    embedded: Message | None = None
    #: What is known about S/MIME and PGP signatures, in words; empty where there are none. Never
    #: evidence of who wrote.
    signed: str = ""
    #: True when words or files of it were encrypted and a key of ours opened them.
    unsealed: bool = False
    #: What was wrong with the mail, each in words.
    defects: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The subject as people should read it."""
        return self.subject if self.guessed_subject is None else self.guessed_subject

    @property
    def is_cut(self) -> bool:
        """Whether something of the mail was beyond a bound and left out."""
        return any(isinstance(defect, Cut) for defect in self.defects)

    def header(self, name: str) -> str | None:
        """The first value of the field ``name`` (lower-case), or None."""
        return next((value for key, value in self.headers if key == name), None)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Every value of the field ``name`` (lower-case), in order."""
        return tuple(value for key, value in self.headers if key == name)
