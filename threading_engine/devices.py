"""The lines that phones and mail programs add: "Sent from my phone" in many languages.

Such a line names a device or program beside a verb of sending, and nearly nothing else. People
write such words, too ("Sent the mail yesterday", "Get Outlook to work, please"), so the shape has
to fit: verb and preposition in front, or the verb at the end, and few words around the name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from threading_engine import device_words as words


def _any_of(listed: str) -> str:
    """A pattern for any of the listed words, the longest first."""
    return "|".join(map(re.escape, sorted(listed.split("|"), key=len, reverse=True)))


_BEHIND_LETTERS = r"(?<![\w-])"
_LEAD = (
    "(?:"
    + "|".join(
        rf"(?:{_any_of(verbs)}) (?:{_any_of(after)})(?!\w)"
        for verbs, after in words.VERBS_AND_PREPOSITIONS
    )
    + f"|{_any_of(words.LEADS)})"
)
_NAME = (
    rf"(?:{_BEHIND_LETTERS}|(?<=[^\x00-\u024f]))"
    rf"(?:(?:{_any_of(words.BRANDS)})[\w'’-]*|(?:{_any_of(words.DEVICES)})(?!\w))"
)
_SENT_FROM_DEVICE = re.compile(rf"{_LEAD}.{{0,60}}?(?:{_NAME}|(?<=from )my\s\w+)", re.IGNORECASE)
_FROM_DEVICE = re.compile(
    rf"(?:{_any_of(words.BARE_LEADS)})\s(?:[\w-]+\s){{0,2}}?{_NAME}(?:\s[\w-]+)?\W*$", re.IGNORECASE
)
_DEVICE_SENT = re.compile(
    rf"(?:(?:{_any_of(words.FIRST_WORDS)})(?![a-z]).{{0,40}}?)?{_NAME}"
    rf".{{0,30}}?(?:{_any_of(words.LAST_VERBS)})\W*$",
    re.IGNORECASE,
)
_APP = rf"(?:{_any_of(words.BRANDS)})[\w'’-]*.{{1,20}}?(?<![\w-])(?:{_any_of(words.PLATFORMS)})\b"
_BRAND = re.compile(rf"(?<![\w-])(?:{_any_of(words.BRANDS)})", re.IGNORECASE)
_PLATFORM = re.compile(rf"(?<![a-z-])(?:{_any_of(words.PLATFORMS)})(?![a-z])", re.IGNORECASE)
_APP_OFFERED = re.compile(
    rf"(?:{_any_of(words.GETTING)})\s?.{{0,20}}?{_APP}.{{0,20}}$", re.IGNORECASE
)
_EXCUSE = re.compile(
    rf"[^.?!]{{0,40}}?(?:{_any_of(words.EXCUSING)})\b.{{0,40}}?\b(?:{_any_of(words.EXCUSES)})\b"
    r"(?:\s?(?:,|/|&|and|or|und|oder|;)\s[^.?!]{1,40})?\W*$",
    re.IGNORECASE,
)
_SENT_BY_ANYTHING = re.compile(_LEAD, re.IGNORECASE)
_URL = re.compile(r"[<(\[]{0,2}\s?(?:https?://|www\.|mailto:)[^\s>)\]]*\s?[>)\]]{0,2}")
_LINK = "<>"
_OPENING = "(<[*_| \t-—–•\u200e\u200f"
_LONGEST = 120
_LONGEST_LAST = 70
_LONGEST_UNKNOWN_PROGRAM = 40
#: Words that may stand behind the name before another sentence begins.
_MOST_WORDS_BEHIND = 6
_MOST_WORDS = 7

_FIRST_WORDS = "|".join(
    (
        *(verbs for verbs, _ in words.VERBS_AND_PREPOSITIONS),
        words.LEADS,
        words.BARE_LEADS,
        words.FIRST_WORDS,
        words.BRANDS,
        words.GETTING,
        words.EXCUSING,
    )
).split("|")
#: The first three letters (lower-case) of the lines that are looked at; of Chinese words, one or two.
_STARTS = frozenset(f"{word} "[:3] for word in _FIRST_WORDS)
_SHORT_STARTS = frozenset(word for word in _FIRST_WORDS if len(word) <= 2 and not word.isascii())  # noqa: PLR2004 - letters


def may_be_device_line(stripped: str) -> bool:
    """The cheap half of ``form_of``."""
    start = stripped[:3].lower()
    return (
        start in _STARTS
        or start[0] in _OPENING
        or not _SHORT_STARTS.isdisjoint((start[0], start[:2]))
    )


def form_of(stripped: str) -> str:
    """The form of a line that a phone or program added, or an empty string for any other line."""
    if len(stripped) > 2 * _LONGEST:
        return ""
    bare = _URL.sub(_LINK, stripped).lstrip(_OPENING).replace("](<>", " <>")
    if not bare or len(bare) > _LONGEST or bare[-1] in ":?,":
        return ""
    return next((form.__name__ for form in _FORMS if form(bare)), "")


def may_end_a_mail(stripped: str) -> bool:
    """A line like "Sent from a magnificent machine" is one of a device if no words follow."""
    return (
        len(stripped) <= _LONGEST_LAST
        and not {",", "?"} & set(stripped)
        and _SENT_BY_ANYTHING.match(stripped) is not None
    )


def goes_on(stripped: str) -> bool:
    """Whether a line below a device line belongs to it: a link, an excuse."""
    return _URL.fullmatch(stripped) is not None or excuse(stripped)


# ---- forms: each is shown a line with "<>" in place of every link ----------------------------


def sent_from_device(line: str) -> bool:
    """Sent from my iPhone."""
    found = _SENT_FROM_DEVICE.match(line)
    return found is not None and _is_short(line[found.end() :])


def from_device(line: str) -> bool:
    """From my iPhone."""
    return _FROM_DEVICE.match(line) is not None


def device_sent(line: str) -> bool:
    """Von meinem iPhone gesendet."""
    return len(line.split()) <= _MOST_WORDS and _DEVICE_SENT.match(line) is not None


def sent_with_linked_program(line: str) -> bool:
    """Sent via Program (https://program.example)."""
    head, link, _ = line.partition(_LINK)
    return (
        bool(link)
        and len(head) <= _LONGEST_UNKNOWN_PROGRAM
        and _SENT_BY_ANYTHING.match(head) is not None
    )


def program_offered(line: str) -> bool:
    """Get Outlook for iOS."""
    return len(line.split()) <= _MOST_WORDS and (
        _APP_OFFERED.match(line) is not None
        or (_LINK in line and bool(_BRAND.search(line)) and bool(_PLATFORM.search(line)))
    )


def excuse(line: str) -> bool:
    """Please excuse brevity and typos."""
    return _EXCUSE.match(line) is not None


_FORMS: tuple[Callable[[str], bool], ...] = (
    sent_from_device,
    from_device,
    device_sent,
    sent_with_linked_program,
    program_offered,
    excuse,
)


def _is_short(rest: str) -> bool:
    """Whether what stands behind the name is no sentence of its own."""
    sentence = rest.replace("! ", ". ").partition(". ")[0]
    most = _MOST_WORDS_BEHIND if rest[:1] != "," else _MOST_WORDS_BEHIND // 2
    return len(sentence.strip(",").split()) <= most
