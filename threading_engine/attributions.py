"""Attribution lines: where "On … wrote:" stands in a text, wrapped and padded as clients do it.

Clients write a date, a name, an address and a verb of writing in some order, wrap the result over
up to five lines and end it with a colon. Two of the facts in the right place are evidence; a colon
alone is not, people end sentences with it too. What the line says is judged by ``attribution_forms``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from threading_engine import attribution_forms as forms

# Gmail once wrote neither verb nor colon in many languages.
_BARE_GMAIL = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\s(?:\d{1,2}:\d{2}\s(?:GMT|UTC)[+-]\d{1,2}:?\d{2}\s+\S"
    r"|[^<]{1,60}<[^\s<>@]+@[^\s<>]+>:?$)"
)
_LONGEST = 400
_SHORTEST = 5
#: Clients wrap it over no more lines.
MOST_LINES = 5
_DIRECTION_MARKS = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
#: What may pad the end of a line: bold marks and the controls of right-to-left text.
_PADDING = " \t\u00a0\u202f*" + _DIRECTION_MARKS
_COLONS = ":：․"
_INVISIBLE = dict.fromkeys(map(ord, _DIRECTION_MARKS))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2009\u202f\u3000"), " ")
_DIGITS = {
    ord(zero) + value: str(value) for zero in "٠۰०০๐０" for value in range(10)
}  # the digits of Arabic, Persian, Hindi, Bengali, Thai and of full width
#: What names a writer directly above a quote even when the client sets no colon.
_FORMS_WITHOUT_COLON = (forms.quoting_somebody, forms.date_and_address, forms.address_and_date)
_PLAIN = {**_INVISIBLE, **_SPACES, **_DIGITS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribution:
    """An attribution line found in a text."""

    #: Its first line.
    first: int
    #: The form that knows it.
    form: str


def ends_like_one(stripped: str) -> bool:
    """Whether a stripped, non-empty line could be the last line of an attribution (cheap)."""
    return stripped[-1] in ":：-*" or stripped[-1] > "\u2000"


def start_of(lines: Sequence[str], last: int, floor: int, *, quoted_below: bool) -> int | None:
    """First line of the attribution that ends at ``lines[last]``, or None when there is none."""
    found = ending_at(lines, last, floor, quoted_below=quoted_below)
    return found.first if found else None


def ending_at(
    lines: Sequence[str], last: int, floor: int, *, quoted_below: bool
) -> Attribution | None:
    """The attribution that ends at ``lines[last]``, or None when there is none.

    ``floor`` is the first line that may belong to it; ``quoted_below`` says whether the next
    line that is not blank carries a quote mark.
    """
    joined = ""
    framed = lines[last].strip(_PADDING)[:2] == "--"
    for at in range(last, max(last - (1 if framed else MOST_LINES), floor - 1), -1):
        line = lines[at].strip(_PADDING)
        if (not line and joined[:1] != "<") or (joined and line[-1:] in _COLONS and line):
            return None
        joined = f"{line} {joined}".strip()
        if len(joined) > _LONGEST:
            return None
        if form := form_of(joined, quoted_below=quoted_below):
            return Attribution(first=_with_lines_above(lines, at, joined, floor), form=form)
    return None


def quoted_at(plain: Sequence[str]) -> int:
    """How many of the first lines of a quote, its marks taken off, name whom it quotes."""
    joined = ""
    for count, line in enumerate(plain[:MOST_LINES], 1):
        joined = f"{joined} {line.strip(_PADDING)}".strip()
        if not line.strip():
            return 0
        if joined and joined[-1] in _COLONS:
            return count if form_of(joined, quoted_below="@" in joined) else 0
    return 0


def above_quote(line: str) -> bool:
    """Whether a line without a final colon names whom the quote directly below it quotes."""
    plain = _in_plain_characters(line.strip(_PADDING))
    return (
        _SHORTEST < len(plain) < _LONGEST
        and plain[-1] not in ".!?"
        and any(form(plain) for form in _FORMS_WITHOUT_COLON)
    )


def closes_bracket(lines: Sequence[str], at: int) -> bool:
    """Whether the ">" that leads ``lines[at]`` ends an address wrapped there, and quotes nothing."""
    if lines[at].rstrip()[-1:] not in _COLONS:
        return False
    above = "".join(lines[max(at - 3, 0) : at])
    return above.count("<") > above.count(">")


def is_bare_gmail(stripped: str) -> bool:
    """The form without verb: "2016-03-03 17:21 GMT+01:00 Some Name"."""
    return _BARE_GMAIL.match(stripped) is not None


def form_of(joined: str, *, quoted_below: bool) -> str:
    """The form of a whole attribution on one line, or an empty string when it is none."""
    framed = joined.startswith("--") and joined.endswith("--")
    body = joined.rstrip("-" + _PADDING)
    if body[-1:] not in _COLONS and not framed:
        return ""
    body = _in_plain_characters(body.rstrip(_COLONS + _PADDING))
    if len(body) < _SHORTEST:
        return ""
    if body[0] in "<(" or body.count("<") != body.count(">"):
        dated = forms.is_dated(body) and forms.says_written(body)
        return forms.date_and_verb.__name__ if dated else ""
    if form := forms.name_of(body, quoted_below=quoted_below):
        return form
    return "framed" if framed and forms.ends_written(body) else ""


def _in_plain_characters(text: str) -> str:
    """Without direction marks, with plain digits and spaces."""
    return text if text.isascii() else text.translate(_PLAIN).strip()


def _with_lines_above(lines: Sequence[str], at: int, joined: str, floor: int) -> int:
    """A wrapped attribution whose last line reads like one too begins further up."""
    joined = _in_plain_characters(joined.rstrip(_COLONS + _PADDING))
    if forms.is_dated(joined) and ("@" in joined or forms.says_written(joined)):
        return at
    for above in range(at - 1, max(at - 3, floor - 1), -1):
        line = _in_plain_characters(lines[above].strip(_PADDING))
        if "@" in line and forms.written_by(line):
            return above
        if not line or line[-1] in ".!?:：":
            break
        if forms.is_dated(line) and not forms.ends_written(line):
            return above
    return at
