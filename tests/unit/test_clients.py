"""The answers of some forty clients in thirty-five languages, as HTML and with a text beside it."""

from __future__ import annotations

import pytest

from tests.mails.clients import CUTTING, MARKING, SIGNING, Client
from tests.mails.folding import assert_nothing_is_lost, shown
from tests.mails.letters import ATTRIBUTIONS, BOTTOM, INLINE, TOP, Letter
from threading_engine import quotes

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
