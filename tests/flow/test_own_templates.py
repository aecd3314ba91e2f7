"""A desk that writes in its own words: per group, with macros, and whatever goes wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Received

ann, tess = "ann@customer.example", "tess@example.org"
NETWORKS = "networks@example.org"

ACKNOWLEDGEMENT = """Dear _fullname_,

#_incident_id_ _incident_title_ (_group_, _incident_group_email_), _type_tickets_.
You wrote: _incident_main_text_
Room: _Room_. Time: _time_used_. Owner: [_incident_owner_email_].
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    for name, source in {
        "acknowledgement/subject.txt": "[_sitename_] _incident_title_",
        "acknowledgement/body.txt": ACKNOWLEDGEMENT,
        "groups/networks/acknowledgement/body.txt": "Networks has it, _fullname_.",
        "reply/body.txt": "_owner_ <_incident_owner_email_> answers:\n\n_wu_text_",
        # Nothing is wrong with it but for words of twelve characters.
        "groups/networks/reply/body.txt": "{{ 1 // (text | length - 12) }}",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return folder


@pytest.fixture
def desk(open_desk: OpenDesk, database_url: str, tmp_path: Path, folder: Path) -> RunningDesk:
    section = {"name": "Example Desk", "data": tmp_path, "database": database_url}
    return open_desk(
        desk={**section, "templates": folder},
        queues=[{"address": DESK}, {"address": NETWORKS, "group": "Networks"}],
        technicians=[
            {"name": "Tess Tech", "address": tess, "groups": ["Service Desk", "Networks"]}
        ],
        fields=[{"name": "Room"}],
    )


def test_a_desk_writes_in_its_own_words(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    thanks = desk.expect(to=ann)
    assert thanks.subject == "[Example Desk] Printer"
    assert squeezed(thanks) == (
        "Dear Ann Asker, #1 Printer (Service Desk, desk@example.org), . "
        "You wrote: It does not print. Room: . Time: 0:00. Owner: []."
    )
    desk.reply(told, TESS, "Turn it on.")
    answer = desk.expect(to=ann)
    assert squeezed(answer) == "Tess Tech <tess@example.org> answers: Turn it on."
    assert answer.subject == "Re: Printer", "what is not replaced is as shipped"
    desk.expect_nothing_more()


def test_a_group_writes_in_its_own_and_a_template_that_fails_costs_no_mail(
    desk: RunningDesk,
) -> None:
    desk.mail(ANN, NETWORKS, "Router", "It does not route.\n")
    told = desk.expect(to=tess)
    assert squeezed(desk.expect(to=ann)) == "Networks has it, Ann Asker."
    with capture_logs() as logs:
        desk.reply(told, TESS, "Twelve chars")
        answer = desk.expect(to=ann)
        desk.expect_nothing_more()
    assert answer.words == "Twelve chars"
    assert "Just reply to this mail. Request 1." in answer.text, "it went out in the shipped words"
    (failed,) = [entry for entry in logs if entry["event"] == "template failed"]
    assert "groups/networks/reply/body.txt, line 1" in failed["reason"]
    desk.reply(told, TESS, "Thirteen char")
    assert squeezed(desk.expect(to=ann)) == "1", "and is used again when it can be"


def squeezed(mail: Received) -> str:
    return " ".join(mail.text.split())
