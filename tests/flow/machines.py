"""Mails that programs write about a mail of ours, as they reach the desk."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from tests.flow.letters import Received

_numbers = count(1)

NO_SUCH_USER = {"action": "failed", "status": "5.1.1", "diagnostic": "550 5.1.1 No such user"}
MAILBOX_FULL = {"action": "failed", "status": "5.2.2", "diagnostic": "552 5.2.2 Mailbox full"}
DELAYED = {"action": "delayed", "status": "4.2.2", "diagnostic": "452 4.2.2 Mailbox full"}
ARRIVED = {"action": "delivered", "status": "2.0.0", "diagnostic": "250 2.0.0 Ok"}


def delivery_report(
    mail: Received, *, action: str, status: str, diagnostic: str, address: str = ""
) -> bytes:
    """A delivery report, as the recipient's server writes it (RFC 3464)."""
    address = address or mail.recipients[0]
    fields = (
        f"Reporting-MTA: dns; mx.{_domain(mail)}\r\n\r\nFinal-Recipient: rfc822; {address}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {diagnostic}\r\n"
    )
    author = f"Mail Delivery System <MAILER-DAEMON@{_domain(mail)}>"
    return _report(mail, author, "delivery-status", fields)


def receipt(
    mail: Received, disposition: str = "manual-action/MDN-sent-manually; displayed"
) -> bytes:
    """A receipt, as the recipient's program writes it (RFC 8098)."""
    fields = (
        f"Final-Recipient: rfc822; {mail.recipients[0]}\r\n"
        f"Original-Message-ID: <{mail.message_id}>\r\nDisposition: {disposition}\r\n"
    )
    return _report(mail, f"<{mail.recipients[0]}>", "disposition-notification", fields)


def complaint(mail: Received, kind: str = "abuse", *, proven: bool = True) -> bytes:
    """A complaint, as the recipient's provider passes it on (RFC 5965)."""
    sender = f"Original-Mail-From: <{mail.envelope_sender}>\r\n" if proven else ""
    fields = f"Feedback-Type: {kind}\r\nUser-Agent: Loop/1\r\nVersion: 1\r\n{sender}"
    return _report(mail, "<loop@provider.example>", "feedback-report", fields)


def automatic(mail: Received, words: str, headers: Mapping[str, str]) -> bytes:
    """What the recipient's program answers, from their address to the envelope sender."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"From: <{mail.recipients[0]}>\r\nTo: <{mail.envelope_sender}>\r\n"
        f"Subject: Re: {mail.subject}\r\nMessage-ID: <answer-{next(_numbers)}@{_domain(mail)}>\r\n"
        f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    ).encode()


def invitation_answer(mail: Received, answer: str = "ACCEPTED") -> bytes:
    """What a calendar answers (RFC 5546)."""
    return (
        f"From: <{mail.recipients[0]}>\r\nTo: <{mail.reply_to}>\r\nSubject: Accepted: Visit\r\n"
        f"Message-ID: <calendar-{next(_numbers)}@{_domain(mail)}>\r\n"
        f"In-Reply-To: <{mail.message_id}>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/calendar; method=REPLY\r\n\r\n"
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"ATTENDEE;PARTSTAT={answer}:mailto:{mail.recipients[0]}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def _report(mail: Received, author: str, kind: str, fields: str) -> bytes:
    return (
        f"From: {author}\r\nTo: <{mail.envelope_sender}>\r\nSubject: Report on your mail\r\n"
        f"Message-ID: <report-{next(_numbers)}@{_domain(mail)}>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nAbout your mail: see below.\r\n"
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{mail.message_id}>\r\nSubject: {mail.subject}\r\n\r\n--b--\r\n"
    ).encode()


def _domain(mail: Received) -> str:
    return mail.recipients[0].rpartition("@")[2]
