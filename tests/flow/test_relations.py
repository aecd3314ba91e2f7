"""Tickets among tickets, by mail: links, tags, and what they are about."""

from __future__ import annotations

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Received

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"


def ask(desk: RunningDesk, subject: str, frm: str = ANN) -> Received:
    """Somebody asks; what Tess got."""
    desk.mail(frm, DESK, subject, f"The words of {subject}.\n")
    told = desk.expect(to=tess, containing=f"The words of {subject}")
    desk.drain()
    return told


def links(desk: RunningDesk, number: int) -> list[tuple[str, int]]:
    """What each linked ticket is called there."""
    found = desk.core.database.read(lambda uow: uow.relations.links(number))
    return [link.seen_from(number) for link in found]


def test_a_link_stands_in_both_tickets_and_tells_nobody_else(desk: RunningDesk) -> None:
    ask(desk, "Network")
    told = ask(desk, "Printer")
    desk.reply(told, TESS, "#child of 1")
    assert "Parent: 1" in desk.expect(to=tess).text
    desk.expect_nothing_more()
    assert links(desk, 1) == [("child", 2)]
    assert links(desk, 2) == [("parent", 1)]
    assert desk.ticket(1).events[-1].data["changes"] == [["child", "", "2"]]

    desk.reply(told, TESS, "#unlink 1")
    assert "Parent: 1 → none" in desk.expect(to=tess).text
    assert links(desk, 1) == []


def test_no_circle_no_second_parent_and_nothing_half_done(desk: RunningDesk) -> None:
    first, second = ask(desk, "One"), ask(desk, "Two")
    ask(desk, "Three")
    desk.reply(second, TESS, "#parent 1")
    desk.reply(first, TESS, "#tag vpn\n#parent 2")
    problems = [mail.text for mail in desk.drain()]
    assert any("cannot be above it" in text for text in problems)
    desk.reply(second, TESS, "#parent 3")
    assert "#unlink 1 first" in desk.expect(to=tess).text
    assert links(desk, 1) == [("child", 2)]
    assert desk.core.database.read(lambda uow: uow.relations.tags(1)) == [], "all or nothing"


def test_tags_and_assets_stand_in_the_ticket(open_desk: OpenDesk) -> None:
    desk = open_desk(
        assets=[{"kind": "printer", "url": "https://cmdb.example/{reference}"}],
    )
    told = ask(desk, "Printer")
    desk.reply(told, TESS, "#tag VPN vip\n#asset printer:PX-9 Great one\n#room 2.17")
    done = desk.expect(to=tess)
    assert "Tag: vpn" in done.text
    assert "Asset: printer PX-9 (Great one)" in done.text
    desk.mail(ANN, DESK, "Re: [#1] Printer", "It is the great one.\n")
    mail = desk.expect(to=tess, containing="It is the great one.")
    assert "printer PX-9 (Great one) · https://cmdb.example/PX-9\nroom 2.17\n" in mail.text
    desk.drain()
    desk.reply(told, TESS, "#untag vip\n#unasset 2.17")
    desk.drain()
    tags, assets = desk.core.database.read(
        lambda uow: (uow.relations.tags(1), list(map(str, uow.relations.assets(1))))
    )
    assert tags == ["vpn"]
    assert assets == ["printer PX-9 (Great one)"]
