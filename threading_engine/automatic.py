"""Was this mail written by a program? If so, what kind, and which rule says so.

Automatic mail never opens, reopens, answers or acknowledges anything, so a rule that is wrong here
loses a person's words. Each rule therefore needs what only programs write: a header field made for
the purpose, a report part, or a subject *together with* a second sign. A subject alone, or a word
in the text, never suffices: people forward and answer bounces and vacation notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from threading_engine import automatic_answers as answers
from threading_engine import automatic_failures as failures
from threading_engine import automatic_lists as lists
from threading_engine.automatic_facts import Facts
from threading_engine.message import Message

#: The field that every mail we send carries.
LOOP_FIELD = "x-replydesk-loop"

BOUNCE, RECEIPT, FEEDBACK = "bounce", "receipt", "feedback"
AUTO_REPLY, LIST, LOOP = "auto-reply", "list", "loop"


@dataclass(frozen=True, kw_only=True, slots=True)
class Automatic:
    """The verdict on one automatic mail."""

    #: ``bounce`` (it did not arrive, or not yet), ``receipt`` (it arrived, or was read),
    #: ``feedback`` (a complaint, or a table of how mail fared), ``auto-reply``, ``list`` or ``loop``.
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
            return Automatic(kind=kind, rule=rule.__name__)
    return None


# ---- loops -----------------------------------------------------------------------------------


def own_loop_field(facts: Facts) -> bool:
    """Our own mail came back to us; another desk's words bear another mark and may enter."""
    return facts.fields.get(LOOP_FIELD, "") == facts.loop_mark.lower() != ""


def loop_field_with_own_address(facts: Facts) -> bool:
    """Somebody's forwarding passed it through an address of ours before."""
    return any(
        value.strip().lower() in facts.own_addresses
        for value in facts.message.all_headers("x-loop")
    )


def from_own_address(facts: Facts) -> bool:
    """A mail that claims to come from one of our queues: ours, or a forgery."""
    local, _, domain = (facts.message.sender.address or "").rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return not {f"{local}@{domain}", plain}.isdisjoint(facts.own_addresses)


#: The rules in order; the first that hits decides. Receipts stand before bounces, because both are
#: reports, bounces before auto-replies, because a bounce is an automatic reply too, and lists last,
#: because a list passes all the others on.
RULES: tuple[tuple[str, Callable[[Facts], bool]], ...] = (
    (LOOP, own_loop_field),
    (LOOP, loop_field_with_own_address),
    (FEEDBACK, failures.feedback_report),
    (FEEDBACK, failures.complaint_about_message),
    (FEEDBACK, failures.aggregate_report),
    (FEEDBACK, failures.service_complaint),
    (RECEIPT, answers.delivered_report),
    (BOUNCE, failures.delivery_report),
    (BOUNCE, failures.failed_recipients_field),
    (BOUNCE, failures.from_mail_daemon),
    (RECEIPT, answers.disposition_notification),
    (BOUNCE, failures.from_postmaster_about_a_failure),
    (BOUNCE, failures.empty_envelope_about_a_failure),
    (BOUNCE, failures.auto_submitted_failure),
    (BOUNCE, failures.failure_subject_and_notice),
    (BOUNCE, failures.failure_subject_with_returned_mail),
    (BOUNCE, failures.notice_with_report_fields),
    (BOUNCE, failures.service_bounce),
    (LOOP, from_own_address),
    (RECEIPT, answers.service_delivery),
    (RECEIPT, answers.receipt_in_words),
    (AUTO_REPLY, answers.calendar_reply),
    (AUTO_REPLY, answers.auto_submitted),
    (AUTO_REPLY, answers.autoreply_field),
    (AUTO_REPLY, answers.autoreply_value),
    (AUTO_REPLY, answers.response_suppress),
    (AUTO_REPLY, answers.vacation_subject_with_evidence),
    (AUTO_REPLY, answers.empty_envelope_sender),
    (LIST, lists.list_field),
    (LIST, lists.precedence_bulk),
)
