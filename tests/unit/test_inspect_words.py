"""An inspection as a person reads it."""

from __future__ import annotations

from bot.cli.inspect import inspect_mail
from bot.cli.inspect_words import explain

BOUNCE = b"""\
From: MAILER-DAEMON@mx.customer.example
To: desk@example.org
Subject: Undelivered Mail Returned to Sender
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; ann@customer.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Over quota
"""


def test_a_machines_mail_is_told_with_its_rule_in_words() -> None:
    mail = b"From: bo@example.com\nAuto-Submitted: auto-replied\nSubject: Away\n\nBack on Monday.\n"
    assert explain("away.eml", inspect_mail(mail)) == (
        "away.eml\n"
        "  Wrote        bo@example.com\n"
        "  Subject      Away\n"
        "  Automatic    auto-reply, by auto_submitted:"
        " It says of itself that a program wrote it (RFC 3834).\n"
        "  Shown        | Back on Monday.\n"
    )


def test_a_bounce_is_told_with_who_did_not_get_what_and_why() -> None:
    told = explain("bounce.eml", inspect_mail(BOUNCE))
    assert "Automatic    bounce, by delivery_report: " in told
    assert "Failed       ann@customer.example 5.2.2 (may work later): mailbox full: " in told


def test_nothing_in_a_mail_steers_the_terminal() -> None:
    told = explain(
        "mail.eml", inspect_mail(b"From: a@b.example\nSubject: x\n\n\x1b[2Jgone\x9b1m\n")
    )
    assert not {"\x1b", "\x9b"} & set(told)
