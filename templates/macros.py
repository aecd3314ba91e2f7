"""Macros of an older ticketing tool, accepted beside Jinja names in any template.

People bring their templates along. A macro is replaced when a template's source is read, so a
mail costs nothing more for it. Upper and lower case are the same in a macro.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
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
    "_incident_main_text_": Macro(expression="first_words"),
    "_incident_epilog_": Macro(expression="epilogue"),
    "_incident_closed_by_": Macro(expression="closed_by_name"),
    "_incident_owner_email_": Macro(expression="owner_address"),
    "_incident_own_email_": Macro(expression="owner_address"),
    "_incident_group_email_": Macro(expression="group_address"),
    "_incident_author_email_": Macro(expression="requester_address"),
    "_incident_auth_email_": Macro(expression="requester_address"),
    "_author_": Macro(expression="requester_name"),
    "_owner_": Macro(expression="owner_name"),
    "_group_": Macro(expression="group_name"),
    "_priority_": Macro(expression="ticket_priority"),
    "_status_": Macro(expression="say(ticket_status)"),
    "_resolution_": Macro(expression="say(resolution)"),
    "_id_group_": Macro(expression="group_id"),
    "_name_group_": Macro(expression="group_name"),
    "_id_priority_": Macro(expression="ticket_priority"),
    "_name_priority_": Macro(expression='"P" ~ ticket_priority'),
    "_id_status_": Macro(expression="ticket_status"),
    "_name_status_": Macro(expression="say(ticket_status)"),
    "_id_resolution_": Macro(expression="resolution"),
    "_name_resolution_": Macro(expression="say(resolution)"),
    "_type_tickets_": Macro(expression="ticket_type"),
    "_creation_timestamp_": Macro(expression="date(opened_at)"),
    "_update_timestamp_": Macro(expression="date(updated_at)"),
    "_time_used_": Macro(expression="duration(minutes_used)"),
    "_access_url_": Macro(expression="access_url"),
    "_sitename_": Macro(expression="desk_name"),
    "_fullname_": Macro(expression="recipient_name"),
    "_username_": Macro(expression="recipient_address"),
    "_wu_text_": Macro(expression="text", html="{{ words_html }}"),
    "_wu_user_": Macro(expression="author_name"),
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

_TAG = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
#: Whatever may be meant as a macro: words between underscores, on one line, as in ``_field name_``.
_MEANT = re.compile(
    rf"(?P<tag>{_TAG})|(?<!\w)_(?=[^\W_])[^\n{{}}<>%\"']{{1,80}}?(?<=[^\W_])_(?!\w)", re.DOTALL
)


class Vocabulary:
    """The macros of one desk: the common ones, and one for each of its custom fields."""

    def __init__(self, fields: Collection[str] = ()) -> None:
        self._macros = {f"_{name}_".casefold(): _of_field(name) for name in fields} | MACROS
        #: As people write them, for the sentence that lists them.
        self.names = (*MACROS, *(f"_{name}_" for name in fields))
        words = "|".join(map(re.escape, sorted(self._macros, key=len, reverse=True)))
        self._word = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        self._token = re.compile(
            rf"(?P<tag>{_TAG})|(?<!\w)(?:{words})(?!\w)", re.DOTALL | re.IGNORECASE
        )

    def expand(self, source: str, *, html: bool) -> str:
        """The source with every known macro replaced; unknown ones stay as they are."""

        def replaced(found: re.Match[str]) -> str:
            if found["tag"]:
                return self._word.sub(self._expression, found[0])
            macro = self._macros[found[0].casefold()]
            return (macro.html if html else macro.text) or f"{{{{ {macro.expression} }}}}"

        return self._token.sub(replaced, source)

    def _expression(self, found: re.Match[str]) -> str:
        return f"({self._macros[found[0].casefold()].expression})"

    def unknown(self, source: str) -> Iterator[tuple[int, str]]:
        """Line number and name of everything shaped like a macro that is none."""
        for found in _MEANT.finditer(source):
            if not found["tag"] and found[0].casefold() not in self._macros:
                yield source.count("\n", 0, found.start()) + 1, found[0]


def _of_field(name: str) -> Macro:
    return Macro(expression=f"fields[{json.dumps(name, ensure_ascii=False)}]")
