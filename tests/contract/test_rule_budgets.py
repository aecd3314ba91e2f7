"""Whatever rules an administrator writes: they end, and do no more to a ticket than they may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import actions
from bot.actions import Words
from bot.desk.rules.names import Names
from bot.desk.rules.reading import read_rules
from bot.desk.rules.rulebook import Rulebook, chain
from bot.desk.ticket import Event, EventKind, Visibility
from bot.ports import Hit
from bot.service import Core
from bot.settings import Settings
from storage.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TAGS = ("a", "b", "c")

DEEDS = st.one_of(
    st.sampled_from(TAGS).map(lambda tag: {"tag": tag}),
    st.sampled_from(TAGS).map(lambda tag: {"untag": tag}),
    st.integers(1, 4).map(lambda to: {"set": "priority", "to": to}),
    st.sampled_from(["in progress", "assigned", "pending user"]).map(
        lambda to: {"set": "status", "to": to}
    ),
    st.just({"note": "seen"}),
)
CONDITIONS: st.SearchStrategy[Any] = st.one_of(
    st.just([]),
    st.sampled_from(TAGS).map(lambda tag: {"field": "tag", "contains": tag}),
    st.sampled_from(TAGS).map(lambda tag: {"not": {"field": "tag", "contains": tag}}),
    st.integers(1, 4).map(lambda number: {"field": "priority", "is_not": number}),
)
RULES = st.lists(
    st.fixed_dictionaries(
        {
            "if": CONDITIONS,
            "then": st.lists(DEEDS, min_size=1, max_size=3),
            "mode": st.sampled_from(["automatic", "automatic", "suggest", "log"]),
        }
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    folder: Path = tmp_path_factory.mktemp("desk")
    opened = Core(Settings(desk={"data": folder}), clock=lambda: NOW)  # type: ignore[arg-type]
    opened.prepare()
    yield opened
    opened.close()


def _talk(uow: SqlUnitOfWork) -> int:
    """A ticket whose requester writes five times."""
    ann = uow.people.add(name="Ann", channel="email", address="ann@customer.example", at=NOW)
    ticket = actions.open_ticket(
        uow,
        title="Printer",
        queue=uow.people.queues()[0],
        actor=ann,
        words=Words(text="It is broken."),
        acknowledge=True,
        trusted=True,
        rule="new_request",
        now=NOW,
    )
    for minute in range(5):
        ticket, _ = actions.add_workunit(
            uow,
            uow.tickets.get(ticket.id) or ticket,
            actor=ann,
            words=Words(text=f"Still, {minute}."),
            visibility=Visibility.PUBLIC,
            as_technician=False,
            rule="participant",
            now=NOW + timedelta(minutes=minute),
        )
    return ticket.id


def _outcome(core: Core, ticket_id: int) -> tuple[list[Event], list[Hit]]:
    return core.database.read(
        lambda uow: (
            uow.tickets.events(ticket_id),
            uow.rules.hits(ticket_id=ticket_id, limit=10_000),
        )
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_rules=RULES)
def test_random_rules_keep_within_their_bounds(
    core: Core, given_rules: list[dict[str, Any]]
) -> None:
    tables = [{**rule, "name": f"r{number}"} for number, rule in enumerate(given_rules)]
    rules, mistakes = read_rules(tables, Names())
    assert not mistakes
    core.database.policy = replace(core.database.policy, rules=Rulebook(rules=rules))
    events, hits = _outcome(core, core.database.run(_talk))
    ours = [event for event in events if chain(event.rule)]
    deeds = [event for event in ours if not event.kind.startswith("rule.")]
    assert len(deeds) <= 20
    for event in deeds:
        path = chain(event.rule)
        assert len(path) <= 3
        assert len(set(path)) == len(path)
    loud = [e for e in ours if e.kind == EventKind.RULE_STOPPED and not e.data.get("quiet")]
    assert len(loud) <= 1
    # Every event that a rule caused has its hit.
    assert {chain(event.rule)[-1] for event in ours} <= {hit.rule for hit in hits}
    seen = [(hit.rule, hit.event_id) for hit in hits]
    assert len(seen) == len(set(seen)), "no rule is asked twice about one event"
    assert not [hit for hit in hits if hit.state == "failed" and "cannot become" not in hit.reason]
