"""Signatures: the delimiter line, the lines that phones add, the business card.

A sign-off with a name belongs to the words of a mail; a card with title, company and telephone
below it does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_RULE_CHARACTERS = frozenset("-_=~*#+—–─━ᐧ•· \t\u00a0")
_URL = re.compile(r"[<(\[]?(?:https?://|www\.|mailto:)[^\s>)\]]*[>)\]]*")

#: First two or three letters (lower-case) of lines that ``is_device_line`` can know.
_DEVICE_STARTS = frozenset(
    "sen get fro env von die ges ver ski inv man scr wys ode odo pos отп над від изп läh"  # noqa: SIM905 - a list takes a line a word
    " gön ile elk kül tri στά saa išs nos đượ gử dik thi typ wri com ple dow tél obt sca hol ska pob"
    " ipa iph 從我 从我 發自 发自 使用".split()
)
_DEVICES = (
    r"iphone|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|nokia|htc|motorola|sony"
    r"|pixel|oneplus|lg|windows|outlook|mail|mailbox|airmail|phone|mobil\w*|smartphone|handy|cell"
    r"|device|tablet|yahoo|gmail|aol|proton\w*|tutanota|spark|typeapp|sparrow|bluemail|blue|k-9"
    r"|thunderbird|gmx|web\.de|app|telefon\w*|téléphone|móvil|teléfono|celular|telefoon|puhelin\w*"
    r"|мобильн\w*|телефон\w*|iphone\w*|appareil|gerät|toestel|mac|macbook|nine|email|e-mail"
    r"|edison|superhuman|hey|newton|polymail|acompli|front|readdle|work|mailru|почт\w*"
)
_LEADS = (
    r"sent|posted|from my|from a|get|envoyé|envoye|von meine[mr]|gesendet|diese nachricht wurde|verzonden"
    r"|verstuurd|sendt|skickat|inviato|scritto|mandato|enviado|enviada|enviat|wysłan[eoay]"
    r"|odesláno|odoslané|odoslane|poslano|poslato|отправлен[оа]|надіслано|відправлено|изпратено"
    r"|lähetetty|gönderildi|iletildi|elküldve|küldve|trimis|στάλθηκε|saadetud|išsiųsta|nosūtīts"
    r"|được gửi từ|gửi từ|dikirim|this (?:e-?mail|message) was sent|typed on|written on|composed on"
    r"|please excuse|download|téléchargez|obtenez|obtener|scarica|hol(?:en)? sie sich|skaffa|pobierz"
)
_DEVICE_LINE = re.compile(
    rf"[(<\[*_\s]*(?:{_LEADS})\b.{{0,60}}?(?<![\w-])(?:my\s\S|(?:{_DEVICES})(?![\w-]))",
    re.IGNORECASE,
)
_DEVICE_LINE_CJK = re.compile(
    r"(?:從我的|从我的|發自我的|发自我的|發自|发自|使用).{1,30}|나의 .{1,20}에서 보냄|.{1,20}에서 보냄$"
)
_FROM_DEVICE_LAST = re.compile(
    r".{1,30}(?:から送信|から送信されました|dan gönderildi|den gönderildi)\W*$"
)
# With any ending, when nothing but quotes follows.
_SENT_FROM = re.compile(
    r"\W{0,3}(?:sent (?:from|via|with|using|by)|envoyé (?:de|depuis|à partir|avec|via)|gesendet (?:von|mit|aus)"
    r"|von mein|verzonden (?:met|vanaf|via)|inviato (?:da|con)|enviado (?:desde|de|do|a partir|con|com|por)"
    r"|skickat från|sendt fra|lähetetty|wysłan[eoa] z|odesláno z|отправлено (?:с|из)|надіслано з)\b",
    re.IGNORECASE,
)
_LONGEST_DEVICE_LINE = 100
_LONGEST_SENT_FROM = 70

_DISCLAIMER_START = re.compile(
    r"\W{0,5}(?:(?:confidentiality |legal |privacy )?(?:notice|disclaimer)\b|(?:the|this) (?:e-?mail|message"
    r"|communication|transmission|electronic|information|content)|diese (?:e-?mail|nachricht)"
    r"|der inhalt|die information|ce (?:message|courriel)|cet e-?mail|este (?:mensaje|correo|mensagem|e-?mail)"
    r"|esta (?:mensagem|comunicación)|questo messaggio|questa e-?mail|le informazioni|dit bericht"
    r"|deze e-?mail|de informatie)",
    re.IGNORECASE,
)
_DISCLAIMER_WORD = re.compile(
    r"confident|vertraulich|vertrouwelijk|riservat|privileg", re.IGNORECASE
)

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


def may_be_device_line(stripped: str) -> bool:
    """The cheap half of ``is_device_line``."""
    start = stripped[:3].lower()
    return start in _DEVICE_STARTS or start[:2] in _DEVICE_STARTS or start[0] in "(<[*_나"


def is_device_line(stripped: str) -> bool:
    """Whether a line is "Sent from my phone" or "Get Outlook for …" in some language."""
    bare = _URL.sub("", stripped).strip()
    if not bare or len(bare) > _LONGEST_DEVICE_LINE:
        return False
    return any(
        form.match(bare) is not None for form in (_DEVICE_LINE, _DEVICE_LINE_CJK, _FROM_DEVICE_LAST)
    )


def may_be_sent_from(stripped: str) -> bool:
    """A line like "Sent from a magnificent machine" is one of a device if no words follow."""
    return len(stripped) <= _LONGEST_SENT_FROM and _SENT_FROM.match(stripped) is not None


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph is a company's legal notice about the mail that it ends."""
    return _DISCLAIMER_START.match(paragraph) is not None and (
        _DISCLAIMER_WORD.search(paragraph) is not None
    )


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
