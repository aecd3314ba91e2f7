"""Signatures: the delimiter line, the sign-off, the business card.

A sign-off with a name belongs to the words of a mail; a card with title, company and telephone
below it does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_RULE_CHARACTERS = frozenset("-_=~*#+—–─━ᐧ•· \t\u00a0")
_CLOSING = re.compile(
    r"(?:(?:kind(?:est)?|best|warm(?:est)?|many|with (?:kind|best|warm)|mit|mit (?:freundlichen|besten)"
    r"|viele|liebe|beste|freundliche|herzliche|schöne|bien|meilleures|sincères)\s+)?"
    r"(?:regards|wishes|best|cheers|thanks|thank you|thx|sincerely(?: yours)?|yours(?: sincerely| truly"
    r"| faithfully)?|cordially|respectfully|greetings|grüße|grüßen|grüssen|grüsse|gruß|gruss|lg|mfg|vg"
    r"|danke|cordialement|salutations|merci|bien à vous|saludos(?: cordiales)?|atentamente"
    r"|un saludo|gracias|saluti|cordiali saluti|distinti saluti|grazie|atenciosamente|abraços"
    r"|cumprimentos|obrigad[oa]|groeten|met vriendelijke groet(?:en)?|groet|mvg|bedankt"
    r"|med vänlig(?:a)? hälsning(?:ar)?|mvh|hälsningar|tack|venlig hilsen|med venlig hilsen"
    r"|vennlig hilsen|med vennlig hilsen|hilsen|takk|ystävällisin terveisin|terveisin|kiitos"
    r"|pozdrawiam|z poważaniem|pozdrowienia|dziękuję|s pozdravem|pozdrav|üdvözlettel|tisztelettel"
    r"|cu stimă|cu respect|mulțumesc|с уважением|спасибо|з повагою|дякую|поздрави|с уважение"
    r"|saygılarımla|teşekkürler|iyi çalışmalar|με εκτίμηση|εκτίμηση|lep pozdrav|s poštovanjem"
    r"|trân trọng|salam|此致|敬具|よろしくお願いします|감사합니다)(?!\w)",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@|https?://|www\.|\+?\d[\d\s()/.-]{6,}|\||(?<!\w)(?:ceo|cto|cfo|coo|manager|director|engineer"
    r"|developer|consultant|founder|president|head of|team|support|sales|analyst|assistant|officer"
    r"|leiter(?:in)?|geschäftsführer(?:in)?|vertrieb|gmbh|inc|ltd|llc|ag|s\.a\.|bv|tel|phone|fax"
    r"|mobile?|directeur|responsable|gerente|ingeniero|direttore)(?!\w)",
    re.IGNORECASE,
)
_LONGEST_CLOSING = 45
_LONGEST_CARD_LINE = 80
_MOST_CARD_LINES = 14
#: A sign-off and a name take no more lines.
MOST_SIGN_OFF_LINES = 4


def is_delimiter(stripped: str) -> bool:
    """The usual "-- " (RFC 3676, section 4.3), a dash less or an underlined variant."""
    return stripped in {"--", "- --", "__"} or (len(stripped) > 2 and not stripped.strip("_"))  # noqa: PLR2004


def is_rule(stripped: str) -> bool:
    """Whether a non-empty line only draws: dashes, stars, underlines."""
    return stripped[0] in _RULE_CHARACTERS and not set(stripped) - _RULE_CHARACTERS


def is_closing(stripped: str) -> bool:
    """Whether a line begins with a sign-off: "Kind regards," or "Gruß, Eva"."""
    return len(stripped) <= _LONGEST_CLOSING and _CLOSING.match(stripped) is not None


def is_sign_off(lines: Sequence[str]) -> bool:
    """Whether the non-blank ``lines`` are nothing but a sign-off and a name."""
    return (
        0 < len(lines) <= MOST_SIGN_OFF_LINES
        and is_closing(lines[0])
        and not _is_sentence(lines[0])
        and all(len(line) <= _LONGEST_CLOSING for line in lines)
    )


def _is_sentence(closing: str) -> bool:
    """Whether a line like "Thanks, that one works again." answers something."""
    return closing[-1] in ".!?" and len(closing.split()) > 3  # noqa: PLR2004 - words of a sign-off


def card_at(lines: Sequence[tuple[int, str]]) -> int | None:
    """Index of the sign-off that a business card follows.

    ``lines`` are the non-blank stripped lines of a mail's words with their indexes, in order.
    """
    for back in range(2, min(len(lines), _MOST_CARD_LINES) + 1):
        index, closing = lines[-back]
        card = [line for _, line in lines[1 - back :]]
        if is_closing(closing) and len(closing.split()) <= 4 and closing[-1:] not in ".!?":  # noqa: PLR2004
            return index if _is_card(card) else None
        if len(closing) > _LONGEST_CARD_LINE:
            return None
    return None


def _is_card(lines: Sequence[str]) -> bool:
    """A name, then at least one line of title, company or contact; no sentences."""
    name, *rest = lines
    return (
        bool(rest)
        and len(name.split()) <= 5  # noqa: PLR2004 - names have few words
        and not any(character.isdigit() for character in name)
        and all(len(line) <= _LONGEST_CARD_LINE and line[-1] not in "?:" for line in rest)
        and any(_CONTACT.search(line) for line in rest)
    )
