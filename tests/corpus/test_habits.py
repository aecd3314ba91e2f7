"""Mails as clients quote and sign them: one file a habit, in ``habits``.

A file is the mail itself with marker lines put before its parts:

    Client, language, what is special about it.
    === visible
    The words of this time.
    === elided
    On Tue, Nov 17, 2026 at 9:15 AM Ann Miller <ann@shop.example> wrote:
    > The old mail.
    === signature
    --
    Joan

The parts may come in any order and repeatedly; without the first line and the markers it is what
the client sent. ``.txt`` holds a plain text body, ``.html`` an HTML body with the markers as comments
(``<!-- === visible -->``). Of plain text the visible part has to fit but for white space, of all else the
words have to.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from threading_engine import quotes

HABITS = sorted((Path(__file__).parent / "habits").glob("*.*"))
PARTS = ("visible", "elided", "signature")
_MARKER = re.compile(r"^(?:<!-- )?=== (visible|elided|signature)(?: -->)?\n?", re.MULTILINE)
_TAG = re.compile(r"<[^>]*>")


def read(path: Path) -> tuple[str, dict[str, str]]:
    """The mail, and what is expected as each part of it."""
    _, *pieces = _MARKER.split(path.read_text(encoding="utf-8"))
    expected = dict.fromkeys(PARTS, "")
    for part, piece in zip(pieces[::2], pieces[1::2], strict=True):
        expected[part] += piece
    return "".join(pieces[1::2]), expected


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def made_of(folded: quotes.Folded) -> str:
    """What a failure tells: every part as it was read, and the rules that hit."""
    parts = "\n".join(f"=== {part}\n{getattr(folded, part)}" for part in PARTS)
    return f"\n{parts}\n=== rules\n{', '.join(folded.rules) or 'none'}"


@pytest.mark.parametrize("path", HABITS, ids=lambda path: path.name)
def test_habit(path: Path) -> None:
    mail, expected = read(path)
    assert mail.strip(), "a habit is a mail with marker lines in it"
    if path.suffix == ".html":
        folded = quotes.fold_html(mail)
        expected = {part: _TAG.sub(" ", text) for part, text in expected.items()}
    else:
        folded = quotes.fold_plain(mail)
        assert folded.visible.split() == expected["visible"].split(), made_of(folded)
    for part in PARTS:
        assert words(getattr(folded, part)) == words(expected[part]), made_of(folded)
