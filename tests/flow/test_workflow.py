"""Workflow rules: what administrators want to happen by itself, from mail to mail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot.cli import run
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, TOM, RunningDesk

ANN_AT, TESS_AT, TOM_AT = "ann@customer.example", "tess@example.org", "tom@example.org"
TEAMS = [
    {"name": "Tess Tech", "address": TESS_AT, "groups": ["Service Desk"]},
    {"name": "Tom Tool", "address": TOM_AT, "groups": ["Network"]},
]
VPN: dict[str, Any] = {
    "name": "VPN to network",
    "events": ["ticket.opened", "workunit.added"],
    "if": [
        {"field": "title", "matches": "(?i)vpn"},
        {"not": {"field": "group", "is": "Network"}},
    ],
    "then": [
        {"set": "group", "to": "Network"},
        {"set": "priority", "to": 2},
        {"tag": "vpn"},
        {"note": "Please look at the tunnel first."},
    ],
}


@pytest.fixture
def ruled(open_desk: OpenDesk) -> Any:  # noqa: ANN401 - a function that opens a desk
    def open_with(*rules: dict[str, Any], **sections: Any) -> RunningDesk:  # noqa: ANN401 - sections
        return open_desk(technicians=TEAMS, rules=list(rules), **sections)

    return open_with


def states(desk: RunningDesk, ticket: int = 1) -> list[tuple[str, str, str]]:
    """Rule, state and reason of every hit of a ticket, oldest first."""
    desk.settle()
    hits = desk.core.database.read(lambda uow: uow.rules.hits(ticket_id=ticket, limit=100))
    return [(hit.rule, hit.state, hit.reason) for hit in reversed(hits)]


def tags(desk: RunningDesk, ticket: int = 1) -> list[str]:
    desk.settle()
    return desk.core.database.read(lambda uow: uow.relations.tags(ticket))


def test_a_rule_moves_a_ticket_as_soon_as_its_mail_is_understood(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled(VPN)
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    note = desk.expect(TOM_AT, containing="Please look at the tunnel first.")
    assert "INTERNAL note by VPN to network" in note.text
    desk.drain()
    view = desk.ticket(1)
    assert view.ticket.priority == 2
    assert tags(desk) == ["vpn"]
    caused = [event for event in view.events if event.rule == "rule:VPN to network"]
    assert [event.kind for event in caused] == [
        "ticket.changed", "ticket.changed", "ticket.changed", "workunit.added",
    ]  # fmt: skip
    assert {event.actor_id for event in caused} == {None}
    assert states(desk) == [("VPN to network", "done", "")]
    hit = desk.core.database.read(lambda uow: uow.rules.get(1))
    assert hit.saw == (
        "title is VPN is down (matches (?i)vpn)",
        "group is Service Desk (not: is Network)",
    )
    assert hit.event_id == view.events[0].id


def test_the_note_of_a_rule_never_leaves_the_desk(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled(VPN)
    desk.mail(ANN, [DESK, "boss@customer.example"], "VPN is down", "I cannot work.")
    for mail in desk.drain():
        if ANN_AT in mail.recipients or "boss@customer.example" in mail.recipients:
            assert "tunnel" not in mail.text


def test_a_rule_that_only_logs_changes_nothing(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled({**VPN, "mode": "log"})
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    desk.drain()
    assert states(desk) == [("VPN to network", "logged", "")]
    assert desk.ticket(1).kinds() == ["ticket.opened"]


def test_a_technician_confirms_a_suggestion_with_one_reply(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled({**VPN, "mode": "suggest"})
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    asked = desk.expect(TESS_AT, containing="SUGGESTION of the workflow rule")
    assert "- set group to Network" in asked.text
    assert "- title is VPN is down (matches (?i)vpn)" in asked.text
    assert "#yes 1 – do it" in asked.text
    assert tags(desk) == []
    desk.drain()
    desk.reply(asked, TESS, "#yes 1\n\nGood catch.")
    done = desk.expect(TESS_AT, containing="confirmed")
    assert "Good catch" not in done.text
    desk.drain()
    assert tags(desk) == ["vpn"]
    assert states(desk) == [("VPN to network", "confirmed", "")]
    view = desk.ticket(1)
    caused = [event for event in view.events if event.rule == "rule:VPN to network"]
    tess = next(unit.author_id for unit in view.workunits if unit.text == "Good catch.")
    assert {event.actor_id for event in caused if event.kind != "rule.suggested"} == {tess}
    assert [unit.visibility for unit in view.workunits if unit.text == "Good catch."] == [
        "internal"
    ]


def test_a_suggestion_is_declined_for_good(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled({**VPN, "mode": "suggest"})
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    asked = desk.expect(TESS_AT, containing="SUGGESTION")
    ack = desk.expect(ANN_AT)
    desk.drain()
    desk.reply(asked, TESS, "#no 1 we do that ourselves")
    desk.drain()
    desk.reply(ack, ANN, "Still the VPN.")
    desk.drain()
    assert states(desk) == [
        ("VPN to network", "declined", "we do that ourselves"),
        ("VPN to network", "logged", "it was declined before, as number 1"),
    ]
    desk.reply(asked, TESS, "#yes 1")
    assert "suggestion 1 is declined already" in desk.expect(TESS_AT).text
    desk.drain()
    assert tags(desk) == []


def test_nobody_outside_answers_a_suggestion(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled({**VPN, "mode": "suggest"})
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    ack = desk.expect(ANN_AT)
    desk.drain()
    desk.reply(ack, ANN, "#yes 1")
    desk.drain()
    assert states(desk)[0] == ("VPN to network", "suggested", "")


def test_the_number_of_another_tickets_suggestion_is_refused(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled({**VPN, "mode": "suggest"})
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    desk.drain()
    desk.mail(ANN, DESK, "Printer", "It is out of paper.")
    other = desk.expect(TESS_AT, containing="out of paper")
    desk.drain()
    desk.reply(other, TESS, "#yes 1")
    assert "for this ticket under number 1" in " ".join(desk.expect(TESS_AT).text.split())
    assert states(desk)[0][1] == "suggested"


WAITING: dict[str, Any] = {
    "name": "no answer",
    "when": "timed",
    "if": [{"field": "unanswered", "more_than": "48 hours"}, {"field": "closed", "is": False}],
    "then": [{"notify": "technicians", "text": "Somebody waits for you."}],
}


def test_a_timed_rule_hits_when_its_time_has_come_and_once_an_episode(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled(WAITING)
    desk.mail(ANN, DESK, "Printer", "It is out of paper.")
    first = desk.expect(TESS_AT)
    desk.drain()
    desk.advance(hours=47)
    desk.expect_nothing_more()
    desk.advance(hours=1)
    assert "Somebody waits for you." in desk.expect(TESS_AT).text
    desk.advance(hours=200)
    desk.expect_nothing_more()
    # An answer ends it; the next words that nobody answers begin anew.
    desk.reply(first, TESS, "I am on my way.")
    answered = desk.expect(ANN_AT)
    desk.drain()
    desk.advance(hours=72)
    desk.expect_nothing_more()
    desk.reply(answered, ANN, "Where are you?")
    desk.drain()
    desk.advance(hours=24)
    desk.reply(answered, ANN, "Hello?")
    desk.drain()
    desk.advance(hours=24)
    assert "Somebody waits for you." in desk.expect(TESS_AT).text
    assert [state for _rule, state, _reason in states(desk)] == ["done", "done"]


def test_a_timed_rule_counts_for_tickets_that_are_older_than_it(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled()
    desk.mail(ANN, DESK, "Printer", "It is out of paper.")
    desk.drain()
    desk.close()
    desk.sections = {**desk.sections, "rules": [WAITING]}
    desk.start()
    desk.advance(hours=48)
    assert "Somebody waits for you." in desk.expect(TESS_AT).text
    # A restart without a change finds everything as it was.
    desk.restart()
    desk.advance(hours=48)
    desk.expect_nothing_more()


def _set_priority(name: str, when: int, to: int) -> dict[str, Any]:
    return {
        "name": name,
        "events": ["ticket.opened", "ticket.changed"],
        "if": {"field": "priority", "is": when},
        "then": {"set": "priority", "to": to},
    }


def test_two_rules_that_undo_each_other_are_stopped_and_reported_once(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled(_set_priority("up", 3, 1), _set_priority("down", 1, 3))
    desk.mail(ANN, DESK, "Printer", "It is out of paper.")
    told = desk.expect(TESS_AT, containing="was stopped")
    assert "it would follow from itself: up → up" in " ".join(told.text.split())
    assert [m for m in desk.drain() if "was stopped" in m.text] == []
    found = states(desk)
    assert {state for _rule, state, _reason in found} == {"done", "stopped"}
    assert len(found) < 10


def test_a_chain_of_rules_ends_after_three(ruled: Any) -> None:  # noqa: ANN401
    def tag(name: str, after: str) -> dict[str, Any]:
        return {
            "name": name,
            "events": ["ticket.opened" if not after else "ticket.changed"],
            "if": [{"field": "tag", "contains": after}] if after else [],
            "then": {"tag": name},
        }

    desk = ruled(tag("d", "c"), tag("c", "b"), tag("b", "a"), tag("a", ""))
    desk.mail(ANN, DESK, "Printer", "It is out of paper.")
    desk.drain()
    assert tags(desk) == ["a", "b", "c"]
    assert ("d", "stopped", "there were 3 rules in a row already: a → b → c") in states(desk)


def test_rules_do_no_more_to_a_ticket_within_an_hour_than_they_may(ruled: Any) -> None:  # noqa: ANN401
    rule = {"name": "note", "events": ["workunit.added"], "then": {"note": "seen"}}
    desk = ruled(
        {**rule, "if": {"field": "sender_role", "is": "requester"}},
        limits={"rule_deeds_in_an_hour": 2},
    )
    desk.mail(ANN, DESK, "Printer", "It is out of paper.")
    ack = desk.expect(ANN_AT)
    for words in ("one", "two", "three"):
        desk.reply(ack, ANN, words)
        desk.drain()
    assert [state for _rule, state, _reason in states(desk)] == ["done", "done", "stopped"]
    desk.advance(hours=1)
    desk.reply(ack, ANN, "four")
    desk.drain()
    assert states(desk)[-1][1] == "done"


def test_a_rule_that_cannot_do_one_thing_does_nothing(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled(
        {
            "name": "led",
            "then": [{"tag": "x"}, {"set": "owner", "to": "leader"}],
            "events": ["ticket.opened"],
        }
    )
    desk.mail(ANN, DESK, "Printer", "It is out of paper.")
    desk.drain()
    assert states(desk) == [("led", "failed", "the group has no leader")]
    assert tags(desk) == []
    assert desk.ticket(1).texts == ["It is out of paper."]


def test_an_escalation_tells_the_group_where_nobody_leads_it(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled({"name": "e", "events": ["ticket.opened"], "then": {"escalate": "default"}})
    desk.mail(ANN, DESK, "Printer", "It is out of paper.")
    assert "Escalation default" in desk.expect(TESS_AT, containing="Escalation").text
    assert "escalation.requested" in desk.ticket(1).kinds()


def test_somebody_joins_and_the_requester_is_told_by_a_rule(ruled: Any) -> None:  # noqa: ANN401
    desk = ruled(
        {
            "name": "vendor",
            "events": ["ticket.opened"],
            "if": {"field": "text", "words": ["printer"]},
            "then": [
                {"add": "vera@printers.example"},
                {"notify": "requester", "text": "The vendor looks after printers."},
            ],
        }
    )
    desk.mail(ANN, DESK, "Help", "The printer is broken.")
    assert "The vendor looks after" in desk.expect(ANN_AT, containing="vendor").text
    assert desk.ticket(1).copies == {"vera@printers.example"}
    assert TOM not in str(desk.drain())


# --- the command line ------------------------------------------------------------------------------


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:  # noqa: ANN401 - a function
    """Run a command on a desk whose only rule asks about the VPN: its status and its words."""

    def one(desk: RunningDesk, *words: str) -> tuple[int, str]:
        file = tmp_path / "desk.toml"
        file.write_text(f"""
[desk]
data = "{desk.folder}"
database = "{desk.database_url}"
[[queues]]
address = "{DESK}"
[[groups]]
name = "Network"
[[rules]]
name = "VPN to network"
events = ["ticket.opened"]
mode = "suggest"
if = [{{field = "title", matches = "(?i)vpn"}}]
then = [{{tag = "vpn"}}]
[[rules]]
name = "late"
when = "timed"
if = [{{field = "age", more_than = "2000 days"}}]
then = [{{tag = "late"}}]
""")
        monkeypatch.setenv("REPLYDESK_CONFIG", str(file))
        status = run(words)
        shown = capsys.readouterr()
        return status, shown.out + shown.err

    return one


def test_the_command_line_tells_what_rules_did_and_would_do(ruled: Any, say: Any) -> None:  # noqa: ANN401
    desk = ruled({**VPN, "mode": "suggest"})
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    desk.drain()
    assert "1 suggested" in say(desk, "workflow", "list")[1]
    hits = say(desk, "workflow", "hits", "--ticket", "1")[1]
    assert "title is VPN is down (matches (?i)vpn)" in hits
    status, words = say(desk, "workflow", "try", "vpn to network", "--ticket", "1")
    assert status == 0
    assert words.startswith("Yes: VPN to network, suggest for its last event ticket.opened.\n")
    assert "+ title is VPN is down" in words
    assert "tag it vpn" in words
    status, words = say(desk, "workflow", "try", "late", "--ticket", "1")
    assert status == 1
    assert "It will hit at 2031-" in words
    assert "did you mean late?" in say(desk, "workflow", "try", "lat", "--ticket", "1")[1]
    assert say(desk, "workflow", "yes", "1") == (0, "VPN to network, ticket 1: confirmed.\n")
    assert "suggestion 1 is confirmed already" in say(desk, "workflow", "no", "1")[1]
    assert tags(desk) == ["vpn"]
    why = say(desk, "show", "1", "--why")[1]
    assert "a workflow rule suggests something" in why
    assert (
        "rule rule:VPN to network, configuration 1: The workflow rule 'VPN to network' did it."
        in why
    )


# --- webhooks -------------------------------------------------------------------------------------

KEY = b"a key of thirty-two bytes, 12345"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted and answers as told."""

    posts: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    answers: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        """Keep one post."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posts.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.posts.clear()
    Hook.answers.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/desk?from=replydesk"
    server.shutdown()
    server.server_close()
    thread.join()


def _posting(ruled: Any, url: str, *networks: str) -> RunningDesk:  # noqa: ANN401
    rule = {"name": "post", "events": ["ticket.opened"], "then": {"webhook": url}}
    desk = ruled(rule, webhooks={"secret": SECRET, "networks": list(networks)})
    assert isinstance(desk, RunningDesk)
    return desk


def _fate(desk: RunningDesk) -> dict[str, Any]:
    rows = desk.ticket(1).deliveries
    return next(row for row in rows if row["channel"] == "webhook")


def test_a_webhook_gets_the_event_once_and_signed(ruled: Any, hook: str) -> None:  # noqa: ANN401
    desk = _posting(ruled, hook, "127.0.0.0/8")
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    desk.drain()
    ((head, body),) = Hook.posts
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert head["webhook-signature"] == f"v1,{wanted}"
    said = json.loads(body)
    assert said["type"] == "ticket.opened"
    assert said["data"]["words"] == "I cannot work."
    assert said["data"]["ticket"]["requester"]["address"] == ANN_AT
    assert _fate(desk)["state"] == "sent"


def test_a_webhook_in_trouble_is_tried_again_under_the_same_id(ruled: Any, hook: str) -> None:  # noqa: ANN401
    Hook.answers.extend([503, 429])
    desk = _posting(ruled, hook, "127.0.0.0/8")
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    desk.drain()
    assert (_fate(desk)["state"], _fate(desk)["attempts"]) == ("due", 1)
    desk.advance(minutes=1)
    desk.settle()
    desk.advance(minutes=2)
    desk.settle()
    assert (_fate(desk)["state"], _fate(desk)["attempts"]) == ("sent", 3)
    assert len({head["webhook-id"] for head, _body in Hook.posts}) == 1


def test_a_webhook_that_refuses_is_reported_to_the_technicians(ruled: Any, hook: str) -> None:  # noqa: ANN401
    Hook.answers.append(410)
    desk = _posting(ruled, hook, "127.0.0.0/8")
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    assert "410" in desk.expect(TESS_AT, containing=hook).text
    assert _fate(desk)["state"] == "refused"
    assert len(Hook.posts) == 1


def test_no_webhook_reaches_into_our_own_network(ruled: Any, hook: str) -> None:  # noqa: ANN401
    desk = _posting(ruled, hook)
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    told = " ".join(desk.expect(TESS_AT, containing="not public").text.split())
    assert "127.0.0.1 is 127.0.0.1, an address that is not public" in told
    assert Hook.posts == []


def test_a_webhook_gets_no_internal_words(ruled: Any, hook: str) -> None:  # noqa: ANN401
    desk = ruled(
        {"name": "post", "events": ["workunit.added"], "then": {"webhook": hook}},
        webhooks={"secret": SECRET, "networks": ["127.0.0.0/8"]},
    )
    desk.mail(ANN, DESK, "VPN is down", "I cannot work.")
    asked = desk.expect(TESS_AT)
    desk.drain()
    desk.reply(asked, TESS, "#internal\n\nShe forgot to pay.")
    desk.drain()
    ((_head, body),) = Hook.posts
    assert json.loads(body)["data"]["words"] is None
    assert b"forgot" not in body
