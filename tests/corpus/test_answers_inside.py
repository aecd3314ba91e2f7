import pytest

from threading_engine import answers_inside, quotes


@pytest.mark.parametrize(
    "line",
    [
        "Hi Ana, please see my answers in red below.",
        "My comments are inline.",
        "See below.",
        "Hi Ana, please see below:",
        "Siehe unten",
        "See inline",
        "Answered in line below:",
        "Meine Antworten findest du unten in Blau.",
        "Siehe meine Kommentare direkt im Text",
        "Mes réponses en rouge dans le texte.",
        "Mis respuestas en azul, abajo.",
        "Le mie risposte in rosso.",
        "Mijn antwoorden in het rood hieronder",
        "Mina svar i rött nedan.",
        "Мои ответы красным.",
        "Please find our comments below.",
    ],
)
def test_answers_inside_are_announced(line: str) -> None:
    assert answers_inside.announced([line])


@pytest.mark.parametrize(
    "line",
    [
        "See below for the old prices of our lamps, which you asked for.",
        "The cable in red is broken.",
        "Inline skates are sold out.",
        "No answer came in the last week.",
        "I commented on the line above.",
        "Thanks for your comments!",
        "The answer stands in the book inside " + "the red box " * 20,
    ],
)
def test_other_sentences_announce_nothing(line: str) -> None:
    assert not answers_inside.announced([line])


def test_announced_answers_stay_visible_in_a_text_without_marks() -> None:
    old = "From: Ana <ana@shop.example>\nSent: 3 March 2020\nTo: desk@example.org\nSubject: Lamp"
    text = f"Please see my answers in red.\n\n{old}\n\nWhich lamp?\nThe one in the hall."
    assert quotes.fold_plain(text).visible == text
