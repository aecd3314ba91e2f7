"""Was this mail written by a program? If so, what kind, and which rule says so.

Automatic mail never opens, reopens, answers or acknowledges anything, so a rule that is wrong here
loses a person's words. Each rule therefore needs what only programs write: a header field made for
the purpose, a report part, or a subject *together with* a second sign. A subject alone, or a word
in the text, never suffices: people forward and answer bounces and vacation notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from threading_engine import automatic_words as words
from threading_engine.automatic_facts import Facts
from threading_engine.message import Message

#: The field that every mail we send carries.
LOOP_FIELD = "x-replydesk-loop"

BOUNCE, AUTO_REPLY, FEEDBACK, LIST, LOOP = "bounce", "auto-reply", "feedback", "list", "loop"


@dataclass(frozen=True, kw_only=True, slots=True)
class Automatic:
    """The verdict on one automatic mail."""

    #: ``bounce``, ``auto-reply``, ``feedback``, ``list`` or ``loop``.
    kind: str
    #: The rule that said so: the name of its function.
    rule: str


def judge(
    message: Message,
    *,
    envelope_sender: str | None = None,
    own_addresses: frozenset[str] = frozenset(),
    loop_mark: str = "",
) -> Automatic | None:
    """Judge one mail: the verdict of the first rule that hits, or None for a person's mail."""
    facts = Facts(
        message=message,
        envelope_sender=envelope_sender,
        own_addresses=own_addresses,
        loop_mark=loop_mark,
    )
    for kind, rule in RULES:
        if rule(facts):
            return Automatic(kind=kind, rule=rule.__name__.lstrip("_"))
    return None


# ---- loops -----------------------------------------------------------------------------------


def _own_loop_field(facts: Facts) -> bool:
    """Our own mail came back to us; another desk's words bear another mark and may enter."""
    return facts.fields.get(LOOP_FIELD, "") == facts.loop_mark.lower() != ""


def _loop_field_with_own_address(facts: Facts) -> bool:
    return any(
        value.strip().lower() in facts.own_addresses
        for value in facts.message.all_headers("x-loop")
    )


def _from_own_address(facts: Facts) -> bool:
    """A mail that claims to come from one of our queues: ours, or a forgery."""
    local, _, domain = (facts.message.sender.address or "").rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return not {f"{local}@{domain}", plain}.isdisjoint(facts.own_addresses)


# ---- feedback reports ------------------------------------------------------------------------


def _feedback_report(facts: Facts) -> bool:
    """RFC 5965: somebody pressed "this is spam"."""
    message = facts.message
    return message.feedback_report is not None or message.report_type == "feedback-report"


def _complaint_about_message(facts: Facts) -> bool:
    """Outlook.com's feedback loop writes no report, only a subject and the mail complained about."""
    return (
        facts.subject.startswith("complaint about message from")
        and facts.message.embedded is not None
    )


def _service_complaint(facts: Facts) -> bool:
    """Amazon SES tells of bounces, complaints and deliveries in JSON by mail."""
    return facts.notification == "complaint"


# ---- bounces ---------------------------------------------------------------------------------


def _delivery_report(facts: Facts) -> bool:
    """RFC 3464: a multipart/report of delivery-status, or a bare delivery-status part."""
    message = facts.message
    return message.delivery_status is not None or message.report_type == "delivery-status"


def _failed_recipients_field(facts: Facts) -> bool:
    """Exim and Gmail list the failed addresses in a field."""
    return "x-failed-recipients" in facts.fields


def _from_mail_daemon(facts: Facts) -> bool:
    return facts.daemon


def _from_postmaster_about_a_failure(facts: Facts) -> bool:
    """A postmaster is also a person, so the subject or the text has to speak of a failure."""
    return facts.postmaster and (facts.failure_subject or _reads_like_a_notice(facts))


def _empty_envelope_about_a_failure(facts: Facts) -> bool:
    return facts.empty_envelope and (facts.failure_subject or _reads_like_a_notice(facts))


def _failure_subject_and_notice(facts: Facts) -> bool:
    """Both subject and first lines are a mail server's."""
    return facts.failure_subject and _reads_like_a_notice(facts)


def _failure_subject_with_returned_mail(facts: Facts) -> bool:
    """The subject speaks of a failure and the mail itself is attached."""
    message = facts.message
    return facts.failure_subject and message.embedded is not None and not message.in_reply_to


def _notice_with_report_fields(facts: Facts) -> bool:
    """A report whose MIME structure got lost on the way: its fields stand in the text."""
    head = facts.message.text[:NOTICE_CHARACTERS]
    return (
        words.REPORT_FIELDS.search(head) is not None
        and not facts.message.in_reply_to
        and not words.REPLY.match(facts.subject)
    )


def _service_bounce(facts: Facts) -> bool:
    return facts.notification == "bounce"


def _auto_submitted_failure(facts: Facts) -> bool:
    """Sendmail: ``Auto-Submitted: auto-generated (failure)``."""
    value = facts.fields.get("auto-submitted", "")
    return "(failure)" in value or (value.startswith("auto-") and facts.failure_subject)


#: Characters of a text that may make it a mail server's notice.
NOTICE_CHARACTERS = 1500


def _reads_like_a_notice(facts: Facts) -> bool:
    text = facts.message.text or facts.message.html or ""
    return words.NOTICE.search(text[:NOTICE_CHARACTERS].lower()) is not None


# ---- auto-replies ----------------------------------------------------------------------------


def _auto_submitted(facts: Facts) -> bool:
    """RFC 3834: anything but ``no``."""
    value = facts.fields.get("auto-submitted", "no").partition(";")[0].partition("(")[0].strip()
    return value not in {"", "no"}


def _disposition_notification(facts: Facts) -> bool:
    """RFC 8098: a read receipt, asked for by a mail of ours."""
    message = facts.message
    return message.report_type == "disposition-notification" or any(
        part.content_type == "message/disposition-notification" for part in message.attachments
    )


def _service_delivery(facts: Facts) -> bool:
    return facts.notification == "delivery"


def _calendar_reply(facts: Facts) -> bool:
    """An invitation accepted or declined (RFC 5546)."""
    return any(
        part.content_type == "text/calendar" and b"METHOD:REPLY" in part.data[:2000].upper()
        for part in facts.message.attachments
    )


def _response_suppress(facts: Facts) -> bool:
    """Exchange: ``All`` or ``AutoReply`` is written by programs.

    ``OOF``, ``DR``, ``RN`` and ``NRN`` alone are not: people's mail carries them where an
    administrator switched receipts off.
    """
    asked = set(re.split(r"[,;\s]+", facts.fields.get("x-auto-response-suppress", "")))
    return bool(asked & {"all", "autoreply"})


def _autoreply_field(facts: Facts) -> bool:
    return any(
        facts.fields.get(name, "no") not in {"", "no", "false", "0"} for name in _AUTOREPLY_FIELDS
    )


def _precedence_auto_reply(facts: Facts) -> bool:
    return facts.fields.get("precedence", "").replace("-", "_") == "auto_reply"


def _vacation_subject_with_evidence(facts: Facts) -> bool:
    """A vacation note by its subject, if a second sign says that no person wrote it."""
    if not words.VACATION.match(facts.subject):
        return False
    return (
        facts.empty_envelope
        or "x-auto-response-suppress" in facts.fields
        or "x-ms-exchange-generated-message-source" in facts.fields
        or facts.fields.get("precedence", "") in {"bulk", "junk"}
        or bool(facts.message.in_reply_to)
    )


def _empty_envelope_sender(facts: Facts) -> bool:
    """RFC 3834, section 3.3: responders send with an empty reverse path, people never do."""
    return facts.empty_envelope


# ---- lists -----------------------------------------------------------------------------------


def _list_field(facts: Facts) -> bool:
    """RFC 2919 and RFC 2369."""
    return not _LIST_FIELDS.isdisjoint(facts.fields)


def _precedence_bulk(facts: Facts) -> bool:
    return facts.fields.get("precedence", "") in {"bulk", "junk", "list"}


#: The rules in order; the first that hits decides. Bounces stand before auto-replies, because a
#: bounce is an automatic reply too, and lists last, because a list passes all the others on.
RULES: tuple[tuple[str, Callable[[Facts], bool]], ...] = (
    (LOOP, _own_loop_field),
    (LOOP, _loop_field_with_own_address),
    (FEEDBACK, _feedback_report),
    (FEEDBACK, _complaint_about_message),
    (FEEDBACK, _service_complaint),
    (BOUNCE, _delivery_report),
    (BOUNCE, _failed_recipients_field),
    (BOUNCE, _from_mail_daemon),
    (AUTO_REPLY, _disposition_notification),
    (BOUNCE, _from_postmaster_about_a_failure),
    (BOUNCE, _empty_envelope_about_a_failure),
    (BOUNCE, _auto_submitted_failure),
    (BOUNCE, _failure_subject_and_notice),
    (BOUNCE, _failure_subject_with_returned_mail),
    (BOUNCE, _notice_with_report_fields),
    (BOUNCE, _service_bounce),
    (LOOP, _from_own_address),
    (AUTO_REPLY, _auto_submitted),
    (AUTO_REPLY, _service_delivery),
    (AUTO_REPLY, _calendar_reply),
    (AUTO_REPLY, _autoreply_field),
    (AUTO_REPLY, _response_suppress),
    (AUTO_REPLY, _precedence_auto_reply),
    (AUTO_REPLY, _vacation_subject_with_evidence),
    (AUTO_REPLY, _empty_envelope_sender),
    (LIST, _list_field),
    (LIST, _precedence_bulk),
)

_AUTOREPLY_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-auto-reply-from",
    "auto-response",
    "x-vacation",
)
_LIST_FIELDS = frozenset(
    {"list-id", "list-unsubscribe", "list-post", "list-help", "mailing-list", "x-mailing-list"}
)
