"""Held mail and trusted addresses at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flow.command_line.terminal import REQUEST, Say, Served, pipe, until

ORDER = b"From: Tess <tess@example.org>\nSubject: Re: Printer [#1]\n\nDone.\n\n#close\n"
NAMELESS = (
    b"From: Ann <ann@customer.example>\nFrom: Bob <bob@customer.example>\n"
    b"Subject: Who?\n\nWho am I?\n"
)


@pytest.fixture
def held(served: Served, say: Say) -> Path:
    """Number 1 is a request; held are 2, a technician's without proof, and 3, of two authors."""
    for count, mail in enumerate((REQUEST, ORDER, NAMELESS)):
        pipe(served.file, "desk@example.org", mail=mail)
        if count:
            until(lambda: len(_list(say, served.file)) == count)  # noqa: B023 - called at once
        else:
            until(lambda: "Printer" in say("tickets", file=served.file)[1])
    return served.file


def _list(say: Say, file: Path, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(say("held", "--json", *words, file=file)[1])
    return found


def test_the_list_says_who_why_and_where(held: Path, say: Say) -> None:
    nameless, order = _list(say, held)
    assert (order["id"], order["from"], order["authentication"]) == (2, "tess@example.org", "none")
    assert (order["ticket_id"], order["subject"]) == (1, "Re: Printer [#1]")
    assert "nothing proves that" in str(order["reason"])
    assert nameless["from"] == "Ann <ann@customer.example>, Bob <bob@customer.example>"
    listed = say("held", file=held)[1]
    assert "replydesk held show INBOX" in listed
    assert listed.index("Who?") < listed.index("Printer"), "the newest comes first"


def test_one_is_shown_as_inspect_does_with_its_verdict(held: Path, say: Say) -> None:
    shown = say("held", "show", "2", file=held)[1]
    for words in (
        "Inbox 2",
        "Wrote        Tess <tess@example.org>",
        "| #close",
        "Held         it claims to come from a technician, and nothing proves that",
        "author   tess@example.org: unknown",
        "access   it is held until a person decides, by unproven_technician",
    ):
        assert words in shown
    assert "no held mail has the number 1" in say("held", "show", "1", file=held)[2]


def test_a_decision_is_kept_with_who_made_it(
    held: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "olga")
    assert "into ticket 1" in say("held", "accept", "2", file=held)[1]
    until(lambda: "closed" in say("tickets", "--all", file=held)[1])
    why = say("show", "1", "--why", file=held)[1]
    assert "a mail was held for it by the desk" in why
    assert "a held mail was decided about" in why
    assert "decided  accepted into ticket 1 by olga at the command line on " in why
    assert "it was held: it claims to come from a technician" in why
    status, _, said = say("held", "drop", "2", "--reason", "late", file=held)
    assert status == 1
    assert "was decided already: accepted into ticket 1 by olga at the command line" in said


def test_all_or_none_are_taken(held: Path, say: Say) -> None:
    assert say("held", "drop", "2", "99", "--reason", "x", file=held)[0] == 1
    assert len(_list(say, held)) == 2
    assert say("held", "drop", "2", "3", "--reason", "spam", file=held)[0] == 0
    assert _list(say, held) == []
    assert "No mail is held." in say("held", file=held)[1]
    assert len(_list(say, held, "--dropped")) == 2
    assert "there is no waiting inbox message 2" in say("replay", "2", file=held)[2]
    assert say("held", "accept", "2", "--dropped", "--new", file=held)[0] == 0


def test_an_author_is_named_where_the_mail_names_two(held: Path, say: Say) -> None:
    assert "does not tell who wrote it" in say("held", "accept", "3", file=held)[2]
    assert "plain mail address" in say("held", "accept", "3", "--from", "ann", file=held)[2]
    taken = say("held", "accept", "3", "--from", "Ann@Customer.example", "--trust", file=held)[1]
    assert taken == "inbox message 3 goes into a new ticket, its sender is trusted\n"
    until(lambda: "Who?" in say("tickets", file=held)[1])
    assert "ann@customer.example" in say("people", "trust", file=held)[1]


def test_what_cannot_be_asked_is_said(desk: Path, say: Say) -> None:
    for words, complaint in (
        (("held", "accept"), "name at least one number"),
        (("held", "accept", "1"), "no held mail has the number 1"),
        (("held", "accept", "1", "--new", "--ticket", "1"), "contradict each other"),
        (("people", "trust", "tess@example.org"), "belongs to a technician"),
        (("people", "distrust", "ann@customer.example"), "is not trusted"),
    ):
        status, _, said = say(*words, file=desk)
        assert (status, complaint in said) == (1, True), said


def test_trust_is_given_listed_and_taken_back(
    desk: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "olga")
    assert say("people", "trust", file=desk)[1] == "No address is trusted.\n"
    assert say("people", "trust", "Ann@Customer.example", file=desk)[0] == 0
    (entry,) = json.loads(say("people", "trust", "--json", file=desk)[1])
    assert (entry["address"], entry["by"]) == ("ann@customer.example", "olga at the command line")
    assert "ann@customer.example (trusted)" in say("people", "list", file=desk)[1]
    assert say("people", "distrust", "ann@customer.example", file=desk)[0] == 0
    assert say("people", "trust", file=desk)[1] == "No address is trusted.\n"
