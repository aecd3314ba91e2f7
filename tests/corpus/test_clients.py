"""The answers of some forty clients in thirty-five languages, as HTML and with a text beside it."""

from __future__ import annotations

import pytest

from tests.corpus.imitations.clients import CUTTING, MARKING, SIGNING, Client
from tests.corpus.imitations.folding import assert_nothing_is_lost, shown
from tests.corpus.imitations.forwarded import RICH, Handed
from tests.corpus.imitations.letters import ATTRIBUTIONS, BOTTOM, INLINE, TOP, Letter
from threading_engine import forwards, quotes
from threading_engine.message import Message

LAMPS = (
    ("Ben Hall", "Lamps and more"),
    ("Ben", "Hall & Sons Ltd", "+44 20 7946 0000", "https://hall.example"),
)


@pytest.mark.parametrize("posting", [TOP, BOTTOM, INLINE])
@pytest.mark.parametrize("client", MARKING)
def test_answers_are_told_from_marked_quotes(client: Client, posting: str) -> None:
    for language in ATTRIBUTIONS:
        letter = Letter(language=language, posting=posting)
        folded = quotes.fold_html(client(letter))
        assert (language, shown(folded)) == (language, letter.shown)
        assert_nothing_is_lost(folded)


@pytest.mark.parametrize("client", CUTTING)
def test_answers_end_where_the_client_says(client: Client) -> None:
    for language in ATTRIBUTIONS:
        letter = Letter(language=language)
        folded = quotes.fold_html(client(letter))
        assert (language, shown(folded)) == (language, letter.shown)
        assert_nothing_is_lost(folded)


@pytest.mark.parametrize("signature", LAMPS)
@pytest.mark.parametrize("client", SIGNING)
def test_signatures_are_known_by_structure(client: Client, signature: tuple[str, ...]) -> None:
    for posting in (TOP, BOTTOM, INLINE) if client in MARKING else (TOP,):
        letter = Letter(signature=signature, posting=posting)
        folded = quotes.fold_html(client(letter))
        assert shown(folded) == letter.shown
        assert all(line in folded.signature for line in signature)


@pytest.mark.parametrize("outer", [*MARKING, *CUTTING])
def test_a_thread_through_many_clients_shows_only_the_newest_words(outer: Client) -> None:
    """The old mail has its own quotes, header blocks and signatures, which are nobody's now."""
    for inner in (*MARKING, *CUTTING):
        old = inner(
            Letter(words=("The hall.", "Since Monday."), signature=("Ana", "Bell Ltd"), posting=TOP)
        )
        for posting in (TOP, BOTTOM) if outer in MARKING else (TOP,):
            letter = Letter(old=("PLACEHOLDER",), posting=posting)
            folded = quotes.fold_html(outer(letter).replace("PLACEHOLDER", old))
            assert (inner.__name__, posting, shown(folded)) == (
                inner.__name__,
                posting,
                letter.shown,
            )
            assert_nothing_is_lost(folded)


@pytest.mark.parametrize("outer", [*MARKING, *CUTTING])
def test_an_answer_to_a_forward_is_no_forward(outer: Client) -> None:
    for forwarding in RICH:
        html = outer(Letter(old=("PLACEHOLDER",))).replace("PLACEHOLDER", forwarding(Handed()))
        message = Message(html=html, subject="Re: Fwd: The lamp")
        assert (forwarding.__name__, forwards.find(message)) == (forwarding.__name__, None)
