"""Rules that know mail about mail: what did not arrive, and what was not wanted.

They are rows of ``automatic.RULES``, which puts them in order. People forward bounces, attach them
and quote them when they ask for help; where no field made for machines speaks, a rule therefore
also asks that nobody speaks in person.
"""

from __future__ import annotations

from threading_engine import automatic_words as words
from threading_engine.automatic_facts import Facts

# ---- feedback reports ------------------------------------------------------------------------


def feedback_report(facts: Facts) -> bool:
    """RFC 5965: somebody pressed "this is spam"."""
    message = facts.message
    reported = message.feedback_report is not None or message.report_type == "feedback-report"
    return reported and not facts.passed_on


def complaint_about_message(facts: Facts) -> bool:
    """Outlook.com's feedback loop writes no report, only a subject and the mail complained about."""
    return (
        facts.subject.startswith("complaint about message from")
        and facts.message.embedded is not None
    )


def aggregate_report(facts: Facts) -> bool:
    """RFC 7489 and 8460: how a domain's mail fared, as a packed table for programs."""
    return "tls-report-domain" in facts.fields or (
        words.AGGREGATE_SUBJECT.match(facts.subject) is not None
        and any(words.PACKED.search(each.name.lower()) for each in facts.message.attachments)
    )


def service_complaint(facts: Facts) -> bool:
    """Amazon SES tells of bounces, complaints and deliveries in JSON by mail."""
    return facts.notification == "complaint"


# ---- bounces ---------------------------------------------------------------------------------


def delivery_report(facts: Facts) -> bool:
    """RFC 3464: a multipart/report of delivery-status, or a bare delivery-status part."""
    message = facts.message
    reported = message.delivery_status is not None or message.report_type == "delivery-status"
    return reported and not facts.passed_on


def failed_recipients_field(facts: Facts) -> bool:
    """Exim and Gmail list the failed addresses in a field."""
    return "x-failed-recipients" in facts.fields


def from_mail_daemon(facts: Facts) -> bool:
    """The sender is a mail system by its address, or by its name and what it says."""
    if facts.daemon or not facts.called_daemon:
        return facts.daemon
    return facts.empty_envelope or facts.failure_subject or _reads_like_a_notice(facts)


def from_postmaster_about_a_failure(facts: Facts) -> bool:
    """A postmaster is also a person, so the subject or the text has to speak of a failure."""
    if not facts.postmaster:
        return False
    return (facts.failure_subject or _reads_like_a_notice(facts)) and not facts.personal


def empty_envelope_about_a_failure(facts: Facts) -> bool:
    """A mail without a return path that speaks of a failure."""
    return facts.empty_envelope and (facts.failure_subject or _reads_like_a_notice(facts))


def failure_subject_and_notice(facts: Facts) -> bool:
    """Both subject and first lines are a mail server's; people who report trouble write so, too."""
    return (
        not facts.in_own_name
        and facts.failure_subject
        and _reads_like_a_notice(facts)
        and not facts.personal
    )


def failure_subject_with_returned_mail(facts: Facts) -> bool:
    """The subject speaks of a failure and the mail itself is attached."""
    message = facts.message
    returned = message.embedded is not None and not message.in_reply_to
    return facts.failure_subject and returned and not facts.personal


def notice_with_report_fields(facts: Facts) -> bool:
    """A report whose MIME structure got lost on the way: its fields stand in the text."""
    if words.REPORT_FIELDS.search(facts.message.text[:NOTICE_CHARACTERS]) is None:
        return False
    a_persons = facts.answers or facts.personal or facts.in_own_name
    return not (a_persons or facts.message.in_reply_to)


def service_bounce(facts: Facts) -> bool:
    """Amazon SES tells of a bounce in JSON by mail."""
    return facts.notification == "bounce"


def auto_submitted_failure(facts: Facts) -> bool:
    """Its field Auto-Submitted says "auto-generated (failure)", as Sendmail writes it."""
    value = facts.fields.get("auto-submitted", "")
    return "(failure)" in value or (value.startswith("auto-") and facts.failure_subject)


#: Characters of a text that may make it a mail server's notice.
NOTICE_CHARACTERS = 1500


def _reads_like_a_notice(facts: Facts) -> bool:
    text = facts.message.text or facts.message.html or ""
    return words.NOTICE.search(text[:NOTICE_CHARACTERS].lower()) is not None
