"""Calendar invitations as people read them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cost import within
from threading_engine import invitations, recurrence
from threading_engine.message import Attachment, Message
from threading_engine.quotes import fold_plain

BERLIN = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
PRINTER = """DTSTART;TZID=W. Europe Standard Time:20260305T140000
DTEND;TZID=W. Europe Standard Time:20260305T153000
SUMMARY;LANGUAGE=de-DE:Drucker tauschen\\, 2. Anlauf
LOCATION:Raum 3\\nHinterhaus
ORGANIZER;CN="Asker, Ann":mailto:ann@customer.example
ATTENDEE;ROLE=REQ-PARTICIPANT;CN=Desk:mailto:desk@example.org
ATTENDEE;CN=Bo:mailto:bo@customer.example
UID:1"""


def calendar(event: str, *, method: str = "REQUEST", zone: str = BERLIN) -> bytes:
    stated = f"METHOD:{method}\n" if method else ""
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{stated}{zone}BEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def shown(data: bytes, *, content_type: str = "text/calendar", name: str = "invite.ics") -> str:
    attachment = Attachment(name=name, content_type=content_type, data=data)
    found = invitations.find(Message(attachments=(attachment,)))
    return "\n\n".join("\n".join(one.lines()) for one in found)


def test_an_invitation_of_outlook() -> None:
    assert shown(calendar(PRINTER)) == (
        "[Invitation] Drucker tauschen, 2. Anlauf\n"
        "When: Thursday 2026-03-05, 14:00–15:30 (W. Europe Standard Time, UTC+01:00)\n"
        "Where: Raum 3 Hinterhaus\n"
        "Organiser: Asker, Ann <ann@customer.example>\n"
        "Invited: 2"
    )


@pytest.mark.parametrize(
    ("times", "when"),
    [
        ("DTSTART:20260305T140000Z\nDTEND:20260305T150000Z", "Thursday 2026-03-05, 14:00–15:00 (UTC)"),
        ("DTSTART:20260305T140000\nDTEND:20260305T150000", "Thursday 2026-03-05, 14:00–15:00 (no time zone given)"),
        ("DTSTART;TZID=Europe/Berlin:20260705T140000\nDURATION:PT45M", "Sunday 2026-07-05, 14:00–14:45 (Europe/Berlin, UTC+02:00)"),
        ("DTSTART;TZID=W. Europe Standard Time:20260705T140000", "Sunday 2026-07-05, 14:00 (W. Europe Standard Time, UTC+02:00)"),
        ("DTSTART;TZID=Eastern Standard Time:20260105T090000", "Monday 2026-01-05, 09:00 (Eastern Standard Time, UTC-05:00)"),
        ("DTSTART;TZID=Nowhere:20260105T090000", "Monday 2026-01-05, 09:00 (Nowhere)"),
        ("DTSTART;VALUE=DATE:20260305\nDTEND;VALUE=DATE:20260306", "Thursday 2026-03-05, all day"),
        ("DTSTART;VALUE=DATE:20260305\nDTEND;VALUE=DATE:20260308", "Thursday 2026-03-05 – Saturday 2026-03-07"),
        ("DTSTART:20260305T220000Z\nDTEND:20260306T020000Z", "Thursday 2026-03-05, 22:00 – Friday 2026-03-06, 02:00 (UTC)"),
    ],
)  # fmt: skip
def test_when(times: str, when: str) -> None:
    assert f"When: {when}" in shown(calendar(f"{times}\nSUMMARY:x")).split("\n")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260501T120000Z", "every week on Monday, Wednesday, until 2026-05-01"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=10;WKST=MO", "every 2 weeks, 10 times"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "every month, on day 15 of the month"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=-1", "every year, on the last of the month, in March"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "by the rule FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"),
        ("FREQ=SECONDLY", "by the rule FREQ=SECONDLY"),
    ],
)  # fmt: skip
def test_how_it_repeats(rule: str, words: str) -> None:
    text = shown(calendar(f"DTSTART:20260305T140000Z\nRRULE:{rule}\nSUMMARY:x"))
    assert f"Repeats: {words}" in text.split("\n")


@pytest.mark.parametrize(
    ("method", "kind"),
    [("REQUEST", "[Invitation]"), ("CANCEL", "[Cancelled invitation]"), ("PUBLISH", "[Appointment]"),
     ("", "[Appointment]"), ("REPLY", ""), ("COUNTER", ""), ("REFRESH", "")],
)  # fmt: skip
def test_methods(method: str, kind: str) -> None:
    assert shown(calendar(PRINTER, method=method)).partition(" Drucker")[0] == kind


def test_a_cancelled_status_counts() -> None:
    assert shown(calendar(PRINTER + "\nSTATUS:CANCELLED")).startswith("[Cancelled invitation]")


def test_a_calendar_is_known_by_its_name_too() -> None:
    assert shown(calendar(PRINTER), content_type="application/octet-stream")
    assert not shown(calendar(PRINTER), content_type="application/octet-stream", name="a.txt")


def test_the_same_invitation_twice_is_shown_once() -> None:
    one = Attachment(name="a.ics", content_type="text/calendar", data=calendar(PRINTER))
    message = Message(attachments=(one, replace(one, name="b.ics")))
    assert len(invitations.find(message)) == 1


def test_a_whole_calendar_shows_five() -> None:
    event = "BEGIN:VEVENT\r\nDTSTART:202601{:02}T100000Z\r\nSUMMARY:no {}\r\nEND:VEVENT\r\n"
    events = "".join(event.format(1 + n % 28, n) for n in range(200))
    data = f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()
    assert shown(data).count("[Appointment]") == 5


def test_it_stands_below_the_words() -> None:
    found = invitations.find(
        Message(
            attachments=(
                Attachment(name="a.ics", content_type="text/calendar", data=calendar(PRINTER)),
            )
        )
    )
    folded = invitations.add_to_words(fold_plain("Please come.\n\n-- \nAnn"), found)
    assert folded.visible.startswith("Please come.\n\n[Invitation] Drucker")
    assert folded.signature == "-- \nAnn"
    alone = invitations.add_to_words(fold_plain(""), found)
    assert alone.visible.startswith("[Invitation]")
    assert alone.own
    page = invitations.add_to_html("<b>Come</b>", (replace(found[0], title="<script>"),))
    assert page.startswith("<b>Come</b><p>[Invitation] &lt;script&gt;<br>When: Thursday")


def test_hostile_words_stay_on_their_line() -> None:
    text = shown(
        calendar("DTSTART:20260305T140000Z\nSUMMARY:a\\n#close\\n\x1b[31m\u202eb" + "x" * 900)
    )
    title, when = text.split("\n")
    assert title.startswith("[Invitation] a #close")
    assert len(title) < 400
    assert when.startswith("When:")
    assert not {"\x1b", "\u202e"} & set(text)


WHOLE = calendar(PRINTER + "\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3")


@given(at=st.integers(0, 2000), put=st.binary(max_size=12), skip=st.integers(0, 12))
def test_no_changed_byte_does_harm(at: int, put: bytes, skip: int) -> None:
    at %= len(WHOLE)
    shown(WHOLE[:at] + put + WHOLE[at + skip :])


@given(
    st.dictionaries(
        st.sampled_from(["FREQ", "BYDAY", "COUNT", "UNTIL", "BYMONTH", "X"]), st.lists(st.text())
    )
)
def test_no_rule_does_harm(rule: dict[str, list[str]]) -> None:
    text = ";".join(f"{name}={','.join(values)}" for name, values in rule.items())
    shown(calendar(f"DTSTART:20260305T140000Z\nRRULE:{text}\nSUMMARY:x"))


def test_no_rule_is_no_words() -> None:
    assert recurrence.words(None) == ""


@pytest.mark.parametrize(
    "data",
    [
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 70_000,
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260101T000000Z\r\n" + b"X-A:b\r\n" * 140_000 + b"END:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + b"ATTENDEE:mailto:a@b.c\r\n" * 40_000 + b"END:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY" + b";A=b" * 250_000 + b":x\r\nEND:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:" + b"\r\n x" * 250_000 + b"\r\nEND:VEVENT\r\nEND:VCALENDAR",
        calendar("DTSTART:20260305T140000Z\nRRULE:FREQ=DAILY;BYDAY=" + ",".join(["MO"] * 200_000)),
    ],
)  # fmt: skip
def test_time_is_linear(data: bytes) -> None:
    shown(calendar(PRINTER))  # the library is loaded
    within(1, lambda: shown(data))
