"""Parents with their children, problems with their incidents."""

from __future__ import annotations

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Received

BEA, OLE = "Bea Boss <bea@customer.example>", "Ole Other <ole@elsewhere.example>"
ann, bea, ole = "ann@customer.example", "bea@customer.example", "ole@elsewhere.example"
tess, tom = "tess@example.org", "tom@example.org"


def ask(desk: RunningDesk, frm: str, subject: str) -> Received:
    """Somebody asks, Tess takes it; what she got."""
    desk.mail(frm, DESK, subject, f"The words of {subject}.\n")
    told = desk.expect(to=tess, containing=f"The words of {subject}")
    desk.reply(told, TESS, "#assign me")
    desk.drain()
    return told


def family(desk: RunningDesk) -> Received:
    """A parent with two children; what Tess got of the parent."""
    parent = ask(desk, ANN, "Move")
    for subject in ("Desks", "Phones"):
        desk.reply(ask(desk, ANN, subject), TESS, "#parent 1")
    desk.drain()
    return parent


def statuses(desk: RunningDesk, *numbers: int) -> list[str]:
    return [desk.ticket(number).status for number in numbers]


def test_closing_a_parent_offers_to_close_its_children(desk: RunningDesk) -> None:
    parent = family(desk)
    desk.reply(parent, TESS, "#close")
    done = desk.expect(to=tess)
    assert "2 requests below it are still open" in " ".join(done.text.split())
    assert "#close all" in done.text
    desk.drain()
    assert statuses(desk, 1, 2, 3) == ["closed", "in progress", "in progress"] or statuses(
        desk, 1, 2, 3
    ) == ["closed", "assigned", "assigned"]
    desk.reply(parent, TESS, "#close all")
    desk.drain()
    assert statuses(desk, 1, 2, 3) == ["closed"] * 3
    assert desk.ticket(2).events[-1].rule == "closed_with_parent"


def test_a_desk_may_let_the_parent_wait(open_desk: OpenDesk) -> None:
    desk = open_desk(relations={"closing_parent": "wait"})
    parent = family(desk)
    desk.reply(parent, TESS, "#close")
    assert "waits for 2, 3" in " ".join(desk.expect(to=tess).text.split())
    desk.drain()
    assert statuses(desk, 1)[0] != "closed"
    desk.reply(parent, TESS, "#close all")
    desk.drain()
    assert statuses(desk, 1, 2, 3) == ["closed"] * 3


def test_a_reply_on_a_problem_reaches_every_incidents_requester_alone(desk: RunningDesk) -> None:
    problem = ask(desk, ANN, "SECRETPROBLEM")
    for frm, subject in ((BEA, "No mail"), (OLE, "Mail is down")):
        desk.reply(ask(desk, frm, subject), TESS, "#incident of 1")
    desk.drain()
    desk.reply(problem, TESS, "The mail server is back.\n\n#incidents")
    got = {address: desk.expect(to=address) for address in (ann, bea, ole)}
    desk.expect(to=tess, containing="2, 3")
    desk.expect_nothing_more()
    for address, subject in ((bea, "Re: No mail"), (ole, "Re: Mail is down")):
        mail = got[address]
        assert mail.words == "The mail server is back."
        assert mail.subject == subject
        assert "SECRETPROBLEM" not in mail.everything
        for other in {ann, bea, ole} - {address}:
            assert other not in mail.everything
    desk.reply(got[bea], BEA, "Thank you, it works.")
    desk.drain()
    assert desk.ticket(2).texts[-1] == "Thank you, it works."
    assert desk.ticket(2).workunits[1].minutes is None, "the time was used once"

    # Closing the problem with its incidents is one mail for each requester, with these words.
    desk.reply(problem, TESS, "A new disk is in.\n\n#incidents\n#close all")
    for address in (ann, bea, ole):
        assert "A new disk is in." in desk.expect(to=address).text
    desk.expect(to=tess)
    desk.expect_nothing_more()
    assert statuses(desk, 1, 2, 3) == ["closed"] * 3


def test_words_for_incidents_are_public_and_there_are_incidents(desk: RunningDesk) -> None:
    told = ask(desk, ANN, "Network")
    desk.reply(told, TESS, "It is back.\n#incidents")
    assert "no open incidents" in " ".join(desk.expect(to=tess).text.split())
    desk.drain()


def test_a_colleague_hears_of_one_answer_once(desk: RunningDesk) -> None:
    problem = ask(desk, ANN, "Network")
    for frm in (BEA, OLE):
        told = ask(desk, frm, f"Down for {frm[:3]}")
        desk.reply(told, TESS, "#incident of 1\n#assign tom")
    desk.drain()
    desk.reply(problem, TESS, "It is back.\n\n#incidents")
    desk.expect(to=tom, containing="It is back.")
    for address in (ann, bea, ole, tess):
        desk.expect(to=address)
    desk.expect_nothing_more()
