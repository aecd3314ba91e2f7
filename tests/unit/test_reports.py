"""What a machine says about one delivery, read from its mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.decode import decode
from threading_engine import bounces, quotes, reports, ties
from threading_engine.automatic import Automatic, judge
from threading_engine.message import Attachment, Message
from threading_engine.reports import Report, ReportKind
from threading_engine.tokens import Keyring

ANN = "ann@customer.example"


def told(mail: str, *, address: str = ANN) -> Report | None:
    message = decode(mail.encode())
    machine = judge(message)
    assert machine is not None
    return reports.read(
        message,
        machine,
        failures=bounces.read_failures(message),
        words=quotes.fold(message).visible,
        address=address,
    )


def delivery_report(*groups: str, text: str = "About your mail.") -> str:
    return (
        "From: MAILER-DAEMON@mx.customer.example\nSubject: Report\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{text}\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.customer.example\n\n"
        + "\n\n".join(groups)
        + "\n--b--\n"
    )


def group(action: str, status: str, said: str = "", *, address: str = ANN) -> str:
    diagnostic = f"\nDiagnostic-Code: smtp; {said}" if said else ""
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{diagnostic}"


def receipt(disposition: str, text: str = "Your mail") -> str:
    return (
        f"From: {ANN}\nSubject: Read: Printer\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{text}\n"
        "--b\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822; {ANN}\nDisposition: {disposition}\n--b--\n"
    )


def complaint(kind: str) -> str:
    return (
        "From: loop@provider.example\nSubject: FW: Printer\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nA complaint.\n"
        f"--b\nContent-Type: message/feedback-report\n\n{kind}Version: 1\n--b--\n"
    )


def invitation(answer: str) -> str:
    return (
        f"From: {ANN}\nSubject: Answer\nContent-Type: text/calendar; method=REPLY\n\n"
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n"
        f"ATTENDEE;CN=Ann;PARTS\n TAT={answer}:mailto:{ANN}\nEND:VEVENT\nEND:VCALENDAR\n"
    )


FULL = "552 5.2.2 Mailbox is full"
GONE = "550 5.1.1 No such user"
KINDS = ReportKind
CASES = [
    (
        delivery_report(group("failed", "5.2.2", FULL)),
        Report(kind=KINDS.FAILED, reason=f"mailbox full: {FULL}", code="5.2.2"),
    ),
    (
        delivery_report(group("failed", "5.1.1", GONE)),
        Report(kind=KINDS.FAILED, reason=f"no such address: {GONE}", code="5.1.1", dead=True),
    ),
    (
        delivery_report(group("delayed", "4.2.2", "452 4.2.2 Mailbox is full")),
        Report(kind=KINDS.DELAYED, reason="mailbox full: 452 4.2.2 Mailbox is full", code="4.2.2"),
    ),
    (delivery_report(group("delivered", "2.0.0")), Report(kind=KINDS.DELIVERED)),
    (
        delivery_report(group("relayed", "2.0.0")),
        Report(kind=KINDS.DELIVERED, reason="passed on to where no report comes from"),
    ),
    (receipt("manual-action/MDN-sent-manually; displayed"), Report(kind=KINDS.READ)),
    (receipt("automatic-action/MDN-sent-automatically; displayed"), Report(kind=KINDS.READ)),
    (
        receipt("manual-action/MDN-sent-manually; deleted"),
        Report(kind=KINDS.ANSWERED, reason="deleted without being read"),
    ),
    (
        receipt("automatic-action/MDN-sent-automatically; deleted", "I take no mail from you."),
        Report(
            kind=KINDS.FAILED,
            reason="refused by a rule of the mailbox: I take no mail from you.",
        ),
    ),
    (
        f"From: {ANN}\nSubject: Not read: Printer\n\nYour message was deleted without being read.",
        Report(kind=KINDS.ANSWERED, reason="deleted without being read"),
    ),
    (
        f"From: {ANN}\nSubject: Read: Printer\n\nYour message was read on Monday.",
        Report(kind=KINDS.READ),
    ),
    (complaint("Feedback-Type: abuse\n"), Report(kind=KINDS.COMPLAINED)),
    (complaint(""), Report(kind=KINDS.COMPLAINED)),
    (complaint("Feedback-Type: fraud\n"), Report(kind=KINDS.COMPLAINED, reason="fraud")),
    (complaint("Feedback-Type: not-spam\n"), None),
    (complaint("Feedback-Type: auth-failure\n"), None),
    (invitation("ACCEPTED"), Report(kind=KINDS.ANSWERED, reason="invitation accepted")),
    (invitation("DECLINED"), Report(kind=KINDS.ANSWERED, reason="invitation declined")),
    (
        f"From: {ANN}\nAuto-Submitted: auto-replied\n\nI am away.\nBack in May.\n",
        Report(kind=KINDS.ANSWERED, reason="I am away. Back in May."),
    ),
    (
        f"From: {ANN}\nAuto-Submitted: auto-replied\nSubject: Away until May\n\n",
        Report(kind=KINDS.ANSWERED, reason="Away until May"),
    ),
    (f"From: {ANN}\nPrecedence: bulk\n\nBuy this.\n", None),
]


@pytest.mark.parametrize(("mail", "report"), CASES)
def test_what_is_told(mail: str, report: Report | None) -> None:
    assert told(mail) == report


def test_of_several_recipients_ours_counts() -> None:
    bob = "bob@customer.example"
    both = delivery_report(
        group("failed", "5.1.1", GONE, address=bob), group("failed", "5.2.2", FULL)
    )
    found = told(both)
    assert found is not None
    assert (found.code, found.dead) == ("5.2.2", False)
    found = told(
        delivery_report(group("failed", "5.1.1", GONE, address=bob), group("delivered", "2.0.0"))
    )
    assert found == Report(kind=ReportKind.DELIVERED)


def test_the_address_behind_an_address_kills_neither() -> None:
    """Ann's mail is forwarded to a mailbox that is gone; her own address still takes mail."""
    found = told(delivery_report(group("failed", "5.1.1", GONE, address="ann@home.example")))
    assert found is not None
    assert (found.kind, found.dead) == (ReportKind.FAILED, False)


def test_a_user_name_without_domain_is_our_address() -> None:
    found = told(delivery_report(group("failed", "5.1.1", GONE, address="ann")))
    assert found is not None
    assert found.dead


def test_a_warning_without_a_report_is_a_delay() -> None:
    mail = (
        "From: MAILER-DAEMON@mx.example\nSubject: Warning: could not send message for 4 hours\n\n"
        "THIS IS A WARNING MESSAGE ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n"
    )
    found = told(mail)
    assert found is not None
    assert found.kind is ReportKind.DELAYED


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=100))
def test_no_report_raises(fields: str, words: str, subject: str) -> None:
    message = Message(
        subject=subject,
        text=words,
        delivery_status=fields,
        feedback_report=fields,
        attachments=(
            Attachment(
                name="r", content_type="message/disposition-notification", data=fields.encode()
            ),
            Attachment(
                name="i", content_type="text/calendar", data=f"METHOD:REPLY\n{fields}".encode()
            ),
        ),
        embedded=Message(message_id=fields, headers=(("return-path", fields),)),
        in_reply_to=(fields,),
    )
    for kind in ("bounce", "receipt", "feedback", "auto-reply", "list", "loop"):
        machine = Automatic(kind=kind, rule="any")
        failures = bounces.read_failures(message)
        found = reports.read(message, machine, failures=failures, words=words, address=ANN)
        assert (found is None) == (kind in {"list", "loop"}) or kind == "feedback"
    assert ties.find(message, recipients=(fields,), keyring=Keyring({"k1": b"secret"})) is None


def test_long_words_are_cut_at_a_word() -> None:
    words = "I am away and cannot answer. " * 20
    found = told(f"From: {ANN}\nAuto-Submitted: auto-replied\n\n{words}\n")
    assert found is not None
    assert found.reason.startswith("I am away and cannot answer. I am")
    assert found.reason.endswith(" …")
    assert len(found.reason) <= reports.MAX_WORDS + 2
    assert not reports.says_all(found, words)
