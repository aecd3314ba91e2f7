"""docs/rules.md says what is so: its examples load, and it names every field, deed and way to compare."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.desk.rules.conditions import Operator
from bot.desk.rules.fields import FIELDS
from bot.desk.rules.rulebook import Rulebook
from bot.desk.rules.wishes import FORMS
from bot.settings import load

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
GROUP = '[[groups]]\nname = "Network"\n\n'


def book(example: str, folder: Path) -> Rulebook:
    file = folder / "desk.toml"
    file.write_text(example if "[[groups]]" in example else GROUP + example)
    return load(file).rulebook()


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_can_be_loaded(number: int, tmp_path: Path) -> None:
    assert book(EXAMPLES[number], tmp_path).rules


def test_there_are_ten_useful_rules(tmp_path: Path) -> None:
    assert len(book(EXAMPLES[-1], tmp_path).rules) == 10


def test_the_page_names_every_field() -> None:
    told = re.findall(
        r"^\| `(\w+)` \| (text|list|number|yes or no|time|age) \| (.*?)(?: \(of the event\))? \|$",
        PAGE,
        re.MULTILINE,
    )
    assert told == [(name, field.sort.value, field.says) for name, field in FIELDS.items()]


@pytest.mark.parametrize("word", [*FORMS, *Operator])
def test_the_page_names_every_deed_and_comparison(word: str) -> None:
    assert f"`{word}`" in PAGE or f"{{{word} = " in PAGE
