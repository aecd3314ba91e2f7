"""From lines to an outline, from the top down to where the old mail begins.

Most lines are plain words and cost a few comparisons; only a line with a telling first letter,
last letter or colon is shown to the tables of clues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from threading_engine import attributions, devices, html_tags, markers, openings, signatures
from threading_engine.outline import (
    ATTRIBUTION,
    BLANK,
    DELIMITER,
    MOST_CLUES,
    MOST_LINES,
    QUOTED,
    RULE,
    SIGNATURE,
    WORDS,
    Outline,
    is_quoted,
)

_RULE_STARTS = frozenset("-_=~*#+‐‑‒–—―─━ᐧ")
_CLUE_STARTS = _RULE_STARTS | frozenset("0123456789")
_CLUE_ENDS = frozenset("-*:")
#: From here on Unicode has the controls of right-to-left text, dashes and full-width colons.
_PUNCTUATION_BLOCK = "\u2000"
_WRAPPED_LENGTH = 66
_FENCE = "```"
_PROMPT = ">>> "
#: A header that a client's structure calls one takes no more lines.
_MOST_HINTED = 16


def outline(
    lines: Sequence[str], hints: Mapping[int, str], start: int, *, has_marker: bool
) -> Outline:
    """Classify ``lines`` from ``start`` on until a clue says that the rest is an old mail."""
    length = len(lines)
    made = Outline(
        lines=lines, start=start, cut=length, below=length, has_marker=has_marker, hints=hints
    )
    kinds = made.kinds
    end = min(length, MOST_LINES)
    while (at := start + len(kinds)) < end and made.clues < MOST_CLUES and not made.rule:
        kind = (at in hints and _HINTED[hints[at]](made, at)) or _kind(made, at)
        if not made.rule:
            kinds.append(kind)
    if not made.rule:
        kinds += [_kind_of_data(line.strip()) for line in lines[at:]]
    _join_wrapped_quotes(made)
    _spare_prompts(made)
    return made


def _kind(made: Outline, at: int) -> str:
    stripped = made.lines[at].strip()
    if not stripped:
        return BLANK
    if openings.is_quoted_here(made, stripped) and not attributions.closes_bracket(made.lines, at):
        return _quoted(made, at, stripped)
    if openings.is_marker(made, stripped):
        own = markers.is_own_reply_marker(stripped)
        made.end_at(at, at + 1, "reply_marker" if own else "foreign_marker")
        return WORDS
    if stripped[0] == "`" and stripped.startswith(_FENCE):
        return _fenced(made, at)
    return WORDS if _is_plain(stripped) else _clued(made, at, stripped)


def _kind_of_data(stripped: str) -> str:
    return (QUOTED if stripped[0] == ">" else WORDS) if stripped else BLANK


def _quoted(made: Outline, at: int, stripped: str) -> str:
    """A quoted line; the first of a run may name whom it quotes, when nothing did above."""
    above = next((kind for kind in reversed(made.kinds) if kind != BLANK), BLANK)
    if above not in {QUOTED, ATTRIBUTION}:
        for opening in openings.OPENINGS_OF_QUOTES:
            if kind := opening(made, at, stripped):
                return kind
    return QUOTED


def _fenced(made: Outline, at: int) -> str:
    """Between two lines of "```" stands what nobody has to understand."""
    for below in range(at + 1, min(len(made.lines), MOST_LINES)):
        if made.lines[below].lstrip().startswith(_FENCE):
            made.kinds += [WORDS] * (below - at)
            break
    return WORDS


def _is_plain(stripped: str) -> bool:
    """Whether no clue can hit; decides nearly every line of a letter."""
    return (
        stripped[0] not in _CLUE_STARTS
        and stripped[-1] not in _CLUE_ENDS
        and stripped[-1] < _PUNCTUATION_BLOCK
        and ":" not in stripped
        and "：" not in stripped
        and not devices.may_be_device_line(stripped)
    )


def _clued(made: Outline, at: int, stripped: str) -> str:
    made.clues += 1
    if stripped[0] in _RULE_STARTS:
        if signatures.is_delimiter(stripped):
            return DELIMITER
        if signatures.is_rule(stripped):
            return RULE
    for looks_right, opening in openings.OPENINGS:
        if looks_right(stripped) and (kind := opening(made, at, stripped)):
            return kind
    return WORDS


# ---- hints -----------------------------------------------------------------------------------


def _hinted_attribution(made: Outline, at: int) -> str:
    """The client says so; announcements of forwards stand in the same place."""
    for below in range(at + 1, min(at + _MOST_HINTED, len(made.lines))):
        stripped = made.lines[below].strip()
        if stripped and made.hints.get(below) != html_tags.ATTRIBUTION:
            return ATTRIBUTION if is_quoted(stripped) else ""
    return ""


def _hinted_signature(_: Outline, __: int) -> str:
    return SIGNATURE


def _hinted_cut(made: Outline, at: int) -> str:
    if at == made.start:
        return ""
    made.end_at(at, at, "structure")
    return WORDS


_HINTED: Mapping[str, Callable[[Outline, int], str]] = {
    html_tags.ATTRIBUTION: _hinted_attribution,
    html_tags.SIGNATURE: _hinted_signature,
    html_tags.CUT: _hinted_cut,
}


# ---- seen from the end -----------------------------------------------------------------------


def _join_wrapped_quotes(made: Outline) -> None:
    """A long quoted line that a server wrapped leaves its end without a quote mark."""
    kinds = made.kinds
    for index in range(1, len(kinds) - 1):
        if (
            kinds[index] == WORDS
            and kinds[index - 1] == QUOTED
            and kinds[index + 1] == QUOTED
            and _is_unfinished(made.stripped(index - 1))
        ):
            kinds[index] = QUOTED


def _is_unfinished(stripped: str) -> bool:
    open_link = stripped.rfind("<") > stripped.rfind(">")
    open_note = stripped.rfind("(") > stripped.rfind(")")
    return (
        open_link or open_note or (len(stripped) >= _WRAPPED_LENGTH and stripped[-1] not in ".!?:")
    )


def _spare_prompts(made: Outline) -> None:
    """Only ">>> " or "AB> " and nobody named: a session at a prompt, or a list."""
    kinds = made.kinds
    if ATTRIBUTION in kinds:
        return
    marked = [made.stripped(index) for index, kind in enumerate(kinds) if kind == QUOTED]
    if all(line.startswith(_PROMPT) or line[0] != ">" for line in marked):
        made.kinds[:] = [WORDS if kind == QUOTED else kind for kind in kinds]
