"""What announces an old mail: one small function for each manner of clients.

A function is shown a line with the outline so far. It cuts the outline there (``end_at``) when the
rest is the old mail, marks an attribution when quoted lines follow, and says what the line is; an
empty string means that it knows nothing of it. ``OPENINGS`` holds them in order, each behind a cheap
look at the line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from threading_engine import attributions, devices, mail_headers, markers, notes_headers
from threading_engine.outline import (
    ATTRIBUTION,
    BLANK,
    DEVICE,
    QUOTED_HEADER,
    WORDS,
    Outline,
    is_quote_next,
    is_quoted,
    next_line,
    unquoted,
)

#: Quote marks that some clients use instead of ">".
_OTHER_MARKS = "|:}¦"
_ARROWS = ">>>"
_LONGEST_HEADER = 1000
_MOST_HEADER_LINES = 20
_LONGEST_ARROWS = 300


# ---- openings --------------------------------------------------------------------------------


def announced(made: Outline, at: int, stripped: str) -> str:
    """----- Original message -----, and its kin."""
    phrase, _ = markers.dashed(stripped) or ("", "")
    if not phrase:
        return ""
    bare = _block_below(made.lines, at + 1, mail_headers.bare_role)
    if bare and is_quote_next(made.lines, bare.end):
        made.kinds += [ATTRIBUTION] * (bare.end - at - 1)
        made.rules.append("announced")
        return ATTRIBUTION
    block = _block_below(made.lines, at + 1)
    if block and _leads_a_quote(made, block):
        return _marked_header(made, at, block.end)
    end = block.end if block else 0
    if not end and markers.is_forwarded(phrase):
        end = bare.end if bare else _attribution_below(made.lines, at + 1)
    if markers.is_original(phrase) or (
        end and (stripped.endswith("--") or markers.is_forwarded(phrase))
    ):
        made.end_at(at, end or at + 1, _announcement(phrase))
        return WORDS
    return ""


def announced_without_dashes(made: Outline, at: int, stripped: str) -> str:
    """Begin forwarded message:."""
    block = _block_below(made.lines, at + 1)
    if block and markers.is_forwarded(stripped):
        made.end_at(at, block.end, _announcement(stripped))
        return WORDS
    return ""


def header_block(made: Outline, at: int, _: str) -> str:
    """From: … Sent: … To: … Subject: …."""
    if mail_headers.role(made.lines[at]) and (block := mail_headers.block_at(made.lines, at)):
        if _leads_a_quote(made, block):
            return _marked_header(made, at, block.end)
        made.end_at(at, block.end, "header_block")
        return WORDS
    return ""


def header_on_one_line(made: Outline, at: int, stripped: str) -> str:
    """From: … Sent: … To: … Subject: … where a converter took the breaks out."""
    if stripped.count(":") > 2 and mail_headers.role(stripped):  # noqa: PLR2004 - three fields
        fields = mail_headers.inline_fields(stripped[:_LONGEST_HEADER])
        if len(fields) > 2 and mail_headers.is_convincing(fields):  # noqa: PLR2004 - three fields
            made.end_at(at, at + 1, "header_block", "header_on_one_line")
            return WORDS
    return ""


def notes_header(made: Outline, at: int, _: str) -> str:
    """Name, date and time, then labels without colons: Lotus Notes."""
    if found := notes_headers.block_around(made.lines, at, made.start):
        made.end_at(found[0], found[1].end, "notes_header")
        return WORDS
    return ""


def attribution(made: Outline, at: int, stripped: str) -> str:
    """On … wrote:."""
    quoted_below = is_quote_next(made.lines, at + 1)
    if attributions.is_bare_gmail(stripped):
        return _attributed(made, at, at, "bare_gmail", quoted_below=quoted_below)
    found = attributions.ending_at(made.lines, at, made.start, quoted_below=quoted_below)
    if found is None:
        return ""
    return _attributed(made, found.first, at, found.form, quoted_below=quoted_below)


def device(made: Outline, _: int, stripped: str) -> str:
    """Sent from my phone."""
    if form := devices.form_of(stripped):
        made.rules.append(form)
        return DEVICE
    return ""


def _has_colon(stripped: str) -> bool:
    return ":" in stripped or "：" in stripped


def _ends_with_colon(stripped: str) -> bool:
    return stripped[-1] in ":："


def _starts_with_dashes(stripped: str) -> bool:
    return stripped[0] in "-*‐‑‒–—―"


def _may_end_attribution(stripped: str) -> bool:
    return attributions.ends_like_one(stripped) or (
        stripped[:4].isdigit() and stripped[4:5] in {"-", "/"}
    )


OPENINGS: tuple[tuple[Callable[[str], bool], Callable[[Outline, int, str], str]], ...] = (
    (_starts_with_dashes, announced),
    (_has_colon, header_block),
    (_has_colon, header_on_one_line),
    (notes_headers.may_be_date, notes_header),
    (_ends_with_colon, announced_without_dashes),
    (_may_end_attribution, attribution),
    (devices.may_be_device_line, device),
)


# ---- openings inside quotes ------------------------------------------------------------------


def arrows(made: Outline, at: int, stripped: str) -> str:
    """>>> Name <address> date >>> — GroupWise, with the old text bare below."""
    if (
        len(stripped) < _LONGEST_ARROWS
        and stripped.startswith(_ARROWS + " ")
        and stripped.endswith(_ARROWS)
        and ("@" in stripped or any(map(str.isdigit, stripped)))
        and "://" not in stripped
    ):
        return _attributed(made, at, at, "arrows", quoted_below=is_quote_next(made.lines, at + 1))
    return ""


def quoted_attribution(made: Outline, at: int, stripped: str) -> str:
    """> On … wrote: — Apple Mail puts it inside the quote, and desks put their marker there."""
    plain = _quoted_lines(made, at, attributions.MOST_LINES)
    count = 1 if is_marker(made, unquoted(stripped)) else attributions.quoted_at(plain)
    if not count:
        return ""
    made.kinds += [ATTRIBUTION] * (count - 1)
    made.rules.append("quoted_attribution")
    return ATTRIBUTION


def quoted_header_block(made: Outline, at: int, _: str) -> str:
    """> From: … > Sent: … — old Outlook, GMX and Lotus Notes put it inside the quote."""
    plain = _quoted_lines(made, at, _MOST_HEADER_LINES)
    phrase, _ = markers.dashed(plain[0]) or ("", "")
    block = mail_headers.block_at(plain, 1 if markers.is_original(phrase) else 0)
    if block is None:
        return ""
    made.kinds += [ATTRIBUTION] * (block.end - 1)
    made.rules.append(QUOTED_HEADER)
    return ATTRIBUTION


def attribution_above(made: Outline, _: int, __: str) -> str:
    """Quoting Name (date) — without a colon, directly above the quote."""
    first = len(made.kinds) - 1
    while first >= 0 and made.kinds[first] == BLANK:
        first -= 1
    if first >= 0 and made.kinds[first] == WORDS and attributions.above_quote(made.stripped(first)):
        made.mark_attribution(made.start + first, "attribution_above")
    return ""


OPENINGS_OF_QUOTES: tuple[Callable[[Outline, int, str], str], ...] = (
    arrows,
    attribution_above,
    quoted_attribution,
    quoted_header_block,
)


# ---- what they share -------------------------------------------------------------------------


def _quoted_lines(made: Outline, at: int, most: int) -> list[str]:
    """The quoted line ``at`` and those that follow it, without their marks."""
    lines = map(str.strip, made.lines[at + 1 : at + most])
    following = takewhile(lambda line: bool(line) and is_quoted(line), lines)
    return [unquoted(made.lines[at]), *map(unquoted, following)]


def _block_below(
    lines: Sequence[str], at: int, reads: mail_headers.Reads = mail_headers.role
) -> mail_headers.Block | None:
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at == len(lines):
        return None
    return mail_headers.block_at(lines, at, reads=reads) or notes_headers.block_at(lines, at)


def _announcement(phrase: str) -> str:
    """The rule's name: people answer inside an original message, and only pass a forward on."""
    return "announced_forward" if markers.is_forwarded(phrase) else "announced"


def _leads_a_quote(made: Outline, block: mail_headers.Block) -> bool:
    """Whether a mail begins with a header and the marked quote of it: what was written is below."""
    return all(kind == BLANK for kind in made.kinds) and is_quote_next(made.lines, block.end)


def _marked_header(made: Outline, at: int, end: int) -> str:
    made.kinds += [ATTRIBUTION] * (end - at - 1)
    made.rules.append(QUOTED_HEADER)
    return ATTRIBUTION


def _attribution_below(lines: Sequence[str], at: int) -> int:
    """The line after "17.11.2026, 09:15, Name <address>:" when that comes next, else 0."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    named = at < len(lines) and attributions.form_of(lines[at].strip(), quoted_below=False)
    return at + 1 if named else 0


def _attributed(made: Outline, first: int, last: int, rule: str, *, quoted_below: bool) -> str:
    """An attribution; everything below it is the old mail when that bears no quote marks."""
    if not quoted_below:
        following = next_line(made.lines, last + 1)
        if following[:1] not in _OTHER_MARKS or following[1:2] not in {"", " "} or not following:
            made.end_at(first, last + 1, "attribution", rule)
            return WORDS
        made.mark = following[0]
    return made.mark_attribution(first, rule)


def is_marker(made: Outline, stripped: str) -> bool:
    """Whether people are asked to answer above a line; only looked for when the text has one."""
    return made.has_marker and bool(stripped) and markers.is_reply_marker(stripped)


def is_quoted_here(made: Outline, stripped: str) -> bool:
    """Whether a line carries a quote mark, or the one that this mail uses instead."""
    return (">" in stripped[:4] and is_quoted(stripped)) or (
        stripped[0] == made.mark and stripped[1:2] in {"", " "}
    )
