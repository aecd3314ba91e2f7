"""How somebody says by mail how they want to be told."""

from __future__ import annotations

import pytest

from bot.desk.commands import Order, read_orders, read_wishes
from bot.desk.commands.preferences import Mute, Prefer


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("#mute", Mute(on=True)),
        ("#Unmute", Mute(on=False)),
        ("#digest daily", Prefer(what="digest", value="daily")),
        ("#digest off", Prefer(what="digest", value="")),
        ("#quiet 22:00 - 7:00", Prefer(what="quiet hours", value="22:00-07:00")),
        ("#quiet off", Prefer(what="quiet hours", value="")),
        ("#language DE", Prefer(what="language", value="de")),
    ],
)
def test_a_wish(line: str, order: Order) -> None:
    for read in (read_orders, read_wishes):
        found = read(f"{line}\n\nThanks, it works.")
        assert (found.found, found.words, found.problems) == ((order,), "Thanks, it works.", ())


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("#mute please", "takes no words"),
        ("#digest weekly", "hourly, daily, off"),
        ("#quiet", "22:00-07:00"),
        ("#quiet 22-7", "22:00-07:00"),
        ("#quiet 25:00-07:00", "22:00-07:00"),
        ("#language German please", "de or en"),
    ],
)
def test_a_wish_with_a_mistake_is_told_its_right_form(line: str, form: str) -> None:
    (problem,) = read_wishes(line).problems
    assert form in problem


def test_other_commands_are_words_in_other_peoples_mails() -> None:
    found = read_wishes("#close\nPlease close it.\n#internal")
    assert (found.found, found.lines) == ((), ())
    assert found.words == "#close\nPlease close it.\n#internal"
