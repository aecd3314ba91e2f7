"""Markup and words that repeat one thing without end: read in linear time, and nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus.imitations.folding import assert_nothing_is_lost
from tests.cost import within
from threading_engine import forwards, html, quotes
from threading_engine.message import Message

SIZE = 40_000
REPEATED = [
    "<div>",
    "<blockquote>",
    "<b><i>",
    "<a href=x>y",
    "<font color=red>",
    "<table><tr><td>",
    "<tr><td>a<td>b",
    "<td>a",
    "<!--",
    "<!-- -->",
    "<script>",
    "<style>",
    "<svg><p>",
    "<math><mi>",
    "<select><option>x",
    "<template>",
    "<ul><li>",
    "<p>x",
    "x<br>",
    "<img src='cid:x'>",
    "<",
    "<>",
    "&#x",
    "\n",
    "\0",
    "x",
    "&zwnj; ",
    "<p style='display:none'>x",
    "</p>",
    "<![CDATA[",
    "<div class=gmail_attr>x</div>",
    "<div class=gmail_signature>x",
    "<div id=appendonsend></div>x",
    "On 3/3/2020 x wrote:<br>",
    "From: a@b.example<br>To: c@d.example<br>",
    "&gt; x<br>",
    "--- Forwarded message ---<br>",
    "Ana<br>03/03/2020 08:15<br>",
    "------ Original Message ------<br>From x<br>",
    "see my answers in red ",
    "<div name=quote>x",
    "<p style='white-space:pre'>\n",
]
ONCE = [
    "<plaintext>",
    "<textarea>",
    "<p a='",
    "<p style='border-top",
    "<p style='display",
    "<p class='",
    "<table><tr>",
    "<pre>",
]


@pytest.mark.parametrize("piece", REPEATED)
@pytest.mark.parametrize(
    "once", ["", "----- Forwarded message -----<br>From: a@b.example<br>To: c@d.example<br><br>"]
)
def test_repeated_markup_takes_no_time(once: str, piece: str) -> None:
    markup = once + piece * (SIZE // len(piece))
    within(1, lambda: quotes.fold_html(markup))
    within(1, lambda: forwards.find(Message(html=markup, subject="Fwd: x")))
    within(1, lambda: html.sanitise(markup))


@pytest.mark.parametrize("piece", ["x ", "a ", "<td>a", "<p>x", " ", "border-top:", "\n"])
@pytest.mark.parametrize("once", ONCE)
def test_what_is_opened_once_takes_no_time(once: str, piece: str) -> None:
    markup = once + piece * (SIZE // len(piece))
    within(1, lambda: quotes.fold(Message(text=piece * 1000, html=markup)))
    within(1, lambda: html.sanitise(markup))


def test_more_tags_than_any_mail_has_are_read_as_text() -> None:
    folded = quotes.fold_html("<i>x</i> " * 100_000)
    assert folded.text.split() == ["x"] * 100_000
    assert folded.html is None


PIECES = [
    "<div name=quote>",
    "<div class=yahoo_quoted>",
    "<div id=appendonsend>",
    "<div class=gmail_attr>",
    "<div data-marker=__HEADERS__>",
    "<div style='border-left:solid blue 1.5pt'>",
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt'>",
    "<pre>",
    "</pre>",
    "<p style='white-space:pre-line'>",
    "</p>",
    "</div>",
    "<blockquote type=cite>",
    "</blockquote>",
    "<table>",
    "<tr>",
    "<td>",
    "</tr>",
    "</table>",
    "<ol start=3>",
    "<li>",
    "</ol>",
    "<br>",
    "<hr>",
    "<img alt='😀'>",
    "<div class=gmail_signature>",
    "Yes.",
    "-- <br>",
    "On 3 Mar 2020 8:15, Ana <ana@shop.example> wrote:",
    "&gt; On?",
    "From: Ana &lt;a@b.example&gt;<br>Sent: 3/3/2020<br>Subject: S<br>",
    "------ Original Message ------<br>",
    "From Ana &lt;a@b.example&gt;<br>To b@c.example<br>Date 3/3/2020<br>",
    "See my answers inline.",
    "----- Forwarded message -----<br>",
    "----- End forwarded message -----<br>",
    "\u200c",
    "\u202b",
    "## Please reply above this line ##",
    "Ana Bell &lt;a@b.example&gt;<br>03/03/2020 08:15 AM<br>To<br>Ben<br>Subject<br>S<br>",
    "Begin forwarded message:<br>",
    "Sent from my iPhone",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=25),
    st.sampled_from(["", "Fwd: x", "Re: x", "VS: x"]),
)
def test_any_mixture_keeps_every_word(pieces: list[str], subject: str) -> None:
    markup = "\n".join(pieces)
    folded = quotes.fold_html(markup)
    assert_nothing_is_lost(folded)
    forwards.find(Message(html=markup, subject=subject))
    forwards.find(Message(text=folded.text, subject=subject))
    assert_nothing_is_lost(quotes.fold(Message(text=folded.text, html=markup)))
