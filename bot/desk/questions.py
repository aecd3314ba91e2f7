"""What somebody asks the desk about tickets in one line, and what the answer holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.limits import Budget
from bot.desk.search import LONGEST
from bot.desk.ticket import Workunit

#: Name of the notification.
ANSWER = "answer"
#: Tickets in one answer.
MOST_TICKETS = 25
#: Far more than people ask; the end of two machines that answer each other.
QUESTIONS = Budget(name="questions in an hour", window=timedelta(hours=1), limit=60)

_LIST = re.compile(r"#(tickets|search)(?:\s+(\S.*))?", re.IGNORECASE)
_ONE = re.compile(r"#status\s+#?([0-9]{1,15})", re.IGNORECASE)
_LONGEST_LINE = LONGEST + 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One line that asks for something and changes nothing."""

    #: As written.
    line: str
    #: The ticket it is about; None where it asks for a list.
    number: int | None = None
    #: What the tickets of the list have to be, for `bot.desk.search.parse`.
    query: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One ticket of an answer."""

    number: int
    #: Empty where nothing proves who chose it.
    title: str
    status: str
    priority: int
    #: Empty while nobody has it.
    owner: str
    #: When anything about it changed last.
    changed: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one person may know of what they asked, at one moment."""

    question: Question
    rows: tuple[Row, ...] = ()
    #: The latest words of the one ticket, oldest first.
    words: tuple[Workunit, ...] = ()
    #: True when the list is longer.
    more: bool = False
    #: What is wrong with the query, in words; empty for nothing.
    mistake: str = ""


def read_question(line: str, *, insider: bool) -> Question | None:
    """The question in a line; None for any other line.

    ``#status in progress`` is a command and no question; ``#search`` is for the desk's own people.
    """
    line = line.strip()
    if len(line) > _LONGEST_LINE:
        return None
    if one := _ONE.fullmatch(line):
        return Question(line=line, number=int(one[1]))
    asked = _LIST.fullmatch(line)
    if asked is None:
        return None
    words = (asked[2] or "").strip()
    if asked[1].lower() == "search" and not (insider and words):
        return None
    usual = "owner:me is:open" if insider else "is:open"
    return Question(line=line, query=words or usual)
