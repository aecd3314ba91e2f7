"""Held mails on both databases: listed, decided about once, and never by two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from bot import actions
from bot.desk.holding import Decision, Fate, Wish
from bot.errors import Undecidable
from storage.tables import events, inbox
from storage.unit_of_work import SqlUnitOfWork
from tests.contract.store import MINUTE, NOW, Store, arrival, names


def hold(
    store: Store,
    *,
    author: str | None = "ann@example.com",
    ticket_id: int | None = None,
    name: str = "a",
) -> int:
    """One mail that is held; its number."""
    store.accept(arrival(name))
    (message,) = store.claim()
    store.database.run(
        lambda uow: uow.inbox.finish(
            message.id,
            holder="one",
            state="held",
            verdict={"from": author, "authentication": "none"},
            ticket_id=ticket_id,
            reason="nothing proves it",
        )
    )
    return message.id


def decide(store: Store, number: int, fate: Fate = Fate.ACCEPTED, **wish: object) -> Decision:
    return store.database.run(partial(_decide, number, fate, wish))


def _decide(number: int, fate: Fate, wish: dict[str, object], uow: SqlUnitOfWork) -> Decision:
    states = wish.pop("states", ("held",))
    return actions.decide_held(
        uow,
        Wish(number=number, fate=fate, **wish),  # type: ignore[arg-type]  # a wish's fields
        by="root",
        actor=None,
        states=states,  # type: ignore[arg-type]  # the same
        rule="test",
        now=NOW + MINUTE,
    )


def test_a_held_mail_is_listed_with_what_it_claims(store: Store) -> None:
    ticket = store.ticket(store.person("Ann"))
    number = hold(store, ticket_id=ticket.id)
    (mail,) = store.database.read(lambda uow: uow.held.listed())
    assert (mail.id, mail.author, mail.ticket_id) == (number, "ann@example.com", ticket.id)
    assert (mail.reason, mail.authentication, mail.decision) == ("nothing proves it", "none", None)
    assert store.database.read(lambda uow: uow.held.count()) == 1
    assert store.database.read(lambda uow: uow.held.count(ticket.id + 1)) == 0
    assert store.database.read(lambda uow: uow.held.oldest()) == NOW


def test_an_accepted_mail_is_new_again_and_carries_the_decision(store: Store) -> None:
    ticket = store.ticket(store.person("Ann"))
    number = hold(store, ticket_id=ticket.id)
    decision = decide(store, number)
    assert store.claim(now=NOW) == [], "not before its time"
    (message,) = store.claim(now=NOW + MINUTE)
    assert (message.attempts, message.envelope.vouched, message.held_for) == (1, True, ticket.id)
    assert message.envelope.decision == decision
    assert (decision.ticket_id, decision.by, decision.held_because) == (
        ticket.id,
        "root",
        "nothing proves it",
    )
    assert store.database.read(lambda uow: uow.held.count()) == 0


def test_a_dropped_mail_is_kept_and_never_claimed(store: Store) -> None:
    number = hold(store)
    decide(store, number, Fate.DROPPED, reason="not hers")
    assert store.states() == ["dropped"]
    assert store.claim(now=NOW + MINUTE) == []
    assert not store.replay(number), "the way back is to accept it"
    (mail,) = store.database.read(lambda uow: uow.held.listed(state="dropped"))
    assert mail.decision is not None
    assert (mail.decision.fate, mail.decision.reason) == (Fate.DROPPED, "not hers")
    with pytest.raises(Undecidable, match="was decided already: dropped by root"):
        decide(store, number)
    decide(store, number, states=("held", "dropped"))
    assert names(store.claim(now=NOW + MINUTE)) == ["a"]


def test_the_ticket_s_history_says_what_became_of_it(store: Store) -> None:
    ticket = store.ticket(store.person("Ann"))
    decide(store, hold(store, ticket_id=ticket.id), new=True)
    (event,) = store.rows(events)
    assert (event["kind"], event["ticket_id"]) == ("mail.decided", ticket.id)
    assert "accepted as its own ticket by root" in str(event["data"])


@pytest.mark.parametrize("second", Fate)
def test_whoever_is_second_hears_what_was_decided(store: Store, second: Fate) -> None:
    number = hold(store)
    decide(store, number)
    with pytest.raises(Undecidable, match="decided already: accepted as its own ticket by root"):
        decide(store, number, second)
    (message,) = store.claim(now=NOW + MINUTE)
    store.finish(message.id)
    with pytest.raises(Undecidable, match="decided already"):
        decide(store, number, second)


def test_of_many_who_decide_at_once_one_is_first(store: Store) -> None:
    number = hold(store)

    def try_it(turn: int) -> bool:
        try:
            decide(store, number, (Fate.ACCEPTED, Fate.DROPPED)[turn % 2])
        except Undecidable:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(try_it, range(12)))
    assert won.count(True) == 1
    fate = Fate.ACCEPTED if won.index(True) % 2 == 0 else Fate.DROPPED
    assert store.states() == ["new" if fate is Fate.ACCEPTED else "dropped"]


def test_a_mail_that_does_not_tell_its_author_needs_one(store: Store) -> None:
    number = hold(store, author=None)
    with pytest.raises(Undecidable, match="does not tell who wrote it"):
        decide(store, number)
    assert decide(store, number, author="ann@example.com").author == "ann@example.com"


def test_nobody_makes_a_mail_anothers(store: Store) -> None:
    store.person("Tess", technician=True)
    number = hold(store)
    with pytest.raises(Undecidable, match="says itself who wrote it"):
        decide(store, number, author="bob@example.com")
    nameless = hold(store, author=None, name="b")
    with pytest.raises(Undecidable, match="belongs to a technician"):
        decide(store, nameless, author="tess@example.com")
    assert [row["state"] for row in store.rows(inbox)] == ["held", "held"]


def test_a_mail_goes_into_no_ticket_that_is_not_there(store: Store) -> None:
    with pytest.raises(Undecidable, match="there is no ticket 99"):
        decide(store, hold(store), ticket_id=99)


def test_an_address_is_trusted_until_that_is_taken_back(store: Store) -> None:
    decide(store, hold(store), trusts=True)
    found = store.database.read(lambda uow: uow.people.find("email", "ann@example.com"))
    assert found is not None
    assert found.trusted
    ((person, at, by),) = store.database.read(lambda uow: uow.people.trusted())
    assert (person.address, at, by) == ("ann@example.com", NOW + MINUTE, "root")
    store.database.run(lambda uow: uow.people.distrust(person.identity_id))
    assert store.database.read(lambda uow: uow.people.trusted()) == []


def test_no_technician_s_address_is_trusted(store: Store) -> None:
    store.person("Tess", technician=True)
    number = hold(store, author="tess@example.com")
    with pytest.raises(Undecidable, match="anybody can write a From line"):
        decide(store, number, trusts=True)
    assert store.states() == ["held"]
    decide(store, number)


def test_there_is_nothing_to_decide_about_other_mail(store: Store) -> None:
    store.accept(arrival("a"))
    (message,) = store.claim()
    store.finish(message.id, state="dead")
    for number in (message.id, 99):
        with pytest.raises(Undecidable, match=f"no held mail has the number {number}"):
            decide(store, number)
