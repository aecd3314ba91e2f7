"""The words of this time in HTML bodies: by the clients' own structure, else like text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threading_engine import quotes


@pytest.mark.parametrize(
    "quote",
    [
        "<div class=gmail_quote><div class=gmail_attr>Ana va dir:</div><blockquote>Is it on?</div>",
        "<div class=moz-cite-prefix>Ana sagte<br></div><blockquote>Is it on?</blockquote>",
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>X:</b> Ana</div>Is it on?',
        "<hr><p><b>Von:</b> Ana<br><b>Gesendet:</b> Dienstag<br><b>An:</b> Desk<br></p>Is it on?",
        "<blockquote><p>Is it on?</p></blockquote>",
    ],
)
def test_html_quotes_are_cut_by_structure(quote: str) -> None:
    folded = quotes.fold_html(f"<html><body><div><b>Yes</b>, it is.</div>{quote}</body></html>")
    assert folded.visible == "Yes, it is."
    assert "Is it on?" in folded.elided
    assert folded.html is not None
    assert folded.html.startswith("<div><b>Yes</b>, it is.</div>")
    assert "Is it on?" not in folded.html


def test_html_signatures_are_known_by_structure() -> None:
    folded = quotes.fold_html('Yes.<div class="gmail_signature">Ben<br>Lamps</div>')
    assert (folded.visible, folded.signature, folded.html) == ("Yes.", "Ben\nLamps", "Yes.")


def test_html_answers_below_a_quote_are_not_one_piece_of_the_source() -> None:
    folded = quotes.fold_html("<p>Ana wrote:</p><blockquote>On?</blockquote><p>Yes.</p>")
    assert (folded.visible, folded.html) == ("Yes.", None)


TAGS = "<p> </p> <blockquote> </blockquote> <div\tclass=gmail_signature> </div> <ol><li> <td> <br>"
TAGS += " <table><tr><td> <pre>a\nb <a\thref='http://x'> &lt; <hr> <b> </b> <!-- --> words"


@given(st.lists(st.sampled_from([*TAGS.split(" "), "On 3 Mar 2020 8:15, Ana wrote:"]), max_size=20))
def test_nothing_is_lost_from_any_markup(pieces: list[str]) -> None:
    folded = quotes.fold_html(" ".join(pieces))
    parts = f"{folded.visible}\n{folded.elided}\n{folded.signature}".split()
    assert sorted(parts) == sorted(folded.text.split())
