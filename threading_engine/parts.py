"""Which part of a mail each line of an outline belongs to: words, signature or elided.

The steps are taken in order; each knows one habit of writers or their programs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import groupby

from threading_engine import cards, devices, notices, signatures
from threading_engine.outline import (
    ATTRIBUTION,
    BLANK,
    DELIMITER,
    DEVICE,
    QUOTED,
    QUOTED_HEADER,
    RULE,
    SIGNATURE,
    WORDS,
    Outline,
)

#: In a finished outline: folded away.
ELIDED = "e"
#: More lines than this below a bare "--" or an underline are no signature.
_LONGEST_SIGNATURE = 15
#: More quoted lines than this are never a saying that the writer ends with.
_LONGEST_SAYING = 10
_FEWEST_WORDS_OF_A_SENTENCE = 4


def judge(made: Outline) -> list[str]:
    """Turn an outline into one of words, elided and signature a line."""
    kinds = made.kinds
    if WORDS not in kinds:
        return _judge_without_words(made)
    top = kinds.index(WORDS)
    for step in _STEPS:
        step(made, top)
    return [kind if kind in {SIGNATURE, ELIDED} else WORDS for kind in kinds]


def _judge_without_words(made: Outline) -> list[str]:
    """A bare quote is all there is to show; with an attribution it is an empty answer."""
    answers = ATTRIBUTION in made.kinds and QUOTED_HEADER not in made.rules
    shown = ELIDED if answers or QUOTED not in made.kinds else WORDS
    return [
        SIGNATURE if kind in {SIGNATURE, DEVICE} else shown if kind == QUOTED else ELIDED
        for kind in made.kinds
    ]


# ---- steps -----------------------------------------------------------------------------------


def take_banner(made: Outline, top: int) -> None:
    """CAUTION: this mail comes from outside."""
    kinds = made.kinds
    end = top
    while end < len(kinds) and kinds[end] in {WORDS, RULE}:
        end += 1
    if notices.may_be_banner(made.stripped(top)) and WORDS in kinds[end:]:
        paragraph = " ".join(made.stripped(index) for index in range(top, end))
        if notices.is_banner(paragraph):
            kinds[top:end] = [ELIDED] * (end - top)
            made.rules.append("banner")


def trim_rules(made: Outline, top: int) -> None:
    """Lines drawn between the words and what is below belong to nobody."""
    kinds = made.kinds
    for at in range(len(kinds) - 1, top, -1):
        if kinds[at] in {RULE, DELIMITER}:
            kinds[at] = ELIDED
        elif kinds[at] in {WORDS, QUOTED, ATTRIBUTION, DEVICE}:
            break


def take_frame(made: Outline, top: int) -> None:
    """A card between two drawn lines below the words, as it is the custom in Japan."""
    kinds = made.kinds
    last = len(kinds) - 1
    while last > top and kinds[last] in {BLANK, QUOTED, ATTRIBUTION}:
        last -= 1
    first = last - 1
    while first > top and kinds[first] == WORDS:
        first -= 1
    drawn = kinds[last] == RULE == kinds[first] and made.stripped(first) == made.stripped(last)
    if drawn and cards.is_framed([made.stripped(index) for index in range(first + 1, last)]):
        kinds[first : last + 1] = [SIGNATURE] * (last + 1 - first)
        made.rules.append("frame")


def sign_at_delimiter(made: Outline, top: int) -> None:
    """From "-- " to the next quote or to the end."""
    kinds = made.kinds
    if DELIMITER not in kinds:
        return
    end, length = len(kinds), 0
    for at in range(len(kinds) - 1, top, -1):
        length += kinds[at] != BLANK
        if kinds[at] in {ATTRIBUTION, QUOTED}:
            end, length = at, 0
        elif kinds[at] == DELIMITER:
            exact = made.lines[made.start + at] in {"-- ", "--"}
            if length == 1:
                kinds[at] = ELIDED
            elif exact or length <= _LONGEST_SIGNATURE:
                kinds[at:end] = [SIGNATURE] * (end - at)
                made.rules.append("delimiter")
                end, length = at, 0


def end_at_device_line(made: Outline, top: int) -> None:
    """Below "Sent from my phone" stands only what the phone quotes, marked or not."""
    kinds = made.kinds
    last = len(kinds) - 1 - kinds[::-1].index(WORDS) if WORDS in kinds else -1
    if last > top and devices.may_end_a_mail(made.stripped(last)):
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
            goes_on = (
                kind == WORDS and kinds[at - 1] == SIGNATURE and devices.goes_on(made.stripped(at))
            )
            kinds[at] = SIGNATURE if goes_on else ELIDED


def take_notices(made: Outline, top: int) -> None:
    """Legal notices that close the words, from the last paragraph up."""
    kinds = made.kinds
    end = len(kinds)
    while True:
        while end and kinds[end - 1] not in {WORDS, DELIMITER, DEVICE}:
            end -= 1
        first = end
        while first > top and kinds[first - 1] == WORDS:
            first -= 1
        if first <= top:
            return
        rule = notices.form_of(" ".join(made.stripped(index) for index in range(first, end)))
        if not rule:
            return
        kinds[first:end] = [SIGNATURE] * (end - first)
        made.rules.append(rule)


def take_card(made: Outline, top: int) -> None:
    """A sign-off with a business card below it, at the end of the words."""
    kinds = made.kinds
    end = len(kinds)
    while end and kinds[end - 1] not in {WORDS, DELIMITER, DEVICE}:
        end -= 1
    words: list[tuple[int, str]] = []
    for at in range(end - 1, top - 1, -1):
        if kinds[at] == WORDS:
            words.append((at, made.stripped(at)))
        elif kinds[at] != BLANK:
            break
        if len(words) > _LONGEST_SIGNATURE:
            break
    first = cards.card_at(words[::-1])
    if first is not None and first > top:
        kinds[first:end] = [SIGNATURE] * (end - first)
        made.rules.append("card")


def fold_quotes(made: Outline, top: int) -> None:
    """Fold quotes away unless the words below answer them line by line."""
    kinds = made.kinds
    if QUOTED not in kinds:
        return
    words = [at for at, kind in enumerate(kinds) if kind == WORDS]
    spans = _quote_spans(kinds)
    answered = {span for span in spans if not _is_end_of_words(made, words, span[1])}
    for first, end in spans:
        above_all_words = first < top and kinds[first] == ATTRIBUTION
        keep = (first, end) in answered and not (above_all_words and len(answered) == 1)
        keep = keep or _is_saying(made, first, end)
        for at in range(first, end):
            if not keep or kinds[at] == ATTRIBUTION:
                kinds[at] = ELIDED


def _is_end_of_words(made: Outline, words: Sequence[int], at: int) -> bool:
    """Whether nothing but a sign-off follows line ``at``."""
    below = words[(first := bisect_left(words, at)) : first + signatures.MOST_SIGN_OFF_LINES + 1]
    return not below or signatures.is_sign_off([made.stripped(index) for index in below])


def _is_saying(made: Outline, first: int, end: int) -> bool:
    """Whether a short quote that nobody is named for ends a sentence: "As they say:"."""
    kinds = made.kinds
    above = first - 1
    while above >= 0 and kinds[above] == BLANK:
        above -= 1
    if ATTRIBUTION in kinds or end - first > _LONGEST_SAYING or above < 0 or kinds[above] != WORDS:
        return False
    line = made.stripped(above)
    return (
        line[-1] == ":"
        and len(line.split()) >= _FEWEST_WORDS_OF_A_SENTENCE
        and "@" not in line
        and not any(character.isdigit() for character in line)
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


_STEPS: tuple[Callable[[Outline, int], None], ...] = (
    take_banner,
    take_frame,
    trim_rules,
    sign_at_delimiter,
    # A notice may stand on either side of the phone's line.
    take_notices,
    end_at_device_line,
    take_notices,
    take_card,
    fold_quotes,
    trim_rules,
)
