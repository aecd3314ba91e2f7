"""The forms of attribution lines: one small function for each way clients write "On … wrote:".

Every function is shown a whole attribution on one line, without its final colon, padding and
direction marks and with plain digits, and says whether it knows the form. ``FORMS`` holds what
convinces on its own; ``FORMS_ABOVE_QUOTES`` what convinces only directly above quoted lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable

#: A form's own judgement on one candidate.
Form = Callable[[str], bool]

# Verbs that stand last.
_LAST_VERBS = (
    r"wrote|writes|schrieb|geschrieben|a écrit|écrit|escribió|escribio|ha scritto|scrisse"
    r"|escreveu|geschreven|schreef|skrev|skrev følgende|skrev följande|følgende|följande"
    r"|kirjoitti|kirjoittaa|napisała?|napisał\(a\)|napsala?|napsal\(a\)|píše|napísala?|napísal\(a\)"
    r"|написала?|написал\(а\)|написав|написав\(ла\)|пишет|писал[аи]?|пише|написа|је написао/ла|pisze"
    r"|pisała?|napisao je|napisala je|je napisao|je napisala?|je napisao/la|napisao|napisao/la"
    r"|írta|ezt írta|a következőt írta|yazdı|şunları yazdı|şunu yazdı|a scris|έγραψε|va escriure"
    r"|escrigué|kirjutas|rašė|parašė|rakstīja|viết|đã viết|menulis|เขียนว่า|เขียน|skrifaði|كتب"
    r"|كتبت|كتب/كتبت|نوشت|כתב|כתבה|כתב/ה|ने लिखा|viết rằng|berichtete|folgendes geschrieben"
)
# Scripts without word boundaries.
_LAST_MARKS = r"写道|寫道|写了|寫|写|提到|のメール|書きました|さんのメッセージ|作成|작성|썼습니다|쓴 글|님의 메시지"
_LAST_VERB = re.compile(rf"(?:(?<!\w)(?:{_LAST_VERBS})|{_LAST_MARKS})$", re.IGNORECASE)
# Verbs after which a name may follow.
_INNER_VERB = re.compile(
    r"(?<!\w)(?:schrieb|skrev|schreef|kirjoitti|napisał|heeft|geschreven|yazdı|kirjutas"
    r"|schrieb am|hat|написано)(?!\w)",
    re.IGNORECASE,
)
# Verbs after which a date may follow.
_VERB_BEFORE_DATE = re.compile(
    r"(?<!\w)(?:wrote|schrieb|a écrit|skrev|schreef|kirjoitti|escribió|escreveu|ha scritto|yazdı"
    r"|napisał\(?a?\)?|napsal\(?a?\)?|írta|(?:на)?писал\(?[аи]?\)?)(?!\w)\W{1,3}(?:\w+\W{1,3}){0,2}$",
    re.IGNORECASE,
)
# Somebody who tells what he wrote himself.
_ONESELF = re.compile(
    r"(?<!\w)(?:i|ich|je|j['’]ai|yo|eu|io|ik|jeg|jag|minä|ja|já|én|я|ben|εγώ)\s(?:\w+\s){0,2}\w+$"
    r"|\s(?:schrieb|schreef|skrev)\s(?:ich|ik|jeg|jag)(?!\w)"
    r"|(?<!\w)(?:ho scritto|he escrito|escribí|escrevi|napisałem|napisałam|написал я)$",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    r"(?:quoting|excerpts from|zitat von|zitiere|citando(?: a)?|citation de|citato da|citerar|citat"
    r"|cytowanie|цитирую|quoth)\s",
    re.IGNORECASE,
)
_TIME = r"\d{1,2}[:.h]\d{2}(?!\d)"
# 1405 and 2569 are this year in Iran and in Thailand.
_YEAR = r"(?:19|20|25|14)\d\d"
_MONTH = r"[^\s\d,;:<>()\[\]\"]{1,14}"
_DATE = re.compile(
    r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}"  # 04/19/2011, 2017-01-09, 13.12.2017, 17. 11. 26
    r"|\d{1,2}-[^\W\d_]{3,9}\.?-\d{2,4}"  # 17-feb.-2015
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?,?\s(?:de\s)?{_MONTH},?\s(?:de\s)?{_YEAR}"
    rf"|[^\W\d_]{{3,12}}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:\d\d?:\d\d(?::\d\d)?\s)?{_YEAR}"
    rf"|{_YEAR}\.?\s?(?:g\.\s|m\.\s)?[^\s\d<>@]{{1,14}}\s?\d{{1,2}}"  # 2021. okt. 27., 2017年8月2日
    rf"|\d{{1,2}}\s(?:\w\s)?(?:tháng|thg)\s\d{{1,2}},?\s{_YEAR}"
    rf"|\d{{1,2}}\s[^\W\d_]{{3,12}}\.?,?\s(?:at|um|à|om|kl\.?|alle|o|v|в)\s{_TIME}"  # 17 Nov at 9:15
    rf"|[^\W\d_]{{3,12}}\.?\s\d{{1,2}},?\s(?:at\s)?{_TIME}"  # Feb 8, at 10:00
)
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(_TIME)
_BRACKETED = re.compile(r"[<(]\s?[^\s<>@]{1,64}@[^\s<>@]{1,255}\s?[>)]")
_ADDRESS_END = re.compile(r"@[^\s<>]+\s?[>)\]]*$")
#: Characters of the joined line within which the date has to begin.
_DATE_WINDOW = 60
_LONGEST = 400
#: Without a verb the date has to lead.
_LEADING, _DATE_LENGTH = 20, 12
#: The verb stands within this many characters of the end.
_VERB_WINDOW = 40
#: A quoted line below proves the attribution when the line is as short as a name.
_MOST_WORDS_OF_A_NAME = 6


def name_of(body: str, *, quoted_below: bool) -> str:
    """The name of the first form that knows ``body``, or an empty string."""
    forms = FORMS + FORMS_ABOVE_QUOTES if quoted_below else FORMS
    return next((form.__name__ for form in forms if form(body)), "")


# ---- facts -----------------------------------------------------------------------------------


def date_in(body: str, end: int = _LONGEST) -> re.Match[str] | None:
    """The first date within the first ``end`` characters."""
    return _DATE.search(body, 0, end) if _DIGIT.search(body) else None


def is_dated(body: str) -> bool:
    """Whether a date begins early in the line."""
    return date_in(body, _DATE_WINDOW) is not None


def ends_written(body: str) -> bool:
    """Whether a verb of writing closes the line."""
    return _LAST_VERB.search(body, max(len(body) - _VERB_WINDOW, 0)) is not None


def says_written(body: str) -> bool:
    """Whether a verb of writing closes the line or stands before the writer's name."""
    return ends_written(body) or written_by(body)


def written_by(body: str) -> bool:
    """Whether a verb of writing is followed by no more than a name or an address."""
    found = _INNER_VERB.search(body)
    return found is not None and (
        "@" in body[found.end() :] or body.count(" ", found.end()) <= _MOST_WORDS_OF_A_NAME
    )


# ---- forms that convince on their own --------------------------------------------------------


def date_and_verb(body: str) -> bool:
    """On 4 May 2020 at 10:00, Name wrote. People leave the time out, programs hardly ever."""
    return verb_below_date(body) and ("@" in body or _CLOCK.search(body) is not None)


def address_and_verb(body: str) -> bool:
    """Name <address> wrote."""
    return "@" in body and says_written(body) and not body[0].islower()


def verb_and_date(body: str) -> bool:
    """Name wrote on 17/11/2026 09:15:33."""
    found = date_in(body)
    return (
        found is not None
        and len(body) - found.end() <= _LEADING
        and _CLOCK.search(body) is not None
        and _VERB_BEFORE_DATE.search(body, max(found.start() - _VERB_WINDOW, 0), found.start())
        is not None
    )


def date_and_address(body: str) -> bool:
    """30.09.2017, 18:30, "Name" <address> — Yandex, mail.ru and others write no verb."""
    found = date_in(body, _LEADING + _DATE_LENGTH)
    return (
        found is not None
        and found.start() <= _LEADING
        and _CLOCK.search(body) is not None
        and _ADDRESS_END.search(body) is not None
    )


def address_and_date(body: str) -> bool:
    """Name <address> and date and time in any order, as in mutt and in Catalan."""
    return (
        _BRACKETED.search(body) is not None
        and _CLOCK.search(body) is not None
        and date_in(body) is not None
    )


def quoting_address(body: str) -> bool:
    """Quoting Name <address> — Horde and its relatives."""
    return "@" in body and _QUOTING.match(body) is not None


FORMS: tuple[Form, ...] = (
    date_and_verb,
    address_and_verb,
    verb_and_date,
    date_and_address,
    address_and_date,
    quoting_address,
)


# ---- forms that convince above quoted lines --------------------------------------------------


def verb_below_date(body: str) -> bool:
    """On 4 May 2020 Name wrote."""
    return is_dated(body) and says_written(body) and _ONESELF.search(body) is None


def name_and_verb(body: str) -> bool:
    """Name wrote."""
    return (
        body.count(" ") < _MOST_WORDS_OF_A_NAME
        and ends_written(body)
        and _ONESELF.search(body) is None
    )


def date_first(body: str) -> bool:
    """Date and time or address first, in whatever language the rest is."""
    return date_in(body, _LEADING) is not None and ("@" in body or _CLOCK.search(body) is not None)


def address_first(body: str) -> bool:
    """Name <address> and digits, in whatever language the rest is."""
    return _BRACKETED.search(body) is not None and any(map(str.isdigit, body))


def quoting_somebody(body: str) -> bool:
    """Quoting Name, Excerpts from Name's message."""
    return _QUOTING.match(body) is not None


FORMS_ABOVE_QUOTES: tuple[Form, ...] = (
    verb_below_date,
    name_and_verb,
    date_first,
    address_first,
    quoting_somebody,
)
