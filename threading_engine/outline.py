"""What each line of a mail is, from the top down to where the old mail begins.

Most lines are plain words and cost a few comparisons; only a line with a telling first letter,
last letter or colon is shown to the tables of clues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from threading_engine import (
    attributions,
    html_tags,
    mail_headers,
    markers,
    notes_headers,
    signatures,
)

# Kinds of line, one letter each so that an outline can be read in a test.
WORDS = "t"
BLANK = " "
QUOTED = ">"
ATTRIBUTION = "a"
DELIMITER = "-"
RULE = "_"
DEVICE = "m"
SIGNATURE = "s"

#: A text of more lines is data, not a letter; its further lines are taken as words.
MOST_LINES = 20_000
_RULE_STARTS = frozenset("-_=~*#+‐‑‒–—―─━ᐧ")
_CLUE_STARTS = _RULE_STARTS | frozenset("0123456789")
_CLUE_ENDS = frozenset("-*:")
#: From here on Unicode has the controls of right-to-left text, dashes and full-width colons.
_PUNCTUATION_BLOCK = "\u2000"
_WRAPPED_LENGTH = 66
#: An attribution inside of a quote takes no more lines.
_MOST_INSIDE = 4


@dataclass(kw_only=True, slots=True)
class Outline:
    """The kinds of the lines before the cut, and the cut."""

    #: The lines.
    lines: Sequence[str]
    #: One kind a line, for lines ``start`` up to the cut.
    kinds: list[str] = field(default_factory=list)
    #: The first line looked at.
    start: int = 0
    #: The first line of what announces the old mail; the number of lines when nothing does.
    cut: int = 0
    #: The first line after the announcement.
    below: int = 0
    #: Which clue made the cut; empty when there is none.
    rule: str = ""
    #: Lines before this one belong to an announcement above a marked quote.
    ahead: int = 0
    #: What a client's structure says of some lines.
    hints: Mapping[int, str] = field(default_factory=dict)


def outline(
    lines: Sequence[str], hints: Mapping[int, str], start: int, *, has_marker: bool
) -> Outline:
    """Classify ``lines`` from ``start`` on until a clue says that the rest is an old mail."""
    made = Outline(lines=lines, start=start, cut=len(lines), below=len(lines), hints=hints)
    kinds = made.kinds
    for at in range(start, min(len(lines), MOST_LINES)):
        stripped = lines[at].strip()
        if not stripped:
            kind = BLANK
        elif at < made.ahead:
            kind = ATTRIBUTION
        elif (
            ">" in stripped[:4]
            and is_quoted(stripped)
            and not attributions.closes_bracket(lines, at)
        ):
            kind = QUOTED
        elif has_marker and markers.is_reply_marker(stripped):
            own = markers.is_own_reply_marker(stripped)
            _cut(made, at, at + 1, "reply_marker" if own else "foreign_marker")
        else:
            kind = (at in hints and _HINTED[hints[at]](made, at)) or _kind(made, at, stripped)
        if made.rule:
            break
        kinds.append(kind)
    if not made.rule:
        kinds += [WORDS] * (len(lines) - start - len(kinds))
    if QUOTED in kinds:
        _join_wrapped_quotes(made)
        _attribute_quotes(made)
    return made


def _cut(made: Outline, first: int, below: int, rule: str) -> None:
    made.cut, made.below, made.rule = first, below, rule
    del made.kinds[first - made.start :]


def is_quoted(stripped: str) -> bool:
    """Whether a line carries a quote mark: "> text", or "JD> text" as some old clients write."""
    if stripped[0] == ">":
        return True
    mark = stripped.find(">", 1, 4)
    return (
        mark > 0
        and stripped[:mark].isalpha()
        and stripped[0].isupper()
        and (len(stripped) == mark + 1 or stripped[mark + 1] in " >")
    )


def _kind(made: Outline, at: int, stripped: str) -> str:
    if _is_plain(stripped):
        return WORDS
    if stripped[0] in _RULE_STARTS:
        if markers.dashed(stripped) and (kind := _announced(made, at, stripped)):
            return kind
        if signatures.is_delimiter(stripped):
            return DELIMITER
        if signatures.is_rule(stripped):
            return RULE
    for looks_right, clue in _CLUES:
        if looks_right(stripped) and (kind := clue(made, at, stripped)):
            return kind
    return WORDS


def _is_plain(stripped: str) -> bool:
    """Whether no clue can hit; decides nearly every line of a letter."""
    return (
        stripped[0] not in _CLUE_STARTS
        and stripped[-1] not in _CLUE_ENDS
        and stripped[-1] < _PUNCTUATION_BLOCK
        and ":" not in stripped
        and "：" not in stripped
        and not signatures.may_be_device_line(stripped)
    )


def _announced(made: Outline, at: int, stripped: str) -> str:
    """Cut at "----- Original message -----" and its kin."""
    phrase, _ = markers.dashed(stripped) or ("", "")
    bare = _block_below(made.lines, at + 1, mail_headers.bare_role)
    if bare and is_quote_next(made.lines, bare.end):
        made.ahead = bare.end
        return ATTRIBUTION
    block = _block_below(made.lines, at + 1)
    if markers.is_original(phrase) or (
        block and (stripped.endswith("--") or markers.is_forwarded(phrase))
    ):
        _cut(made, at, block.end if block else at + 1, "announced")
    return WORDS if made.rule else ""


def _announced_without_dashes(made: Outline, at: int, stripped: str) -> str:
    """Cut at "Begin forwarded message:"."""
    block = _block_below(made.lines, at + 1)
    if block and markers.is_forwarded(stripped):
        _cut(made, at, block.end, "announced")
    return WORDS if made.rule else ""


def _block_below(
    lines: Sequence[str], at: int, reads: mail_headers.Reads = mail_headers.role
) -> mail_headers.Block | None:
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at == len(lines):
        return None
    return mail_headers.block_at(lines, at, reads=reads) or notes_headers.block_at(lines, at)


def _header_block(made: Outline, at: int, _: str) -> str:
    """Cut at "From: … Sent: … To: … Subject: …"."""
    if mail_headers.role(made.lines[at]) and (block := mail_headers.block_at(made.lines, at)):
        _cut(made, at, block.end, "header_block")
        return WORDS
    return ""


def _notes_header(made: Outline, at: int, _: str) -> str:
    """Cut above the name and date that lead a header of Lotus Notes."""
    if found := notes_headers.block_around(made.lines, at, made.start):
        _cut(made, found[0], found[1].end, "notes_header")
        return WORDS
    return ""


def _attribution(made: Outline, at: int, stripped: str) -> str:
    """Mark "On … wrote:" above a quote; cut there when what follows bears no quote marks."""
    quoted_below = is_quote_next(made.lines, at + 1)
    if attributions.is_bare_gmail(stripped):
        first: int | None = at
    else:
        first = attributions.start_of(made.lines, at, made.start, quoted_below=quoted_below)
    if first is None:
        return ""
    return _attributed(made, first, at, quoted_below=quoted_below)


def _attributed(made: Outline, first: int, last: int, *, quoted_below: bool) -> str:
    if not quoted_below:
        _cut(made, first, last + 1, "attribution")
        return WORDS
    for index in range(first - made.start, len(made.kinds)):
        made.kinds[index] = ATTRIBUTION
    return ATTRIBUTION


def is_quote_next(lines: Sequence[str], at: int) -> bool:
    """Whether the next line that is not blank carries a quote mark."""
    while at < len(lines):
        stripped = lines[at].strip()
        if stripped:
            return is_quoted(stripped)
        at += 1
    return False


def _device(_: Outline, __: int, stripped: str) -> str:
    return DEVICE if signatures.is_device_line(stripped) else ""


def _hinted_attribution(made: Outline, at: int) -> str:
    """The client says so; announcements of forwards stand in the same place."""
    while made.hints.get(at) == html_tags.ATTRIBUTION or not made.lines[at].strip():
        at += 1
        if at == len(made.lines):
            return ""
    return ATTRIBUTION if is_quoted(made.lines[at].strip()) else ""


def _hinted_signature(_: Outline, __: int) -> str:
    return SIGNATURE


def _hinted_cut(made: Outline, at: int) -> str:
    if at == made.start:
        return ""
    _cut(made, at, at, "structure")
    return WORDS


_HINTED: Mapping[str, Callable[[Outline, int], str]] = {
    html_tags.ATTRIBUTION: _hinted_attribution,
    html_tags.SIGNATURE: _hinted_signature,
    html_tags.CUT: _hinted_cut,
}


def _has_colon(stripped: str) -> bool:
    return ":" in stripped or "：" in stripped


def _ends_with_colon(stripped: str) -> bool:
    return stripped[-1] in ":："


def _may_end_attribution(stripped: str) -> bool:
    return attributions.ends_like_one(stripped) or (
        stripped[:4].isdigit() and stripped[4:5] in {"-", "/"}
    )


_CLUES: tuple[tuple[Callable[[str], bool], Callable[[Outline, int, str], str]], ...] = (
    (_has_colon, _header_block),
    (notes_headers.may_be_date, _notes_header),
    (_ends_with_colon, _announced_without_dashes),
    (_may_end_attribution, _attribution),
    (signatures.may_be_device_line, _device),
)


def _join_wrapped_quotes(made: Outline) -> None:
    """A long quoted line that a server wrapped leaves its end without a quote mark."""
    kinds = made.kinds
    for index in range(1, len(kinds) - 1):
        if (
            kinds[index] == WORDS
            and kinds[index - 1] == QUOTED
            and kinds[index + 1] == QUOTED
            and _is_unfinished(made.lines[made.start + index - 1])
        ):
            kinds[index] = QUOTED


def _attribute_quotes(made: Outline) -> None:
    """Apple Mail writes its attribution inside of the quote, as the first lines of it."""
    kinds = made.kinds
    above = BLANK
    for index, kind in enumerate(kinds):
        if kind == QUOTED and above not in {QUOTED, ATTRIBUTION}:
            end = index + _attribution_inside(made.lines, made.start + index)
            kinds[index:end] = [ATTRIBUTION] * (end - index)
        if kind != BLANK:
            above = kind


def _attribution_inside(lines: Sequence[str], first: int) -> int:
    """Number of quoted lines from ``first`` on that are an attribution."""
    inside = [line.strip().lstrip("> ") for line in lines[first : first + _MOST_INSIDE]]
    if markers.is_reply_marker(inside[0]):
        return 1
    for last, line in enumerate(inside):
        if (
            line
            and attributions.ends_like_one(line)
            and attributions.start_of(inside, last, 0, quoted_below="@" in line) == 0
        ):
            return last + 1
    return 0


def _is_unfinished(line: str) -> bool:
    stripped = line.strip()
    open_link = stripped.rfind("<") > stripped.rfind(">")
    open_note = stripped.rfind("(") > stripped.rfind(")")
    return (
        open_link or open_note or (len(stripped) >= _WRAPPED_LENGTH and stripped[-1] not in ".!?:")
    )
