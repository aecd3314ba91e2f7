"""A ticket moves to another group, and somebody there hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cli.dossier import read_dossier
from bot.cli.opening import Storage
from bot.cli.why import story
from storage.blobs import FolderBlobs
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"
nora, ned = "nora@example.org", "ned@example.org"
PEOPLE = [
    {"name": "Tess Tech", "address": tess, "groups": ["Support"]},
    {"name": "Tom Tool", "address": tom, "groups": ["Support"]},
    {"name": "Nora Net", "address": nora, "groups": ["Network"]},
    {"name": "Ned Net", "address": ned, "groups": ["Network"]},
]
HOUSE: dict[str, Any] = {
    "queues": [{"address": DESK, "group": "Support"}],
    "technicians": PEOPLE,
    "groups": [
        {"name": "Support", "assign": "round robin"},
        {"name": "Network", "leader": "Nora Net", "assign": "leader"},
    ],
}
NOBODY = {**HOUSE, "groups": [{"name": "Support", "assign": "round robin"}]}


def test_the_new_group_says_who_gets_it(open_desk: OpenDesk) -> None:
    desk = open_desk(**HOUSE)
    desk.mail(ANN, DESK, "VPN", "It drops.")
    desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.reply(told, TESS, "#group network")
    came = desk.expect(to=nora)
    done = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert "It drops." in came.text
    assert "Group: Support → Network" in done.text
    ticket = desk.ticket(1)
    assert (ticket.owner, ticket.status) == (nora, "assigned")
    assert ticket.events[-1].data["assigned"] == "assigned_by_leader"
    storage = Storage(
        settings=desk.core.settings, database=desk.core.database, blobs=FolderBlobs(desk.folder)
    )
    why = "\n".join(story(read_dossier(storage, 1), storage))
    assert "by assigned_by_leader: New tickets of the group go to its leader" in why
    assert "not told Nora Net <nora@example.org>: joined later" in why


def test_a_group_that_names_nobody_hears_of_it_as_a_whole(open_desk: OpenDesk) -> None:
    desk = open_desk(**NOBODY)
    desk.mail(ANN, DESK, "VPN", "It drops.")
    desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.reply(told, TESS, "#group network")
    desk.expect(to=tess)
    for address in (nora, ned):
        assert "It drops." in desk.expect(to=address).text
    desk.expect_nothing_more()
    assert desk.ticket(1).owner == ""


def test_whoever_sends_it_there_with_a_name_is_obeyed(open_desk: OpenDesk) -> None:
    desk = open_desk(**HOUSE)
    desk.mail(ANN, DESK, "VPN", "It drops.")
    desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.reply(told, TESS, "#group network\n#assign ned")
    desk.expect(to=ned)
    desk.expect(to=tess)
    desk.expect_nothing_more()
    assert desk.ticket(1).owner == ned


@pytest.mark.parametrize(("house", "told"), [(HOUSE, [nora]), (NOBODY, [nora, ned])])
def test_a_rule_moves_it_before_anybody_else_is_told(
    open_desk: OpenDesk, house: dict[str, Any], told: list[str]
) -> None:
    rule = {
        "name": "VPN",
        "events": ["ticket.opened"],
        "if": {"field": "title", "matches": "(?i)vpn"},
        "then": [{"set": "group", "to": "Network"}],
    }
    desk = open_desk(**house, rules=[rule])
    desk.mail(ANN, DESK, "VPN", "It drops.")
    desk.expect(to=ann)
    for address in told:
        assert "It drops." in desk.expect(to=address).text
    desk.expect_nothing_more()


@pytest.mark.parametrize("then", [{"set": "group", "to": "Network"}, {"set": "owner", "to": tom}])
def test_a_note_says_that_it_is_internal_whatever_else_is_in_its_mail(
    open_desk: OpenDesk, then: dict[str, str]
) -> None:
    rule = {
        "name": "VPN",
        "events": ["ticket.opened"],
        "then": [then, {"note": "Mind the tunnel."}],
    }
    desk = open_desk(**NOBODY, rules=[rule])
    desk.mail(ANN, DESK, "VPN", "It drops.")
    notes = [mail for mail in desk.drain() if "Mind the tunnel" in mail.text]
    assert notes
    for mail in notes:
        assert mail.recipients != (ann,)
        assert "INTERNAL" in mail.text
        assert "INTERNAL" in mail.html
