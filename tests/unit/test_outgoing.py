"""From a due delivery to a message: what goes out, under whose name, with which addresses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk.facts import Facts
from bot.desk.notifications import Audience
from bot.desk.people import Group, Person, Queue
from bot.desk.satisfaction import Rating, Satisfaction, day_of, is_good
from bot.desk.ticket import Event, EventKind, File, Priority, Status, Ticket, Visibility, Workunit
from bot.desk.types import Types
from bot.errors import NotFound
from bot.house import House
from bot.outgoing import MOST_BYTES, build
from bot.ports import DueDelivery, Outgoing, Rendered
from bot.second_look import cancelled_because
from threading_engine.clues import address_token
from threading_engine.tokens import Keyring, Kind, Token

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = Keyring({"k2": b"x" * 32})
ANN = Person(
    id=11,
    name="Ann Asker",
    language="de",
    technician=False,
    identity_id=21,
    channel="email",
    address="ann@example.com",
)
TESS = replace(ANN, id=12, name="Tess Turner", language="", technician=True, identity_id=22)
FILE = File(
    name="report.pdf",
    content_type="application/pdf",
    size=3,
    sha256="aa",
    content_id=None,
    inline=False,
)
WORDS = Workunit(
    id=31,
    ticket_id=7,
    author_id=TESS.id,
    author_name=TESS.name,
    by_technician=True,
    visibility=Visibility.PUBLIC,
    text="Please try again.",
    html=None,
    elided="",
    signature="",
    at=NOW,
    message_id="tess-1@example.org",
)
DUE = DueDelivery(
    id=41,
    notification="reply",
    role=Audience.REQUESTER,
    attempts=1,
    at=NOW,
    person=ANN,
    event=Event(
        id=51,
        ticket_id=7,
        kind=EventKind.WORKUNIT_ADDED,
        actor_id=TESS.id,
        at=NOW,
        workunit_id=31,
        rule="signed_reply_address",
        data={},
    ),
    ticket=Ticket(
        id=7,
        title="Printer",
        status=Status.IN_PROGRESS,
        priority=Priority.P2,
        group_id=1,
        queue_id=1,
        requester_id=ANN.id,
        owner_id=TESS.id,
        opened_at=NOW,
        updated_at=NOW,
        status_since=NOW,
        closed_at=None,
        merged_into=None,
        locked=False,
        follows=None,
        trusted=True,
    ),
    workunit=WORDS,
    requester=ANN,
    owner_name=TESS.name,
    actor_name=TESS.name,
    actor_is_technician=True,
    group=Group(id=1, name="Service Desk"),
    queue=Queue(id=1, channel="email", address="desk@example.org", name="Desk", group_id=1),
    message_id=None,
    background=None,
    thread=("ann-1@example.com", "to-ann-1@example.org"),
)


@dataclass
class Recorder:
    """A renderer that keeps what it was asked for."""

    asked: list[tuple[str, str, Facts]] = field(default_factory=list)

    @property
    def wants_details(self) -> bool:
        return False

    def render(self, notification: str, *, language: str, facts: Facts) -> Rendered:
        self.asked.append((notification, language, facts))
        return Rendered(subject="Re: Printer", text="text", html="<p>html</p>")


@dataclass
class Shelf:
    """Blobs in memory."""

    held: dict[str, bytes] = field(default_factory=lambda: {"aa": b"abc", "bb": b"de"})

    def put(self, data: bytes) -> str:
        raise AssertionError(f"nothing is stored on the way out: {data!r}")

    def get(self, sha256: str) -> bytes:
        try:
            return self.held[sha256]
        except KeyError as error:
            raise NotFound(sha256) from error


def send(due: DueDelivery = DUE, **more: Any) -> tuple[Outgoing, Facts, str]:  # noqa: ANN401 - fields of the house
    """The message, the facts for its words, and their language."""
    recorder = Recorder()
    house = House(
        name="Example Service",
        language="en",
        zone=ZoneInfo("Europe/Berlin"),
        keyring=KEYS,
        renderer=recorder,
        blobs=Shelf(),
        types=Types,
        loop_mark="mark",
        **more,
    )
    outgoing = build(due, house)
    ((notification, language, facts),) = recorder.asked
    assert notification == due.notification
    return outgoing, facts, language


def signed(address: str) -> Token:
    token = address_token(address, KEYS)
    assert token is not None
    assert token.valid
    return token


# --- addresses ---


def test_every_address_is_signed_for_its_purpose() -> None:
    outgoing, _facts, _language = send()
    reply, bounce = signed(outgoing.reply_to), signed(outgoing.envelope_sender)
    assert (reply.kind, reply.numbers) == (Kind.TICKET, (7, ANN.id))
    assert (bounce.kind, bounce.numbers) == (Kind.BOUNCE, (41,))
    own = KEYS.read(outgoing.message_id.partition("@")[0])
    assert own is not None
    assert (own.kind, own.numbers, own.valid) == (Kind.MESSAGE, (7, 41), True)
    assert {outgoing.reply_to[:5], outgoing.envelope_sender[:5]} == {"desk+"}
    assert (outgoing.from_address, outgoing.to_address) == ("desk@example.org", "ann@example.com")
    assert outgoing.loop_mark == "mark"


def test_a_queue_with_a_plus_still_gets_its_answers() -> None:
    queue = replace(DUE.queue, address="desk+vip@example.org")
    outgoing, _facts, _language = send(replace(DUE, queue=queue))
    assert outgoing.reply_to.startswith("desk+vip+t.")
    assert signed(outgoing.reply_to).numbers == (7, ANN.id)


def test_a_later_try_keeps_its_message_id() -> None:
    first, _facts, _language = send()
    again, _facts, _language = send(replace(DUE, message_id="kept@example.org"))
    assert again.message_id == "kept@example.org" != first.message_id


# --- threads ---


def test_the_thread_is_the_receivers_own() -> None:
    outgoing, _facts, _language = send()
    assert outgoing.references == DUE.thread
    assert outgoing.in_reply_to == "to-ann-1@example.org"


@pytest.mark.parametrize(
    "key",
    [
        "a b@example.com",
        "a@example.com> evil",
        "<a@example.com>",
        "a@example.com\r\nBcc: x@y",
        "ä@example.com",
        '"x"@example.com',
        "x",
        "",
        "x" * 300,
    ],
)
def test_an_id_that_is_not_plain_does_not_go_out(key: str) -> None:
    outgoing, _facts, _language = send(replace(DUE, thread=(key, "plain@example.com", key)))
    assert outgoing.references == ("plain@example.com",)
    assert outgoing.in_reply_to == "plain@example.com"
    alone, _facts, _language = send(replace(DUE, thread=(key,)))
    assert (alone.references, alone.in_reply_to) == ((), None)


def test_a_mail_does_not_answer_itself() -> None:
    own, _facts, _language = send()
    again, _facts, _language = send(replace(DUE, thread=("a@example.com", own.message_id)))
    assert again.references == ("a@example.com",)


# --- names ---


def test_a_technician_speaks_in_the_desks_name() -> None:
    outgoing, facts, language = send()
    assert (outgoing.from_name, outgoing.to_name) == ("Tess Turner (Desk)", "Ann Asker")
    assert (facts.author_name, facts.author_is_technician, facts.trusted) == (
        "Tess Turner",
        True,
        True,
    )
    assert (language, outgoing.language) == ("de", "de")


def test_what_has_no_name_takes_the_desks() -> None:
    queue = replace(DUE.queue, name="")
    outgoing, facts, language = send(replace(DUE, queue=queue, person=replace(ANN, language="")))
    assert outgoing.from_name == "Tess Turner (Example Service)"
    assert (facts.desk_name, language) == ("Example Service", "en")


OPENED = replace(
    DUE,
    notification="acknowledgement",
    event=replace(DUE.event, kind=EventKind.TICKET_OPENED, actor_id=ANN.id),
    workunit=replace(WORDS, author_id=ANN.id, author_name=ANN.name, by_technician=False),
    ticket=replace(DUE.ticket, trusted=False),
    actor_name=ANN.name,
    actor_is_technician=False,
)


def test_no_name_that_a_stranger_chose_goes_out() -> None:
    outgoing, facts, _language = send(OPENED)
    assert (outgoing.to_name, outgoing.from_name, facts.trusted) == ("", "Desk", False)


def test_the_staff_sees_names_in_any_case() -> None:
    due = replace(OPENED, notification="new-ticket", role=Audience.STAFF, person=TESS)
    outgoing, facts, _language = send(due)
    assert (outgoing.to_name, outgoing.from_name) == ("Tess Turner", "Ann Asker (Desk)")
    assert facts.recipient_role == "technician"
    assert outgoing.list_id == "service-desk.example.org"


def test_a_technician_who_asks_is_a_requester_like_any_other() -> None:
    outgoing, facts, _language = send(replace(DUE, person=TESS))
    assert (facts.recipient_role, outgoing.list_id) == (Audience.REQUESTER, None)


# --- marks ---


@pytest.mark.parametrize(
    ("notification", "automatic"),
    [
        ("reply", None),
        ("copy", None),
        ("acknowledgement", "auto-replied"),
        ("not-understood", "auto-replied"),
        ("done", "auto-replied"),
        ("new-ticket", "auto-generated"),
        ("update", "auto-generated"),
        ("resolved", "auto-generated"),
        ("assigned", "auto-generated"),
        ("undeliverable", "auto-generated"),
    ],
)
def test_what_a_machine_says_is_marked_so(notification: str, automatic: str | None) -> None:
    outgoing, _facts, _language = send(replace(DUE, notification=notification))
    assert outgoing.automatic == automatic


# --- files ---


def with_files(*files: File, html: str | None = None, notification: str = "reply") -> DueDelivery:
    return replace(DUE, workunit=replace(WORDS, files=files, html=html), notification=notification)


def test_files_go_along() -> None:
    second = replace(FILE, name="b.txt", sha256="bb", size=2)
    outgoing, facts, _language = send(with_files(FILE, second))
    assert [(file.name, file.data) for file in outgoing.files] == [
        ("report.pdf", b"abc"),
        ("b.txt", b"de"),
    ]
    assert facts.attachments == (("report.pdf", 3), ("b.txt", 2))


def test_a_program_is_named_and_not_sent() -> None:
    program = replace(FILE, name="run.exe", sha256="not on the shelf", blocked=True)
    outgoing, facts, _language = send(with_files(program, FILE))
    assert [file.name for file in outgoing.files] == ["report.pdf"]
    assert ("run.exe", 3) in facts.attachments


def test_a_mail_stays_within_bounds() -> None:
    huge = replace(FILE, name="huge.iso", size=MOST_BYTES + 1)
    half = replace(FILE, name="half.zip", size=MOST_BYTES // 2 + 1)
    outgoing, facts, _language = send(with_files(huge, half, half, FILE))
    assert [file.name for file in outgoing.files] == ["half.zip", "report.pdf"]
    assert len(facts.attachments) == 4


def test_answers_of_the_desk_itself_carry_no_files() -> None:
    outgoing, _facts, _language = send(with_files(FILE, notification="acknowledgement"))
    assert outgoing.files == ()


def test_a_picture_shown_in_the_html_keeps_its_place() -> None:
    picture = replace(FILE, name="p.png", content_type="image/png", content_id="p1", inline=True)
    outgoing, facts, _language = send(with_files(picture, html="<img src='cid:p1'>"))
    assert (outgoing.files[0].content_id, facts.attachments) == ("p1", ())
    plain, plain_facts, _language = send(with_files(picture))
    assert (plain.files[0].content_id, plain_facts.attachments) == (None, (("p.png", 3),))


def test_a_file_that_is_gone_is_an_error_and_no_silent_gap() -> None:
    with pytest.raises(NotFound):
        send(with_files(replace(FILE, sha256="gone")))


# --- facts ---


def test_changes_and_problems_are_told() -> None:
    data: dict[str, object] = {
        "changes": [["status", "new", "closed"], ["owner", "", "Tess"]],
        "copied": ["bob@example.com"],
        "internal": True,
        "problems": ["#foo is no command", "#assign needs a name"],
    }
    event = replace(DUE.event, kind=EventKind.TICKET_CHANGED, data=data)
    _outgoing, facts, _language = send(replace(DUE, notification="done", event=event))
    assert facts.changes == (
        ("status", "new", "closed"),
        ("owner", "", "Tess"),
        ("copy", "", "bob@example.com"),
        ("visibility", "", "internal"),
    )
    assert facts.reason == "#foo is no command; #assign needs a name"


def test_times_are_told_as_the_desks_clock_shows_them() -> None:
    _outgoing, facts, _language = send()
    assert (facts.at.hour, facts.at) == (10, NOW)


def test_each_rating_has_an_address_of_its_own() -> None:
    queue = replace(DUE.queue, address="50%off@example.org")
    due = replace(DUE, notification="resolved", queue=queue)
    _outgoing, facts, _language = send(due)
    for choice, url in facts.ratings:
        address = url.removeprefix("mailto:").partition("?")[0]
        token = signed(address)
        assert token.kind is Kind.RATING
        assert token.numbers[:2] == (7, ANN.id)
        assert is_good(token.numbers[2]) == (choice == "good")
    assert [choice for choice, _url in facts.ratings] == ["good", "bad"]
    assert facts.rating_page == ""


def asking(**house: Any) -> Facts:  # noqa: ANN401 - fields of the house
    due = replace(DUE, notification="resolved")
    return send(due, **{"public_url": "https://desk.example.org/help", **house})[1]


def test_where_people_reach_our_pages_the_links_lead_there() -> None:
    facts = asking()
    assert facts.rating_page.startswith("https://desk.example.org/help/rate/p.")
    assert facts.ratings == tuple(
        (choice, f"{facts.rating_page}?choice={choice}") for choice in ("good", "bad")
    )
    token = KEYS.read(facts.rating_page.rpartition("/")[2])
    assert token is not None
    assert token.valid
    assert token.numbers[:2] == (7, ANN.id)
    assert day_of(token.numbers[2]) == (NOW + timedelta(days=30)).date()


@pytest.mark.parametrize(
    "satisfaction",
    [Satisfaction(enabled=False), Satisfaction(groups_off=frozenset({DUE.group.name}))],
)
def test_a_desk_or_group_that_does_not_ask_sends_no_links(satisfaction: Satisfaction) -> None:
    facts = asking(satisfaction=lambda: satisfaction)
    assert (facts.ratings, facts.rating_page) == ((), "")


def test_nobody_is_asked_about_their_own_work() -> None:
    ticket = replace(DUE.ticket, owner_id=ANN.id)
    due = replace(DUE, notification="resolved", ticket=ticket)
    assert send(due)[1].ratings == ()


BAD_RATING = Rating(
    ticket_id=7, person_id=ANN.id, owner_id=TESS.id, good=False, comment="Slow.", at=NOW
)
QUINN = replace(TESS, id=99, address="quinn@example.org", quality=True)
RATED = replace(
    DUE, notification="rated", role="quality", person=QUINN, workunit=None, rating=BAD_RATING
)


def test_quality_staff_read_the_comment_and_answer_its_author_alone() -> None:
    outgoing, facts, _language = send(RATED)
    assert (facts.opinion, facts.opinion_comment) == ("bad", "Slow.")
    assert outgoing.reply_to == ANN.address, "the owner reads what is answered into the ticket"


@pytest.mark.parametrize(
    ("due", "reason"),
    [
        (RATED, ""),
        (replace(RATED, person=replace(QUINN, quality=False)), "only quality staff"),
        (replace(RATED, person=replace(QUINN, id=TESS.id)), "never whom it is about"),
        (replace(RATED, ticket=replace(DUE.ticket, owner_id=QUINN.id)), "never whom it is about"),
        (replace(RATED, rating=replace(BAD_RATING, good=True)), "thinks better of it"),
        (replace(RATED, rating=replace(BAD_RATING, comment="")), "thinks better of it"),
        (replace(RATED, rating=None), "thinks better of it"),
    ],
)
def test_a_rating_is_told_only_to_whom_it_may_be(due: DueDelivery, reason: str) -> None:
    found = cancelled_because(due)
    assert reason in found
    assert bool(found) == bool(reason)


@pytest.mark.parametrize("notification", ["reply", "acknowledgement", "copy"])
def test_only_the_closing_asks_for_a_rating(notification: str) -> None:
    _outgoing, facts, _language = send(replace(DUE, notification=notification))
    assert facts.ratings == ()


def test_only_the_requester_is_asked_for_a_rating() -> None:
    _outgoing, facts, _language = send(replace(DUE, notification="resolved", person=TESS))
    assert facts.ratings == ()


def test_somebody_new_in_copy_gets_the_first_words() -> None:
    first = replace(WORDS, id=30, author_name="Ann Asker", text="It is broken.")
    due = replace(DUE, notification="copy", role=Audience.COPIES, background=first)
    assert send(due)[1].background == (("Ann Asker", "It is broken."),)
    assert send(replace(due, workunit=first))[1].background == ()


# --- the second look ---


@pytest.mark.parametrize(
    ("due", "reason"),
    [
        (DUE, ""),
        (replace(DUE, workunit=None), ""),
        (replace(DUE, person=replace(ANN, reachable=False)), "refuses mail"),
        (
            replace(DUE, workunit=replace(WORDS, visibility=Visibility.INTERNAL)),
            "technicians only",
        ),
        (
            replace(DUE, workunit=replace(WORDS, visibility=Visibility.PRIVATE)),
            "technicians only",
        ),
        (
            replace(DUE, workunit=replace(WORDS, visibility=Visibility.INTERNAL), person=TESS),
            "",
        ),
        (replace(DUE, notification="assigned", person=TESS), ""),
        (replace(DUE, notification="assigned", person=ANN), "somebody else"),
    ],
)
def test_what_makes_no_sense_any_more_is_cancelled(due: DueDelivery, reason: str) -> None:
    found = cancelled_because(due)
    assert reason in found
    assert bool(found) == bool(reason)
