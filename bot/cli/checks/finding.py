"""What a check found, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.settings import Settings
from storage.database import Database

Mark = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of the report."""

    mark: Mark
    #: What was looked at, with the configuration key where there is one.
    about: str
    #: What was found.
    text: str
    #: How to repair it; empty where nothing is to be done.
    fix: str = ""


def ok(about: str, text: str) -> Finding:
    """All is well."""
    return Finding(mark="ok", about=about, text=text)


def warning(about: str, text: str, fix: str) -> Finding:
    """It works, but somebody will be surprised."""
    return Finding(mark="warning", about=about, text=text, fix=fix)


def wrong(about: str, text: str, fix: str) -> Finding:
    """It does not work."""
    return Finding(mark="wrong", about=about, text=text, fix=fix)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The desk under inspection."""

    settings: Settings
    #: None while there is none, or none with tables that can be reached.
    database: Database | None
    #: Why it cannot be reached; empty when it can, or is not there yet.
    away: str = ""


Check = Callable[[Desk], Iterator[Finding]]
