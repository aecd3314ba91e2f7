"""Custom fields: values as people write them, lines that fill them, and what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.field_lines import read_lines
from bot.desk.fields import Field, FieldKind, read_linked, read_value
from bot.desk.priorities import Priorities, read_level
from bot.desk.quotas import Quota, exceeded
from bot.desk.ticket import Priority
from bot.desk.types import TicketType, Types

DEVICE = Field(name="Device", kind=FieldKind.CHOICE, choices=("Laptop", "PC"), required=True)
VENDOR = Field(
    name="Vendor",
    kind=FieldKind.CHOICE,
    depends_on="Device",
    linked=read_linked("Laptop|HP, Laptop|Lenovo,PC|HP"),
    required=True,
)
ROOM = Field(name="Room", required=True)
SINCE = Field(name="Since", kind=FieldKind.DATE)
STORY = Field(name="What happened", kind=FieldKind.LINES)
ALL = (ROOM, VENDOR, DEVICE, SINCE, STORY)
TYPES = Types(common=ALL)


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (FieldKind.TEXT, "  2.17   east ", "2.17 east"),
        (FieldKind.LINES, "one \ntwo", "one\ntwo"),
        (FieldKind.DATE, "2026-3-2", "2026-03-02"),
        (FieldKind.DATE, "2.3.2026", "2026-03-02"),
        (FieldKind.DATE, "21. 11. 2026", "2026-11-21"),
        (FieldKind.DATE, "21/11/2026", "2026-11-21"),
        (FieldKind.DATE, "11/21/2026", "2026-11-21"),
        (FieldKind.DATE, "5/5/2026", "2026-05-05"),
        (FieldKind.NUMBER, "1,5", "1.5"),
        (FieldKind.NUMBER, "12 000", "12000"),
        (FieldKind.NUMBER, "-3.10", "-3.10"),
        (FieldKind.YES_NO, "Yes.", "yes"),
        (FieldKind.YES_NO, "NEIN", "no"),
    ],
)
def test_values_are_kept_in_one_form(kind: FieldKind, written: str, kept: str) -> None:
    assert read_value(Field(name="It", kind=kind), written, {}) == kept


@pytest.mark.parametrize(
    ("kind", "written", "problem"),
    [
        (FieldKind.TEXT, " ", "It needs a value"),
        (FieldKind.TEXT, "x" * 500, "It is too long"),
        (FieldKind.DATE, "soon", "It needs a date such as"),
        (FieldKind.DATE, "31.2.2026", "It needs a date such as"),
        (FieldKind.DATE, "3/4/2026", "which is the day?"),
        (FieldKind.NUMBER, "1,000,000", "It needs a number"),
        (FieldKind.NUMBER, "NaN", "It needs a number"),
        (FieldKind.NUMBER, "1e999999999", "It needs a number"),
        (FieldKind.NUMBER, "1e-999999999", "It needs a number"),
        (FieldKind.YES_NO, "perhaps", "It needs yes or no"),
    ],
)
def test_what_is_wrong_is_said_with_the_right_form(
    kind: FieldKind, written: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        read_value(Field(name="It", kind=kind), written, {})


def test_choices_that_depend_on_another_field() -> None:
    assert read_value(VENDOR, "lenovo", {"Device": "Laptop"}) == "Lenovo"
    assert read_value(VENDOR, "Lenovo", {}) == "Lenovo", "the other field is still open"
    with pytest.raises(ValueError, match="is no Vendor of a PC; there are: HP"):
        read_value(VENDOR, "Lenovo", {"Device": "PC"})
    with pytest.raises(ValueError, match=r"did you mean Lenovo\?"):
        read_value(VENDOR, "Lenvo", {"Device": "Laptop"})


@pytest.mark.parametrize("notation", ["Laptop", "Laptop|", "|HP", "Laptop|HP,PC"])
def test_a_pair_without_two_sides_is_named(notation: str) -> None:
    with pytest.raises(ValueError, match="is no pair such as"):
        read_linked(notation)


@pytest.mark.parametrize(
    "line",
    [
        "Room: 2.17",
        "room = 2.17",
        "> Room: 2.17",
        ">> Room:2.17",
        "- **Room:** 2.17",
        "Rooom : 2.17",
    ],
)
def test_a_line_fills_a_field_however_it_is_written(line: str) -> None:
    assert read_lines(f"Hello,\n{line}\nBye", ALL) == {"Room": "2.17"}


@pytest.mark.parametrize("line", ["Room:", "Room: ____", "> Room: …", "The room: 2.17", "Boom: 2"])
def test_lines_that_fill_nothing(line: str) -> None:
    assert read_lines(line, ALL) == {}


def test_several_lines_go_on_until_the_next_field() -> None:
    words = "What happened:\nit fell\n\nRoom: 1\nWhat happened: again\nand again\nSince: 1.2.2026"
    assert read_lines(words, ALL) == {
        "What happened": "again\nand again",
        "Room": "1",
        "Since": "1.2.2026",
    }


def test_fields_that_others_depend_on_are_read_first() -> None:
    values, problems = TYPES.read("", {"Vendor": "Lenovo", "Device": "PC", "Room": "1"}, {})
    assert values == {"Device": "PC", "Room": "1"}
    assert len(problems) == 1


def test_what_is_missing() -> None:
    assert [f.name for f in TYPES.missing("", {})] == ["Room", "Vendor", "Device"]
    assert [f.name for f in TYPES.missing("", {"Room": "1", "Device": "Mac"})] == [], (
        "no vendor fits"
    )


def test_types_belong_to_groups() -> None:
    types = Types(types={"Laptop": TicketType(name="Laptop", groups=frozenset({"Support"}))})
    assert types.find(" laptop ", group="Support").name == "Laptop"
    with pytest.raises(ValueError, match="is no type of Network; there are none"):
        types.find("Laptop", group="Network")
    with pytest.raises(ValueError, match=r"did you mean Laptop\?"):
        types.find("Lptop", group="Support")


@given(st.text(), st.dictionaries(st.sampled_from([f.name for f in ALL]), st.text()))
def test_any_words_can_be_read(words: str, values: dict[str, str]) -> None:
    written = read_lines(words, ALL)
    read, _ = TYPES.read("", {**written, **values}, {})
    for field in ALL:
        if field.name in read:
            again = read_value(field, read[field.name], read)
            assert again == read[field.name], "what is kept is written as it is kept"


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [(1, 1, Priority.P1), (1, 3, Priority.P3), (3, 3, Priority.P4), (None, 1, None)],
)
def test_priorities_follow_impact_and_urgency(
    impact: int | None, urgency: int | None, priority: Priority | None
) -> None:
    assert Priorities().of(impact, urgency) is priority


def test_levels_have_names_and_numbers() -> None:
    assert [read_level(word) for word in ("High", " medium", "3")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("quota", "what"),
    [
        (Quota(), None),
        (Quota(open=3), "open"),
        (Quota(open=4), None),
        (Quota(per_year=7), "year"),
        (Quota(open=4, per_year=8), None),
        (Quota(open=2, per_year=2, forced=True), "open"),
    ],
)
def test_a_quota_is_used_up_by_what_there_is(quota: Quota, what: str | None) -> None:
    excess = exceeded(quota, open_now=3, within_year=7)
    assert (excess.what if excess else None) == what
    assert excess is None or excess.forced is quota.forced
