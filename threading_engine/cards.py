"""Business cards at the end of a mail: a name with title, company and telephone, no delimiter.

A sign-off with a name belongs to the words of a mail; a card below it does not, nor does the
sign-off that leads to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from threading_engine import signatures

#: Non-blank stripped lines of words with their indexes, in order.
Numbered = Sequence[tuple[int, str]]

_REACHED_AT = re.compile(r"@|https?://|www\.|(?<![\d.])\+?\(?\d[\d\s()/.-]{6,}")
_TITLE = re.compile(
    r"\||(?<!\w)(?:ceo|cto|cfo|coo|manager|director|engineer|developer|consultant|founder|president"
    r"|head of|team|support|sales|analyst|assistant|officer|department|leiter(?:in)?|abteilung|vorstand"
    r"|geschäftsführer(?:in)?|geschäftsführung|vertrieb|einkauf|buchhaltung|sachbearbeiter(?:in)?"
    r"|gmbh|inc|ltd|llc|corp|ag|kg|e\.v|s\.a|sarl|srl|s\.r\.l|b\.v|bv|oy|ab|a/s|sp\. z o\.o|s\.r\.o|kft"
    r"|directeur|directrice|responsable|service|gerente|ingeniero|ingeniera|direttore|ufficio|diretor"
    r"|departamento|afdeling|chef|avdelning|kierownik|dział|vedoucí|oddělení|директор|менеджер|отдел"
    r"|株式会社|部|課|经理|公司|부장|팀|tel|telefon|phone|fax|mobile?|mobil)(?!\w)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*\.?,?\s){1,4}[^\W\d_][\w.'’-]*$")
_TELEPHONE = re.compile(
    r"(?:tel|telefon|phone|fax|mobile?|mobil|電話|電話番号|携帯|电话|手机|전화|тел)[.:：]*\s?\+?[(（]?\d",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s?[|,·•–]|\s-\s")
_LONGEST_LINE = 80
_MOST_LINES = 14
_FEWEST_LINES_ALONE = 3
_MOST_WORDS_OF_A_NAME = 5
_MOST_WORDS_OF_A_SIGN_OFF = 6


def card_at(lines: Numbered) -> int | None:
    """Index of the first line of the card that ends ``lines``, its sign-off included."""
    return next((index for form in _FORMS if (index := form(lines)) is not None), None)


# ---- forms -----------------------------------------------------------------------------------


def card_below_sign_off(lines: Numbered) -> int | None:
    """Kind regards, a name, and at least one line of title, company or contact."""
    for back in range(2, min(len(lines), _MOST_LINES) + 1):
        index, closing = lines[-back]
        if (
            signatures.is_closing(closing)
            and len(closing.split()) <= _MOST_WORDS_OF_A_SIGN_OFF
            and closing[-1] not in ".!?"
        ):
            return index if _is_card([line for _, line in lines[1 - back :]]) else None
        if len(closing) > _LONGEST_LINE:
            return None
    return None


def card_alone(lines: Numbered) -> int | None:
    """A block of its own: a name, then a telephone or an address, and a title or company."""
    first = len(lines) - 1
    while first > 0 and lines[first - 1][0] == lines[first][0] - 1:
        first -= 1
    block = [line for _, line in lines[first:]]
    if (
        first < 1
        or lines[first - 1][1][-1] in ":,"
        or not _FEWEST_LINES_ALONE <= len(block) <= _MOST_LINES
        or not _NAME.match(block[0])
        or not all(word[0].isupper() for word in block[0].split())
    ):
        return None
    reached = any(_REACHED_AT.search(line) for line in block[1:])
    titled = any(_TITLE.search(line) for line in block[1:])
    return lines[first][0] if reached and titled and _is_card(block) else None


def card_in_bars(lines: Numbered) -> int | None:
    """Name | title | company, and below it nothing but telephones and addresses."""
    first = len(lines) - 1
    while first > 0 and lines[first - 1][0] == lines[first][0] - 1:
        first -= 1
    (index, head), *rest = lines[first:]
    name, bar, _ = head.partition("|")
    if (
        first < 1
        or not bar
        or not rest
        or _REACHED_AT.search(head)
        or not _NAME.match(name.strip())
    ):
        return None
    pieces = [piece for _, line in rest for piece in line.split("|")]
    return index if all(_REACHED_AT.search(piece) for piece in pieces) else None


_FORMS: tuple[Callable[[Numbered], int | None], ...] = (
    card_below_sign_off,
    card_alone,
    card_in_bars,
)


def is_framed(block: Sequence[str]) -> bool:
    """Whether stripped lines between two drawn ones are a card: short, and one is a telephone."""
    return (
        _FEWEST_LINES_ALONE <= len(block) <= _MOST_LINES
        and all(line and len(line) <= _LONGEST_LINE for line in block)
        and any(_TELEPHONE.match(line) for line in block)
    )


def _is_card(block: Sequence[str]) -> bool:
    """A name, then at least one line of title, company or contact; no sentences."""
    name, *rest = block
    name = _SEPARATOR.split(name, maxsplit=1)[0]
    return (
        len(block) > 1
        and len(name.split()) <= _MOST_WORDS_OF_A_NAME
        and not any(character.isdigit() for character in name)
        and all(len(line) <= _LONGEST_LINE and line[-1] not in "?:" for line in rest)
        and any(_REACHED_AT.search(line) or _TITLE.search(line) for line in block)
    )
