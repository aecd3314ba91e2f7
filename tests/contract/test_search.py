"""Both databases find what a plain loop over all tickets finds, page by page, and nothing else."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update

from bot.desk.search import (
    EVERYTHING,
    Condition,
    Key,
    Query,
    Scope,
    SearchMistake,
    Sort,
    Term,
    parse,
)
from bot.desk.search_words import fold
from bot.desk.ticket import Kind, Status, Ticket, Visibility
from storage.database import Database
from storage.migrate import migrate
from storage.tables import (
    companies,
    field_values,
    groups,
    memberships,
    participants,
    people,
    ticket_assets,
    ticket_tags,
    tickets,
    workunits,
)
from storage.unit_of_work import SqlUnitOfWork
from storage.word_index import drop_word_index, make_word_index
from tests.contract.store import NOW, Store

#: Few and alike, so that phrases and words of several entries meet by chance.
VOCABULARY = (
    *("printer", "Printer", "VPN", "vpn", "Müller", "muller", "Straße", "strasse", "café", "cafe"),
    *("12", "12e3abc", "0x1f", "PC-17", "a.b@x.example", "don't", "Ελλάς", "ЙОД", "сеть", "中文"),
    *("paper", "papers", "papercut", "is", "not", "near", "and", "or", "x_y", "http://x.example/y"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A ticket with what hangs on it, as the plain loop looks at it."""

    ticket: Ticket
    texts: dict[Visibility, list[str]]
    tags: frozenset[str]
    assets: frozenset[str]
    fields: dict[str, str]
    participants: frozenset[int]

    def words(self, *, public: bool) -> list[list[str]]:
        """Folded words by part: words of a phrase do not cross from one to the other."""
        said = [self.ticket.title, *reversed(self.texts[Visibility.PUBLIC])]
        parts = [" ".join(said)]
        if not public:
            parts.append(" ".join(reversed(self.texts[Visibility.INTERNAL])))
        return [list(fold(part)) for part in parts]


def naive(desk: Iterable[Known], query: Query, scope: Scope, *, me: int | None) -> list[int]:
    """Numbers of the tickets that a plain loop finds, the newest first."""
    return sorted(
        (
            k.ticket.id
            for k in desk
            if (wide := sees(k, scope, query)) and says(k, query.terms, public=wide == "public")
            and fits(k, query, me)
        ),
        reverse=True,
    )  # fmt: skip


def sees(known: Known, scope: Scope, query: Query) -> str:
    inside = {Key.TAG, Key.ASSET, Key.FIELD, Key.OWNER, Key.GROUP}
    if scope.everything or known.ticket.group_id in scope.groups:
        return "all"
    if any(c.key in inside for c in query.conditions):
        return ""
    company = scope.company is not None and known.ticket.company_id == scope.company
    return "public" if company or scope.person in known.participants else ""


def says(known: Known, terms: Iterable[Term], *, public: bool) -> bool:
    return all(_has(known.words(public=public), term) is not term.absent for term in terms)


def _has(parts: list[list[str]], term: Term) -> bool:
    size = len(term.words)
    for part in parts:
        for place in range(len(part) - size + 1):
            *head, last = part[place : place + size]
            same = last.startswith(term.words[-1]) if term.prefix else last == term.words[-1]
            if same and tuple(head) == term.words[:-1]:
                return True
    return False


def fits(known: Known, query: Query, me: int | None) -> bool:
    conditions = list(query.conditions)
    if not any(c.key is Key.IS and c.value == "merged" for c in conditions):
        conditions.append(Condition(key=Key.IS, value="merged", absent=True))
    several = {Key.TAG, Key.ASSET, Key.FIELD, Key.OPENED, Key.UPDATED, Key.IS}
    if any(fit(known, c, me) is c.absent for c in conditions if c.absent or c.key in several):
        return False
    keys = {c.key for c in conditions if not c.absent} - several
    return all(
        any(fit(known, c, me) for c in conditions if c.key is key and not c.absent) for key in keys
    )


def fit(known: Known, condition: Condition, me: int | None) -> bool:
    ticket, value = known.ticket, condition.value
    states = {
        "open": ticket.closed_at is None,
        "closed": ticket.closed_at is not None,
        "merged": ticket.merged_into is not None,
        "locked": ticket.locked,
    }
    within: Callable[[datetime], bool] = lambda at: (  # noqa: E731 - said once
        (condition.after is None or at >= condition.after)
        and (condition.before is None or at < condition.before)
    )
    asked: dict[Key, Callable[[], bool]] = {
        Key.STATUS: lambda: states["open"] if value == "open" else ticket.status == value,
        Key.PRIORITY: lambda: int(ticket.priority) == int(value),
        Key.GROUP: lambda: GROUPS[ticket.group_id - 1].casefold() == value.casefold(),
        Key.OWNER: lambda: ticket.owner_id == {"none": None, "me": me}.get(value, _number(value)),
        Key.REQUESTER: lambda: ticket.requester_id == (me if value == "me" else _number(value)),
        Key.COMPANY: lambda: ticket.company_id == COMPANIES.get(value),
        Key.TAG: lambda: value in known.tags,
        Key.TYPE: lambda: ticket.type == value,
        Key.KIND: lambda: ticket.kind == value,
        Key.ASSET: lambda: value in known.assets,
        Key.FIELD: lambda: known.fields.get(condition.field) == value,
        Key.OPENED: lambda: within(ticket.opened_at),
        Key.UPDATED: lambda: within(ticket.updated_at),
        Key.IS: lambda: states[value],
    }
    return asked[condition.key]()


GROUPS = ("Service Desk", "Network", "Büro")
COMPANIES: dict[str, int | None] = {"ACME": 1, "Globex": 2, "none": None}
PEOPLE = 12
TAGS, ASSETS = ("vpn", "urgent", "new starter"), ("PC-17", "Room 4")


def _number(value: str) -> int | None:
    """``person7@x.example`` is person 7."""
    digits = "".join(c for c in value.partition("@")[0] if c.isdigit())
    return int(digits) if digits else None


def filled(store: Store, chance: random.Random, count: int) -> list[Known]:
    """A desk of `count` tickets, and the same as plain values."""
    desk = store.database
    for number in range(1, PEOPLE + 1):
        person = store.person(f"person{number}", technician=number <= 4)
        assert person.id == number
    store.ticket(person)

    def fill(uow: SqlUnitOfWork) -> list[Known]:
        c = uow.connection
        for name in GROUPS[1:]:
            uow.people.put_group(name)
        for name in ("ACME", "Globex"):
            c.execute(insert(companies).values(name=name))
        for number in range(2, count + 1):
            _one(c, number, chance)
        return read_all(uow)

    return desk.run(fill)


def _one(c: Any, number: int, chance: random.Random) -> None:  # noqa: ANN401 - a connection
    closed = chance.random() < 0.7
    opened = NOW + timedelta(hours=number)
    c.execute(
        insert(tickets).values(
            id=number,
            title=said(chance, 3),
            status=str(Status.CLOSED if closed else chance.choice([*Status])),
            priority=chance.choice([1, 2, 3, 3, 4]),
            group_id=chance.choice([1, 1, 2, 3]),
            queue_id=1,
            requester_id=(requester := chance.randint(5, PEOPLE)),
            owner_id=chance.choice([None, 1, 2, 3]),
            company_id=chance.choice([None, 1, 2]),
            opened_at=opened,
            closed_at=opened if closed else None,
            merged_into=1 if chance.random() < 0.1 else None,
            locked=chance.random() < 0.1,
            trusted=True,
            kind=str(chance.choice([*Kind])),
            type=chance.choice(["", "", "Laptop"]),
            updated_at=opened + timedelta(hours=chance.randint(0, 90)),
            status_since=opened,
        )
    )
    joined = {requester, chance.randint(1, PEOPLE)}
    for person in joined:
        c.execute(insert(participants).values(ticket_id=number, person_id=person, role="requester", added_at=opened))  # fmt: skip
    for _ in range(chance.randint(0, 3)):
        c.execute(insert(workunits).values(**workunit(number, chance)))
    for tag in chance.sample(TAGS, chance.randint(0, 2)):
        c.execute(insert(ticket_tags).values(ticket_id=number, tag=tag))
    for asset in chance.sample(ASSETS, chance.randint(0, 1)):
        c.execute(insert(ticket_assets).values(ticket_id=number, kind="asset", reference=asset))
    if chance.random() < 0.5:
        c.execute(insert(field_values).values(ticket_id=number, field="Room", value=chance.choice(["12", "B 7"])))  # fmt: skip


def said(chance: random.Random, most: int) -> str:
    return " ".join(chance.choices(VOCABULARY, k=chance.randint(0, most)))


def workunit(ticket_id: int, chance: random.Random) -> dict[str, object]:
    return {
        "ticket_id": ticket_id,
        "author_name": "x",
        "by_technician": False,
        "visibility": str(chance.choice([*Visibility])),
        "text": said(chance, 5),
        "elided": "",
        "signature": "",
        "at": NOW,
    }


def read_all(uow: SqlUnitOfWork) -> list[Known]:
    """Every ticket that has words, and those without."""
    found = []
    for ticket in uow.tickets.newest(limit=10_000, everything=True):
        texts: dict[Visibility, list[str]] = {v: [] for v in Visibility}
        for entry in uow.tickets.workunits(ticket.id):
            texts[entry.visibility].append(entry.text)
        silent = not any(texts.values())
        found.append(
            Known(
                ticket=replace(ticket, title="") if silent else ticket,
                texts=texts,
                tags=frozenset(_of(uow, ticket_tags, "tag", ticket.id)),
                assets=frozenset(_of(uow, ticket_assets, "reference", ticket.id)),
                fields=dict.fromkeys(("Room",), next(iter(_of(uow, field_values, "value", ticket.id)), "")),
                participants=frozenset(_of(uow, participants, "person_id", ticket.id)),
            )
        )  # fmt: skip
    return found


def _of(uow: SqlUnitOfWork, table: Any, column: str, ticket_id: int) -> list[Any]:  # noqa: ANN401 - any table
    query = table.select().where(table.c.ticket_id == ticket_id)
    return [row[column] for row in uow.connection.execute(query).mappings()]


def typed(chance: random.Random) -> str:
    """What somebody might type."""
    parts = [
        f"status:{chance.choice(['open', 'closed', 'new', 'pending', 'resolved'])}",
        "status:closed status:new",
        f"priority:{chance.choice(['P1', '2', 'p3'])}",
        f'group:"{chance.choice(GROUPS)}"',
        f"owner:{chance.choice(['none', 'me', 'person1@example.com', 'person3@example.com'])}",
        f"requester:person{chance.randint(5, 9)}@example.com",
        f"company:{chance.choice(['acme', 'Globex', 'none'])}".replace("acme", "ACME"),
        f'tag:"{chance.choice(TAGS)}"',
        "type:Laptop",
        "kind:problem",
        'kind:"service request"',
        f'asset:"{chance.choice(ASSETS)}"',
        "field.Room:12",
        "opened:>2026-03-04",
        "opened:2026-03-05",
        "updated:<3d",
        "is:merged",
        "is:locked",
        "-is:open",
        "-owner:none",
        "-tag:vpn",
        "-status:closed",
    ]
    wanted = chance.sample(parts, chance.choice([0, 0, 1, 1, 2, 3]))
    for _ in range(chance.choice([0, 1, 1, 2])):
        word = chance.choice(VOCABULARY)
        form = chance.choice(["{}", "{}", "{}", "-{}", '"{} {}"', "{}*"])
        if len(fold(word)[-1]) >= 3 or "*" not in form:
            wanted.append(form.format(word, chance.choice(VOCABULARY)))
    return " ".join(wanted)


SCOPES = (
    EVERYTHING,
    Scope(groups=frozenset({1})),
    Scope(groups=frozenset({2, 3})),
    Scope(company=1),
    Scope(person=6),
    Scope(company=2, person=7),
    Scope(groups=frozenset({2}), person=6),
    Scope(groups=frozenset({1}), company=1, person=3),
    Scope(),
)


def everything_found(
    uow: SqlUnitOfWork, query: Query, scope: Scope, sort: Sort, limit: int
) -> list[Ticket]:
    """All pages one after the other."""
    found: list[Ticket] = []
    after = ""
    while True:
        page = uow.search.find(query, scope, sort=sort, limit=limit, after=after, me=2)
        assert len(page.tickets) <= limit
        found += page.tickets
        if not page.next:
            return found
        after = page.next


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_found_is_what_a_plain_loop_finds(store: Store, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's
    desk = filled(store, chance, 250)
    now = NOW + timedelta(hours=250)

    def compare(uow: SqlUnitOfWork) -> int:
        hits = 0
        for _ in range(200):
            words, scope = typed(chance), chance.choice(SCOPES)
            query = replace(parse(words, now=now), number=None)
            expected = naive(desk, query, scope, me=2)
            sort = chance.choice([*Sort])
            found = everything_found(uow, query, scope, sort, chance.choice([9, 40, 200]))
            assert sorted((t.id for t in found), reverse=True) == expected, (words, scope, sort)
            assert found == sorted(found, key=ORDER[sort], reverse=True)
            hits += len(found)
        return hits

    assert store.database.read(compare) > 1000


ORDER: dict[Sort, Callable[[Ticket], Any]] = {
    Sort.NEWEST: lambda t: t.id,
    Sort.UPDATED: lambda t: (t.updated_at, t.id),
    Sort.PRIORITY: lambda t: (-t.priority, t.id),
}


def found(store: Store, typed_: str, scope: Scope = EVERYTHING, **more: Any) -> list[int]:  # noqa: ANN401 - options of `find`
    query = parse(typed_, now=NOW)
    return [
        t.id for t in store.database.read(lambda uow: uow.search.find(query, scope, **more)).tickets
    ]


OUTSIDE = Scope(company=1, person=1)


def test_an_internal_word_finds_nothing_for_somebody_outside(store: Store) -> None:
    ann = store.person("Ann")
    ticket = store.ticket(ann)
    store.say(ticket, ann, "the screen is dark")
    store.say(ticket, ann, "surely a swindler", visibility=Visibility.INTERNAL)
    store.say(ticket, ann, "unpleasant", visibility=Visibility.PRIVATE)
    assert found(store, "screen", OUTSIDE) == [ticket.id]
    assert found(store, "swindler") == [ticket.id]
    for hidden in (
        "swindler",
        "screen swindler",
        "swind*",
        '"a swindler"',
        "-screen",
        "unpleasant",
    ):
        assert found(store, hidden, OUTSIDE) == []
    # Neither does it hide what they may see: that would tell that it is there.
    assert found(store, "screen -swindler", OUTSIDE) == [ticket.id]
    assert found(store, "screen -swindler") == []
    assert found(store, "unpleasant") == []


def test_technicians_of_other_groups_find_by_public_words_alone(store: Store) -> None:
    ann = store.person("Ann")
    ticket = store.ticket(ann)
    store.say(ticket, ann, "the screen is dark")
    store.say(ticket, ann, "surely a swindler", visibility=Visibility.INTERNAL)
    elsewhere = Scope(groups=frozenset({99}), person=ann.id)
    assert found(store, "screen", elsewhere) == [ticket.id]
    assert found(store, "swindler", elsewhere) == []
    assert found(store, "screen -swindler", elsewhere) == [ticket.id]
    assert found(store, "screen owner:none", elsewhere) == []


def test_the_index_follows_edits_moves_and_deletions(store: Store) -> None:
    ann = store.person("Ann")
    first, second = store.ticket(ann), store.ticket(ann)
    for ticket in (first, second):
        store.say(ticket, ann, "dark screen")
    said_ = store.say(first, ann, "a toner word")

    def change(**values: object) -> None:
        one = update(workunits).where(workunits.c.id == said_.workunit_id)
        store.database.run(lambda uow: uow.connection.execute(one.values(**values)))

    assert found(store, "toner dark") == [first.id]
    change(text="an ink word")
    assert (found(store, "toner"), found(store, "ink")) == ([], [first.id])
    change(visibility="internal")
    assert (found(store, "ink"), found(store, "ink", Scope(person=ann.id))) == ([first.id], [])
    change(ticket_id=second.id, visibility="public")
    assert found(store, "ink dark", Scope(person=ann.id)) == [second.id]
    store.database.run(lambda uow: uow.moves.workunits([1, 3], target=second.id))
    store.database.run(lambda uow: uow.moves.workunits([2], target=first.id))
    assert found(store, "ink") == [second.id]
    assert found(store, "dark") == [second.id, first.id]
    change(message_id="other")
    store.database.run(lambda uow: uow.tickets.change(second.id, title="Lamp"))
    assert (found(store, "lamp ink"), found(store, "printer")) == ([second.id], [first.id])
    gone = delete(workunits).where(workunits.c.ticket_id == first.id)
    store.database.run(
        lambda uow: (
            uow.connection.execute(text("DELETE FROM events WHERE ticket_id = 1")),
            uow.connection.execute(text("UPDATE events SET workunit_id = NULL")),
            uow.connection.execute(gone),
        )
    )
    assert found(store, "printer") == []


def test_what_is_rolled_back_is_not_found(store: Store) -> None:
    ann = store.person("Ann")
    ticket = store.ticket(ann)
    store.say(ticket, ann, "dark screen")

    def work(uow: SqlUnitOfWork) -> None:
        with contextlib.suppress(KeyError), uow.savepoint():
            uow.connection.execute(update(workunits).values(text="secret"))
            raise KeyError
        uow.connection.execute(update(workunits).values(text="bright screen"))

    store.database.run(work)
    assert found(store, "secret") == found(store, "dark") == []
    assert found(store, "bright") == [ticket.id]


def test_a_number_comes_first(store: Store) -> None:
    ann = store.person("Ann")
    tickets_ = [store.ticket(ann) for _ in range(4)]
    store.say(tickets_[3], ann, "as in 2 of us")
    store.say(tickets_[1], ann, "hello")
    assert found(store, "2") == [2, 4]
    assert found(store, "#2") == [2, 4]
    assert found(store, "2 us") == [4]
    assert found(store, "2", Scope(person=99)) == []
    assert found(store, "99") == []


def test_long_words_and_threads_are_taken(store: Store) -> None:
    ann = store.person("Ann")
    ticket = store.ticket(ann)
    store.say(ticket, ann, "𠀀 " * 30_000 + "x" * 70_000)
    store.say(ticket, ann, " ".join(f"w{n}ä" for n in range(40_000)))
    store.say(ticket, ann, "the newest word")
    assert found(store, "newest") == found(store, "w7a") == [ticket.id]


def test_names_are_resolved_or_the_nearest_are_named(store: Store) -> None:
    ann = store.person("Ann")
    store.person("Tess", technician=True)
    ticket = store.ticket(ann)
    assert found(store, 'group:"service desk" requester:ANN@example.com requester:me', me=99) == [
        ticket.id
    ]
    assert found(store, "requester:Ann") == [ticket.id]
    assert found(store, "owner:tess") == []
    for typed_, words in (
        ("group:Servise", "Service Desk"),
        ("owner:tes@x", "nobody is called"),
        ("requester:anne@example.com", "ann@example.com"),
        ("company:ACME", "is unknown"),
        ("owner:me", "me"),
    ):
        with pytest.raises(SearchMistake, match=words):
            found(store, typed_)
    with pytest.raises(SearchMistake, match="no place"):
        found(store, "", after="x")


def test_the_plan_is_told(store: Store) -> None:
    store.ticket(store.person("Ann"))
    query = parse("vpn status:open priority:P1", now=NOW)
    for sort in Sort:
        lines = store.database.read(lambda uow: uow.search.explain(query, sort=sort))  # noqa: B023 - called at once
        assert lines[0].startswith("SELECT")
        assert any("ticket_words" in line for line in lines)


def test_what_was_there_before_the_index_is_found(database_url: str) -> None:
    """A desk of an older release gets its words indexed with the migration."""
    database = Database(database_url)
    migrate(database.engine)
    with database.engine.begin() as connection:
        drop_word_index(connection)
        connection.execute(insert(groups).values(id=1, name="G"))
        connection.execute(insert(people).values(id=1, name="Ann", added_at=NOW))
        queue = "INSERT INTO queues (id, channel, address, name, group_id) VALUES (1, 'email', 'a', 'A', 1)"
        connection.execute(text(queue))
        chance = random.Random(3)  # noqa: S311 - a test's
        connection.execute(memberships.insert().values(group_id=1, person_id=1))
        row = {"status": "new", "priority": 3, "group_id": 1, "queue_id": 1, "requester_id": 1}
        row |= {"opened_at": NOW, "updated_at": NOW, "status_since": NOW}
        connection.execute(insert(tickets).values(id=1, title="Lamp", **row))
        entry = workunit(1, chance) | {"text": "it is dark", "visibility": "public"}
        connection.execute(insert(workunits).values(**entry))
        make_word_index(connection)
    query = parse("lamp dark", now=NOW)
    assert [t.id for t in database.read(lambda uow: uow.search.find(query)).tickets] == [1]
    database.close()
