"""People and what they may see, from the wire to the wire."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from bot import actions
from bot.desk.people import Person, Role
from storage.unit_of_work import SqlUnitOfWork
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, MALLORY, TESS, TOM, VERA, RunningDesk

ann, bob, tess, tom, vera = (
    "ann@customer.example",
    "bob@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
)
BOB = f"Bob Buyer <{bob}>"
COMPANY = [{"name": "Customer", "domains": ["customer.example"]}]


def person(desk: RunningDesk, address: str) -> Person:
    found = desk.core.database.read(lambda uow: uow.people.find("email", address))
    assert found is not None
    return found


def audit(desk: RunningDesk, address: str) -> list[str]:
    subject = f"person {person(desk, address).id}"
    return desk.core.database.read(lambda uow: [e.deed for e in uow.audit.of(subject)])


# --- companies ----------------------------------------------------------------------------------


def test_a_colleague_joins_by_answering_what_was_passed_on(open_desk: OpenDesk) -> None:
    desk = open_desk(companies=COMPANY)
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    mine = desk.expect(to=ann)
    desk.drain()
    desk.reply(mine, BOB, "Mine does not print either.")
    assert "Mine does not print" in desk.expect(to=tess).text
    desk.drain()
    parts = {p.person.address: p.role for p in desk.ticket(1).participants}
    assert parts[bob] is Role.COLLABORATOR
    assert audit(desk, bob) == ["joined a company"]

    desk.mail(BOB, DESK, "[#1] Printer", "Any news?\n")
    assert "Any news?" in desk.expect(to=tess).text
    assert desk.count_tickets() == 1


@pytest.mark.parametrize("proof", ["none", "fail"])
def test_a_mere_from_line_is_no_colleague(open_desk: OpenDesk, proof: str) -> None:
    desk = open_desk(companies=COMPANY)
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    mine = desk.expect(to=ann)
    desk.drain()
    desk.reply(mine, BOB, "Let me see it.", proof=proof)  # type: ignore[arg-type]  # one of the literals
    desk.settle()
    assert len(desk.ticket(1).workunits) == 1
    assert person(desk, bob).company_id is None


@pytest.mark.parametrize(
    "sections",
    [
        {"companies": [{**COMPANY[0], "grouped": False}]},
        {"companies": COMPANY, "people": [{"address": bob, "independent": True}]},
        {"companies": [{"name": "Other", "domains": ["other.example"]}]},
    ],
    ids=["company not grouped", "independent", "another company"],
)
def test_others_see_only_their_own_tickets(
    open_desk: OpenDesk, sections: dict[str, object]
) -> None:
    desk = open_desk(**sections)
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    mine = desk.expect(to=ann)
    desk.drain()
    desk.reply(mine, BOB, "Mine does not print either.")
    desk.settle()
    assert desk.count_tickets() == 2
    assert len(desk.ticket(1).workunits) == 1


# --- rights --------------------------------------------------------------------------------------

VIEWER = {"groups": [{"name": "Service Desk", "view": [tom], "leader": tess, "assign": "leader"}]}


def test_whoever_may_only_view_is_not_told_and_answers_nobody_outside(open_desk: OpenDesk) -> None:
    desk = open_desk(**VIEWER)
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.expect(to=ann)
    desk.expect_nothing_more()
    assert desk.ticket(1).owner == tess, "new tickets go to the leader"

    desk.reply(told, TOM, "Have you tried turning it off?")
    note = desk.expect(to=tess)
    refused = desk.expect(to=tom)
    desk.expect_nothing_more()
    assert "INTERNAL" in note.text
    assert "is for whoever may edit in" in refused.text
    assert desk.ticket(1).workunits[-1].visibility == "internal"


def test_only_the_owner_closes_and_the_refusal_says_how(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "I am on it.")
    desk.drain()
    desk.reply(told, TOM, "#close")
    refused = desk.expect(to=tom)
    assert "its owner" in refused.text
    assert "#assign me" in refused.text
    assert desk.ticket(1).status == "in progress"
    desk.drain()
    desk.reply(told, TOM, "#assign me\n#close")
    desk.drain()
    assert desk.ticket(1).status == "closed"


def test_a_technician_of_another_group_reads_nothing_here(open_desk: OpenDesk) -> None:
    technicians = [
        {"name": "Tess Tech", "address": tess},
        {"name": "Tom Tool", "address": tom, "groups": ["Network"]},
    ]
    desk = open_desk(technicians=technicians)
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.expect(to=ann)
    desk.expect_nothing_more()
    desk.reply(told, TOM, "#internal\nMaybe it is the switch.")
    note = desk.expect(to=tess)
    confirmation = desk.expect(to=tom)
    desk.expect_nothing_more()
    assert "switch" in note.text
    assert "does not print" not in confirmation.everything
    desk.reply(told, TESS, "#internal\nSecret of this group.")
    desk.expect(to=tess)
    desk.expect_nothing_more()


# --- entered on behalf ---------------------------------------------------------------------------


def test_a_technician_opens_a_ticket_for_somebody(desk: RunningDesk) -> None:
    desk.mail(
        TESS, DESK, "Printer", f"#for {ann} Ann Asker\n#priority 2\n\nShe called: no print.\n"
    )
    acknowledged = desk.expect(to=ann)
    work = desk.expect(to=tess, containing="She called")
    desk.expect(to=tom)
    desk.drain()
    ticket = desk.ticket(1)
    assert "#for" not in acknowledged.everything
    assert person(desk, ann).name == "Ann Asker"
    parts = {(p.person.address, p.role) for p in ticket.participants}
    assert {(ann, Role.REQUESTER), (tess, Role.EDITOR)} <= parts
    assert ticket.texts[0] == "She called: no print."
    assert ticket.workunits[0].editor_id == person(desk, tess).id
    assert int(ticket.ticket.priority) == 2
    desk.reply(work, TESS, "We are coming.")
    assert desk.expect(to=ann).words == "We are coming."


@pytest.mark.parametrize(("who", "proof"), [(TESS, "none"), (MALLORY, "pass")])
def test_nobody_else_opens_one_for_somebody(desk: RunningDesk, who: str, proof: str) -> None:
    desk.mail(who, DESK, "Printer", f"#for {ann}\nPay me.\n", proof=proof)  # type: ignore[arg-type]  # a literal
    assert ann not in {to for mail in desk.drain() for to in mail.recipients}
    assert {p.person.address for p in desk.ticket(1).participants} == {who.partition("<")[2][:-1]}


# --- absence, leaving, duplicates -----------------------------------------------------------------


def test_a_deputy_is_told_in_the_place_of_whoever_is_away(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    today = f"{desk.clock():%Y-%m-%d}"
    tomorrow = f"{desk.clock() + timedelta(days=1):%Y-%m-%d}"
    desk.reply(told, TESS, f"I take it.\n\n#away {today}..{tomorrow} deputy tom")
    answer = desk.expect(to=ann)
    desk.drain()
    assert desk.ticket(1).owner == tess
    desk.reply(answer, ANN, "Thank you.")
    assert "Thank you." in desk.expect(to=tom).text
    desk.expect_nothing_more()
    assert audit(desk, tess) == ["away"]

    desk.advance(days=3)
    desk.reply(answer, ANN, "Still waiting.")
    assert "Still waiting." in desk.expect(to=tess).text
    desk.expect_nothing_more()


def test_a_deputy_may_do_what_the_owner_may(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    today = f"{desk.clock():%Y-%m-%d}"
    desk.reply(told, TESS, f"I take it.\n\n#away {today}.. deputy tom")
    desk.drain()
    desk.reply(told, TOM, "#close")
    desk.drain()
    assert desk.ticket(1).status == "closed"


def test_a_deputy_nobody_knows_is_answered_with_the_nearest(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "#away 2026-12-20..2027-01-06 deputy Tim Tool")
    assert "did you mean Tom Tool?" in desk.expect(to=tess).text
    assert person(desk, tess).absent_from is None


def test_whoever_was_deactivated_is_told_nothing_and_held(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "I take it.")
    desk.drain()
    now, leaver = desk.clock(), person(desk, tess)
    left = desk.core.database.run(partial(_deactivate, leaver, now=now))
    assert left == [1]
    desk.core.database.wake("deliveries")
    assert desk.ticket(1).ticket.owner_id is None
    desk.drain()
    desk.mail(ANN, DESK, "Re: [#1] Printer", "Hello?\n")
    assert "Hello?" in desk.expect(to=tom).text
    desk.expect_nothing_more()
    desk.reply(told, TESS, "#close")
    desk.settle()
    assert [row["reason"] for row in desk.waiting("held")] == [
        "its author was deactivated, and takes no part any more"
    ]
    assert tess not in {to for mail in desk.drain() for to in mail.recipients}


def _deactivate(leaver: Person, uow: SqlUnitOfWork, **more: object) -> list[int]:
    done = actions.deactivate(uow, leaver, by="root", **more)  # type: ignore[arg-type]  # now
    return [ticket.id for ticket in done]


def test_mail_made_for_a_duplicate_leads_to_whom_it_was(desk: RunningDesk) -> None:
    private = "Ann <ann@home.example>"
    desk.mail(private, DESK, "Printer", "It does not print.\n", proof="none")
    mine = desk.expect(to="ann@home.example")
    desk.mail(ANN, DESK, "Screen", "It is dark.\n")
    desk.drain()
    now = desk.clock()

    def merge(uow: SqlUnitOfWork) -> None:
        duplicate, real = (uow.people.find("email", a) for a in ("ann@home.example", ann))
        assert duplicate
        assert real
        actions.merge_people(uow, duplicate, real, by="root", now=now)

    desk.core.database.run(merge)
    assert desk.ticket(1).ticket.requester_id == person(desk, ann).id
    desk.reply(mine, private, "Any news?", proof="none")
    assert "Any news?" in desk.expect(to=tess).text
    assert len(desk.ticket(1).workunits) == 2
    assert "took in a duplicate" in audit(desk, ann)


def test_third_parties_never_read_inside(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "Vera will look.\n\n#cc vera@printers.example")
    asked = desk.expect(to=vera)
    desk.drain()
    desk.reply(told, TESS, "#internal\nVera is slow.")
    desk.reply(asked, VERA, "I am coming.")
    desk.settle()
    for mail in desk.drain():
        if set(mail.recipients) & {ann, vera}:
            assert "slow" not in mail.everything
