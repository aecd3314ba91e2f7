"""Workflow rules as administrators write them, and what is said about mistakes."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.rules.deeds import Set, Settable, Webhook
from bot.desk.rules.names import Names
from bot.desk.rules.reading import read_rules
from bot.desk.rules.rulebook import Mode, Moment, Rulebook, cause, chain
from bot.desk.rules.wishes import read_deed

NAMES = Names(
    groups=("Service Desk", "Network"),
    technicians=("Tom", "tom@desk.example"),
    types=("Laptop",),
    custom_fields=("room",),
)

WHOLE = """
[[rules]]
name = "VPN to network"
when = "event"
events = ["ticket.opened", "workunit.added"]
mode = "suggest"
if.all = [
  {field = "title", matches = "(?i)vpn"},
  {any = [{field = "priority", is = 1}, {field = "tag", contains = "vip"}]},
  {not = {field = "group", is = "network"}},
]
then = [
  {set = "group", to = "network"},
  {set = "priority", to = 1},
  {note = "moved by rule"},
  {tag = "VPN"},
  {add = "vendor@example.org"},
  {webhook = "https://hooks.example.org/desk"},
  {notify = "leader", channel = "mail", text = "look"},
  {escalate = "default"},
]

[[rules]]
name = "no answer"
when = "timed"
if = [{field = "unanswered", more_than = "48 hours"}, {field = "closed", is = false}]
then = {set = "priority", to = "P2"}
"""


def read(text: str) -> list[str]:
    _rules, mistakes = read_rules(tomllib.loads(text)["rules"], NAMES)
    return [mistake.sentence for mistake in mistakes]


def rule(**given: object) -> list[str]:
    table = {"name": "a", "then": [{"tag": "x"}], **given}
    return [mistake.sentence for mistake in read_rules([table], NAMES)[1]]


def test_a_whole_file_is_read() -> None:
    rules, mistakes = read_rules(tomllib.loads(WHOLE)["rules"], NAMES)
    assert mistakes == []
    first, second = rules
    assert (first.mode, first.moment) == (Mode.SUGGEST, Moment.EVENT)
    # Names come out as the configuration writes them.
    assert first.deeds[0] == Set(what=Settable.GROUP, to="Network")
    assert Webhook(url="https://hooks.example.org/desk") in first.deeds
    assert (second.mode, second.moment, second.events) == (Mode.AUTOMATIC, Moment.TIMED, ())
    book = Rulebook(rules=rules)
    assert book.waiting_for("workunit.added") == (first,)
    assert book.waiting_for("ticket.rated") == ()
    assert book.timed == (second,)
    assert book.find("NO answer") is second


def test_every_deed_can_be_kept_and_read_again() -> None:
    rules, _ = read_rules(tomllib.loads(WHOLE)["rules"], NAMES)
    for deed in rules[0].deeds:
        assert read_deed(deed.data, NAMES) == deed
        assert deed.sentence


def test_without_events_a_rule_waits_for_all_but_the_rules_own() -> None:
    rules, _ = read_rules([{"name": "a", "then": [{"tag": "x"}]}], NAMES)
    assert "ticket.opened" in rules[0].events
    assert not any(kind.startswith("rule.") for kind in rules[0].events)


def test_a_rule_that_is_switched_off_is_read_and_not_asked() -> None:
    table = {"name": "a", "enabled": False, "then": [{"tag": "x"}]}
    rules, _ = read_rules([table], NAMES)
    book = Rulebook(rules=rules)
    assert book.find("a") is not None
    assert book.waiting_for("ticket.opened") == ()


def _one(comparison: dict[str, object]) -> dict[str, object]:
    return {"if": [comparison]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "rules.1.name: a rule needs a name"),
        ({"name": "a › b"}, "cannot have"),
        ({"wen": "event"}, "rules.1.wen (rule 'a'): there is no such key; did you mean when?"),
        ({"when": "later"}, "rules.1.when (rule 'a'): 'later' is not known"),
        ({"mode": "automatik"}, "did you mean automatic?"),
        ({"enabled": "no"}, "neither true nor false"),
        ({"events": ["ticket.opend"]}, "did you mean ticket.opened or"),
        ({"events": []}, "is no list"),
        ({"events": 5}, "is no list"),
        ({"when": "timed", "events": ["ticket.opened"]}, "waits for no events"),
        ({"then": []}, "a rule needs deeds"),
        (
            {"then": [{"tagg": "x"}]},
            "rules.1.then.0 (rule 'a'): 'tagg' is no deed; did you mean tag",
        ),
        ({"then": ["tag"]}, "is no deed such as"),
        ({"then": [{"tag": "x", "to": "y"}]}, "'to' does not belong to tag"),
        ({"then": [{"set": "group", "to": "Netwrok"}]}, "did you mean Network?"),
        ({"then": [{"set": "grop", "to": "Network"}]}, "did you mean group?"),
        (
            {"then": [{"set": "owner", "to": "Tim"}]},
            "there is no technician 'Tim'; did you mean Tom?",
        ),
        ({"then": [{"set": "status", "to": "pending"}]}, "there is no status 'pending'"),
        ({"then": [{"set": "priority", "to": 5}]}, "from 1 (highest) to 4"),
        ({"then": [{"set": "type", "to": "Desk"}]}, "there are: Laptop"),
        ({"then": [{"add": "nobody"}]}, "is no mail address"),
        ({"then": [{"add": "a@x.example", "as": "owner"}]}, "is no part that a rule gives"),
        ({"then": [{"notify": "boss", "text": "x"}]}, "nobody who can be told"),
        ({"then": [{"notify": "owner"}]}, "text needs a text"),
        (
            {"then": [{"notify": "owner", "channel": "fax", "text": "x"}]},
            "there is no channel 'fax'",
        ),
        ({"then": [{"webhook": "ftp://x/"}]}, "is no URL"),
        ({"then": [{"webhook": "https://user:word@x/"}]}, "is no URL"),
        ({"if": "vpn"}, "is no condition"),
        ({"if": {}}, "is no condition"),
        ({"if": {"al": []}}, "did you mean all?"),
        ({"if": {"all": []}}, "all needs a list"),
        ({"if": {"not": [{"al": 1}]}}, "rules.1.if.not.0.al"),
        (_one({"field": "titel", "is": "x"}), "there is no field 'titel'; did you mean title?"),
        (_one({"field": "fields.rom", "is": "x"}), "did you mean fields.room?"),
        (_one({"field": "title"}), "title: one comparison must stand here"),
        (_one({"field": "title", "is": "x", "contains": "y"}), "one comparison must stand here"),
        (_one({"field": "title", "containz": "x"}), "did you mean contains?"),
        (_one({"field": "title", "more_than": 4}), "it holds a text"),
        (_one({"field": "title", "is": 4}), "is no text"),
        (_one({"field": "title", "matches": "(a"}), "missing ): (a"),
        (_one({"field": "title", "matches": r"(a)\1"}), "cannot be read"),
        (_one({"field": "title", "matches": "x" * 1001}), "is no text of up to"),
        (_one({"field": "title", "words": ["!"]}), "holds no word"),
        (_one({"field": "priority", "is": "high"}), "is no whole number"),
        (_one({"field": "priority", "is": True}), "is no whole number"),
        (
            _one({"field": "status", "is": "asigned"}),
            "'asigned' is not known; did you mean assigned",
        ),
        (_one({"field": "group", "one_of": ["Network", "X"]}), "there are: Service Desk, Network"),
        (_one({"field": "age", "more_than": "soon"}), "is no length of time"),
        (_one({"field": "age", "more_than": "0 days"}), "between one minute and ten years"),
        (_one({"field": "opened", "after": "May"}), "is no date"),
        (_one({"field": "locked", "is": "maybe"}), "neither true nor false"),
        (_one({"field": "priority", "one_of": []}), "is no list"),
    ],
)
def test_a_mistake_names_key_rule_and_the_nearest(given: dict[str, object], said: str) -> None:
    assert said in "\n".join(rule(**given))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            [{"field": "status", "is": "new"}, {"field": "status", "is": "closed"}],
            "status can never",
        ),
        ([{"field": "status", "is": "new"}, {"field": "status", "is_not": "NEW"}], "can never be"),
        ([{"field": "priority", "less_than": 1}], "priority can never be: less_than 1"),
        ([{"field": "impact", "empty": True}, {"field": "impact", "is": 2}], "can never be"),
        (
            [{"field": "age", "more_than": "2 days"}, {"field": "age", "less_than": "1 day"}],
            "never",
        ),
        (
            [
                {"field": "opened", "before": "2025-01-01"},
                {"field": "opened", "after": "2026-01-01"},
            ],
            "ne",
        ),
        ([{"field": "locked", "is": True}, {"field": "locked", "is": False}], "can never be"),
        ([{"field": "event", "is": "ticket.rated"}], "event can never be"),
        (
            [
                {"field": "group", "is": "Network"},
                {"any": [{"field": "group", "is": "Service Desk"}, {"field": "title", "is": "x"}]},
            ],
            "group can never be: is Network and is Service Desk",
        ),
    ],
)
def test_what_can_never_hit_is_refused(given: object, said: str) -> None:
    assert said in "\n".join(rule(**{"if": given, "events": ["ticket.opened"]}))


@pytest.mark.parametrize(
    "given",
    [
        [{"field": "owner", "is": "Tom"}, {"field": "owner", "is": "tom@desk.example"}],
        [{"field": "priority", "more_than": 1}, {"field": "priority", "less_than": 3}],
        [{"field": "age", "more_than": "1 day"}, {"field": "age", "less_than": "2 days"}],
        [{"not": {"field": "status", "is": "new"}}, {"field": "status", "is_not": "closed"}],
        [{"field": "tag", "contains": "a"}, {"field": "tag", "contains": "b"}],
        {"any": [{"field": "status", "is": "new"}, {"field": "status", "is": "closed"}]},
    ],
)
def test_what_can_hit_is_taken(given: object) -> None:
    assert rule(**{"if": given}) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([{"field": "status", "is": "new"}], "needs a time to wait for"),
        ([{"field": "age", "less_than": "2 days"}], "needs a time to wait for"),
        ([{"not": {"field": "age", "more_than": "2 days"}}], "needs a time to wait for"),
        ([{"field": "age", "more_than": "2 days"}, {"field": "text", "contains": "x"}], "event"),
    ],
)
def test_a_timed_rule_that_time_cannot_reach_is_refused(given: object, said: str) -> None:
    assert said in "\n".join(rule(when="timed", **{"if": given}))


def test_a_timed_rule_may_wait_for_the_end_of_a_youth() -> None:
    assert rule(when="timed", **{"if": {"not": {"field": "age", "less_than": "2 days"}}}) == []


def test_two_rules_of_one_name_are_refused_and_the_first_stands() -> None:
    table = {"name": "a", "then": [{"tag": "x"}]}
    rules, mistakes = read_rules([table, {**table, "name": "A"}], NAMES)
    assert len(rules) == 1
    assert [mistake.key for mistake in mistakes] == ["rules.2.name"]


def test_a_mistake_in_one_rule_leaves_the_others() -> None:
    rules, mistakes = read_rules([5, {"name": "a", "then": {"tag": "x"}}], NAMES)
    assert [each.name for each in rules] == ["a"]
    assert len(mistakes) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["field", "is", "matches", "all", "any", "not", "words", "set", "to", "tag"]
            )
            | st.text(max_size=6),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(condition=JSON, deeds=JSON, when=st.sampled_from(["event", "timed", 4]))
def test_nothing_that_is_written_raises(condition: object, deeds: object, when: object) -> None:
    read_rules([{"name": "a", "when": when, "if": condition, "then": deeds}], NAMES)


def test_conditions_cannot_stand_without_end() -> None:
    given: object = {"field": "title", "is": "x"}
    for _ in range(100):
        given = {"not": given}
    assert "12 deep" in "\n".join(rule(**{"if": given}))


def test_the_rules_behind_an_event_stand_in_a_row() -> None:
    assert chain("participant") == ()
    assert chain(cause(["a", "b"])) == ("a", "b")
    assert cause(["a", "b"]) == "rule:a › b"
