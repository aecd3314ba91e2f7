"""What docs/engine.md shows is what the engine answers."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "engine.md"


def test_the_page_tells_the_truth() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert found.attempted > 15
    assert found.failed == 0


def test_the_tables_that_the_page_names_exist() -> None:
    _, _, page = PAGE.read_text(encoding="utf-8").partition("## Teaching it")
    rows = [row.split("|")[2] for row in page.splitlines() if row.strip().startswith("| ")]
    names = re.findall(r"`(?:(\w+)\.)?(_?[A-Za-z_]+)`", "\n".join(rows[2:]))
    module = ""
    for here, name in names:
        module = here or module
        if not here and name.islower() and not name.startswith("_"):
            importlib.import_module(f"threading_engine.{name}")
        else:
            assert hasattr(importlib.import_module(f"threading_engine.{module}"), name), name
    assert len(names) > 10
