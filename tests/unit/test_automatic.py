"""Which mails programs wrote, by which rule, and which look like it but are people's."""

from __future__ import annotations

import pytest

from threading_engine.automatic import RULES, Automatic, judge
from threading_engine.automatic_lists import came_through_foreign_list, without_own_author
from threading_engine.message import Attachment, Message, Sender
from threading_engine.sender import parse_sender

MARK = "l.0.ab"
OWN = frozenset({"desk@help.example"})


def mail(
    subject: str = "Printer",
    text: str = "It is stuck.",
    *,
    sender: str = "Anna <anna@firm.example>",
    fields: tuple[tuple[str, str], ...] = (),
    attachments: tuple[Attachment, ...] = (),
    report_type: str | None = None,
    delivery_status: str | None = None,
    feedback_report: str | None = None,
    embedded: Message | None = None,
    in_reply_to: tuple[str, ...] = (),
) -> Message:
    return Message(
        headers=(("from", sender), ("subject", subject), *fields),
        sender=parse_sender([sender]),
        subject=subject,
        text=text,
        attachments=attachments,
        report_type=report_type,
        delivery_status=delivery_status,
        feedback_report=feedback_report,
        embedded=embedded,
        in_reply_to=in_reply_to,
    )


def calendar(method: str) -> Attachment:
    data = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\n".encode()
    return Attachment(name="a.ics", content_type="text/calendar", data=data)


NOTE = "This message could not be delivered to the following addresses:\n\nbo@firm.example"
READ = Attachment(name="r", content_type="message/disposition-notification", data=b"")
DELIVERED = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; b@x.example\nAction: relayed"
JSON = '{"notificationType":"%s","mail":{}}'

PROGRAMS = [
    (mail(fields=(("x-replydesk-loop", MARK),)), "loop", "own_loop_field"),
    (mail(fields=(("x-loop", "Desk@Help.example"),)), "loop", "loop_field_with_own_address"),
    (mail(sender="desk@help.example"), "loop", "from_own_address"),
    (mail(feedback_report="Feedback-Type: abuse"), "feedback", "feedback_report"),
    (mail(report_type="feedback-report"), "feedback", "feedback_report"),
    (
        mail("complaint about message from 192.0.2.1", embedded=Message()),
        "feedback",
        "complaint_about_message",
    ),
    (mail(fields=(("tls-report-domain", "x.example"),)), "feedback", "aggregate_report"),
    (mail(text=JSON % "Complaint"), "feedback", "service_complaint"),
    (mail(report_type="delivery-status"), "bounce", "delivery_report"),
    (mail(delivery_status="Reporting-MTA: dns; mx"), "bounce", "delivery_report"),
    (mail(fields=(("x-failed-recipients", "bo@x.example"),)), "bounce", "failed_recipients_field"),
    (mail(sender="MAILER-DAEMON@mx.example"), "bounce", "from_mail_daemon"),
    (mail(sender="Mail Delivery System <MAILER-DAEMON>"), "bounce", "from_mail_daemon"),
    (
        mail("Undeliverable: Offer", sender="postmaster@firm.example"),
        "bounce",
        "from_postmaster_about_a_failure",
    ),
    (
        mail("Hello", NOTE, sender="postmaster@firm.example"),
        "bounce",
        "from_postmaster_about_a_failure",
    ),
    (
        mail("Unzustellbar: Angebot", fields=(("return-path", "<>"),)),
        "bounce",
        "empty_envelope_about_a_failure",
    ),
    (
        mail("Report", fields=(("auto-submitted", "auto-generated (failure)"),)),
        "bounce",
        "auto_submitted_failure",
    ),
    (mail("Mail delivery failed", NOTE), "bounce", "failure_subject_and_notice"),
    (
        mail("Undelivered mail", embedded=Message()),
        "bounce",
        "failure_subject_with_returned_mail",
    ),
    (
        mail("x", "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; b@x"),
        "bounce",
        "notice_with_report_fields",
    ),
    (mail(text=JSON % "Bounce"), "bounce", "service_bounce"),
    (mail(report_type="disposition-notification"), "receipt", "disposition_notification"),
    (mail(attachments=(READ,)), "receipt", "disposition_notification"),
    (mail(delivery_status=DELIVERED), "receipt", "delivered_report"),
    (mail("Read: Printer", "Your message was read on Monday."), "receipt", "receipt_in_words"),
    (mail(text=JSON % "Delivery"), "receipt", "service_delivery"),
    (mail(fields=(("auto-submitted", "auto-replied"),)), "auto-reply", "auto_submitted"),
    (mail(fields=(("auto-submitted", "Auto-Generated; a=b"),)), "auto-reply", "auto_submitted"),
    (mail(attachments=(calendar("REPLY"),)), "auto-reply", "calendar_reply"),
    (mail(fields=(("x-autoreply", "yes"),)), "auto-reply", "autoreply_field"),
    (mail(fields=(("x-autorespond", "vacation"),)), "auto-reply", "autoreply_field"),
    (mail(fields=(("x-auto-response-suppress", "All"),)), "auto-reply", "response_suppress"),
    (
        mail(fields=(("x-auto-response-suppress", "DR, OOF, AutoReply"),)),
        "auto-reply",
        "response_suppress",
    ),
    (mail(fields=(("precedence", "auto_reply"),)), "auto-reply", "autoreply_value"),
    (mail(fields=(("x-autogenerated", "Reply"),)), "auto-reply", "autoreply_value"),
    (mail(fields=(("return-path", "<>"),)), "auto-reply", "empty_envelope_sender"),
    (mail(fields=(("list-id", "<talk.firm.example>"),)), "list", "list_field"),
    (mail(fields=(("list-unsubscribe", "<mailto:x@y>"),)), "list", "list_field"),
    (mail(fields=(("precedence", "Bulk"),)), "list", "precedence_bulk"),
]

PEOPLE = [
    mail(),
    mail("Re: Undeliverable: Offer", f"What does this mean?\n\n> {NOTE}"),
    mail("Fwd: Mail delivery failed", NOTE),
    mail("AW: Unzustellbar: Angebot", NOTE),
    mail("My mail to Bo failed", "I get: user unknown. Can you help?"),
    mail("Delivery failed", "The parcel was not there when I came."),
    mail(
        "Hello", "I am the postmaster here; who runs your list?", sender="postmaster@firm.example"
    ),
    mail("Out of office next week", "Please plan without me."),
    mail("Urlaub vom 3. bis 7. Mai", "Bitte eintragen."),
    mail("Automatic reply rule is broken", "Outlook loses my rule."),
    mail(fields=(("auto-submitted", "no"),)),
    mail(fields=(("x-replydesk-loop", "another desk's mark"),)),
    mail(fields=(("x-auto-response-suppress", "OOF"),)),
    mail(fields=(("x-auto-response-suppress", "DR, RN, NRN"),)),
    mail(fields=(("x-loop", "talk@other.example"),)),
    mail(fields=(("return-path", "<anna@firm.example>"),)),
    mail(fields=(("precedence", "normal"),)),
    mail(fields=(("x-autoreply", "no"),)),
    mail(attachments=(calendar("REQUEST"),)),
    mail("Re: your question", in_reply_to=("a@b",)),
    mail(sender="noreply@firm.example"),
    mail(text='{"a": 1} is what the form answers'),
    mail("See the log", "Reporting-MTA: dns; mx", in_reply_to=("a@b",)),
    mail("Complaint about message from Bo", "He was rude."),
    Message(),
]

VACATIONS = [
    "Automatic reply: Printer",
    "Out of Office: Printer",
    "Automatische Antwort: Drucker",
    "Abwesenheitsnotiz: Drucker",
    "Réponse automatique : Imprimante",
    "Respuesta automática: Impresora",
    "Resposta automática: Impressora",
    "Risposta automatica: Stampante",
    "Automatisch antwoord: Printer",
    "Autosvar: Skrivare",
    "Automaattinen vastaus: Tulostin",
    "Odpowiedź automatyczna: Drukarka",
    "Automatická odpověď: Tiskárna",
    "Automatikus válasz: Nyomtató",
    "Автоматический ответ: Принтер",
    "Otomatik yanıt: Yazıcı",
    "自動返信: プリンター",
    "自动回复: 打印机",
    "자동 회신: 프린터",
]


@pytest.mark.parametrize(("message", "kind", "rule"), PROGRAMS)
def test_programs_are_known_by_a_rule(message: Message, kind: str, rule: str) -> None:
    verdict = judge(message, own_addresses=OWN, loop_mark=MARK)
    assert verdict == Automatic(kind=kind, rule=rule)


def test_every_rule_is_tested() -> None:
    shown = {rule for _, _, rule in PROGRAMS} | {"vacation_subject_with_evidence"}
    assert shown == {rule.__name__ for _, rule in RULES}


@pytest.mark.parametrize("message", PEOPLE)
def test_people_are_left_alone(message: Message) -> None:
    assert judge(message, own_addresses=OWN, loop_mark=MARK) is None


@pytest.mark.parametrize("subject", VACATIONS)
def test_vacation_notes_need_a_second_sign(subject: str) -> None:
    assert judge(mail(subject)) is None
    assert judge(mail(f"Re: {subject}", in_reply_to=("one@help.example",))) is None
    answer = judge(mail(subject, in_reply_to=("one@help.example",)))
    assert answer == Automatic(kind="auto-reply", rule="vacation_subject_with_evidence")


def test_what_smtp_says_of_the_sender_counts_more_than_return_path() -> None:
    message = mail(fields=(("return-path", "<>"),))
    assert judge(message, envelope_sender="anna@firm.example") is None
    verdict = judge(mail(), envelope_sender="")
    assert verdict == Automatic(kind="auto-reply", rule="empty_envelope_sender")


def test_a_bounce_through_a_list_is_still_a_bounce() -> None:
    message = mail(delivery_status="x", fields=(("list-id", "<talk.firm.example>"),))
    verdict = judge(message)
    assert verdict is not None
    assert verdict.kind == "bounce"


def test_what_one_recipient_of_several_did_not_get_is_a_bounce() -> None:
    message = mail(delivery_status=f"{DELIVERED}\n\nFinal-Recipient: rfc822; c@x\nAction: failed")
    assert judge(message) == Automatic(kind="bounce", rule="delivery_report")


def test_a_foreign_list_is_told_from_our_own() -> None:
    post = (("list-id", "<talk.firm.example>"), ("list-post", "<mailto:talk@firm.example>"))
    assert came_through_foreign_list(mail(fields=post), OWN)
    own = (("list-id", "<desk.help.example>"),)
    assert not came_through_foreign_list(mail(fields=own), OWN)
    assert not came_through_foreign_list(mail(), OWN)


def test_a_list_of_ours_that_rewrites_the_author_makes_the_author_unknown() -> None:
    fields = (("list-id", "<desk.help.example>"), ("x-original-from", "Ann <ann@firm.example>"))
    rewritten = mail(sender="'Ann' via Desk <desk@help.example>", fields=fields)
    message = without_own_author(rewritten, OWN)
    assert message.sender.address is None
    assert "it names Ann <ann@firm.example>" in message.sender.reason
    assert judge(message, own_addresses=OWN, loop_mark=MARK) is None
    for other in (mail(fields=fields), mail(sender="desk@help.example", fields=fields[:1])):
        assert without_own_author(other, OWN) is other


def test_no_sender_is_not_our_sender() -> None:
    message = Message(sender=Sender(address=None, reason="2 From fields"))
    assert judge(message, own_addresses=OWN) is None
