"""Subjects without the prefixes that replying and forwarding pile up, and the numbers in them."""

from __future__ import annotations

import re

# The clients' own abbreviations: Re and its translations.
_REPLY = r"re|r|rif|res|aw|antw|antwort|sv|svar|vs|vast|odp|ynt|atb|отв|ответ|відп|отг|απ|vá|reply|rép|回复|回覆|答复|答覆|返信|回信|답장|회신|ตอบกลับ|trả lời|trl|bal|תגובה|השב|رد"
# Fwd and its translations.
_FORWARD = (
    r"fwd|fw|forward|forwarded|wg|tr|i|enc|rv|doorst|vb|vl|vid|videres|továbbítás|továbbított"
    r"|pd|i̇lt|ilt|trs|fs|yml|пер|пересл|препр|πρθ|edas"
    r"|转发|轉寄|轉發|転送|전달|ส่งต่อ|chuyển tiếp|הועבר|إعادة توجيه"
)
_UNDECIDED = frozenset(["vs"])
_ONE_LETTER = frozenset("RI")
_PREFIX = re.compile(
    rf"\s*(?P<word>{_REPLY}|{_FORWARD})(?P<count>\s?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\)|\^\d{{1,3}}|\d{{1,3}}))?"
    r"\s*(?P<mark>[:：](?:\s*[:：])*|--+)\s*",
    re.IGNORECASE,
)
_IS_FORWARD = re.compile(rf"(?:{_FORWARD})$", re.IGNORECASE)
_BRACKETED_PREFIX = re.compile(
    rf"\s*[\[(](?:{_REPLY}|{_FORWARD})\s*:?\s*[\])]\s*:?\s*", re.IGNORECASE
)
_OPEN_PREFIX = re.compile(rf"\s*\[\s*(?=(?:{_REPLY}|{_FORWARD})\s*[:：])", re.IGNORECASE)
_LONE_PREFIX = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|vs|tr)\s*$", re.IGNORECASE)
_TRAILING = re.compile(r"\s*[\[(]fwd\s?[\])]\s*$", re.IGNORECASE)
# Names of lists are slugs; a gateway warns that a mail came from outside.
_TAG = re.compile(
    r"\s*\[(?:[a-z][a-z0-9._+-]{1,40}|ext|extern|external|external e?-?mail|caution|spam)\]\s*",
)
_GATEWAY_TAG = re.compile(
    r"\s*[\[(*]+(?:ext|extern|external|external e?-?mail|externe|outside|caution|\*?spam\*?)[\])*]+:?\s*",
    re.IGNORECASE,
)
_NAMES = (
    r"ticket|ticketnr|ticket-nr|ticket-id|ticketid|ticketnummer|case|request|issue|incident|inc|req"
    r"|anfrage|vorgang|demande|dossier|caso|solicitud|richiesta|segnalazione|chamado|pedido"
    r"|melding|ärende|sag|zgłoszenie|požadavek|заявка|обращение|workunit|desk"
)
_NUMBER = r"(?P<n{}>\d{{1,18}})(?![\w]|[.,:/-]\d)"
_TICKET_TAG = re.compile(
    rf"[\[(](?:[\w.-]{{1,60}}\s)?(?:(?:{_NAMES})\s?)?(?:nr\.?|no\.?|id)?\s?[#:]{{0,2}}\s?\d{{1,18}}[\])]\s*",
    re.IGNORECASE,
)
_TICKET_NUMBER = re.compile(
    rf"(?<![\w&#/])#\s?{_NUMBER.format(1)}"  # #42, [#42], [example.org #42]
    rf"|(?<!\w)(?:(?:{_NAMES})\s?(?:nr\.?|no\.?|id)?:?\s?#|ticket(?:-?id|-?nr)?:)\s?{_NUMBER.format(2)}"
    rf"|[\[(](?:{_NAMES})\s?(?:nr\.?|no\.?|id)?\s?{_NUMBER.format(3)}\s?[\])]",  # [Ticket 42]
    re.IGNORECASE,
)
#: A subject is a line; what is longer is cut before any pattern sees it.
_LONGEST = 2000


def bare(subject: str) -> str:
    """The subject without reply and forward prefixes, list and ticket tags, in any order."""
    rest = " ".join(subject[:_LONGEST].split())
    while (shorter := _shortened(rest)) != rest:
        rest = shorter
    return rest


def same(one: str, other: str) -> bool:
    """Whether two subjects name the same matter, whatever prefixes and tags stand before them.

    One of them may be cut, as titles are: " …" at the end stands for the rest.
    """
    first, second = (bare(subject).casefold() for subject in (one, other))
    for cut, whole in ((first, second), (second, first)):
        if cut.endswith(" …") and whole.startswith(cut[:-2]):
            return True
    return first == second


def _shortened(subject: str) -> str:
    """One prefix, tag or trailing mark less."""
    if (match := _prefix(subject)) or (match := _BRACKETED_PREFIX.match(subject)):
        return subject[match.end() :]
    if match := _OPEN_PREFIX.match(subject):
        return _without_bracket(subject[match.end() :])
    if _LONE_PREFIX.match(subject):
        return ""
    if match := _TRAILING.search(subject):
        return subject[: match.start()]
    for tag in (_TAG, _GATEWAY_TAG, _TICKET_TAG):
        if (match := tag.match(subject)) and match.end() < len(subject):
            return subject[match.end() :]
    return subject


def _prefix(subject: str) -> re.Match[str] | None:
    """A prefix with its colon; "R:" and "I:" (Italian) only as a client writes them."""
    match = _PREFIX.match(subject)
    if match is None or (len(match["word"]) == 1 and match["word"] not in _ONE_LETTER):
        return None
    if match["mark"].startswith("-") and match.end() < len(subject):
        return None
    return match


def _without_bracket(subject: str) -> str:
    """Without the closing bracket that belongs to an opening one just removed."""
    last = subject.rfind("]")
    return subject[:last] + subject[last + 1 :] if last >= 0 else subject


def is_reply(subject: str) -> bool:
    """Whether the outermost prefix is one of a reply."""
    match = _outermost(subject)
    return match is not None and not _IS_FORWARD.match(match["word"])


def is_forward(subject: str) -> bool:
    """Whether the outermost prefix is one of a forward."""
    match = _outermost(subject)
    return (match is not None and _IS_FORWARD.match(match["word"]) is not None) or _TRAILING.search(
        subject[:_LONGEST]
    ) is not None


def is_undecided(subject: str) -> bool:
    """Whether the outermost prefix answers in one language and forwards in another."""
    match = _outermost(subject)
    return match is not None and match["word"].lower() in _UNDECIDED


def _outermost(subject: str) -> re.Match[str] | None:
    rest = " ".join(subject[:_LONGEST].split())
    while (match := _prefix(rest)) is None:
        tag = _TAG.match(rest) or _GATEWAY_TAG.match(rest) or _TICKET_TAG.match(rest)
        opened = _OPEN_PREFIX.match(rest)
        end = tag.end() if tag else opened.end() if opened else 0
        if not end:
            return None
        rest = rest[end:]
    return match


def ticket_numbers(subject: str) -> tuple[int, ...]:
    """Numbers written as desks write them, in order, each once: ``[#42]``, ``Ticket#42``."""
    found = (
        int(match["n1"] or match["n2"] or match["n3"])
        for match in _TICKET_NUMBER.finditer(subject[:_LONGEST])
    )
    return tuple(dict.fromkeys(found))


def one_re(subject: str) -> str:
    """The subject of an answer: exactly one "Re: "."""
    return f"Re: {bare(subject)}"
