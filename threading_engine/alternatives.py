"""The two bodies of one mail, plain and HTML: when the second has to be read, and which to believe.

The plain text is cheaper and usually reads better, but says nothing of structure: clients lose quote
marks, headers and the borders of signatures in it. So it is folded first, and the HTML is asked
only where it could know more.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from threading_engine import html_tags

_STUB_LENGTH = 250
_INVISIBLE = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
# What one of the bodies may show and the other not: addresses behind links, names of pictures.
_BEHIND = re.compile(
    r"<?https?://[^\s<>\"]+>?|[<\[]mailto:[^\s>\]]*[>\]]|\[(?:image|inline image|cid)\s?:[^\]\n]{0,300}\]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_SEPARATORS = str.maketrans("", "", string.punctuation + string.whitespace + _INVISIBLE + "•·●○▪–—")


def is_empty(text: str) -> bool:
    """Whether a plain body says nothing, or only that the mail is in HTML."""
    folded = text.strip(_INVISIBLE).casefold()
    return not folded or (
        len(folded) < _STUB_LENGTH and "html" in folded and ("mail" in folded or "view" in folded)
    )


def leaves_doubt(
    text: str, visible: str, signature: str, html: str, *, rules: Sequence[str]
) -> bool:
    """Whether ``html`` could know better than the ``visible`` and ``signature`` found in ``text``.

    ``rules`` are those that folded the text.
    """
    lowered = html.lower()
    if not signature and any(mark in lowered for mark in html_tags.SIGNATURE_MARKS):
        return True
    if _is_marked_to_the_end(text, visible):
        return False
    # The border that Outlook draws above its header block says no more than the block itself.
    cut = () if tuple(rules) == ("header_block",) else html_tags.CUT_MARKS
    return any(mark in lowered for mark in (*html_tags.QUOTE_MARKS, *cut))


def _is_marked_to_the_end(text: str, visible: str) -> bool:
    """Whether everything below the words carries quote marks: nothing is left to guess."""
    last = text[text.rstrip(_INVISIBLE).rfind("\n") + 1 :]
    return (
        last.lstrip()[:1] == ">"
        and visible[-1:] not in {":", "："}
        and visible[:1] != ">"
        and "\n>" not in visible
    )


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts have the same words, whatever stands between and around them."""
    return _letters(one) == _letters(other)


def holds(text: str, words: str, html: str) -> bool:
    """Whether ``text``, made of ``html``, has every line of ``words``, in order.

    Addresses may stand behind a link, names of pictures nowhere.
    """
    letters, at = _letters(text), 0
    for line in _lines(words):
        at = letters.find(line, at)
        if at < 0:
            return False
        at += len(line)
    if "://" not in words:
        return True
    source = html.replace("&amp;", "&")
    return all(address.rstrip("/.,;:)]*") in source for address in _ADDRESS.findall(words))


def _letters(text: str) -> str:
    return _plain(text).translate(_SEPARATORS)


def _lines(text: str) -> Sequence[str]:
    return [line.translate(_SEPARATORS) for line in _plain(text).split("\n")]


def _plain(text: str) -> str:
    return _BEHIND.sub(" ", text) if ":" in text else text
