"""Which delivery a machine speaks of, and how well that is proven."""

from __future__ import annotations

import pytest

from channels.email.decode import decode
from threading_engine.ties import RULES, Tie, find
from threading_engine.tokens import Keyring, Kind

KEYS = Keyring({"k1": b"a secret of thirty-two characters"})
BOUNCE = f"desk+{KEYS.sign(Kind.BOUNCE, 42)}@help.example"
MESSAGE = f"<{KEYS.sign(Kind.MESSAGE, 7, 42)}@help.example>"
OTHER = f"<{KEYS.sign(Kind.MESSAGE, 7, 41)}@help.example>"
FORGED = BOUNCE.replace("@", "a@").replace("aa@", "ba@")


def report(kind: str, fields: str, returned: str = "") -> str:
    """A multipart/report with one machine-readable part and the head of the mail it is about."""
    return (
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\nSee below.\n"
        f"--b\nContent-Type: message/{kind}\n\n{fields}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{returned}\n--b--\n"
    )


CASES = [
    ("bounce_address", f"To: <{BOUNCE}>\n\nSee."),
    ("bounce_address", f"Delivered-To: {BOUNCE}\n\nSee."),
    ("bounce_address", f"X-Original-To: {BOUNCE.upper()}\n\nSee."),
    (
        "envelope_id",
        report("delivery-status", f"Original-Envelope-Id: {KEYS.sign(Kind.BOUNCE, 42)}"),
    ),
    (
        "returned_envelope_sender",
        report("feedback-report", f"Feedback-Type: abuse\nOriginal-Mail-From: <{BOUNCE}>"),
    ),
    ("returned_envelope_sender", report("delivery-status", "", f"Return-Path: <{BOUNCE}>")),
    ("returned_message", report("delivery-status", "", f"Message-ID: {MESSAGE}")),
    (
        "original_message_id",
        report("disposition-notification", f"Original-Message-ID: {MESSAGE}"),
    ),
    (
        "original_message_id",
        report("disposition-notification", f"X-Original-Message-ID: {MESSAGE}"),
    ),
    ("original_message_id", f"X-Original-Message-ID: {MESSAGE}\n\nSee."),
    ("answered_message", f"In-Reply-To: {MESSAGE}\nReferences: {OTHER}\n\nSee."),
    ("answered_message", f"References: {OTHER} {MESSAGE}\n\nSee."),
    ("quoted_message", f"Subject: failure\n\n--- copy ---\nMessage-ID: {MESSAGE}\n"),
    ("quoted_message", f"Subject: failure\n\n--- copy ---\nReturn-Path: <{BOUNCE}>\n"),
]


@pytest.mark.parametrize(("rule", "mail"), CASES)
def test_the_delivery_is_found(rule: str, mail: str) -> None:
    proven = rule in {"bounce_address", "envelope_id", "returned_envelope_sender"}
    tie = find(decode(mail.encode()), recipients=("desk@help.example",), keyring=KEYS)
    assert tie == Tie(delivery_id=42, proven=proven, rule=rule)


def test_every_rule_is_tested() -> None:
    assert {rule for rule, _ in CASES} == {rule.__name__ for _, rule in RULES}


def test_the_envelope_comes_before_everything() -> None:
    mail = decode(f"In-Reply-To: {OTHER}\n\nSee.".encode())
    tie = find(mail, recipients=(BOUNCE,), keyring=KEYS)
    assert tie == Tie(delivery_id=42, proven=True, rule="bounce_address")


@pytest.mark.parametrize(
    "mail",
    [
        "Subject: nothing\n\nof ours",
        f"To: <{FORGED}>\n\nSee.",
        f"In-Reply-To: <{KEYS.sign(Kind.LOOP, 0)}@help.example>\n\nSee.",
        f"To: <desk+{KEYS.sign(Kind.TICKET, 7, 42)}@help.example>\n\nSee.",
        report("delivery-status", "Original-Envelope-Id: 42"),
        f"Subject: x\n\n{MESSAGE.replace('m.', 'm.9')}",
    ],
)
def test_what_nobody_signed_ties_nothing(mail: str) -> None:
    assert find(decode(mail.encode()), recipients=(), keyring=KEYS) is None


def test_a_hostile_report_costs_little() -> None:
    fields = "a: b\n" * 100_000 + "x" * 100_000
    find(decode(report("delivery-status", fields).encode()), recipients=(), keyring=KEYS)
