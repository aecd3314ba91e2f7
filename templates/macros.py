"""Macros of an older ticketing tool, accepted beside Jinja names in any template.

People bring their templates along. A macro is replaced when a template's source is read, so a
mail costs nothing more for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Macro:
    """What one macro stands for."""

    #: A Jinja expression; used as it is inside a tag, in braces outside.
    expression: str
    #: What it becomes outside a tag in a text template; empty for the expression.
    text: str = ""
    #: The same in an HTML template.
    html: str = ""


MACROS: dict[str, Macro] = {
    "_incident_title_": Macro(expression="ticket_title"),
    "_incident_id_": Macro(expression="ticket_number"),
    "_incident_status_": Macro(expression="say(ticket_status)"),
    "_incident_priority_": Macro(expression="ticket_priority"),
    "_incident_group_": Macro(expression="group_name"),
    "_incident_owner_": Macro(expression="owner_name"),
    "_incident_requester_": Macro(expression="requester_name"),
    "_wu_text_": Macro(expression="text", html="{{ words_html }}"),
    "_wu_author_": Macro(expression="author_name"),
    "_wu_date_": Macro(expression="date(at)"),
    "_wu_attachments_": Macro(expression="attachment_list"),
    "_ticket_satisfaction_": Macro(
        expression="ratings",
        text='{% include "ratings.txt" %}',
        html='{% include "ratings.html" %}',
    ),
    "_person_name_": Macro(expression="recipient_name"),
    "_desk_name_": Macro(expression="desk_name"),
}

#: A Jinja tag, or a word that looks like a macro; comments count as tags.
_TOKEN = re.compile(
    r"(?P<tag>\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})|(?<![A-Za-z0-9_])_[a-z]+(?:_[a-z]+)+_(?![A-Za-z0-9_])",
    re.DOTALL,
)
_WORD = re.compile(r"(?<![A-Za-z0-9_])_[a-z]+(?:_[a-z]+)+_(?![A-Za-z0-9_])")


def expand(source: str, *, html: bool) -> str:
    """The template's source with every known macro replaced; unknown ones stay as they are."""

    def replaced(found: re.Match[str]) -> str:
        if found["tag"]:
            return _WORD.sub(_expression, found[0])
        macro = MACROS.get(found[0])
        if macro is None:
            return found[0]
        return (macro.html if html else macro.text) or f"{{{{ {macro.expression} }}}}"

    return _TOKEN.sub(replaced, source)


def _expression(found: re.Match[str]) -> str:
    macro = MACROS.get(found[0])
    return f"({macro.expression})" if macro else found[0]


def unknown(source: str) -> Iterator[tuple[int, str]]:
    """Line number and name of everything shaped like a macro that is none."""
    for found in _WORD.finditer(source):
        if found[0] not in MACROS:
            yield source.count("\n", 0, found.start()) + 1, found[0]
