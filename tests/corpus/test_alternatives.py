"""Mails with a plain and an HTML body: which of the two is read."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus.imitations.clients import CUTTING, MARKING, SIGNING, Client
from tests.corpus.imitations.folding import assert_nothing_is_lost, shown, words
from tests.corpus.imitations.letters import BOTTOM, INLINE, TOP, Letter
from threading_engine import html_lines, quotes
from threading_engine.message import Message

#: Structure knows no language; these differ most in their text.
LANGUAGES = ("en", "fi", "hu", "ar", "zh")


def plain(html: str, *, marked: bool) -> str:
    """The text that a client puts beside its HTML: wrapped, with or without quote marks."""
    lines = []
    for line in html_lines.page(html).lines:
        words = line.lstrip("> ")
        mark = line[: len(line) - len(words)] if marked else ""
        lines += [mark + part for part in textwrap.wrap(words, 72)] or [mark.rstrip()]
    return "\n".join(lines)


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("posting", [TOP, BOTTOM, INLINE])
@pytest.mark.parametrize("client", MARKING)
def test_structure_helps_out_a_text_without_it(
    client: Client, posting: str, *, marked: bool
) -> None:
    for language in LANGUAGES:
        letter = Letter(language=language, posting=posting)
        html = client(letter)
        folded = quotes.fold(Message(text=plain(html, marked=marked), html=html))
        assert (language, shown(folded)) == (language, letter.shown)
        assert_nothing_is_lost(folded)


@pytest.mark.parametrize("client", {*CUTTING, *SIGNING} - {*MARKING})
def test_structure_shows_where_the_signature_begins(client: Client) -> None:
    letter = Letter(signature=("Ben Hall", "Lamps and more") if client in SIGNING else ())
    html = client(letter)
    folded = quotes.fold(Message(text=plain(html, marked=False), html=html))
    assert shown(folded) == letter.shown


QUOTE = '<div class="gmail_attr">Ana wrote:</div><blockquote>Is it on?</blockquote>'


@pytest.mark.parametrize(
    ("text", "html", "visible"),
    [
        # Both say the same: the text is nicer.
        ("*Yes.*\n\nAna wrote:\n> Is it on?", f"<b>Yes.</b>{QUOTE}", "*Yes.*"),
        # The text has lost the marks.
        ("Yes.\n\nAna wrote:\nIs it on?", f"Yes.{QUOTE}", "Yes."),
        # It says something else.
        ("No.\n\nAna wrote:\nIs it on?", f"Yes.{QUOTE}", "No.\n\nAna wrote:\nIs it on?"),
        # Words behind links and names of pictures differ between the two.
        (
            "See shop.example<https://shop.example/>\n[image: lamp.png]\n\nAna wrote:\nIs it on?",
            f'See <a href="https://shop.example">shop.example</a><img alt="lamp.png">{QUOTE}',
            "See shop.example[lamp.png]",
        ),
        # The address stands behind the link, or nowhere.
        (
            "Here: https://shop.example/a?b=1&c=2\n\nAna wrote:\nIs it on?",
            f'Here: <a href="https://shop.example/a?b=1&amp;c=2">lamps</a>{QUOTE}',
            "Here: lamps <https://shop.example/a?b=1&c=2>",
        ),
        (
            "Here: https://shop.example/\n\nAna wrote:\nIs it on?",
            f"Here: lamps{QUOTE}",
            "Here: https://shop.example/\n\nAna wrote:\nIs it on?",
        ),
        # There is nothing to read in the text.
        ("\u200b\n", f"<p>rich</p>{QUOTE}", "rich"),
        ("Please view this mail in HTML.", "<p>rich</p>", "rich"),
    ],
)
def test_which_body_is_read(text: str, html: str, visible: str) -> None:
    folded = quotes.fold(Message(text=text, html=html))
    assert folded.visible == visible
    assert_nothing_is_lost(folded)


def test_html_is_not_read_where_the_text_leaves_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_lines, "page", lambda _: pytest.fail("read"))
    text = "Yes.\n\nOn 3/3/2020 8:15, Ana wrote:\n> Is it on?\n"
    assert quotes.fold(Message(text=text, html=f"Yes.{QUOTE}")).visible == "Yes."


TEXTS = ["Yes.", "Ana wrote:", "> On?", "On?", "", "-- ", "Ben", "From: Ana <a@b.example>", "To: x"]
TEXTS += ["Sent: 3/3/2020", "Sent from my iPhone", "https://x.example"]
MARKUP = ["<p>", "<blockquote>", "</blockquote>", "<div class=gmail_signature>", "</div>", "<hr>"]


@given(
    st.lists(st.sampled_from(TEXTS), max_size=9),
    st.lists(st.sampled_from(TEXTS + MARKUP), max_size=9),
)
def test_no_word_of_the_text_is_lost(lines: list[str], markup: list[str]) -> None:
    text = "\n".join(lines)
    alone = quotes.fold_plain(text)
    folded = quotes.fold(Message(text=text, html=" ".join(markup)))
    assert_nothing_is_lost(folded)
    assert set(words(alone.visible)) - {"https", "x", "example"} <= set(words(folded.text))
