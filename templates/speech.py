"""What a template may call: the desk's own words, dates and numbers in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from templates import catalogue
from templates.catalogue import HEADINGS, RATINGS, VALUES
from threading_engine.subject import one_re


def functions(code: str, translate: Callable[[str], str]) -> dict[str, Callable[..., Any]]:
    """The functions by their names in a template, for one language.

    Closures and no `partial`: a template sees nothing of a closure.
    """

    def say(word: str) -> str:
        return translate(word) if word else ""

    def heading(what: str) -> str:
        return translate(what.capitalize()) if what in HEADINGS else what

    def value(what: str, word: str) -> str:
        return translate(word) if word in VALUES.get(what, ()) else word

    def rating(choice: str) -> str:
        return translate(RATINGS[choice])

    def date(at: datetime | str | None) -> str:
        return catalogue.date(at, code)

    def size(count: int) -> str:
        return catalogue.size(count, code)

    def duration(minutes: int) -> str:
        return catalogue.duration(minutes)

    def money(amount: int) -> str:
        return catalogue.money(amount, code)

    def re(title: str) -> str:
        return one_re(title)

    return {
        one.__name__: one for one in (say, heading, value, rating, date, size, duration, money, re)
    }
