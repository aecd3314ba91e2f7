"""Tickets among tickets, and their words, at the terminal."""

from __future__ import annotations

import json

import pytest

from tests.flow.command_line.terminal import REQUEST, Say, Served, pipe, until


@pytest.fixture
def two(served: Served, say: Say) -> Served:
    """A desk with two tickets of Ann's."""
    for subject in (b"Printer", b"Stripes"):
        mail = REQUEST.replace(b"Printer", subject).replace(b"It", subject)
        pipe(served.file, "desk@example.org", mail=mail)
        until(lambda: subject.decode() in say("tickets", file=served.file)[1])  # noqa: B023 - called at once
    return served


def test_tickets_are_linked_merged_and_split_at_the_terminal(two: Served, say: Say) -> None:
    def run(*words: object) -> str:
        status, shown, complaint = say(*words, file=two.file)
        return shown if status == 0 else complaint

    assert "parent: none → 1" in run("ticket", "link", 2, "child", 1)
    assert "cannot be above it" in run("ticket", "link", 1, "child", 2)
    assert "tag: none → vpn" in run("ticket", "tag", 2, "VPN")
    assert "room 2.17 (Hall)" in run(
        "ticket", "about", 2, "2.17", "--kind", "room", "--name", "Hall"
    )
    assert "these are: asset, room, contract" in run("ticket", "about", 2, "x", "--kind", "car")
    shown = run("show", 2)
    for words in ("parent       ticket 1", "tags         vpn", "room         2.17 Hall"):
        assert words in shown
    assert "parent: 1 → none" in run("ticket", "unlink", 2, 1)

    assert "ticket 2 is a part of ticket 1 now" in run("ticket", "merge", 2, 1)
    assert "cannot be merged into itself" in run("ticket", "merge", 2, 1)
    thread = run("show", 1)
    assert ", from ticket 2" in thread
    assert "another ticket was merged into this one" in run("show", 1, "--why")
    assert "words that were moved to another ticket since" in run("show", 2, "--why")
    assert "words 2 are ticket 3 now" in run("ticket", "split", 1, "2", "--title", "Stripes again")
    assert "Ticket 3: Stripes again" in run("show", 3)
    assert "3,5-7 are" in run("ticket", "split", 1, "x")


def test_words_are_edited_at_the_terminal(two: Served, say: Say) -> None:
    def run(*words: object) -> str:
        status, shown, complaint = say(*words, file=two.file)
        return shown if status == 0 else complaint

    assert "are edited" in run(
        "workunit", "edit", 1, "--text", "It prints nothing.", "--time", "1:30"
    )
    assert "say that already" in run("workunit", "edit", 1, "--text", "It prints nothing.")
    assert "no words have the number 99" in run("workunit", "edit", 99, "--text", "x")
    history = run("workunit", "history", 1)
    assert history.index("It prints nothing.") < history.index("prints stripes")
    shown = run("show", 1)
    assert "1:30 h" in shown
    assert ", edited " in shown
    assert json.loads(run("show", 1, "--json"))["minutes_used"] == 90
    assert "; edited: minutes" in run("show", 1, "--why")
