"""News that come in a moment share a mail; what waits is overtaken by nothing and lost by nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import run
from bot.desk.matrix import Notify
from storage.unit_of_work import SqlUnitOfWork
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, VERA, RunningDesk
from tests.flow.letters import Received

ann, tess, tom, vera = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
)


@pytest.fixture
def desk(open_desk: OpenDesk) -> RunningDesk:
    return open_desk(notify={})


@pytest.fixture
def asked(desk: RunningDesk) -> Received:
    """Ann asked, was acknowledged, and Tess has taken it; the burst of that is over."""
    desk.mail(ANN, DESK, "Printer", "It is broken.")
    desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.expect(to=tom)
    desk.reply(told, TESS, "I am looking.")
    desk.expect(to=ann)
    desk.expect_nothing_more()
    desk.advance(minutes=5)
    return told


def prefer(desk: RunningDesk, address: str, **wishes: str) -> None:
    def write(uow: SqlUnitOfWork) -> None:
        person = uow.people.find("email", address)
        assert person is not None
        uow.preferences.set(person.id, **wishes)

    desk.core.database.run(write)


def test_the_first_goes_at_once_and_what_follows_is_one_mail(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "Is it on?")
    first = desk.expect(to=ann)
    assert first.words == "Is it on?"
    desk.reply(asked, TESS, "I mean the light in front.")
    desk.reply(asked, TESS, "And is there paper?")
    desk.expect_nothing_more()
    desk.advance(minutes=1, seconds=50)
    desk.expect_nothing_more()
    desk.advance(seconds=15)
    second = desk.expect(to=ann)
    desk.expect_nothing_more()
    light, paper = second.text.index("in front"), second.text.index("paper?")
    assert second.text.index("Tess Tech ·") < light < paper
    assert second.in_reply_to == first.message_id
    rows = [row for row in desk.ticket(1).deliveries if row["address"] == ann][-2:]
    assert [row["state"] for row in rows] == ["sent", "sent"]
    assert rows[1]["lead_id"] == rows[0]["id"]
    assert rows[0]["message_id"] == rows[1]["message_id"]


def test_a_closing_mail_takes_along_what_still_waited(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "A new drum is on its way.")
    desk.expect(to=ann)
    desk.reply(asked, TESS, "It comes by noon.")
    desk.expect_nothing_more()
    desk.reply(asked, TESS, "It is in now.\n#close")
    closing = desk.expect(to=ann)
    desk.expect(to=tess)  # her confirmation
    desk.expect_nothing_more()
    assert closing.text.index("by noon") < closing.text.index("is in now")
    assert "is resolved" in closing.text
    desk.advance(minutes=10)
    desk.expect_nothing_more()


def test_a_digest_collects_and_can_be_answered_in_parts(desk: RunningDesk, asked: Received) -> None:
    prefer(desk, ann, digest="hourly")
    desk.mail(ANN, DESK, "Lamp", "It flickers.")
    desk.expect(to=ann)  # an answer to what she did does not wait
    lamp = desk.expect(to=tess)
    desk.expect(to=tom)
    desk.reply(asked, TESS, "The drum is on its way.")
    desk.reply(lamp, TESS, "Which lamp?")
    desk.expect_nothing_more()
    desk.advance(hours=1)
    digest = desk.expect(to=ann)
    desk.expect_nothing_more()
    assert "2 requests" in digest.subject
    assert "on its way" in digest.text
    answers = [word for word in digest.text.split() if word.startswith("desk+")]
    assert len(answers) == 2
    desk.mail(ANN, answers[1], "Re: Lamp", "The blue one.")
    assert "The blue one." in desk.expect(to=tess).text
    desk.expect_nothing_more()
    assert desk.ticket(2).texts[-1] == "The blue one."
    # The digest as a whole belongs to no ticket.
    desk.reply(digest, ANN, "Thanks!")
    desk.drain()
    assert desk.count_tickets() == 3


def test_quiet_hours_hold_everything_but_priority_1(desk: RunningDesk, asked: Received) -> None:
    prefer(desk, ann, quiet_hours="09:00-18:00", time_zone="UTC")
    desk.reply(asked, TESS, "The drum is on its way.")
    desk.expect_nothing_more()
    desk.reply(asked, TESS, "#internal\n#priority 1\nHer boss called.")
    desk.drain()
    desk.reply(asked, TESS, "I am coming over.")
    urgent = desk.expect(to=ann)
    assert urgent.text.index("on its way") < urgent.text.index("coming over")
    desk.expect_nothing_more()
    prefer(desk, ann, quiet_hours="")


def test_a_muted_ticket_is_silent_until_the_desk_needs_an_answer(
    desk: RunningDesk, asked: Received
) -> None:
    person = desk.core.database.read(lambda uow: uow.people.find("email", ann))
    assert person is not None
    now = desk.clock()
    desk.core.database.run(lambda uow: uow.preferences.mute(1, person.id, at=now))
    desk.reply(asked, TESS, "The drum is on its way.")
    desk.expect_nothing_more()
    assert [row["code"] for row in desk.ticket(1).deliveries if row["address"] == ann][
        -1
    ] == "muted"
    desk.reply(asked, TESS, "Which printer?\n#pending")
    assert "Which printer?" in desk.expect(to=ann).text


def test_wishes_come_by_mail_from_anybody_with_a_part(desk: RunningDesk, asked: Received) -> None:
    desk.reply(asked, TESS, "Is it on?")
    question = desk.expect(to=ann)
    desk.reply(question, ANN, "#digest weekly\n\nYes, it is.")
    assert "hourly, daily, off" in desk.expect(to=ann).text
    assert "Yes, it is." in desk.expect(to=tess).words
    desk.reply(question, ANN, "#digest hourly\n#language de")
    done = desk.expect(to=ann)
    assert "Sammelmail: stündlich" in done.text
    desk.expect_nothing_more()
    assert desk.ticket(1).texts[-1] == "Yes, it is.", "a wish adds no words"
    desk.advance(minutes=5)
    desk.reply(asked, TESS, "Then wait.")
    desk.expect_nothing_more()
    desk.advance(hours=1)
    assert "Antworten Sie einfach" in desk.expect(to=ann).text, "one ticket needs no digest"
    # Nobody else speaks for her.
    desk.reply(question, ANN, "#digest off", proof="none")
    desk.drain()
    person = desk.core.database.read(lambda uow: uow.people.find("email", ann))
    assert person is not None
    assert person.digest == "hourly"


def test_a_wish_of_somebody_in_the_file_outlives_a_restart(
    desk: RunningDesk, asked: Received
) -> None:
    desk.reply(asked, TESS, "#language de")
    desk.drain()
    desk.restart()
    person = desk.core.database.read(lambda uow: uow.people.find("email", tess))
    assert person is not None
    assert person.language == "de"


def test_without_bursts_every_mail_goes_by_itself(open_desk: OpenDesk) -> None:
    desk = open_desk(notify={"burst_minutes": 0})
    assert desk.core.settings.policy().notify != Notify()
    desk.mail(ANN, f"{DESK}, {VERA}", "Printer", "It is broken.")
    desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.reply(told, TESS, "One.")
    assert desk.expect(to=ann).words == "One."
    desk.reply(told, TESS, "Two.")
    assert desk.expect(to=ann).words == "Two."


def test_a_command_says_how_somebody_wants_to_be_told(
    desk: RunningDesk, asked: Received, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "replydesk.toml"
    url = desk.database_url
    file.write_text(f'[desk]\ndata = "{tmp_path}"\ndatabase = "{url}"\n')

    def call(*words: str) -> str:
        assert run(["--config", str(file), *words]) in {0, 78}
        shown = capsys.readouterr()
        return shown.out + shown.err

    assert "quiet hours 22:00-07:00" in call(
        "people",
        "set",
        ann,
        "--quiet",
        "22:00-7:00",
        "--zone",
        "Europe/Berlin",
        "--digest",
        "daily",
    )
    assert "such as 22:00-07:00" in call("people", "set", ann, "--quiet", "at night")
    assert "Europe/Berlin" in call("people", "set", ann)
    desk.reply(asked, TESS, "The drum is on its way.")
    desk.expect_nothing_more()
    why = call("show", "1", "--why")
    assert "by digest: They get what can wait together" in why
    assert "waits until" in why
