"""Who hears of what: the table row by row, and what holds for every event."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.limits import USUAL, Budget
from bot.desk.notifications import TABLE, Audience, rows_for
from bot.desk.people import Participant, Person, Rights, Role
from bot.desk.policy import Policy
from bot.desk.ticket import EventKind, Priority, Status, Ticket, Visibility
from bot.ports import NewDelivery, UnitOfWork
from bot.telling import tell

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PUBLIC, INTERNAL, PRIVATE = Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE
OPENED, ADDED = EventKind.TICKET_OPENED, EventKind.WORKUNIT_ADDED
CHANGED, FAILED = EventKind.TICKET_CHANGED, EventKind.DELIVERY_FAILED


@pytest.mark.parametrize(
    ("event", "visibility", "data", "expected"),
    [
        (OPENED, PUBLIC, {}, "copies:copy staff:new-ticket"),
        (
            OPENED,
            PUBLIC,
            {"acknowledge": True},
            "requester:acknowledgement copies:copy staff:new-ticket",
        ),
        (
            OPENED,
            PUBLIC,
            {"unreadable": True},
            "requester:not-understood copies:copy staff:new-ticket",
        ),
        (ADDED, PUBLIC, {}, "requester:reply copies:copy staff:update"),
        (ADDED, PUBLIC, {"closing": True}, "copies:copy staff:update"),
        (ADDED, INTERNAL, {}, "staff:update"),
        (ADDED, INTERNAL, {"closing": True}, "staff:update"),
        (ADDED, PRIVATE, {}, "shared:update"),
        (CHANGED, None, {}, ""),
        (
            CHANGED,
            None,
            {"resolved": True},
            "requester:resolved copies:status staff:changed",
        ),
        (
            CHANGED,
            None,
            {"changes": [["status", "new", "pending user"]]},
            "requester:status collaborators:status copies:status staff:changed",
        ),
        (CHANGED, None, {"changes": [["status", "resolved", "closed"]]}, ""),
        (ADDED, PUBLIC, {"asks": True}, "requester:reply requester:reply copies:copy staff:update"),
        (CHANGED, None, {"commands": ["#close"]}, "actor:done"),
        (CHANGED, None, {"owner": 7}, "owner:assigned group:assigned"),
        (
            CHANGED,
            None,
            {"resolved": True, "commands": [], "owner": 7},
            "requester:resolved copies:status actor:done owner:assigned staff:changed group:assigned",
        ),
        (EventKind.TICKET_MERGED, None, {}, "requester:merged"),
        (EventKind.TICKET_MERGED, None, {"silent": True}, ""),
        (EventKind.TICKET_TOOK_IN, None, {}, ""),
        (EventKind.TICKET_TOOK_IN, None, {"owned": True}, "staff:took-in"),
        (EventKind.TICKET_SPLIT, None, {}, ""),
        (
            EventKind.TICKET_SPLIT_OFF,
            None,
            {"owned": True},
            "requester:split staff:assigned",
        ),
        (
            EventKind.TICKET_SPLIT_OFF,
            None,
            {"inside": True, "unowned": True},
            "staff:new-ticket",
        ),
        (FAILED, None, {}, "staff:undeliverable"),
        (EventKind.DELIVERY_COMPLAINED, None, {}, "staff:complaint"),
        (EventKind.WORDS_HELD_BACK, None, {"held back": 3}, "staff:summary"),
        (EventKind.PARTICIPANT_ADDED, None, {}, ""),
        (EventKind.TICKET_RATED, None, {"rating": 1}, ""),
        (EventKind.TICKET_REOPENED, None, {}, ""),
    ],
)
def test_the_rows_that_fire(
    event: EventKind, visibility: Visibility | None, data: Mapping[str, object], expected: str
) -> None:
    fired = [f"{row.audience}:{row.notification}" for row in rows_for(event, visibility, data)]
    assert " ".join(fired) == expected


def test_every_row_can_fire() -> None:
    for row in TABLE:
        data = {row.when: True} if row.when else {}
        assert row in rows_for(row.event, row.visibility, data)


# --- telling, with everything it asks for in memory ---

TICKET = Ticket(
    id=1,
    title="Printer",
    status=Status.NEW,
    priority=Priority.P3,
    group_id=1,
    queue_id=1,
    requester_id=1,
    owner_id=None,
    opened_at=NOW,
    updated_at=NOW,
    status_since=NOW,
    closed_at=None,
    merged_into=None,
    locked=False,
    follows=None,
    trusted=True,
)


@dataclass
class Room:
    """What `tell` needs of a unit of work, and what it asked for."""

    parts: list[Participant] = field(default_factory=list)
    group: list[Person] = field(default_factory=list)
    allowed: bool = True
    #: True when somebody at the desk has done something about the ticket.
    acted: bool = False
    #: People with another address, by number.
    elsewhere: dict[int, Person] = field(default_factory=dict)
    #: People who can be rung, at the address that rings.
    phones: dict[int, Person] = field(default_factory=dict)
    mutes: frozenset[int] = frozenset()
    #: When the newest news of the ticket to an address is or was due.
    news: dict[int, datetime] = field(default_factory=dict)
    queued: list[NewDelivery] = field(default_factory=list)
    told: list[tuple[Person, str, str]] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    timer: tuple[str, datetime] | None = None
    policy: Policy = Policy()  # noqa: RUF009 - frozen

    @property
    def tickets(self) -> Room:
        return self

    people = deliveries = budgets = timers = preferences = tickets

    def participants(self, _ticket_id: int) -> list[Participant]:
        return self.parts

    def taken_up(self, _ticket_id: int) -> bool:
        return self.acted

    def get(self, person_id: int) -> Person | None:
        return self.elsewhere.get(person_id)

    def reachable(self, person_ids: Collection[int]) -> dict[int, Person]:
        return {number: self.elsewhere[number] for number in person_ids if number in self.elsewhere}

    def ringing(self, person_ids: Collection[int]) -> dict[int, Person]:
        return {number: self.phones[number] for number in person_ids if number in self.phones}

    def muted(self, _ticket_id: int) -> frozenset[int]:
        return self.mutes

    def latest(self, _ticket_id: int, identity_ids: Collection[int]) -> dict[int, datetime]:
        return {number: self.news[number] for number in identity_ids if number in self.news}

    def staff(self, _group_id: int) -> list[Person]:
        return [person for person in self.group if person.technician and person.reachable]

    def rights(self, _group_id: int) -> dict[int, Rights]:
        return {person.id: Rights.EDIT for person in self.group}

    def get_group(self, _group_id: int) -> None:
        return None

    def overdraw(self, claims: Sequence[tuple[str, Budget]], *, now: datetime) -> list[int]:
        assert now == NOW
        return [int(not self.allowed) for _ in claims]

    def set(self, *, kind: str, due_at: datetime, **_more: object) -> None:
        self.timer = (kind, due_at)

    def add_all(self, new: Sequence[NewDelivery]) -> int:
        self.queued += [one for one in new if not one.withheld]
        self.told += [(one.person, one.notification, one.role) for one in new if not one.withheld]
        self.withheld += [f"{one.person.name}:{one.rule}" for one in new if one.withheld]
        return len(new)

    def tell(
        self,
        kind: EventKind,
        visibility: Visibility | None = None,
        data: Mapping[str, object] | None = None,
        *,
        actor: Person | None = None,
        ticket: Ticket = TICKET,
        addressed: frozenset[str] = frozenset(),
    ) -> list[str]:
        tell(
            cast("UnitOfWork", self),
            ticket,
            event_id=1,
            kind=kind,
            visibility=visibility,
            data=data or {},
            actor=actor,
            addressed=addressed,
            now=NOW,
        )
        return [f"{person.name}:{notification}" for person, notification, _role in self.told]


def person(number: int, name: str, *, technician: bool = False, reachable: bool = True) -> Person:
    return Person(
        id=number,
        name=name,
        language="",
        technician=technician,
        identity_id=number,
        channel="email",
        address=f"p{number}@example.com",
        reachable=reachable,
    )


ANN, BOB = person(1, "Ann"), person(2, "Bob")
TESS, TOM = person(3, "Tess", technician=True), person(4, "Tom", technician=True)
VENDOR = person(5, "Vendor")


def room(**more: object) -> Room:
    """Ann asks, Bob collaborates, a vendor is in copy; Tess and Tom are the group."""
    parts = [
        Participant(person=ANN, role=Role.REQUESTER),
        Participant(person=BOB, role=Role.COLLABORATOR),
        Participant(person=VENDOR, role=Role.COPY),
    ]
    return Room(parts=parts, group=[TESS, TOM], **more)  # type: ignore[arg-type]  # tests' own


def owned_by(owner: Person) -> tuple[Room, Ticket]:
    there = room()
    there.parts.append(Participant(person=owner, role=Role.OWNER))
    return there, replace(TICKET, owner_id=owner.id)


def test_a_new_ticket_is_acknowledged_and_told_to_the_group() -> None:
    told = room().tell(OPENED, PUBLIC, {"acknowledge": True}, actor=ANN)
    assert told == ["Ann:acknowledgement", "Tess:new-ticket", "Tom:new-ticket"]


def test_whoever_called_our_mail_spam_is_not_acknowledged_but_answered() -> None:
    annoyed = replace(ANN, complained=True)
    parts = [Participant(person=annoyed, role=Role.REQUESTER)]
    assert Room(parts=parts).tell(OPENED, PUBLIC, {"acknowledge": True}, actor=annoyed) == []
    assert Room(parts=parts).tell(ADDED, PUBLIC, actor=TESS) == ["Ann:reply"]


def test_somebody_is_told_at_the_address_that_takes_mail() -> None:
    gone = replace(ANN, reachable=False)
    at_home = replace(ANN, identity_id=9, address="ann@home.example")
    parts = [Participant(person=gone, role=Role.REQUESTER)]
    there = Room(parts=parts, elsewhere={ANN.id: at_home})
    there.tell(ADDED, PUBLIC, actor=TESS)
    assert [told.address for told, _, _ in there.told] == ["ann@home.example"]
    assert Room(parts=parts).tell(ADDED, PUBLIC, actor=TESS) == []


def test_third_parties_hear_outsiders_once_the_desk_has_taken_up_the_ticket() -> None:
    assert "Vendor:copy" not in room().tell(ADDED, PUBLIC, actor=ANN)
    assert "Vendor:copy" in room().tell(ADDED, PUBLIC, actor=TESS)
    assert "Vendor:copy" in room(acted=True).tell(ADDED, PUBLIC, actor=ANN)
    given_out = replace(TICKET, status=Status.ASSIGNED, owner_id=TESS.id)
    assert "Vendor:copy" not in room().tell(ADDED, PUBLIC, actor=ANN, ticket=given_out)


def test_nobody_is_told_their_own_words() -> None:
    assert room(acted=True).tell(ADDED, PUBLIC, actor=ANN) == [
        "Bob:copy",
        "Vendor:copy",
        "Tess:update",
        "Tom:update",
    ]
    assert "Tess:update" not in room().tell(ADDED, PUBLIC, actor=TESS)


def test_an_owned_ticket_is_the_owners_affair() -> None:
    there, ticket = owned_by(TESS)
    assert there.tell(ADDED, INTERNAL, actor=TOM, ticket=ticket) == ["Tess:update"]


@pytest.mark.parametrize("owner", [replace(TESS, reachable=False), replace(TESS, technician=False)])
def test_an_owner_who_cannot_be_told_leaves_it_to_the_group(owner: Person) -> None:
    there, ticket = owned_by(owner)
    there.group = [TOM]
    assert "Tom:update" in there.tell(ADDED, PUBLIC, actor=ANN, ticket=ticket)


def test_whoever_had_the_mail_directly_is_left_out() -> None:
    told = room().tell(ADDED, PUBLIC, actor=TESS, addressed=frozenset({BOB.address}))
    assert told == ["Ann:reply", "Vendor:copy", "Tom:update"]


def test_an_acknowledgement_goes_to_its_actor_in_any_case() -> None:
    told = room().tell(
        OPENED, PUBLIC, {"acknowledge": True}, actor=ANN, addressed=frozenset({ANN.address})
    )
    assert "Ann:acknowledgement" in told


def test_quiet_events_tell_nobody() -> None:
    assert room().tell(ADDED, PUBLIC, {"quiet": True}, actor=ANN) == []


def test_a_used_up_budget_ends_a_conversation_but_opens_tickets_still() -> None:
    there = room(allowed=False)
    assert there.tell(ADDED, PUBLIC, actor=ANN) == []
    assert there.withheld == ["Tess:mails_to_one", "Tom:mails_to_one"]
    assert there.timer == ("summary", USUAL.mails_to_one.ends_at(NOW))
    assert room(allowed=False).tell(OPENED, PUBLIC, actor=ANN) != []


def test_a_lost_mail_is_told_to_the_staff_only() -> None:
    assert room().tell(FAILED, actor=ANN) == ["Tess:undeliverable", "Tom:undeliverable"]
    assert room().tell(FAILED, actor=TESS) == ["Tom:undeliverable"]


# --- what holds for every event ---

PEOPLE = st.integers(1, 6).flatmap(
    lambda number: st.builds(
        person,
        st.just(number),
        st.just(f"p{number}"),
        technician=st.just(number > 3),
        reachable=st.booleans(),
    )
)
EVENT_DATA = st.sets(
    st.sampled_from(["acknowledge", "unreadable", "closing", "resolved", "commands", "owner"])
).map(lambda keys: dict.fromkeys(keys, True))


@given(
    parts=st.lists(st.builds(Participant, person=PEOPLE, role=st.sampled_from(Role)), max_size=8),
    group=st.lists(PEOPLE, max_size=4),
    kind=st.sampled_from(EventKind),
    visibility=st.none() | st.sampled_from(Visibility),
    data=EVENT_DATA,
    actor=st.none() | PEOPLE,
    owned=st.booleans(),
    addressed=st.sets(st.integers(1, 6)),
)
def test_what_holds_for_every_event(
    parts: list[Participant],
    group: list[Person],
    kind: EventKind,
    visibility: Visibility | None,
    data: dict[str, object],
    actor: Person | None,
    owned: bool,  # noqa: FBT001 - hypothesis hands it in by name
    addressed: set[int],
) -> None:
    there = Room(parts=parts, group=group)
    there.tell(
        kind,
        visibility,
        data,
        actor=actor,
        ticket=replace(TICKET, owner_id=4 if owned else None),
        addressed=frozenset(f"p{number}@example.com" for number in addressed),
    )
    told = [person.id for person, _notification, _role in there.told]
    assert len(told) == len(set(told)), "nobody is told twice"
    for someone, notification, role in there.told:
        assert someone.reachable
        row = next(r for r in TABLE if (r.notification, r.audience) == (notification, role))
        if role == Audience.STAFF:
            assert someone.technician
        if kind is ADDED and visibility is not PUBLIC:
            assert someone.technician, "internal words go to technicians only"
            assert visibility is not PRIVATE, "private words go nowhere"
        if actor is not None and someone.id == actor.id:
            assert row.tells_actor
        elif someone.id in addressed:
            pytest.fail("whoever had the mail directly is not told again")
        if row.audience in {Audience.REQUESTER, Audience.COPIES}:
            roles = {part.role for part in parts if part.person.id == someone.id}
            assert roles & {Role.REQUESTER, Role.COLLABORATOR, Role.COPY}


@given(
    kind=st.sampled_from(EventKind),
    visibility=st.none() | st.sampled_from(Visibility),
    data=EVENT_DATA,
    actor=st.none() | PEOPLE,
    muted=st.frozensets(st.integers(1, 6)),
    digest=st.sampled_from(["", "hourly", "daily"]),
    quiet_hours=st.sampled_from(["", "22:00-07:00", "08:00-12:00"]),
    priority=st.sampled_from(Priority),
)
def test_wishes_move_and_mute_and_lose_nothing(
    kind: EventKind,
    visibility: Visibility | None,
    data: dict[str, object],
    actor: Person | None,
    muted: frozenset[int],
    digest: str,
    quiet_hours: str,
    priority: Priority,
) -> None:
    """Whoever would be told without any wish is told once, later or never by a rule with a name."""
    ticket = replace(TICKET, priority=priority)
    plain = room()
    plain.tell(kind, visibility, data, actor=actor, ticket=ticket)
    there = room(mutes=muted)
    there.parts = [
        replace(part, person=replace(part.person, digest=digest, quiet_hours=quiet_hours))
        for part in there.parts
    ]
    there.tell(kind, visibility, data, actor=actor, ticket=ticket)
    silent = {name.partition(":")[0] for name in there.withheld if name.endswith(":muted")}
    told = [person.name for person, _, _ in there.told]
    assert len(told) == len(set(told))
    assert {*told} | silent == {person.name for person, _, _ in plain.told}
    assert not {*told} & silent
    for one in there.queued:
        assert one.due_at >= NOW
        assert (one.due_at > NOW) == bool(one.rule)
        if priority is Priority.P1:
            assert one.due_at == NOW
