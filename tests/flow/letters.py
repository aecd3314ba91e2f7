"""Mails as people's programs write them, and mails of the desk as people's programs show them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cached_property
from itertools import count

_numbers = count(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosed:
    """A file that goes with a mail."""

    name: str
    content_type: str
    data: bytes
    #: Content-ID without brackets for a picture inside the HTML, or None.
    content_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail ready to be handed over."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    #: Without brackets; empty when the mail has none.
    message_id: str = ""


def write(
    frm: str,
    to: str | Iterable[str],
    subject: str,
    text: str,
    *,
    at: datetime,
    html: str = "",
    files: Iterable[Enclosed] = (),
    headers: Mapping[str, str | None],
) -> Letter:
    """Write a mail; `headers` replace what the program would put, None leaves the field out."""
    recipients = (to,) if isinstance(to, str) else tuple(to)
    number = next(_numbers)
    fields: dict[str, str | None] = {
        "From": frm,
        "To": ", ".join(recipients),
        "Subject": subject,
        "Date": format_datetime(at),
        "Message-ID": f"<letter-{number}@{address_of(frm).rpartition('@')[2]}>",
        **headers,
    }
    mail = EmailMessage(policy=SMTP.clone(max_line_length=900))
    for name, value in fields.items():
        if value is not None:
            mail[name] = value
    mail.set_content(text, cte="8bit" if not text.isascii() else "7bit")
    if html:
        mail.add_alternative(html, subtype="html")
    for file in files:
        _enclose(mail, file)
    copied = [a.strip() for a in (fields.get("Cc") or "").split(",") if a.strip()]
    return Letter(
        sender=address_of(frm),
        recipients=(*map(address_of, recipients), *map(address_of, copied)),
        raw=mail.as_bytes(),
        message_id=(fields["Message-ID"] or "").strip("<>"),
    )


def _enclose(mail: EmailMessage, file: Enclosed) -> None:
    main, _, sub = file.content_type.partition("/")
    if file.content_id is None:
        mail.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
        return
    page = mail.get_body(("html",))
    assert isinstance(page, EmailMessage), "a picture inside the HTML needs HTML"
    page.add_related(
        file.data,
        maintype=main,
        subtype=sub,
        filename=file.name,
        disposition="inline",
        cid=f"<{file.content_id}>",
    )


def address_of(mailbox: str) -> str:
    """The plain address of ``Ann Asker <ann@example.com>``."""
    return parseaddr(mailbox)[1]


class Received:
    """A mail of the desk as it reached somebody."""

    def __init__(self, sender: str, recipients: tuple[str, ...], data: bytes) -> None:
        self.envelope_sender = sender
        self.recipients = recipients
        self.data = data

    @cached_property
    def _mail(self) -> EmailMessage:
        return message_from_bytes(self.data, _class=EmailMessage, policy=SMTP)

    def header(self, name: str) -> str:
        """One field's decoded value, empty when it is not there."""
        return str(self._mail[name] or "")

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return self.header("Subject")

    @property
    def sender_name(self) -> str:
        """The name in From."""
        return parseaddr(self.header("From"))[0]

    @property
    def reply_to(self) -> str:
        """The plain address that answers go to."""
        return address_of(self.header("Reply-To") or self.header("From"))

    @property
    def message_id(self) -> str:
        """Without brackets."""
        return self.header("Message-ID").strip("<>")

    @property
    def in_reply_to(self) -> str:
        """Without brackets."""
        return self.header("In-Reply-To").strip("<>")

    @property
    def references(self) -> list[str]:
        """Without brackets, oldest first."""
        return [key.strip("<>") for key in self.header("References").split()]

    @property
    def automatic(self) -> str:
        """The value of Auto-Submitted."""
        return self.header("Auto-Submitted")

    @cached_property
    def text(self) -> str:
        """The plain text."""
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        """The HTML."""
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self._mail.get_body((kind,))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")

    @property
    def words(self) -> str:
        """The plain text without what the desk's signature says."""
        return self.text.rpartition("\n-- \n")[0].strip()

    @cached_property
    def files(self) -> dict[str, Enclosed]:
        """Everything that is not the text, by file name."""
        parts = (part for part in self._mail.walk() if part.get_filename())
        return {
            str(part.get_filename()): Enclosed(
                name=str(part.get_filename()),
                content_type=part.get_content_type(),
                data=bytes(part.get_payload(decode=True) or b""),
                content_id=str(part["Content-ID"] or "").strip("<>") or None,
            )
            for part in parts
        }

    @property
    def everything(self) -> str:
        """All that a receiver could read anywhere in the mail."""
        fields = "\n".join(f"{name}: {value}" for name, value in self._mail.items())
        names = "\n".join(self.files)
        return f"{fields}\n{self.text}\n{self.html}\n{names}"

    def __repr__(self) -> str:
        return f"<{', '.join(self.recipients)}: {self.subject!r}, {self.words[:300]!r}>"


def answer(
    to_mail: Received, text: str, *, quoting: str | None = None
) -> tuple[str, str, dict[str, str | None]]:
    """Subject, words and fields of an answer, with the other mail quoted below."""
    chain = [*to_mail.references, to_mail.message_id]
    quoted = to_mail.text if quoting is None else quoting
    below = "\n".join(f"> {line}".rstrip() for line in quoted.strip().split("\n"))
    attribution = f"On Mon, 2 Mar 2026 at 09:00, {to_mail.sender_name} wrote:"
    subject = to_mail.subject
    return (
        subject if subject.lower().startswith("re:") else f"Re: {subject}",
        f"{text}\n\n{attribution}\n{below}\n",
        {
            "In_Reply_To": f"<{to_mail.message_id}>",
            "References": " ".join(f"<{key}>" for key in chain),
        },
    )


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
