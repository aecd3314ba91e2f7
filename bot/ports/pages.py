"""What the bot asks of templates for the pages of its HTTP port."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

#: Why there is no page: its time is over, there is none, the request made no sense, there were too
#: many, or storage is away.
Notice = Literal["over", "missing", "wrong", "often", "away"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFacts:
    """Everything a page may speak of."""

    desk_name: str
    #: Allows the page's own style, and no other, by Content-Security-Policy.
    nonce: str
    #: For ``notice``: what it says.
    notice: Notice = "missing"
    ticket_number: int = 0
    ticket_title: str = ""
    #: What is chosen when the page opens: ``good``, ``bad``, or empty.
    choice: str = ""
    #: True when an answer is kept already.
    answered: bool = False
    comment: str = ""
    #: The last day on which the answer can be changed, or None.
    until: date | None = None
    #: True right after an answer was kept.
    saved: bool = False


class PageRenderer(Protocol):
    """Gives a page its words."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages there are."""
        ...

    def render_page(self, page: str, *, language: str, facts: PageFacts) -> str:
        """Render ``satisfaction`` or ``notice``; an unknown language falls back to English."""
        ...
