"""The words somebody wrote this time, apart from what they quote and how they sign.

Nothing is thrown away: every line of a mail ends up in exactly one of three parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from threading_engine import alternatives, answers_inside, html_lines, markers, outliner, seams
from threading_engine.markers import REPLY_MARKER
from threading_engine.message import Message
from threading_engine.outline import SIGNATURE, WORDS
from threading_engine.parts import ELIDED, judge

__all__ = ["REPLY_MARKER", "Folded", "fold", "fold_html", "fold_plain"]

#: Clues below which the old mail bears no marks, so that nobody can tell answers inside from it.
_UNMARKED = frozenset(["announced", "attribution", "header_block", "notes_header", "structure"])


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
    #: Names of the rules that hit, from the top of the mail down.
    rules: tuple[str, ...] = ()


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
    if not alternatives.leaves_doubt(
        plain.text, plain.visible, plain.signature, message.html, rules=plain.rules
    ):
        return plain
    rich = fold_html(message.html)
    if alternatives.says_the_same(plain.visible, rich.visible):
        return plain
    return rich if alternatives.holds(rich.text, plain.visible, message.html) else plain


def fold_plain(text: str) -> Folded:
    """Fold a plain text body."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = seams.separated(text.split("\n"))
    return _folded(text, lines, _judged(text, lines, {}))


def fold_html(html: str) -> Folded:
    """Fold an HTML body; ``html`` of the result is set when the visible part leads the source."""
    page = html_lines.page(html)
    text = "\n".join(page.lines)
    judged = _judged(text, page.lines, page.hints)
    folded = _folded(text, page.lines, judged)
    if folded.signature and not (folded.visible or folded.elided):
        # Nobody sends a signature alone: an element around the whole mail only bears that name.
        judged = _judged(text, page.lines, {})
        folded = _folded(text, page.lines, judged)
    return replace(folded, html=_leading_html(html, page, judged.kinds), rich=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judged:
    #: Words, elided or signature for every line.
    kinds: Sequence[str]
    #: Whether the words are the sender's own.
    own: bool
    #: Names of the rules that hit.
    rules: Sequence[str]


def _folded(text: str, lines: Sequence[str], judged: _Judged) -> Folded:
    parts: dict[str, list[str]] = {WORDS: [], ELIDED: [], SIGNATURE: []}
    for line, kind in zip(lines, judged.kinds, strict=True):
        parts[kind].append(line)
    return Folded(
        visible="\n".join(parts[WORDS]).strip("\n").rstrip(),
        elided="\n".join(parts[ELIDED]).strip("\n"),
        signature="\n".join(parts[SIGNATURE]).strip("\n"),
        text=text,
        own=judged.own,
        rules=tuple(dict.fromkeys(judged.rules)),
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


def _judged(text: str, lines: Sequence[str], hints: Mapping[int, str]) -> _Judged:
    """Judge every line.

    When nothing but announcements stands on top (an empty forward, an answer below an unmarked
    quote), what is below them is read instead: an empty page helps nobody.
    """
    has_marker = markers.may_hold_reply_marker(text)
    kinds: list[str] = []
    rules: list[str] = []
    own = False
    while True:
        made = outliner.outline(lines, hints, len(kinds), has_marker=has_marker)
        own = own or (not kinds and WORDS in made.kinds)
        judged = judge(made)
        kinds += judged
        rules += made.rules
        rest = len(lines) - len(kinds)
        if WORDS in judged or not rest or made.rule == "reply_marker":
            words = (line for line, kind in zip(lines, kinds, strict=False) if kind == WORDS)
            inside = rest and made.rule in _UNMARKED and answers_inside.announced(words)
            kinds += [WORDS if inside else ELIDED] * rest
            return _Judged(kinds=kinds, own=own, rules=rules)
        kinds += [ELIDED] * (max(made.below, made.start + 1) - len(kinds))
