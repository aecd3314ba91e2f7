"""Lines that end the words of a mail: the delimiter of a signature, drawn rules, the sign-off."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RULE_CHARACTERS = frozenset("-_=~*#+—–─━ᐧ•· \t\u00a0")
# How letters end, one line a language; the first table holds what may stand before the second.
_BEFORE = (
    "kind|kindest|best|warm|warmest|many|with kind|with best|with warm|yours|my best"
    "|mit|mit freundlichen|mit besten|mit freundlichem|mit lieben|viele|vielen|liebe|lieben|beste"
    "|besten|freundliche|freundlichen|herzliche|herzlichen|schöne|schönen|sonnige"
    "|bien|meilleures|sincères|très|un|un cordial|reciba un cordial|os melhores|com os melhores"
    "|melhores|cordiali|distinti|tanti|met|met vriendelijke|vriendelijke|hartelijke|groetjes"
    "|med|med vänlig|med vänliga|vänliga|bästa|med venlig|med venlige|venlig|venlige|de bedste"
    "|bedste|med vennlig|vennlig|beste|ystävällisin|parhain|z|serdecznie|łączę|s|s přátelským|se"
    "|s priateľským|lep|cu|с|с наилучшими|с наилучшим|з|з найкращими|με|με φιλικούς|με τιμή"
)
_ENDINGS = (
    "regards|wishes|best|cheers|thanks|thank you|thanks in advance|thanks again|thx|sincerely|truly"
    "|faithfully|cordially|respectfully|greetings|grüße|grüßen|grüssen|grüsse|gruß|gruss|gruße|lg|mfg"
    "|vg|bg|dank|danke|hochachtungsvoll|cordialement|cdlt|cdt|salutations|salutations distinguées"
    "|merci|bien à vous|bonne journée|bonne réception|saludos|saludos cordiales|saludo|atentamente"
    "|cordialmente|gracias|atte|saluti|cordiali|grazie|atenciosamente|att|abraço|abraços|cumprimentos"
    "|obrigado|obrigada|respeitosamente|groeten|groet|mvg|bedankt|hälsning|hälsningar|mvh|tack|hilsen"
    "|hilsner|dbh|vh|takk|takk for hjelpen|terveisin|terveiset|terv|kiitos|kiitoksin|pozdrawiam"
    "|poważaniem|wyrazami szacunku|pozdrowienia|dziękuję|pozdravem|pozdrav|pozdravom|úctou|děkuji"
    "|ďakujem|üdvözlettel|üdv|tisztelettel|köszönettel|köszönöm|stimă|respect|considerație|mulțumesc"
    "|toate cele bune|уважением|пожеланиями|спасибо|повагою|побажаннями|дякую|поздрави|с поздрав"
    "|уважение|saygılarımla|saygılar|teşekkürler|iyi çalışmalar|iyi günler|εκτίμηση|χαιρετισμούς"
    "|φιλικά|ευχαριστώ|poštovanjem|pozdravom|hvala|lugupidamisega|parimate soovidega|pagarbiai"
    "|ar cieņu|trân trọng|thân mến|cảm ơn|salam|hormat kami|hormat saya|terima kasih|ขอบคุณ"
    "|ขอแสดงความนับถือ|此致|敬礼|祝好|谢谢|謝謝|敬具|よろしくお願いします|よろしくお願いいたします"
    "|よろしくお願い致します|감사합니다|مع تحياتي|مع أطيب التحيات|تحياتي|شكرا|בברכה|תודה|תודה רבה"
)


def _any_of(listed: str) -> str:
    """A pattern for any of the listed words, the longest first."""
    return "|".join(map(re.escape, sorted(listed.split("|"), key=len, reverse=True)))


_CLOSING = re.compile(
    rf"(?:(?:{_any_of(_BEFORE)})\s+)?(?:{_any_of(_ENDINGS)})(?!\w)", re.IGNORECASE
)
_LONGEST_CLOSING = 45
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
