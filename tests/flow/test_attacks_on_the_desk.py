"""Attacks on what the desk does by itself: giving tickets out, asking back, rules, and commands."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.ticket import Priority
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, MALLORY, TESS, TOM, VERA, RunningDesk

ann, tess, tom, vera, mallory = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
    "mallory@elsewhere.example",
)


def _receivers(desk: RunningDesk) -> set[str]:
    return {to for mail in desk.drain() for to in mail.recipients}


# --- nobody writes through us -------------------------------------------------------------------

ASKS: dict[str, Any] = {
    "queues": [{"address": DESK, "type": "Fault"}],
    "types": [{"name": "Fault", "fields": [{"name": "Room", "required": True}]}],
}
GIVEN_OUT: list[dict[str, Any]] = [
    {"groups": [{"name": "Service Desk", "assign": "round robin"}]},
    {"groups": [{"name": "Service Desk", "leader": tess, "assign": "leader"}]},
    {
        "rules": [
            {
                "name": "start",
                "events": ["ticket.opened"],
                "then": [{"set": "status", "to": "in progress"}],
            }
        ]
    },
    ASKS,
]


@pytest.mark.parametrize("sections", GIVEN_OUT, ids=["round robin", "leader", "rule", "asked back"])
def test_a_stranger_cannot_make_the_desk_write_to_others(
    open_desk: OpenDesk, sections: dict[str, Any]
) -> None:
    desk = open_desk(**sections)
    desk.mail(MALLORY, DESK, "Buy pills", "Pills, pills.\n", Cc=vera)
    mine = desk.expect(to=mallory)
    assert vera not in _receivers(desk)
    desk.reply(mine, MALLORY, "Room: http://pills.example")
    assert vera not in _receivers(desk)
    desk.reply(mine, MALLORY, "More pills.")
    assert vera not in _receivers(desk)
    assert desk.ticket(1).copies == {vera}


def test_a_technician_who_asks_for_a_list_has_not_looked(desk: RunningDesk) -> None:
    desk.mail(MALLORY, DESK, "Buy pills", "Pills, pills.\n", Cc=vera)
    mine = desk.expect(to=mallory)
    desk.mail(TESS, DESK, "My tickets", "#tickets is:open\n")
    desk.drain()
    desk.reply(mine, MALLORY, "More pills.")
    assert vera not in _receivers(desk)


def test_copies_hear_of_it_once_somebody_at_the_desk_has_acted(open_desk: OpenDesk) -> None:
    desk = open_desk(**GIVEN_OUT[1])
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", Cc=vera)
    mine, told = desk.expect(to=ann), desk.expect(to=tess)
    desk.reply(told, TESS, "#priority 2\n#internal\nI look at it.")
    desk.drain()
    desk.reply(mine, ANN, "It is urgent.")
    assert "It is urgent." in desk.expect(to=vera).text


@pytest.mark.parametrize("sections", GIVEN_OUT, ids=["round robin", "leader", "rule", "asked back"])
def test_a_forged_author_gets_no_word_of_the_forger(
    open_desk: OpenDesk, sections: dict[str, Any]
) -> None:
    desk = open_desk(**sections)
    desk.mail("Buy pills <ann@customer.example>", DESK, "Buy pills", "Buy pills.\n", proof="none")
    first = desk.drain()
    to_ann = [mail for mail in first if ann in mail.recipients]
    assert not any("pills" in mail.everything for mail in to_ann)
    for mail in to_ann:
        desk.reply(mail, ANN, "Room: pills\nRum: pills", quoting="", proof="none")
    later = [mail for mail in desk.drain() if ann in mail.recipients]
    assert not any("pills" in mail.everything for mail in later)


def test_what_a_rule_does_is_no_mail_to_a_forged_author(open_desk: OpenDesk) -> None:
    desk = open_desk(**GIVEN_OUT[2])
    desk.mail(ANN, DESK, "Buy pills", "Buy pills.\n", proof="none")
    assert len([mail for mail in desk.drain() if ann in mail.recipients]) == 1


def test_wrong_values_of_an_unproven_author_are_not_repeated(open_desk: OpenDesk) -> None:
    fields = [{"name": "Room", "required": True}, {"name": "Since", "kind": "date"}]
    types = [{"name": "Fault", "fields": fields}]
    desk = open_desk(queues=[{"address": DESK, "type": "Fault"}], types=types)
    desk.mail(ANN, DESK, "Printer", "Since: http://pills.example\n", proof="none")
    asked = desk.expect(to=ann)
    assert "pills" not in asked.everything


# --- powers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "#title Mine",
        "#group Network",
        "#urgency high\n#impact high",
        "#kind change",
        "#field Room: 5",
    ],
)
def test_whoever_may_not_change_a_ticket_does_not_change_its_shape(
    open_desk: OpenDesk, command: str
) -> None:
    desk = open_desk(
        technicians=[
            {"name": "Tess Tech", "address": tess},
            {"name": "Tom Tool", "address": tom, "groups": ["Network"]},
        ],
        groups=[{"name": "Service Desk"}, {"name": "Network"}],
        fields=[{"name": "Room"}],
    )
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    before = desk.ticket(1).ticket
    desk.reply(told, TOM, command)
    refused = desk.expect(to=tom)
    after = desk.ticket(1).ticket
    assert "is for" in refused.text
    assert (after.title, after.group_id, after.priority, after.kind) == (
        before.title,
        before.group_id,
        Priority(before.priority),
        before.kind,
    )


# --- what stays inside ---------------------------------------------------------------------------


def test_a_rule_repeats_no_private_words_to_colleagues(open_desk: OpenDesk) -> None:
    rule = {
        "name": "salary",
        "mode": "suggest",
        "events": ["workunit.added"],
        "if": [{"field": "visibility", "is": "private"}, {"not": {"field": "text", "is": "x"}}],
        "then": [{"tag": "salary"}],
    }
    desk = open_desk(rules=[rule])
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "#private\nShe earns 4711 a month.", quoting="")
    mails = desk.drain()
    assert any("SUGGESTION" in mail.text for mail in mails if tom in mail.recipients)
    assert not any("4711" in mail.everything for mail in mails if tom in mail.recipients)
    hits = desk.core.database.read(lambda uow: uow.rules.hits(ticket_id=1, limit=9))
    assert not any("4711" in sight for hit in hits for sight in hit.saw)


# --- words that are nobody's ------------------------------------------------------------------------


def test_a_wish_in_an_unmarked_quote_is_not_its_readers(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n", Cc=vera)
    mine, told = desk.expect(to=ann), desk.expect(to=tess)
    desk.reply(told, TESS, "Vera, please.")
    hers = desk.expect(to=vera)
    desk.drain()
    desk.reply(hers, VERA, "Done.\n\n#mute", proof="none", quoting="")
    desk.drain()
    desk.mail(
        ANN,
        mine.reply_to,
        "Re: Printer",
        "No, it is not.\n\nDone.\n\n#mute\n",
    )
    desk.drain()
    desk.reply(told, TESS, "I come along.", quoting="")
    assert "I come along." in desk.expect(to=ann).text


@pytest.mark.parametrize("days", ["9999-12-31..9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("number", ["#merge 9999999999", "#split 9999999999", "#yes 9999999999"])
def test_numbers_that_nothing_has_are_answered(desk: RunningDesk, days: str, number: str) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    for command in (f"#away {days}", number):
        desk.reply(told, TESS, command, quoting="")
        assert "Not done" in desk.expect(to=tess).text
