"""Several people's words in one mail, as templates see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from bot.desk.facts import Entry, Section
from bot.desk.ticket import Visibility
from templates import catalogue
from templates.words import Words, clean_line, clean_text
from threading_engine.subject import one_re


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownEntry:
    """One of `entries`."""

    author: str
    at: datetime
    #: True for what only colleagues may read.
    internal: bool
    #: False when the author is not proven.
    trusted: bool
    text: str
    words_html: Words
    attachment_list: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownSection:
    """One of `sections`."""

    number: int
    title: str
    told_status: str
    reply_to: str
    #: The same as a link that opens an answer with its subject.
    link: str
    staff: bool
    entries: tuple[ShownEntry, ...]
    changes: tuple[tuple[str, ...], ...]


def show_entries(entries: Iterable[Entry], code: str) -> tuple[ShownEntry, ...]:
    """Cleaned like everything else that people write."""
    return tuple(_show(entry, code) for entry in entries)


def show_sections(sections: Iterable[Section], code: str) -> tuple[ShownSection, ...]:
    """The same for a digest."""
    return tuple(
        ShownSection(
            number=section.ticket_number,
            title=(title := clean_line(section.ticket_title)),
            told_status=section.told_status,
            reply_to=section.reply_to,
            link=f"mailto:{quote(section.reply_to, safe='+@')}?subject={quote(one_re(title))}",
            staff=section.staff,
            entries=show_entries(section.entries, code),
            changes=tuple(tuple(map(clean_line, change)) for change in section.changes),
        )
        for section in sections
    )


def _show(entry: Entry, code: str) -> ShownEntry:
    text = clean_text(entry.text)
    return ShownEntry(
        author=clean_line(entry.author_name),
        at=entry.at,
        internal=entry.visibility != Visibility.PUBLIC,
        trusted=entry.trusted,
        text=text,
        words_html=Words(text, entry.html),
        attachment_list=", ".join(
            f"{clean_line(name)} ({catalogue.size(count, code)})"
            for name, count in entry.attachments
        ),
    )


def joined(entries: Iterable[Entry]) -> str:
    """All words in one text, for templates that know of one only."""
    return "\n\n".join(
        f"{clean_line(entry.author_name)}:\n\n{clean_text(entry.text)}" for entry in entries
    )
