"""Every cell of the identity matrix as a real mail to a running desk (``docs/identity.md``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import actions
from bot.actions import Words
from bot.desk.entry import Entry
from bot.desk.identity import FORGED, Author, Cell, Proof, Token, cells
from bot.desk.people import Person, Role
from bot.desk.ticket import Priority, Ticket, Visibility
from storage.tables import inbox
from storage.unit_of_work import SqlUnitOfWork
from tests.flow.clock import TurnedClock
from tests.flow.desk import DESK, RELAY, RunningDesk
from tests.flow.inside import TicketView
from tests.flow.letters import Letter, Received
from tests.servers.smtp_sink import SmtpSink
from threading_engine.tokens import Keyring, Kind

tess, tom = "tess@example.org", "tom@example.org"
STAFF = {tess, tom}
CELLS = {f"{cell.author}, {cell.token}, {cell.proof}": cell for cell in cells()}
#: A key that the desk no longer has.
OLD_KEY = Keyring({"zz": b"z" * 32})
SECRET, NOTE = "The safe's code is 4711.", "This customer never pays."
_numbers = count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningDesk]:
    """One desk for all cells: each has tickets and people of its own."""
    folder: Path = tmp_path_factory.mktemp("matrix")
    url = f"sqlite:///{folder / 'replydesk.db'}"
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.create_database())
    with closing(SmtpSink().start()) as sink:
        running = RunningDesk(
            database_url=url,
            folder=folder,
            sink=sink,
            # Several mails a cell, all from one machine.
            sections={
                "listeners": [{"port": 0, "mails_per_minute": 0}, {"port": 0, "protocol": "lmtp"}]
            },
        )
        with closing(running.start()):
            yield running


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """A ticket with people of its own, and another one of other people's."""

    number: int
    ticket: Ticket
    other: Ticket
    ann: Person
    carl: Person
    vera: Person
    cora: Person
    tom: Person
    otto: Person

    def author(self, cell: Cell) -> tuple[str, Person | None]:
        """The From field, and the person it names."""
        people = {
            Author.REQUESTER: self.ann,
            Author.FORGED_REQUESTER: self.ann,
            Author.COLLABORATOR: self.carl,
            Author.COPY: self.vera,
            Author.COLLEAGUE: self.cora,
            Author.TECHNICIAN: self.tom,
            Author.FORGED_TECHNICIAN: self.tom,
        }
        person = people.get(cell.author)
        if person is None:
            return f"Mallory <mallory{self.number}@elsewhere.example>", None
        return f"{person.name} <{person.address}>", person


@pytest.fixture
def scene(desk: RunningDesk, cell: Cell) -> Scene:
    """Ann has asked, by a mail; Tess has answered and told her colleagues what she thinks."""
    n = next(_numbers)
    proven = cell.author is Author.FORGED_REQUESTER or (
        cell.author is Author.REQUESTER and cell.proof is Proof.PASS
    )
    tickets = []
    for name, host, proof in (("Ann", "customer", proven), ("Otto", "other", True)):
        desk.mail(
            f"{name} {n} <{name.lower()}{n}@{host}.example>",
            DESK,
            f"Matter {n} of {name}",
            "What is the code?\n",
            proof="pass" if proof else "none",
        )
        desk.settle()
        tickets.append(desk.count_tickets())
    scene = desk.core.database.run(partial(_talk, n=n, tickets=tickets))
    desk.drain()
    return scene


def _talk(uow: SqlUnitOfWork, *, n: int, tickets: list[int]) -> Scene:
    now = TurnedClock()()

    def person(name: str, address: str) -> Person:
        return uow.people.add(name=name, channel="email", address=address, at=now)

    def ticket(number: int) -> Ticket:
        found = uow.tickets.get(number)
        assert found is not None
        return found

    first, other = map(ticket, tickets)
    carl = person(f"Carl {n}", f"carl{n}@customer.example")
    vera = person(f"Vera {n}", f"vera{n}@printers.example")
    cora = person(f"Cora {n}", f"cora{n}@customer.example")
    company = uow.roster.put_company("Customer", grouped=True)
    uow.people.change(cora.id, company_id=company)
    uow.tickets.change(first.id, company_id=company)
    uow.tickets.add_participant(first.id, carl.id, Role.COLLABORATOR, at=now)
    uow.tickets.add_participant(first.id, vera.id, Role.COPY, at=now)
    say = partial(
        actions.add_workunit,
        uow,
        actor=person("", tess),
        as_technician=True,
        rule="test",
        now=now,
    )
    for begun in (first, other):
        answered, _ = say(begun, words=Words(text=SECRET), visibility=Visibility.PUBLIC)
        say(answered, words=Words(text=NOTE), visibility=Visibility.INTERNAL)
    return Scene(
        number=n,
        ticket=first,
        other=other,
        ann=person("", f"ann{n}@customer.example"),
        carl=carl,
        vera=vera,
        cora=person("", cora.address),
        tom=person("", tom),
        otto=person("", f"otto{n}@other.example"),
    )


# --- the mail -------------------------------------------------------------------------------------


def address(desk: RunningDesk, scene: Scene, cell: Cell) -> str:
    """The address that the mail is sent to."""
    keyring = desk.core.keyring()
    person = scene.author(cell)[1]
    # A stranger's own token is from the time when they had a part.
    own = person.id if person else _known_stranger(desk, scene)
    somebody = scene.vera if person == scene.ann else scene.ann
    good = keyring.sign(Kind.TICKET, scene.ticket.id, own)
    middle = len(good) - 10
    tokens = {
        Token.VALID: good,
        Token.ANOTHER_TICKETS: keyring.sign(Kind.TICKET, scene.other.id, scene.otto.id),
        Token.ANOTHER_PERSONS: keyring.sign(Kind.TICKET, scene.ticket.id, somebody.id),
        Token.ALTERED: good[:middle] + ("a" if good[middle] != "a" else "b") + good[middle + 1 :],
        Token.TRUNCATED: good[:-7],
        Token.EXPIRED_KEY: OLD_KEY.sign(Kind.TICKET, scene.ticket.id, own),
    }
    return DESK if cell.token is Token.NO_TOKEN else DESK.replace("@", f"+{tokens[cell.token]}@")


def _known_stranger(desk: RunningDesk, scene: Scene) -> int:
    return desk.core.database.run(
        lambda uow: (
            uow.people.add(
                name="",
                channel="email",
                address=f"mallory{scene.number}@elsewhere.example",
                at=desk.clock(),
            ).id
        )
    )


def results(cell: Cell, domain: str) -> list[str]:
    """The Authentication-Results fields, topmost first."""
    if cell.proof is Proof.PASS and cell.author in FORGED:
        return [f"{RELAY}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=m@evil.example"]
    return {
        Proof.PASS: [f"{RELAY}; dmarc=pass header.from={domain}"],
        Proof.FAIL: [f"{RELAY}; dmarc=fail header.from={domain}"],
        Proof.NONE: [],
        # The forger has even guessed our relay's name, but the relay writes on top.
        Proof.FORGED_HEADER: [
            f"{RELAY}; dmarc=none header.from={domain}",
            f"{RELAY}; dmarc=pass header.from={domain}",
        ],
    }[cell.proof]


def letter(desk: RunningDesk, scene: Scene, cell: Cell) -> Letter:
    """The mail of the cell: words, a command, and somebody in copy."""
    frm, _ = scene.author(cell)
    domain = frm.rpartition("@")[2].rstrip(">")
    plain = desk.letter(
        frm,
        address(desk, scene, cell),
        "Hello",
        f"#priority 1\n\nWords number {scene.number}.\n",
        proof="none",
        Cc=f"Eve <eve{scene.number}@elsewhere.example>",
    )
    fields = "".join(f"Authentication-Results: {r}\r\n" for r in results(cell, domain))
    return Letter(
        sender="m@evil.example", recipients=plain.recipients, raw=fields.encode() + plain.raw
    )


# --- what becomes of it ---------------------------------------------------------------------------


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_real_mail_ends_where_the_table_says(desk: RunningDesk, scene: Scene, cell: Cell) -> None:
    before = desk.count_tickets()
    untouched = {ticket.id: desk.ticket(ticket.id) for ticket in (scene.ticket, scene.other)}
    mail = letter(desk, scene, cell)
    desk.hand_over_raw(mail.raw, sender=mail.sender, to=[mail.recipients[0]])
    sent = desk.drain()

    verdict = _newest_verdict(desk)
    assert (verdict["entry"], verdict["access rule"]) == (cell.ruling.entry, cell.ruling.rule)
    assert verdict["authentication"] == cell.case.authentication

    opened = desk.count_tickets() - before
    assert opened == int(cell.ruling.entry in {Entry.OPEN, Entry.OPEN_LINKED})
    wanted = scene.other if cell.token is Token.ANOTHER_TICKETS else scene.ticket
    for number, then in untouched.items():
        _check_ticket(desk.ticket(number), then, cell, scene, wanted=number == wanted.id)
    if opened:
        _check_new_ticket(desk.ticket(before + 1), cell, scene, wanted)
    _check_held(desk, cell)
    _check_mails(sent, cell, scene)


def _newest_verdict(desk: RunningDesk) -> dict[str, str]:
    def read(uow: SqlUnitOfWork) -> dict[str, str]:
        query = select(inbox.c.verdict).order_by(inbox.c.id.desc()).limit(1)
        return dict(uow.connection.execute(query).scalar_one())

    return desk.core.database.read(read)


def _words(scene: Scene, cell: Cell) -> str:
    """The command is done for a technician, and is a word like any other for everybody else."""
    done = cell.ruling.entry is Entry.ENTER_AS_TECHNICIAN
    return (
        f"Words number {scene.number}." if done else f"#priority 1\n\nWords number {scene.number}."
    )


def _check_ticket(
    now: TicketView, then: TicketView, cell: Cell, scene: Scene, *, wanted: bool
) -> None:
    """Words, status, powers and seats of a ticket that was there before."""
    entered = wanted and cell.ruling.entry in {Entry.ENTER, Entry.ENTER_AS_TECHNICIAN}
    obeyed = entered and cell.ruling.entry is Entry.ENTER_AS_TECHNICIAN
    assert now.texts == [*then.texts, *([_words(scene, cell)] if entered else [])]
    assert now.ticket.priority is (Priority.P1 if obeyed else Priority.P3)
    assert (now.status, now.owner) == (then.status, then.owner)
    proven = cell.proof is Proof.PASS and cell.author not in FORGED
    seat = {f"eve{scene.number}@elsewhere.example"} if entered and proven else set()
    assert now.copies == then.copies | seat
    joined = {scene.cora.address} if entered and cell.author is Author.COLLEAGUE else set()
    before = {(p.person.address, p.role) for p in then.participants}
    parts = {(p.person.address, p.role) for p in now.participants} - before
    assert parts == {(address, Role.COPY) for address in seat} | {
        (address, Role.COLLABORATOR) for address in joined
    }


def _check_new_ticket(new: TicketView, cell: Cell, scene: Scene, wanted: Ticket) -> None:
    """A ticket of the author's own, with an outsider's rights, linked where something pointed."""
    assert new.ticket.follows == (wanted.id if cell.ruling.entry is Entry.OPEN_LINKED else None)
    assert new.texts == [f"#priority 1\n\nWords number {scene.number}."]
    assert new.ticket.priority is Priority.P3
    assert new.status == "new"
    author = scene.author(cell)[0].rpartition("<")[2].rstrip(">")
    proven = cell.proof is Proof.PASS and cell.author not in FORGED
    asked = [p.person.address for p in new.participants if p.role is Role.REQUESTER]
    assert asked == [author]
    assert new.copies == ({f"eve{scene.number}@elsewhere.example"} if proven else set())
    assert new.ticket.trusted is proven


def _check_held(desk: RunningDesk, cell: Cell) -> None:
    held = desk.waiting("held")
    assert len(held) == int(cell.ruling.entry is Entry.HOLD)
    for row in held:
        desk.core.database.run(
            lambda uow, number=row["id"]: _let_go(uow, number)  # type: ignore[misc]
        )


def _let_go(uow: SqlUnitOfWork, number: int) -> None:
    """The next cell begins with nothing held."""
    uow.connection.execute(update(inbox).where(inbox.c.id == number).values(state="done"))


def _check_mails(sent: list[Received], cell: Cell, scene: Scene) -> None:
    """Nobody outside the ticket reads a word of it, and nobody outside reads what is internal."""
    entry = cell.ruling.entry
    people = {scene.ann.address, scene.carl.address, scene.vera.address}
    other = {scene.otto.address}
    eve = f"eve{scene.number}@elsewhere.example"
    author = scene.author(cell)[0].rpartition("<")[2].rstrip(">")
    told = {to for mail in sent for to in mail.recipients}
    if entry is Entry.HOLD:
        assert told <= STAFF
    if entry in {Entry.OPEN, Entry.OPEN_LINKED}:
        assert told <= STAFF | {author}
    proven = cell.proof is Proof.PASS and cell.author not in FORGED
    for mail in sent:
        if set(mail.recipients) <= STAFF:
            continue
        assert NOTE not in mail.everything
        (to,) = mail.recipients
        inside = other if cell.token is Token.ANOTHER_TICKETS else people
        if entry in {Entry.ENTER, Entry.ENTER_AS_TECHNICIAN} and (to in inside or to == eve):
            continue
        for word in (SECRET, "What is the code", "Matter", "Tess", *_names(scene, author)):
            assert word not in mail.everything, f"{to} reads {word}"
        assert proven or "Words number" not in mail.everything
    if entry is Entry.ENTER:
        assert people - {author} <= told
        assert STAFF & told


def _names(scene: Scene, author: str) -> list[str]:
    people = (scene.ann, scene.carl, scene.vera, scene.otto)
    return [p.address for p in people if p.address != author]
