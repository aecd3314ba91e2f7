"""Message-IDs out of Message-ID, In-Reply-To and References, as mail programs mangle them."""

from __future__ import annotations

import re

#: An id longer than a header line may be is no id.
MAX_ID = 998
#: How many ids of one field are kept from its start and its end; a thread's root and its
#: newest ids are the ones that find a ticket.
KEEP = 50

_BRACKETED = re.compile(r"<([^<>]*)>")
_SPACE = re.compile(r"\s+")
_SEPARATORS = re.compile(r"[\s,;()\"'<>]+")
#: Brackets as web mailers write them into header fields.
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("%3C", "<"), ("%3E", ">"))


def parse(value: str) -> tuple[str, ...]:
    """The ids in order, each once, without brackets; ids folded in the middle are joined.

    Bare words with an @ count only when nothing stands in brackets: In-Reply-To used to hold prose.
    """
    for written, meant in _ENTITIES:
        value = value.replace(written, meant)
    found = [_SPACE.sub("", ident) for ident in _BRACKETED.findall(value)] + _cut_off(value)
    if not any(found):
        found = [word for word in _SEPARATORS.split(value) if "@" in word.strip("@")]
    ids = [ident for ident in dict.fromkeys(map(_unquoted, found)) if 0 < len(ident) <= MAX_ID]
    return tuple(ids if len(ids) <= 2 * KEEP else ids[:KEEP] + ids[-KEEP:])


def _cut_off(value: str) -> list[str]:
    """An id behind a last bracket that is never closed, if it is one.

    Old gateways cut a field in the middle of an id, and what is left of one of ours may be enough.
    """
    _, opened, rest = value.rpartition("<")
    whole = ">" in rest or "@" not in rest or len(rest.split()) != 1
    return [] if not opened or whole else [rest.strip()]


def _unquoted(ident: str) -> str:
    """Without quotes around the whole; a quoted local part keeps its own."""
    return ident[1:-1] if len(ident) > 1 and ident[0] == ident[-1] and ident[0] in "\"'" else ident
