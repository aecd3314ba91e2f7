"""Rules that know what programs answer by themselves: receipts, vacation notes, confirmations.

They are rows of ``automatic.RULES``, which puts them in order.
"""

from __future__ import annotations

import re

from threading_engine import automatic_words as words
from threading_engine import bounce_reports
from threading_engine.automatic_facts import Facts

# ---- receipts --------------------------------------------------------------------------------

#: What a delivery report says when nothing went wrong (RFC 3464, section 2.3.3).
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})


def delivered_report(facts: Facts) -> bool:
    """RFC 3464: a delivery report in which every recipient was reached."""
    status = facts.message.delivery_status
    if not status or facts.passed_on:
        return False
    actions = {report.action for report in bounce_reports.read(status)}
    return bool(actions) and actions <= _ARRIVED


def disposition_notification(facts: Facts) -> bool:
    """RFC 8098: a read receipt, asked for by a mail of ours."""
    message = facts.message
    if message.report_type == "disposition-notification":
        return True
    attached = any(
        part.content_type == "message/disposition-notification" for part in message.attachments
    )
    return attached and not facts.passed_on


def service_delivery(facts: Facts) -> bool:
    """Amazon SES tells of a delivery in JSON by mail."""
    return facts.notification == "delivery"


def receipt_in_words(facts: Facts) -> bool:
    """Outlook and GroupWise of old tell in plain words that a mail was opened.

    Both the subject and the first line are the program's.
    """
    if words.STATUS_SUBJECT.match(facts.subject):
        return "groupwise" in facts.fields.get("x-mailer", "") or facts.empty_envelope
    if not words.RECEIPT_SUBJECT.match(facts.subject):
        return False
    return words.RECEIPT_TEXT.match(facts.message.text[:1000].lower()) is not None


# ---- auto-replies ----------------------------------------------------------------------------


def auto_submitted(facts: Facts) -> bool:
    """It says of itself that a program wrote it (RFC 3834)."""
    value = facts.auto_submitted
    if value.startswith("auto-generated") and facts.acts_for_a_person:
        return False
    return value not in {"", "no"}


def calendar_reply(facts: Facts) -> bool:
    """An invitation accepted or declined (RFC 5546)."""
    return facts.calendar_method == "REPLY"


def response_suppress(facts: Facts) -> bool:
    """Its X-Auto-Response-Suppress says "All" or "AutoReply", as programs of Exchange write it.

    ``OOF``, ``DR``, ``RN`` and ``NRN`` alone are not: people's mail carries them where an
    administrator switched receipts off.
    """
    asked = set(re.split(r"[,;\s]+", facts.fields.get("x-auto-response-suppress", "")))
    return bool(asked & {"all", "autoreply"}) and not facts.acts_for_a_person


def autoreply_field(facts: Facts) -> bool:
    """A field that only responders write, and that is not switched off."""
    return any(
        facts.fields.get(name, "no") not in {"", "no", "false", "0"} for name in _AUTOREPLY_FIELDS
    )


def autoreply_value(facts: Facts) -> bool:
    """A field that others write too, with a value that only responders give it."""
    return any(
        word in facts.fields.get(name, "").replace("-", "_") for name, word in _AUTOREPLY_VALUES
    )


def vacation_subject_with_evidence(facts: Facts) -> bool:
    """A vacation note by its subject, if a second sign says that no person wrote it."""
    subject = facts.subject
    if not words.VACATION.match(subject):
        return False
    if "x-ms-exchange-generated-message-source" in facts.fields or facts.empty_envelope:
        return True
    if facts.fields.get("precedence", "") in {"bulk", "junk"}:
        return True
    heading = words.VACATION_HEADING.match(subject) is not None
    # Some administrators let people's mail bear this field, and people ask for holidays.
    if heading and "x-auto-response-suppress" in facts.fields:
        return True
    # People answer mails about their absence, too; only responders put a heading before our subject.
    answers = bool(facts.message.in_reply_to or facts.message.references)
    return answers and not facts.answers and heading


def empty_envelope_sender(facts: Facts) -> bool:
    """RFC 3834, section 3.3: responders send with an empty reverse path, people never do."""
    return facts.empty_envelope


#: Fields that only responders write.
_AUTOREPLY_FIELDS = (
    "x-autoreply",
    "x-auto-reply",
    "x-autorespond",
    "x-autoresponse",
    "x-autoresponder",
    "x-autoreply-from",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-amazon-auto-reply",
    "x-fc-machinegenerated",
    "x-servicenow-generated",
    "auto-response",
    "x-vacation",
)
#: Fields with a value, or a part of one, that only responders give them. CommuniGate marks
#: forwarded mail by the same field as its answers.
_AUTOREPLY_VALUES = (
    ("precedence", "auto_reply"),
    ("x-precedence", "auto_reply"),
    ("preference", "auto_reply"),
    ("x-autogenerated", "reply"),
    ("x-post-messageclass", "autoresponder"),
    ("delivered-to", "autoresponder"),
)
