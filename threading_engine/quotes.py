"""The words somebody wrote this time, apart from what they quote and how they sign.

Nothing is thrown away: every line of a mail ends up in exactly one of three parts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from threading_engine import alternatives, answers_inside, html_lines, markers, signatures
from threading_engine.markers import REPLY_MARKER
from threading_engine.message import Message
from threading_engine.outline import (
    ATTRIBUTION,
    BLANK,
    DELIMITER,
    DEVICE,
    QUOTED,
    RULE,
    SIGNATURE,
    WORDS,
    Outline,
    outline,
)

__all__ = ["REPLY_MARKER", "Folded", "fold", "fold_html", "fold_plain"]

#: In a finished outline: folded away.
ELIDED = "e"
#: More lines than this below a bare "--" or an underline are no signature.
_LONGEST_SIGNATURE = 15
#: Clues below which the old mail bears no marks, so that nobody can tell answers inside from it.
_UNMARKED = frozenset(["announced", "attribution", "header_block", "notes_header", "structure"])
# Yahoo put its attribution behind the last words without a line break.
_SHARED_LINE = re.compile(r"(?<=[^\n\s-])(-{2,5} On [^\n]{10,200} wrote:)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """One mail body in its three parts; together they hold every word of ``text``."""

    #: What the sender wrote this time; answers between quoted lines keep those lines.
    visible: str
    #: Quoted and old text, attribution lines, header blocks.
    elided: str
    #: Signatures, and the lines that phones add.
    signature: str
    #: The whole body as text.
    text: str
    #: The visible part as raw, unsanitised HTML, or None when it is not one piece of the source.
    html: str | None = None
    #: False when the sender wrote nothing above the old mail, and that is what is visible.
    own: bool = True
    #: Whether the parts come from the HTML body.
    rich: bool = False


def fold(message: Message) -> Folded:
    """Fold the body of a mail: its plain text, or its HTML where only that can tell.

    The HTML is taken when there is no text, or when its structure draws another line between words,
    quotes and signature than the text suggests and it lacks no word that the text would show.
    """
    if not message.html:
        return fold_plain(message.text)
    if alternatives.is_empty(message.text):
        return fold_html(message.html)
    plain = fold_plain(message.text)
    if not alternatives.leaves_doubt(plain.text, plain.visible, plain.signature, message.html):
        return plain
    rich = fold_html(message.html)
    if alternatives.says_the_same(plain.visible, rich.visible):
        return plain
    return rich if alternatives.holds(rich.text, plain.visible) else plain


def fold_plain(text: str) -> Folded:
    """Fold a plain text body."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separated = _SHARED_LINE.sub(r"\n\1", text) if "-- On " in text else text
    lines = separated.split("\n")
    return _folded(text, lines, *_kinds(text, lines, {}))


def fold_html(html: str) -> Folded:
    """Fold an HTML body; ``html`` of the result is set when the visible part leads the source."""
    page = html_lines.page(html)
    text = "\n".join(page.lines)
    kinds, own = _kinds(text, page.lines, page.hints)
    folded = _folded(text, page.lines, kinds, own)
    return replace(folded, html=_leading_html(html, page, kinds), rich=True)


def _folded(
    text: str,
    lines: Sequence[str],
    kinds: Sequence[str],
    own: bool,  # noqa: FBT001 - handed on as it comes
) -> Folded:
    parts: dict[str, list[str]] = {WORDS: [], ELIDED: [], SIGNATURE: []}
    for line, kind in zip(lines, kinds, strict=True):
        parts[kind].append(line)
    return Folded(
        visible="\n".join(parts[WORDS]).strip("\n").rstrip(),
        elided="\n".join(parts[ELIDED]).strip("\n"),
        signature="\n".join(parts[SIGNATURE]).strip("\n"),
        text=text,
        own=own,
    )


def _leading_html(html: str, page: html_lines.Page, kinds: Sequence[str]) -> str | None:
    """The source before the first line that is not visible, when nothing visible follows."""
    end = len(kinds)
    while end and (kinds[end - 1] != WORDS or not page.lines[end - 1].strip()):
        end -= 1
    if any(kind != WORDS for kind in kinds[:end]):
        return None
    while end < len(kinds) and not page.lines[end].strip("> "):
        end += 1
    if end == len(kinds):
        return html if page.body is not None else None
    return html_lines.cut_before(page, end)


def _kinds(text: str, lines: Sequence[str], hints: Mapping[int, str]) -> tuple[list[str], bool]:
    """Words, elided or signature for every line, and whether the words are the sender's own.

    When nothing but announcements stands on top (an empty forward, an answer below an unmarked
    quote), what is below them is read instead: an empty page helps nobody.
    """
    has_marker = markers.may_hold_reply_marker(text)
    kinds: list[str] = []
    own = False
    while True:
        made = outline(lines, hints, len(kinds), has_marker=has_marker)
        own = own or (not kinds and WORDS in made.kinds)
        judged = _judge(made)
        kinds += judged
        rest = len(lines) - len(kinds)
        if WORDS in judged or not rest or made.rule == "reply_marker":
            words = (line for line, kind in zip(lines, kinds, strict=False) if kind == WORDS)
            inside = rest and made.rule in _UNMARKED and answers_inside.announced(words)
            return kinds + [WORDS if inside else ELIDED] * rest, own
        kinds += [ELIDED] * (max(made.below, made.start + 1) - len(kinds))


def _judge(made: Outline) -> list[str]:
    """Turn an outline into words, elided and signature."""
    kinds = made.kinds
    if WORDS not in kinds:
        return _judge_without_words(made)
    top = kinds.index(WORDS)
    if DELIMITER in kinds:
        _sign(made, top)
    _end_at_device_line(made, top)
    _take_disclaimers(made, top)
    _take_card(made, top)
    if QUOTED in kinds:
        _fold_quotes(made, top)
    _trim(made)
    return [kind if kind in {SIGNATURE, ELIDED} else WORDS for kind in kinds]


def _judge_without_words(made: Outline) -> list[str]:
    """A bare quote is all there is to show; with an attribution it is an empty answer."""
    shown = ELIDED if ATTRIBUTION in made.kinds or QUOTED not in made.kinds else WORDS
    return [
        SIGNATURE if kind in {SIGNATURE, DEVICE} else shown if kind == QUOTED else ELIDED
        for kind in made.kinds
    ]


def _sign(made: Outline, top: int) -> None:
    """From the delimiter to the next quote or to the end."""
    kinds = made.kinds
    end, length = len(kinds), 0
    for at in range(len(kinds) - 1, top, -1):
        length += kinds[at] != BLANK
        if kinds[at] in {ATTRIBUTION, QUOTED}:
            end, length = at, 0
        elif kinds[at] == DELIMITER:
            exact = made.lines[made.start + at] in {"-- ", "--"}
            if exact or length <= _LONGEST_SIGNATURE:
                kinds[at:end] = [SIGNATURE] * (end - at)
                end, length = at, 0


def _end_at_device_line(made: Outline, top: int) -> None:
    """Below "Sent from my phone" stands only what the phone quotes, marked or not."""
    kinds = made.kinds
    last = len(kinds) - 1 - kinds[::-1].index(WORDS)
    if last > top and signatures.may_be_sent_from(made.lines[made.start + last].strip()):
        kinds[last] = DEVICE
    if DEVICE not in kinds:
        return
    below = False
    for at, kind in enumerate(kinds):
        if kind == DEVICE:
            kinds[at] = SIGNATURE
            below = at > top
        elif kind in {ATTRIBUTION, QUOTED, SIGNATURE}:
            below = False
        elif below:
            kinds[at] = ELIDED


def _take_disclaimers(made: Outline, top: int) -> None:
    """Legal notices that close the words, from the last paragraph up."""
    kinds = made.kinds
    end = len(kinds)
    while True:
        while end and kinds[end - 1] not in {WORDS, DELIMITER, DEVICE}:
            end -= 1
        first = end
        while first > top and kinds[first - 1] == WORDS:
            first -= 1
        lines = made.lines[made.start + first : made.start + end]
        if first <= top or not signatures.is_disclaimer(" ".join(lines).strip()):
            return
        kinds[first:end] = [SIGNATURE] * (end - first)


def _take_card(made: Outline, top: int) -> None:
    """A sign-off with a business card below it, at the end of the words."""
    kinds = made.kinds
    end = len(kinds)
    while end and kinds[end - 1] not in {WORDS, DELIMITER, DEVICE}:
        end -= 1
    words: list[tuple[int, str]] = []
    for at in range(end - 1, top, -1):
        if kinds[at] == WORDS:
            words.append((at, made.lines[made.start + at].strip()))
        elif kinds[at] != BLANK:
            break
        if len(words) > _LONGEST_SIGNATURE:
            break
    first = signatures.card_at(words[::-1])
    if first is not None:
        kinds[first:end] = [SIGNATURE] * (end - first)


def _fold_quotes(made: Outline, top: int) -> None:
    """Fold quotes away unless the words below answer them line by line."""
    kinds = made.kinds
    words = [at for at, kind in enumerate(kinds) if kind == WORDS]
    spans = _quote_spans(kinds)
    answered = {span for span in spans if not _is_end_of_words(made, words, span[1])}
    for first, end in spans:
        above_all_words = first < top and kinds[first] == ATTRIBUTION
        keep = (first, end) in answered and not (above_all_words and len(answered) == 1)
        for at in range(first, end):
            if not keep or kinds[at] == ATTRIBUTION:
                kinds[at] = ELIDED


def _is_end_of_words(made: Outline, words: Sequence[int], at: int) -> bool:
    """Whether nothing but a sign-off follows line ``at``."""
    below = words[(first := bisect_left(words, at)) : first + signatures.MOST_SIGN_OFF_LINES + 1]
    return not below or signatures.is_sign_off(
        [made.lines[made.start + index].strip() for index in below]
    )


def _quote_spans(kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Runs of attribution and quoted lines with the blank lines inside them."""
    spans: list[tuple[int, int]] = []
    at = 0
    for quoted, run in groupby(kinds, lambda kind: kind in {ATTRIBUTION, QUOTED}):
        length = sum(1 for _ in run)
        if quoted:
            joins = spans and all(kind == BLANK for kind in kinds[spans[-1][1] : at])
            first = spans.pop()[0] if joins else at
            spans.append((first, at + length))
        at += length
    return spans


def _trim(made: Outline) -> None:
    """Rules that close the words, with nothing below them, belong to nobody."""
    kinds = made.kinds
    for at in range(len(kinds) - 1, -1, -1):
        if kinds[at] in {RULE, DELIMITER}:
            kinds[at] = ELIDED
        elif kinds[at] in {WORDS, QUOTED}:
            break
