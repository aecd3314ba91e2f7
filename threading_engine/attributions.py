"""Attribution lines: "On … wrote:" in the words and orders of many languages.

Clients write a date, a name, an address and a verb of writing in some order, wrap the result over
up to four lines and end it with a colon. Two of the facts in the right place are evidence; a colon
alone is not, people end sentences with it too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Verbs that stand last, before the colon.
_LAST_VERBS = (
    r"wrote|writes|sent|said|schrieb|geschrieben|a écrit|écrit|escribió|escribio|ha scritto|scrisse"
    r"|escreveu|geschreven|schreef|skrev|skrev følgende|skrev följande|följande|kirjoitti"
    r"|napisała?|napisał\(a\)|napsala?|napsal\(a\)|napísala?|napísal\(a\)|написала?|написал\(а\)"
    r"|пишет|писал|pisze|pisał|napisao je|napisala je|piše|написав|написала|написав\(ла\)|пише|написа|írta|ezt írta|yazdı|şunları yazdı"
    r"|a scris|έγραψε|va escriure|escrigué|napisao|napisala|je napisao|je napisal|je napisala"
    r"|napisao/la|kirjutas|rašė|rakstīja|đã viết|viết|menulis|เขียนว่า|كتب|כתב|כתבה|skrifaði"
)
# Scripts without word boundaries.
_LAST_MARKS = r"写道|寫道|写了|のメール|は書きました|が書きました|さんのメッセージ|作成|작성|썼습니다|님의 메시지"
_LAST_VERB = re.compile(rf"(?:(?<!\w)(?:{_LAST_VERBS})|{_LAST_MARKS})$", re.IGNORECASE)
# Verbs after which a name or a date may follow.
_INNER_VERB = re.compile(
    r"(?<!\w)(?:schrieb|skrev|schreef|kirjoitti|napisał|heeft|geschreven|yazdı|kirjutas|schrieb am)(?!\w)",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    r"(?:quoting|zitat von|citando a?|citation de|citato da|citerar|citat|cytowanie|цитирую)\s",
    re.IGNORECASE,
)
_TIME = r"\d{1,2}[:.h]\d{2}(?!\d)"
_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"  # 04/19/2011, 2017-01-09, 13.12.2017
    r"|\d{1,2}-[^\W\d_]{3,9}\.?-\d{2,4}"  # 17-feb.-2015
    r"|\d{1,2}(?:st|nd|rd|th|\.|º|er)?,?\s(?:de\s)?[^\W\d_]{2,12}\.?,?\s(?:de\s)?(?:19|20)\d\d"
    r"|[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"  # March 1, 2011
    r"|(?:19|20)\d\d\.?\s?[^\W\d_]{1,12}\.?\s?\d{1,2}"  # 2021. okt. 27., 2017年8月2日
    r"|\d{1,2}\s(?:tháng|thg)\s\d{1,2},?\s(?:19|20)\d\d"
    rf"|[^\W\d_]{{3,12}}\.?\s\d{{1,2}},?\s(?:at\s)?{_TIME}"  # Feb 8, at 10:00
)
_CLOCK = re.compile(_TIME)
_BRACKETED = re.compile(r"[<(][^\s<>@]{1,64}@[^\s<>@]{1,255}[>)]")
_ADDRESS_END = re.compile(r"@[^\s<>]+[>)\]]*$")
# Gmail once wrote neither verb nor colon in many languages.
_BARE_GMAIL = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\s(?:\d{1,2}:\d{2}\s(?:GMT|UTC)[+-]\d{1,2}:?\d{2}\s+\S"
    r"|[^<]{1,60}<[^\s<>@]+@[^\s<>]+>:?$)"
)
#: Characters of the joined line within which the date has to begin.
_DATE_WINDOW = 60
#: Without a verb the date has to lead.
_LEADING = 20
_LONGEST = 400
_SHORTEST = 5
#: The verb stands within this many characters of the end.
_VERB_WINDOW = 40
_MOST_LINES = 5
#: A quoted line below proves the attribution when the line is as short as a name.
_MOST_WORDS_OF_A_NAME = 6
#: What may pad the end of a line: bold marks and the controls of right-to-left text.
_PADDING = " \t\u00a0*\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_COLONS = ":："


def ends_like_one(stripped: str) -> bool:
    """Whether a stripped, non-empty line could be the last line of an attribution (cheap)."""
    return stripped[-1] in ":：-*" or stripped[-1] > "\u2000"


def start_of(lines: Sequence[str], last: int, floor: int, *, quoted_below: bool) -> int | None:
    """First line of the attribution that ends at ``lines[last]``, or None when there is none.

    ``floor`` is the first line that may belong to it; ``quoted_below`` says whether the next
    line that is not blank carries a quote mark.
    """
    joined = ""
    framed = lines[last].strip(_PADDING)[:2] == "--"
    for at in range(last, max(last - (1 if framed else _MOST_LINES), floor - 1), -1):
        line = lines[at].strip(_PADDING)
        if (not line and joined[:1] != "<") or (joined and line[-1:] in _COLONS and line):
            return None
        joined = f"{line} {joined}".strip()
        if len(joined) > _LONGEST:
            return None
        if _is_whole(joined, quoted_below=quoted_below):
            return _with_lines_above(lines, at, joined, floor)
    return None


def closes_bracket(lines: Sequence[str], at: int) -> bool:
    """Whether the ">" that leads ``lines[at]`` ends an address wrapped there, and quotes nothing."""
    if lines[at].rstrip()[-1:] not in _COLONS:
        return False
    above = "".join(lines[max(at - 3, 0) : at])
    return above.count("<") > above.count(">")


def is_bare_gmail(stripped: str) -> bool:
    """The form without verb: "2016-03-03 17:21 GMT+01:00 Some Name"."""
    return _BARE_GMAIL.match(stripped) is not None


def _is_whole(joined: str, *, quoted_below: bool) -> bool:
    framed = joined.startswith("--") and joined.endswith("--")
    body = joined.rstrip("-" + _PADDING)
    if body[-1:] not in _COLONS and not framed:
        return False
    body = body.rstrip(_COLONS + _PADDING)
    if len(body) < _SHORTEST:
        return False
    if body[0] in "<(" or body.count("<") != body.count(">"):
        return _dated(body) is not None and _says_written(body)
    return any(rule(body, quoted_below=quoted_below) for rule in _RULES) or (
        framed and _ends_written(body)
    )


def _dated(body: str) -> re.Match[str] | None:
    return _DATE.search(body, 0, _DATE_WINDOW)


def _ends_written(body: str) -> bool:
    return _LAST_VERB.search(body, max(len(body) - _VERB_WINDOW, 0)) is not None


def _says_written(body: str) -> bool:
    return _ends_written(body) or _INNER_VERB.search(body) is not None


def date_and_verb(body: str, *, quoted_below: bool) -> bool:  # noqa: ARG001 - one shape for all rules
    """On 4 May 2020 at 10:00, Name wrote."""
    return _dated(body) is not None and _says_written(body)


def address_and_verb(body: str, *, quoted_below: bool) -> bool:  # noqa: ARG001 - one shape for all rules
    """Name <address> wrote."""
    return "@" in body and _says_written(body) and not body[0].islower()


def date_and_address(body: str, *, quoted_below: bool) -> bool:  # noqa: ARG001 - one shape for all rules
    """30.09.2017, 18:30, "Name" <address> — Yandex, mail.ru and others write no verb."""
    found = _DATE.search(body, 0, _LEADING + 12)
    return (
        found is not None
        and found.start() <= _LEADING
        and _CLOCK.search(body) is not None
        and _ADDRESS_END.search(body) is not None
    )


def dated_bracket(body: str, *, quoted_below: bool) -> bool:  # noqa: ARG001 - one shape for all rules
    """Name <address> and date and time in any order, as in mutt and in Catalan."""
    return (
        _BRACKETED.search(body) is not None
        and _CLOCK.search(body) is not None
        and _DATE.search(body) is not None
    )


def name_and_quote(body: str, *, quoted_below: bool) -> bool:
    """Name wrote: — with the quote below."""
    return quoted_below and body.count(" ") < _MOST_WORDS_OF_A_NAME and _ends_written(body)


def date_and_quote(body: str, *, quoted_below: bool) -> bool:
    """A date first and an unknown language, with the quote below."""
    return quoted_below and _DATE.search(body, 0, _LEADING) is not None


def address_and_quote(body: str, *, quoted_below: bool) -> bool:
    """Name <address> and digits of any script in an unknown language, with the quote below."""
    return (
        quoted_below
        and _BRACKETED.search(body) is not None
        and any(character.isdigit() for character in body)
    )


def quoting_somebody(body: str, *, quoted_below: bool) -> bool:
    """Quoting Name <address> — Horde and its relatives."""
    return _QUOTING.match(body) is not None and (quoted_below or "@" in body)


_RULES = (
    date_and_verb,
    address_and_verb,
    date_and_address,
    dated_bracket,
    name_and_quote,
    date_and_quote,
    address_and_quote,
    quoting_somebody,
)


def _with_lines_above(lines: Sequence[str], at: int, joined: str, floor: int) -> int:
    """A wrapped attribution whose last line reads like one too begins further up."""
    if _dated(joined) and ("@" in joined or _says_written(joined)):
        return at
    for above in range(at - 1, max(at - 3, floor - 1), -1):
        line = lines[above].strip(_PADDING)
        if "@" in line and _INNER_VERB.search(line):
            return above
        if not line or line[-1] in ".!?:：":
            break
        if _DATE.search(line, 0, _DATE_WINDOW) and not _ends_written(line):
            return above
    return at
