"""The matrix of event, part and priority: what is shipped, what rules choose, what a file may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.desk.matrix import CELLS, Choice, Notify, Pace, Rule, Way
from bot.desk.notifications import TABLE, Audience, Row
from bot.desk.ticket import Priority
from bot.errors import ConfigurationError
from bot.settings import load

P1, P2, P3, P4 = Priority


def row(occasion: str, part: Audience) -> Row:
    return next(r for r in TABLE if (r.occasion, r.audience) == (occasion, part))


REPLY = row("words", Audience.REQUESTER)


@pytest.mark.parametrize(
    ("priority", "ways"),
    [
        (P1, (Way.PUSH,)),
        (P2, (Way.MAIL,)),
        (P3, (Way.COMMENT, Way.MAIL)),
        (P4, (Way.COMMENT, Way.MAIL)),
    ],
)
def test_what_is_shipped_depends_on_the_priority(priority: Priority, ways: tuple[Way, ...]) -> None:
    assert Notify().choose(REPLY, priority) == Choice(ways=ways)


def test_third_parties_and_the_rest_of_the_group_read_of_some_things_in_the_thread_only() -> None:
    for quiet in (row("status", Audience.COPIES), row("owner", Audience.GROUP)):
        assert Notify().choose(quiet, P1).ways == (Way.COMMENT,)


def test_the_last_rule_that_fits_wins() -> None:
    rules = (
        Rule(occasion="words", part="requester", ways=(Way.COMMENT,)),
        Rule(occasion="words", part="requester", priorities=frozenset({P4}), pace=Pace.DAILY),
        Rule(occasion="words", part="staff", ways=(Way.PUSH,)),
    )
    notify = Notify(rules=rules)
    assert notify.choose(REPLY, P3) == Choice(ways=(Way.COMMENT,))
    assert notify.choose(REPLY, P4) == Choice(ways=(Way.COMMENT,), pace=Pace.DAILY)
    assert notify.choose(row("words", Audience.COPIES), P3).ways == (Way.COMMENT, Way.MAIL)


def test_what_answers_somebodys_own_deed_leaves_no_choice() -> None:
    done = next(r for r in TABLE if r.notification == "done")
    assert Notify().choose(done, P1).ways == (Way.MAIL,)
    assert not done.occasion


def test_every_row_that_can_be_chosen_is_named_in_the_manual() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "notifications.md").read_text()
    for occasion, parts in CELLS.items():
        line = next(line for line in manual.splitlines() if line.startswith(f"| `{occasion}` |"))
        assert {part for part in parts if f"`{part}`" in line.split("|")[2]} == set(parts)


def load_rule(folder: Path, text: str) -> Notify:
    file = folder / "desk.toml"
    file.write_text(f"[[notify.rules]]\n{text}")
    return load(file).policy().notify


def test_a_rule_reads_like_a_sentence(tmp_path: Path) -> None:
    text = (
        'event = "status"\npart = "requester"\npriority = ["P3", 4]\ntell = "mail"\nwhen = "daily"'
    )
    notify = load_rule(tmp_path, text)
    assert notify.rules == (
        Rule(
            occasion="status",
            part="requester",
            priorities=frozenset({P3, P4}),
            ways=(Way.MAIL,),
            pace=Pace.DAILY,
        ),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('event = "word"\npart = "staff"', "there is no event 'word'; did you mean words?"),
        ('event = "notes"\npart = "requester"', "nobody hears of 'notes' as 'requester'"),
        ('event = "words"\npart = "copys"', "did you mean copies?"),
        ('event = "words"\npart = "staff"\npriority = "P5"', "expected P1, P2, P3 or P4"),
        ('event = "words"\npart = "staff"\ntell = "fax"', "'push', 'mail' or 'comment'"),
        ('event = "words"\npart = "staff"\nwhen = "weekly"', "'at once', 'hourly' or 'daily'"),
    ],
)
def test_a_mistake_is_named_with_the_nearest_names(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"notify\.rules\.0") as caught:
        load_rule(tmp_path, text)
    assert said in str(caught.value)
