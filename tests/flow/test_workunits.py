"""Time, price, privacy and edits of workunits, by mail."""

from __future__ import annotations

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, TOM, RunningDesk
from tests.flow.letters import Received

ann, tess, tom, una = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "una@example.org",
)
PEOPLE = [
    {"name": "Tess Tech", "address": tess},
    {"name": "Tom Tool", "address": tom},
    {"name": "Una Unit", "address": una},
]


def ask(desk: RunningDesk) -> Received:
    """Ann asks; what Tess got."""
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    return told


def test_time_and_price_are_booked_and_summed(open_desk: OpenDesk) -> None:
    desk = open_desk(
        profiles=[
            {"name": "remote", "hourly_rate": 80},
            {"name": "on site", "hourly_rate": "95.50"},
        ],
        workunits={"default_profile": "remote"},
    )
    told = ask(desk)
    desk.reply(told, TESS, "I am on it.")
    desk.reply(told, TESS, "I was there.\n#time 1.5h\n#profile on site\n#done 2026-03-01 14:30")
    desk.reply(told, TESS, "#time 0:30")
    desk.reply(told, TESS, "Nothing to do.\n#time 0")
    desk.reply(told, TESS, "Hm.\n#profile off site")
    desk.settle()
    assert any("remote, on site" in mail.text for mail in desk.drain())
    first, quick, there, alone, free, note = desk.ticket(1).workunits
    assert first.minutes is None, "whoever asks books no time"
    assert (quick.minutes, quick.profile, quick.hourly_rate) == (15, "remote", 8000)
    assert (there.minutes, there.profile, there.hourly_rate) == (90, "on site", 9550)
    assert there.done_at is not None
    assert (there.done_at.day, there.done_at.hour) == (1, 14)
    assert (alone.text, alone.minutes, alone.visibility.value) == ("", 30, "internal")
    assert free.minutes is None
    assert (note.text, note.minutes) == ("Hm.", 15)


def test_private_words_reach_whom_they_are_shared_with_and_nobody_else(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk(technicians=PEOPLE)
    told = ask(desk)
    desk.reply(told, TESS, "SECRETONE: I do not trust her.\n\n#private")
    desk.expect(to=tess, containing="private")
    desk.expect_nothing_more()
    desk.reply(told, TESS, "SECRETTWO: look at her contract.\n\n#share tom")
    shared = desk.expect(to=tom)
    assert "SECRETTWO" in shared.text
    desk.expect(to=tess)
    desk.expect_nothing_more()
    desk.reply(told, TESS, "SECRETTHREE with a slip.\n\n#private\n#nonsense")
    desk.expect(to=tess, containing="is no command")
    desk.expect_nothing_more()
    assert [unit.visibility.value for unit in desk.ticket(1).workunits[1:]] == ["private"] * 3

    desk.reply(told, TOM, "Hello.\n\n#cc vera@printers.example")
    desk.reply(told, TESS, "#assign una")
    for mail in desk.drain():
        assert "SECRET" not in mail.everything
    number = desk.ticket(1).workunits[1].id
    desk.reply(told, TOM, f"#edit {number}\nTaken over.")
    assert "no words with the number" in " ".join(desk.expect(to=tom).text.split())


def test_an_edit_keeps_what_was_there_and_tells_nobody(desk: RunningDesk) -> None:
    told = ask(desk)
    desk.reply(told, TESS, "It costs 100 Euro.")
    desk.drain()
    number = desk.ticket(1).workunits[-1].id
    desk.reply(told, TESS, f"#edit {number}\n#time 1h\n\nIt costs 10 Euro.")
    done = desk.expect(to=tess)
    desk.expect_nothing_more()
    assert f"Edited: {number}" in done.text
    unit = desk.ticket(1).workunits[-1]
    assert (unit.text, unit.minutes) == ("It costs 10 Euro.", 60)
    assert unit.edited_at is not None
    before = desk.core.database.read(lambda uow: uow.entries.revisions(number))
    assert [(row["text"], row["minutes"]) for row in before] == [("It costs 100 Euro.", 15)]
    assert desk.ticket(1).events[-2].kind == "workunit.edited"

    # Somebody else's words are not theirs to change, nor is what was said inside published so.
    desk.reply(told, TOM, f"#edit {number}\nIt is free.")
    assert "editing somebody else's words" in " ".join(desk.expect(to=tom).text.split())
    desk.reply(told, TESS, "#internal\nThe budget of this customer is nearly used up by now.")
    desk.drain()
    desk.reply(told, TESS, f"#edit {number}\nThe budget of this customer is nearly used up by now.")
    assert "repeat an internal note" in " ".join(desk.expect(to=tess).text.split())
    desk.drain()
    assert desk.ticket(1).workunits[1].text == "It costs 10 Euro."
