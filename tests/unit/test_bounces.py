"""Whose delivery failed, with which status and for good or not, as mail servers tell it."""

from __future__ import annotations

import json
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.decode import decode
from threading_engine.bounces import Failure, read_failures
from threading_engine.message import Mailbox, Message

BO = "bo@firm.example"


def report(*groups: str, text: str = "") -> Message:
    return Message(delivery_status="Reporting-MTA: dns; mx\n\n" + "\n\n".join(groups), text=text)


def only(message: Message) -> Failure:
    (failure,) = read_failures(message)
    return failure


class TestReports:
    def test_one_recipient(self) -> None:
        failure = only(
            report(
                f"Final-Recipient: rfc822; Bo@Firm.example\nAction: failed\nStatus: 5.1.1\n"
                f"Diagnostic-Code: smtp; 550 5.1.1 <{BO}>: no such user\n here"
            )
        )
        assert failure == Failure(
            address=BO,
            status="5.1.1",
            code="550",
            cause="no such address",
            reason=f"550 5.1.1 <{BO}>: no such user here",
            permanent=True,
        )

    def test_several_recipients_and_one_that_was_reached(self) -> None:
        failures = read_failures(
            report(
                f"Final-Recipient: rfc822;{BO}\nAction: failed\nStatus: 5.2.2\n"
                "Diagnostic-Code: smtp; 552 mailbox full",
                "Final-Recipient: rfc822;cy@firm.example\nAction: delivered\nStatus: 2.0.0",
                "Final-Recipient: rfc822;dee@firm.example\nAction: delayed\nStatus: 4.4.1",
            )
        )
        assert [(f.address, f.status, f.permanent) for f in failures] == [
            (BO, "5.2.2", False),
            ("dee@firm.example", "4.4.1", False),
        ]

    def test_the_original_recipient_counts_more_than_an_internal_one(self) -> None:
        group = f"Original-Recipient: rfc822;{BO}\nFinal-Recipient: rfc822;u17@store.local"
        assert only(report(group)).address == BO

    def test_the_remote_reply_is_more_specific_than_the_status(self) -> None:
        group = (
            f"Final-Recipient: rfc822;{BO}\nStatus: 5.0.0\n"
            "Diagnostic-Code: x-mta; said: 550-5.7.26 no DMARC 550 5.7.26 for you"
        )
        assert only(report(group)).status == "5.7.26"

    def test_a_report_whose_wrapping_was_lost(self) -> None:
        text = f"Sorry.\n\nFinal-Recipient: rfc822; {BO}\nAction: failed\nStatus: 5.1.1\n"
        assert only(Message(text=text)).address == BO

    def test_a_report_inside_the_attached_bounce(self) -> None:
        inner = report(f"Final-Recipient: rfc822;{BO}\nStatus: 5.1.1")
        assert only(Message(embedded=inner)).address == BO

    @pytest.mark.parametrize("text", ["", "x", "Final-Recipient:", "Final-Recipient: rfc822;\n:"])
    def test_empty_reports(self, text: str) -> None:
        assert read_failures(Message(delivery_status=text)) == ()


PROSE = [
    # Postfix
    (
        (
            f"<{BO}>: host mx.firm.example[192.0.2.1] said: 550 5.1.1 <{BO}>: Recipient\n"
            "    address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command)"
        ),
        ("5.1.1", "550", True),
    ),
    # qmail
    (
        (
            f"Hi. This is the program at mx.help.example.\n\n<{BO}>:\nSorry, I couldn't find any host "
            "named firm.example. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\n"
            "Return-Path: <desk@help.example>\nTo: other@firm.example"
        ),
        ("5.1.2", "", True),
    ),
    # Exim
    (
        (
            "A message that you sent could not be delivered to one of its recipients.\n\n"
            f"  {BO}\n    SMTP error from remote mail server after RCPT TO:<{BO}>:\n"
            "    host mx.firm.example [192.0.2.1]: 552 over quota"
        ),
        ("5.0.922", "552", False),
    ),
    # Gmail
    (
        (
            f"Delivery to the following recipient failed permanently:\n\n     {BO}\n\nTechnical details "
            "of permanent failure:\nThe account is disabled.\n\n----- Original message -----\n"
        ),
        ("5.0.921", "", False),
    ),
    # Exchange
    (
        (
            "Your message\n\n  To:      desk@help.example\n  Subject: Offer\n\ndid not reach the "
            f"following recipient(s):\n\n{BO} on Mon, 4 Mar 2024\n    The recipient name is not "
            "recognized; user unknown"
        ),
        ("5.0.911", "", True),
    ),
    # sendmail
    (
        (
            f"   ----- The following addresses had permanent fatal errors -----\n<{BO}>\n    (reason: "
            "550 5.7.1 Client host rejected: blacklisted)\n\n   ----- Transcript of session follows "
            f"-----\n>>> RCPT To:<{BO}>\n<<< 550 5.7.1 Client host rejected: blacklisted"
        ),
        ("5.7.1", "550", False),
    ),
    # OpenSMTPD
    (f"    Hi!\n\n    {BO}: Domain does not exist", ("5.0.912", "", True)),
    # Notes, in prose
    (f"User bo ({BO}) not listed in public Name & Address Book", ("5.0.911", "", True)),
    # After DATA: a filter's answer whatever it says.
    (
        f"<{BO}>: host mx said: 550 User unknown (in reply to end of DATA command)",
        ("5.0.910", "550", False),
    ),
    (f"<{BO}>: delivery temporarily suspended: 451 try again later", ("4.0.930", "451", False)),
]


@pytest.mark.parametrize(("text", "expected"), PROSE)
def test_prose_of_servers(text: str, expected: tuple[str, str, bool]) -> None:
    message = Message(text=text, to=(Mailbox(address="desk@help.example"),))
    failure = only(message)
    assert failure.address == BO
    assert (failure.status, failure.code, failure.permanent) == expected


def test_two_recipients_in_prose_keep_their_own_reasons() -> None:
    text = f"<{BO}>: 550 5.1.1 no such user\n\n<cy@firm.example>: 552 5.2.2 mailbox full\n"
    assert [(f.address, f.status) for f in read_failures(Message(text=text))] == [
        (BO, "5.1.1"),
        ("cy@firm.example", "5.2.2"),
    ]


def test_html_notices_are_read_too() -> None:
    html = f"<p>Delivery failed:</p><p>{BO}</p><p>mailbox is full</p>"
    assert only(Message(html=html)).status == "5.0.922"


def test_the_failed_recipients_field() -> None:
    message = Message(headers=(("x-failed-recipients", f"{BO}, cy@firm.example"),), text="Sorry.")
    assert [f.address for f in read_failures(message)] == [BO, "cy@firm.example"]


def test_a_service_notification() -> None:
    bounced = [{"emailAddress": BO, "diagnosticCode": "smtp; 550 5.1.1 user unknown"}]
    told = {"notificationType": "Bounce", "bounce": {"bouncedRecipients": bounced}}
    text = f"{json.dumps(told)}\n\n-- footer"
    assert only(Message(text=text)).status == "5.1.1"
    assert read_failures(Message(text='{"notificationType":"Delivery","to":"a@b.example"}')) == ()


def test_a_transcript_ends_the_dialogue_about_each_recipient_with_a_verdict() -> None:
    text = (
        "   ----- Transcript of session follows -----\nWhile talking to mx.firm.example:\n"
        ">>> MAIL From:<desk@help.example>\n<<< 501 no access from mail server 192.0.2.7\n"
        f"554 <{BO}>... Remote protocol error\n"
        "550 cy@firm.example... User unknown (>>> RCPT)\n"
        f"421 <{BO}>... Deferred\n"
    )
    assert [(f.address, f.status, f.permanent) for f in read_failures(Message(text=text))] == [
        (BO, "5.0.971", False),
        ("cy@firm.example", "5.0.911", True),
    ]


def test_the_comment_of_a_status_says_why() -> None:
    failure = only(report(f"Final-Recipient: rfc822;{BO}\nStatus: 5.2.2 (over quota)"))
    assert (failure.cause, failure.reason) == ("mailbox full", "over quota")
    assert failure.told == "mailbox full: over quota"


def test_a_report_without_words_takes_those_of_the_prose_about_the_recipient() -> None:
    text = f"Hi!\n\nAn error has occurred for these recipients:\n\n{BO}: No MX found for domain\n"
    failure = only(report(f"Final-Recipient: rfc822;{BO}\nStatus: 5.0.0", text=text))
    assert failure.cause == "the domain takes no mail"
    assert failure.reason == f"{BO}: No MX found for domain"


def test_forms_only_flufl_knows() -> None:
    message = Message(
        headers=(("from", "MAILER-DAEMON@aol.com"), ("subject", "Mail Delivery Problem")),
        text="Your mail to the following recipients could not be delivered because they are not"
        " accepting mail from desk@help.example:\n\tscreenname\n",
    )
    assert only(message).address == "screenname@aol.com"


def test_the_addressee_of_the_returned_mail_is_the_last_resort() -> None:
    original = Message(to=(Mailbox(address=BO),))
    assert only(Message(text="Sorry, it did not work.", embedded=original)).address == BO


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=50))
def test_any_text_is_survived(text: str, status: str, sender: str) -> None:
    read_failures(Message(text=text, headers=(("from", sender),)))
    read_failures(Message(html=text, delivery_status=status))


FRAGMENTS = [
    "<bo@firm.example>:", "bo@firm.example", " 550 5.1.1 ", "550-", "(#5.2.2)", "mailbox ", "user is ",
    "full", "\n", "\n\n", " ", ">>> RCPT To:", "<<< 503", "Final-Recipient: rfc822;", "Status: ",
    "Diagnostic-Code: smtp; ", "----- Transcript of session follows -----\n", "... ", "not a member", "é", "\0",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join))
def test_any_order_of_servers_words_is_survived(text: str) -> None:
    for failure in read_failures(Message(text=text, delivery_status=text)):
        assert failure.told.startswith(failure.cause)
        assert failure.status[:2] in {"2.", "4.", "5."}
        assert "\n" not in failure.reason


@pytest.mark.parametrize(
    "fragment",
    ["\n", " \n", "a@b.example\n", "<a@b.example>: ", "user a ", "550 ", "Final-Recipient: a@b\n"],
)
def test_a_megabyte_takes_no_second(fragment: str) -> None:
    text = fragment * (1_000_000 // len(fragment))
    start = perf_counter()
    read_failures(Message(text=text, delivery_status=text))
    read_failures(Message(html=text))
    assert perf_counter() - start < 1


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(body: bytes) -> None:
    read_failures(decode(b"From: MAILER-DAEMON@mx.example\r\n\r\nto bo@firm.example\r\n" + body))
