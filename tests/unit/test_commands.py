"""Commands: lines at the top or the end of a technician's words, and nothing in between."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.commands import COMMANDS, Order, Orders, read_orders
from bot.desk.commands.holding import DecideHeld
from bot.desk.commands.people import AddCopies, Assign
from bot.desk.commands.relations import (
    AddAsset,
    ChangeTags,
    CloseAll,
    LinkTo,
    Merge,
    RemoveAsset,
    Split,
    ToIncidents,
    Unlink,
)
from bot.desk.commands.rules import AnswerRule
from bot.desk.commands.shape import (
    MoveToGroup,
    SetField,
    SetKind,
    SetTitle,
    SetType,
    SetUrgency,
)
from bot.desk.commands.states import (
    SetEpilogue,
    SetLock,
    SetPriority,
    SetResolution,
    SetStatus,
)
from bot.desk.commands.words import KeepInside
from bot.desk.commands.workunits import (
    BookTime,
    DoneAt,
    EditWords,
    KeepPrivate,
    UseProfile,
)
from bot.desk.holding import Fate, Wish
from bot.desk.relations import Relation
from bot.desk.ticket import Kind, Priority, Status
from tests.cost import within

MANUAL = Path(__file__).parents[2] / "docs" / "commands.md"


def accepting(number: int, **more: object) -> Wish:
    return Wish(number=number, fate=Fate.ACCEPTED, **more)  # type: ignore[arg-type]  # a wish's fields


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#internal", KeepInside()),
        ("#INTERNAL", KeepInside()),
        ("  #internal  ", KeepInside()),
        ("\u00a0#internal\u00a0", KeepInside()),
        ("#close", SetStatus(status=Status.CLOSED)),
        ("#resolve", SetStatus(status=Status.RESOLVED)),
        ("#close duplicate", SetStatus(status=Status.CLOSED, resolution="duplicate")),
        (
            "#close Missing data: We never heard: not once.",
            SetStatus(
                status=Status.CLOSED,
                resolution="Missing data",
                epilogue="We never heard: not once.",
            ),
        ),
        ("#close: The cable.", SetStatus(status=Status.CLOSED, epilogue="The cable.")),
        ("#close : The cable.", SetStatus(status=Status.CLOSED, epilogue="The cable.")),
        ("#Resolve: It was it.", SetStatus(status=Status.RESOLVED, epilogue="It was it.")),
        ("#cancel", SetStatus(status=Status.CANCELLED)),
        ("#cancel: Not needed.", SetStatus(status=Status.CANCELLED, epilogue="Not needed.")),
        ("#cancel not needed", SetStatus(status=Status.CANCELLED, epilogue="not needed")),
        ("#reopen", SetStatus(status=Status.REOPENED)),
        ("#status In-Progress", SetStatus(status=Status.IN_PROGRESS)),
        ("#status pending third party", SetStatus(status=Status.PENDING_THIRD_PARTY)),
        ("#pending", SetStatus(status=Status.PENDING_USER)),
        ("#pending third party", SetStatus(status=Status.PENDING_THIRD_PARTY)),
        ("#pending Closure", SetStatus(status=Status.PENDING_CLOSURE)),
        ("#resolution duplicate", SetResolution(name="duplicate")),
        ("#epilogue It was the cable: loose.", SetEpilogue(text="It was the cable: loose.")),
        ("#epilogue: It was the cable.", SetEpilogue(text="It was the cable.")),
        ("#lock", SetLock(locked=True)),
        ("#unlock", SetLock(locked=False)),
        ("#priority 1", SetPriority(priority=Priority.P1)),
        ("#priority P4", SetPriority(priority=Priority.P4)),
        ("#priority\tp2", SetPriority(priority=Priority.P2)),
        ("#priority\u00a03", SetPriority(priority=Priority.P3)),
        ("#assign me", Assign(to="me")),
        ("#assign Tess Turner", Assign(to="Tess Turner")),
        ("#cc bob@example.com", AddCopies(addresses=("bob@example.com",))),
        (
            "#cc Bob@Example.com, eve@example.com;x@y",
            AddCopies(addresses=("bob@example.com", "eve@example.com", "x@y")),
        ),
        ("#accept 57", DecideHeld(wish=accepting(57))),
        ("#accept #57", DecideHeld(wish=accepting(57))),
        ("#accept 57 Ann@Example.com", DecideHeld(wish=accepting(57, author="ann@example.com"))),
        ("#new 57", DecideHeld(wish=accepting(57, new=True))),
        ("#trust 57", DecideHeld(wish=accepting(57, trusts=True))),
        ("#drop 57", DecideHeld(wish=Wish(number=57, fate=Fate.DROPPED))),
        (
            "#drop 57 not from her",
            DecideHeld(wish=Wish(number=57, fate=Fate.DROPPED, reason="not from her")),
        ),
        ("#parent 40", LinkTo(other=40, relation=Relation.CHILD)),
        ("#child of #40", LinkTo(other=40, relation=Relation.CHILD)),
        ("#problem 17", LinkTo(other=17, relation=Relation.INCIDENT)),
        ("#incident of 17", LinkTo(other=17, relation=Relation.INCIDENT)),
        ("#relates to 9", LinkTo(other=9, relation=Relation.RELATED)),
        ("#duplicate of 5", LinkTo(other=5, relation=Relation.DUPLICATE)),
        ("#merge 42", Merge(into=42)),
        ("#merge #42 Anyway", Merge(into=42, anyway=True)),
        ("#split 3", Split(numbers=(3,))),
        ("#split 3,5-7, 9 3D printer", Split(numbers=(3, 5, 6, 7, 9), title="3D printer")),
        ("#time 1:30", BookTime(minutes=90)),
        ("#profile on site", UseProfile(name="on site")),
        ("#done 2026-11-20 14:30", DoneAt(moment="2026-11-20 14:30")),
        ("#private", KeepPrivate()),
        ("#share tess, tom", KeepPrivate(shared_with=("tess", "tom"))),
        ("#edit 17", EditWords(number=17)),
        ("#unlink 40", Unlink(other=40)),
        ("#tag VPN, vip #vpn", ChangeTags(tags=("vpn", "vip"))),
        ("#untag vip", ChangeTags(tags=("vip",), off=True)),
        ("#asset PC-1234", AddAsset(kind="asset", reference="PC-1234")),
        ("#room 2.17 Great Hall", AddAsset(kind="room", reference="2.17", name="Great Hall")),
        ("#contract C-77", AddAsset(kind="contract", reference="C-77")),
        ("#unasset room:2.17", RemoveAsset(reference="room:2.17")),
        ("#yes 12", AnswerRule(number=12, yes=True)),
        ("#no #12 not ours", AnswerRule(number=12, yes=False, reason="not ours")),
        ("#incidents", ToIncidents()),
        ("#close all", CloseAll(first=SetStatus(status=Status.CLOSED))),
        ("#group Network Team", MoveToGroup(name="Network Team")),
        ("#title VPN drops at noon", SetTitle(title="VPN drops at noon")),
        ("#type New laptop", SetType(name="New laptop")),
        ("#type none", SetType(name="")),
        ("#kind Service-Request", SetKind(kind=Kind.SERVICE_REQUEST)),
        ("#field Room: 2.17", SetField(name="Room", value="2.17")),
        ("#field Room=a:b", SetField(name="Room", value="a:b")),
        ("#field Room:", SetField(name="Room", value="")),
        ("#impact high", SetUrgency(impact=1)),
        ("#urgency 3", SetUrgency(urgency=3)),
        (
            "#cc " + ", ".join(f"person{n}@example.com" for n in range(20)),
            AddCopies(addresses=tuple(f"person{n}@example.com" for n in range(20))),
        ),
    ],
)
def test_every_command(line: str, expected: Order) -> None:
    wanted = Orders(words="Done.", lines=(line.strip(),), found=(expected,))
    assert read_orders(f"{line}\nDone.") == wanted
    assert read_orders(f"Done.\n\n{line}") == wanted
    assert read_orders(f"\n\n{line}\n\nDone.\n\n") == wanted


def test_the_manual_tells_every_command() -> None:
    rows = [line for line in MANUAL.read_text("utf-8").split("\n") if line.startswith("| `#")]
    told = {name for row in rows for name in re.findall(r"`#([a-z]+)", row)}
    assert set(COMMANDS) == told


def test_commands_at_both_ends() -> None:
    orders = read_orders("#priority 2\n#cc a@b\n\nHello,\n\nall well.\n\n#close\n\n#cc c@d\n")
    assert orders.words == "Hello,\n\nall well."
    assert orders.found == (
        SetPriority(priority=Priority.P2),
        AddCopies(addresses=("a@b",)),
        SetStatus(status=Status.CLOSED),
        AddCopies(addresses=("c@d",)),
    )
    assert orders.lines == ("#priority 2", "#cc a@b", "#close", "#cc c@d")


def test_commands_alone() -> None:
    orders = read_orders("#close\n")
    assert (orders.words, orders.lines) == ("", ("#close",))
    assert orders.found == (SetStatus(status=Status.CLOSED),)


@pytest.mark.parametrize(
    "words",
    [
        "Hello\n#close\nworld",
        "To close it, write #close",
        "#1 is the printer on the left",
        "# Heading",
        "#",
        "##close",
        "issue#close",
        "> #close",
        "5 > 4",
        "",
    ],
)
def test_words_that_are_no_commands(words: str) -> None:
    assert read_orders(words) == Orders(words=words)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("#intern", "#intern is no command"),
        ("#internal:", "#internal: is no command"),
        ("#internal.", "#internal. is no command"),
        ("#internal-note for Tom", "#internal-note is no command"),
        ("#x", "#x is no command"),
        ("#a" + "b" * 5000, "is no command"),
        ("#thanks", "#thanks is no command"),
        ("#accept", "#accept needs the number"),
        ("#accept it", "#accept needs the number"),
        ("#accept 57 58", "#accept takes a number"),
        ("#new " + "9" * 50, "#new needs the number"),
        ("#trust 57 everything they say", "#trust takes a number"),
        ("#drop spam", "#drop needs the number"),
        ("#group", "#group needs"),
        ("#title", "#title needs"),
        ("#type", "#type needs"),
        ("#kind problme", "did you mean problem?"),
        ("#field Room 2.17", "#field needs a name and a value"),
        ("#impact huge", "#impact: 'huge' is none of"),
        ("#assign", "#assign needs"),
        ("#status", "there is no status ''; there are: new, "),
        ("#status in progres", "did you mean in progress"),
        ("#status " + "x" * 5000, "there are: new, "),
        ("#pending Godot", "#pending waits for: user, third party or closure"),
        ("#resolution", "#resolution needs a name"),
        ("#epilogue", "#epilogue needs the closing summary"),
        ("#epilogue:", "#epilogue needs the closing summary"),
        ("#lock: now", "#lock: is no command"),
        ("#reopen please", "takes no words"),
        ("#priority", "#priority needs"),
        ("#priority 5", "#priority needs"),
        ("#priority high", "#priority needs"),
        ("#cc", "#cc needs"),
        ("#cc bob", "#cc needs"),
        ("#cc a@b, <c@d>", "#cc needs"),
        ("#child 40", "#child of 40"),
        ("#parent of 40", "#parent 40"),
        ("#incident", "#incident of 17"),
        ("#merge", "#merge 42"),
        ("#merge 42 now", "#merge 42 anyway"),
        ("#split 3D printer", "#split 3,5-7"),
        ("#split 7-3", "range"),
        ("#split 1-999999999", "range"),
        ("#time", "is no time"),
        ("#profile", "#profile needs"),
        ("#share", "#share needs"),
        ("#edit it", "#edit 17"),
        ("#private eye", "takes no words"),
        ("#unlink all", "#unlink 40"),
        ("#tag", "#tag needs"),
        ("#tag <b>", "is no tag"),
        ("#tag " + "x" * 41, "is no tag"),
        ("#asset", "#asset needs"),
        ("#room " + "x" * 100, "#room needs"),
        ("#unasset a b", "#unasset needs"),
        ("#incidents of 17", "takes no words"),
    ],
)
def test_what_looks_like_a_command_and_is_none_is_a_problem(line: str, problem: str) -> None:
    """Such a mail must not go out: it may have been meant for colleagues only."""
    for words in (f"{line}\nHe is rude.", f"He is rude.\n{line}"):
        orders = read_orders(words)
        assert orders.words == "He is rude."
        assert len(orders.problems) == 1
        assert problem in orders.problems[0]
        assert len(orders.problems[0]) < 1000


def test_one_problem_keeps_the_other_commands_readable() -> None:
    orders = read_orders("#internal\n#nonsense\nwords\n#close")
    assert orders.found == (KeepInside(), SetStatus(status=Status.CLOSED))
    assert len(orders.problems) == 1


PLAIN_LINE = st.text(st.characters(exclude_characters="\n"), max_size=30).filter(
    lambda line: not line.strip().startswith("#")
)
COMMAND_LINE = st.sampled_from(["#internal", "#close", "#priority 2", "#cc a@b", "#nonsense", ""])


@given(
    st.lists(COMMAND_LINE, max_size=4),
    st.lists(PLAIN_LINE, min_size=1, max_size=6),
    st.lists(COMMAND_LINE, max_size=4),
)
def test_words_outside_command_lines_stay_as_they_are(
    top: list[str], middle: list[str], end: list[str]
) -> None:
    orders = read_orders("\n".join([*top, *middle, *end]))
    assert orders.words == "\n".join(middle).strip()
    if orders.words:
        assert orders.lines == tuple(line for line in (*top, *end) if line)


@given(st.text())
def test_any_words_can_be_read(words: str) -> None:
    orders = read_orders(words)
    assert orders.words in words
    assert all(line.startswith("#") and line in words for line in orders.lines)


@pytest.mark.parametrize("words", ["#a " * 100_000, "#a\n" * 20_000, "#" * 200_000, " #a" * 99_999])
def test_long_words_are_read_at_once(words: str) -> None:
    within(1, lambda: read_orders(words))


def test_words_behind_a_command_that_takes_none_are_a_problem() -> None:
    orders = read_orders("#reopen thanks a lot")
    assert orders.found == ()
    assert "thanks a lot" in orders.problems[0]
