"""The page of features: every line names a test that there is."""

from __future__ import annotations

import re
from pathlib import Path

TREE = Path(__file__).parents[2]
PAGE = TREE / "docs" / "features.md"


def test_every_feature_names_a_test_that_there_is() -> None:
    named = re.findall(r"`(tests/[a-z_/]+\.py)::([a-z_0-9]+)`", PAGE.read_text("utf-8"))
    lines = [
        line
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| ") and not line.startswith(("| feature", "| ---"))
    ]
    assert len(lines) > 60
    assert [line for line in lines if "`tests/" not in line] == []
    missing = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (TREE / path).read_text("utf-8")
    ]
    assert missing == []
