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
_SEPARATORS = re.compile(r"[\s,;()\"<>]+")


def parse(value: str) -> tuple[str, ...]:
    """The ids in order, each once, without brackets; ids folded in the middle are joined.

    Bare words with an @ count only when nothing stands in brackets: In-Reply-To used to hold prose.
    """
    bracketed = [_SPACE.sub("", found) for found in _BRACKETED.findall(value)]
    if not any(bracketed):
        bracketed = [word for word in _SEPARATORS.split(value) if "@" in word.strip("@")]
    ids = [found for found in dict.fromkeys(bracketed) if 0 < len(found) <= MAX_ID]
    return tuple(ids if len(ids) <= 2 * KEEP else ids[:KEEP] + ids[-KEEP:])
