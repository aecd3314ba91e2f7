"""The pages of the HTTP port: what their templates may use, and samples for the check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any, get_args

from babel.dates import format_date

from bot.desk.satisfaction import MOST_COMMENT
from bot.ports.pages import Notice, PageFacts
from templates.catalogue import locale
from templates.words import clean_line

#: What a page may use; described in docs/templates.md.
NAMES = (*(field.name for field in fields(PageFacts)), "language", "most")


def context(facts: PageFacts, code: str) -> dict[str, Any]:
    """The values of a page's names in a language."""
    values = asdict(facts)
    values["ticket_title"] = clean_line(facts.ticket_title)
    values["most"] = MOST_COMMENT
    values["until"] = format_date(facts.until, "long", locale(code)) if facts.until else ""
    return values


def samples() -> Iterator[tuple[str, PageFacts]]:
    """Each page with the turns that its template must be ready for."""
    house = PageFacts(desk_name="Example Service Desk", nonce="n")
    for notice in get_args(Notice):
        yield "notice", replace(house, notice=notice)
    asked = replace(house, ticket_number=42, until=date(2026, 12, 5))
    yield "satisfaction", asked
    answered = replace(
        asked,
        ticket_title="Printer on the second floor",
        choice="bad",
        answered=True,
        comment="It still prints stripes.",
        saved=True,
    )
    yield "satisfaction", answered
