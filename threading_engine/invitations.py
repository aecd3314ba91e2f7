"""Calendar invitations (RFC 5545, RFC 5546) as lines that people can read.

The words are stored with the mail and read by everybody, so they are in English whatever the
language of the reader; dates are ISO dates, and times are those that the sender wrote, with their
zone. Nothing is reckoned: how often something repeats is said in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

from threading_engine import charsets, recurrence
from threading_engine.message import Attachment, Message
from threading_engine.quotes import Folded

__all__ = ["Invitation", "add_to_html", "add_to_words", "find"]

_TYPES = frozenset({"text/calendar", "application/ics"})
#: A calendar is longer only for what is not shown: attached files, HTML, alarms.
_MOST_BYTES, _MOST_LINES, _LONGEST_LINE = 2_000_000, 500, 2000
#: Appointments that are shown of one mail, and calendars that are looked at.
_MOST_EVENTS, _MOST_CALENDARS = 5, 3
_LONGEST_TEXT = 300

#: How a mail's method is called; other methods are no news for people.
_TITLES = {
    "REQUEST": "Invitation",
    "PUBLISH": "Appointment",
    "ADD": "Invitation",
    "CANCEL": "Cancelled invitation",
}
_SHOWN = re.compile(
    r"(?:BEGIN|END|METHOD|DTSTART|DTEND|DURATION|RRULE|SUMMARY|LOCATION|ORGANIZER|STATUS|TZID"
    r"|TZOFFSETFROM|TZOFFSETTO|RECURRENCE-ID)[;:]",
    re.IGNORECASE,
)
#: Values of one appointment by name; each of the library's own types.
Event = Mapping[str, Any]

_FOLD = re.compile(r"\r?\n[ \t]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """One appointment."""

    #: ``Invitation``, ``Cancelled invitation`` or ``Appointment``.
    kind: str
    #: What it is about, on one line; may be empty.
    title: str
    #: When, for example ``Thursday 2026-03-05, 14:00–15:00 (Europe/Berlin, UTC+01:00)``.
    when: str
    #: How it repeats, in words; empty when it does not.
    repeats: str = ""
    where: str = ""
    #: Name and address of whoever invites; empty when the calendar does not say.
    organiser: str = ""
    #: How many are invited; 0 when the calendar names none.
    invited: int = 0

    def lines(self) -> Iterator[str]:
        """The appointment as it is shown."""
        yield f"[{self.kind}] {self.title}".rstrip()
        yield f"When: {self.when}"
        if self.repeats:
            yield f"Repeats: {self.repeats}"
        if self.where:
            yield f"Where: {self.where}"
        if self.organiser:
            yield f"Organiser: {self.organiser}"
        if self.invited:
            yield f"Invited: {self.invited}"


def find(message: Message) -> tuple[Invitation, ...]:
    """Every appointment of a mail, each once; at most five. Raises nothing."""
    calendars = [a for a in message.attachments if _is_calendar(a)]
    if not calendars:
        return ()
    found = (invitation for a in calendars[:_MOST_CALENDARS] for invitation in _read(a.data))
    return tuple(dict.fromkeys(found))[:_MOST_EVENTS]


def _is_calendar(attachment: Attachment) -> bool:
    return attachment.content_type in _TYPES or attachment.name.lower().endswith(".ics")


def add_to_words(folded: Folded, invitations: Sequence[Invitation]) -> Folded:
    """The words of a mail with its appointments below."""
    if not invitations:
        return folded
    shown = [folded.visible, *("\n".join(one.lines()) for one in invitations)]
    visible = "\n\n".join(text for text in shown if text)
    return replace(folded, visible=visible, own=folded.own or not folded.visible)


def add_to_html(html: str, invitations: Iterable[Invitation]) -> str:
    """The same for the words as HTML."""
    shown = ("<br>".join(escape(line, quote=False) for line in one.lines()) for one in invitations)
    return "".join([html, *(f"<p>{lines}</p>" for lines in shown)])


# --- reading --------------------------------------------------------------------------------------


def _read(data: bytes) -> Iterator[Invitation]:
    text = _FOLD.sub("", charsets.decode(data[:_MOST_BYTES], None)[0])
    if "BEGIN:VEVENT" not in text:
        return
    lines = text.splitlines()
    shown = [line for line in lines if len(line) <= _LONGEST_LINE and _SHOWN.match(line)]
    attendees = _attendees(lines)
    for number, event in enumerate(_events("\r\n".join(shown[:_MOST_LINES]))):
        kind = _kind(shown, event)
        if kind is None:
            return
        with suppress(Exception):  # the library raises what it likes for a value it cannot read
            yield _invitation(kind, event, attendees[number] if number < len(attendees) else 0)


def _attendees(lines: Iterable[str]) -> list[int]:
    """How many are invited to each appointment; a list of hundreds is counted, not parsed."""
    counts: list[int] = []
    for line in lines:
        name = line[:12].upper()
        if name == "BEGIN:VEVENT":
            counts.append(0)
        elif counts and name.startswith(("ATTENDEE:", "ATTENDEE;")):
            counts[-1] += 1
    return counts


def _events(text: str) -> list[Event]:
    from icalendar import Calendar

    # A mail that was cut, or more lines than are read: what is open ends here.
    opened = [line[6:] for line in text.split("\r\n") if line[:6].upper() == "BEGIN:"]
    closed = sum(line[:4].upper() == "END:" for line in text.split("\r\n"))
    ends = [f"END:{name}" for name in reversed(opened[: len(opened) - closed])]
    try:
        calendar: Any = Calendar.from_ical("\r\n".join([text, *ends, ""]))
        return list(calendar.walk("VEVENT"))[:_MOST_EVENTS]
    except Exception:  # noqa: BLE001 - the library raises what it likes
        return []


def _kind(lines: Iterable[str], event: Event) -> str | None:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return _TITLES["CANCEL"]
    stated = (line[7:].strip().upper() for line in lines if line[:7].upper() == "METHOD:")
    return _TITLES.get(next(stated, "PUBLISH"))


def _invitation(kind: str, event: Event, invited: int) -> Invitation:
    start = event["DTSTART"]
    return Invitation(
        kind=kind,
        title=_line(event.get("SUMMARY")),
        when=_when(start.dt, _end(event, start.dt), _line(start.params.get("TZID"))),
        repeats=recurrence.words(event.get("RRULE")),
        where=_line(event.get("LOCATION")),
        organiser=_organiser(event.get("ORGANIZER")),
        invited=invited,
    )


def _end(event: Event, start: date) -> date | None:
    if "DTEND" in event:
        end: date = event["DTEND"].dt
        return end
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        return start + length
    return None


def _line(value: Any) -> str:  # noqa: ANN401 - text, several texts or nothing, as the library has it
    first = value[0] if isinstance(value, list) and value else value
    text = "".join(c if c.isprintable() else " " for c in str(first or "")[: 2 * _LONGEST_TEXT])
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TEXT else line[:_LONGEST_TEXT] + " …"


def _organiser(value: Any) -> str:  # noqa: ANN401 - the library's own text type, or nothing
    if value is None:
        return ""
    address = re.sub(r"\Amailto:", "", _line(value), flags=re.IGNORECASE)
    name = _line(value.params.get("CN")).strip("\"'") if hasattr(value, "params") else ""
    return f"{name} <{address}>" if name and name != address else address


# --- times ----------------------------------------------------------------------------------------


def _when(start: date, end: date | None, zone: str) -> str:
    if not isinstance(start, datetime):
        return _days(start, end)
    if not isinstance(end, datetime) or end == start:
        return f"{_day(start)}, {start:%H:%M} ({_zone(start, zone)})"
    if end.date() == start.date():
        return f"{_day(start)}, {start:%H:%M}–{end:%H:%M} ({_zone(start, zone)})"
    until = f"{_day(end)}, {end:%H:%M}"
    return f"{_day(start)}, {start:%H:%M} – {until} ({_zone(start, zone)})"


def _days(start: date, end: date | None) -> str:
    """Whole days; the end is the first day after (RFC 5545, section 3.6.1)."""
    if end is None or isinstance(end, datetime) or end <= start + timedelta(days=1):
        return f"{_day(start)}, all day"
    return f"{_day(start)} – {_day(end - timedelta(days=1))}"


def _day(day: date) -> str:
    return f"{recurrence.WEEKDAYS[day.weekday()]} {day.isoformat()[:10]}"


def _zone(at: datetime, named: str) -> str:
    """The zone as the sender names it, and how far it is from UTC on that day."""
    offset = at.utcoffset()
    if offset is None:
        return named or "no time zone given"
    minutes = int(offset.total_seconds()) // 60
    if not named and not minutes:
        return "UTC"
    distance = f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return f"{named}, {distance}" if named else distance
