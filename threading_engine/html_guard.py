"""Markup that no mail client writes and that would keep a parser busy for minutes.

Both parsers in use compare every open element and every attribute of an element with each other,
so their time grows with the square of either. Real mail stays far below these limits.
"""

from __future__ import annotations

import html as entities
import re

_MOST_OPEN_TAGS = 500
#: A thread of a thousand mails has fewer; walking over more takes a second.
_MOST_TAGS = 150_000
_MOST_ATTRIBUTES = 200
#: Below this size neither square can hurt.
_HARMLESS_SIZE = 20_000
_CROWDED_LENGTH = 1_000

_TAG = re.compile(r"<(/?[a-z][a-z0-9:]*)")
_ANY_TAG = re.compile(r"<[^<>]*>")
# The tokeniser's own grammar of a start tag; an unfinished quotation counts as more attributes.
_ATTRIBUTE = r"""=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|))?+"""
_START_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+((?:[\s/]++|{_ATTRIBUTE}|=)*+)")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_NEVER_NEST = frozenset(
    "area base br col embed hr img input link meta source track wbr p li td tr th dt dd option".split()  # noqa: SIM905 - a list takes a line a word
)


def is_hostile(html: str) -> bool:
    """Whether a parser should not see this markup."""
    if html.count("<") > _MOST_TAGS:
        return True
    return _is_deep(html) or (len(html) > _HARMLESS_SIZE and _is_crowded(html))


def without_tags(html: str) -> str:
    """The text of markup that is not worth a parser, roughly."""
    return entities.unescape(_ANY_TAG.sub(" ", html))


def _is_deep(html: str) -> bool:
    """Whether too many tags stay open; unmatched closing tags count nothing."""
    if html.count("<") <= _MOST_OPEN_TAGS:
        return False
    open_tags: dict[str, int] = {}
    depth = 0
    for tag in _TAG.findall(html.lower()):
        if tag[0] == "/":
            if count := open_tags.get(tag[1:]):
                open_tags[tag[1:]] = count - 1
                depth -= 1
        elif tag not in _NEVER_NEST:
            open_tags[tag] = open_tags.get(tag, 0) + 1
            depth += 1
            if depth > _MOST_OPEN_TAGS:
                return True
    return False


def _is_crowded(html: str) -> bool:
    """Whether one element has too many attributes."""
    return any(
        len(_ONE_ATTRIBUTE.findall(attributes)) > _MOST_ATTRIBUTES
        for attributes in _START_TAG.findall(html)
        if len(attributes) > _CROWDED_LENGTH
    )
