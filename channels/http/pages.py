"""What the HTTP port asks of the desk, and the values that travel between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Somebody opened a link."""

    #: What stands in the path, unread.
    token: str
    #: Languages of the browser, the best first, in lower case.
    languages: tuple[str, ...]
    #: What the link proposes, unchecked; empty for nothing.
    choice: str
    #: True right after a vote.
    saved: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Vote:
    """A form as somebody sent it, unchecked."""

    choice: str
    comment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A page, or where to find one."""

    status: int = 200
    html: str = ""
    #: Code of the page's language.
    language: str = "en"
    #: Allows the page's own style.
    nonce: str = ""
    #: Where the browser goes on by a GET instead, relative to what it asked for; else empty.
    location: str = ""


class Pages(Protocol):
    """The desk's pages. Called in threads; whatever is raised becomes a 503."""

    def show(self, asked: Asked) -> Answer:
        """The page of a link; changes nothing."""
        ...

    def vote(self, asked: Asked, vote: Vote) -> Answer:
        """Keep an answer."""
        ...

    def notice(self, status: int, languages: tuple[str, ...]) -> Answer:
        """A page for a status of 4xx or 5xx; needs no storage."""
        ...

    def healthy(self) -> bool:
        """Whether the desk can work."""
        ...
