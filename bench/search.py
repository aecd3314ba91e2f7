"""Listing and searching a desk of a million tickets.

    python bench/search.py [--database sqlite|postgresql|URL] [--tickets N] [--times N] [--plans]
                           [--only WORDS] [--keep FILE] [--made]

Makes a desk (most tickets closed, 50 technicians, 20 groups, 2,000 companies, 100,000 requesters,
three workunits a ticket with words as frequent as words are), asks each question some hundreds of
times, every time for other people, groups and words, and prints the milliseconds of a page of 50:
the median and the 99th percentile, of the clock and of the processors (this process and the
server's), which a busy machine falsifies less. The baseline of the same run is the reading of one
ticket by its number. The files are removed at the end.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import string
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from databases import databases

from bot.desk.search import EVERYTHING, Scope, Sort, parse
from storage.database import Database
from storage.tables import metadata
from storage.unit_of_work import SqlUnitOfWork
from storage.word_index import drop_word_index, make_word_index

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GROUPS, TECHNICIANS, COMPANIES, REQUESTERS, TAGS = 20, 50, 2000, 100_000, 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
chance = random.Random(20)


def spelled() -> list[str]:
    """Thirty thousand words, the shortest first, as frequent words are."""
    found = {"printer": None}
    while len(found) < 30_000:
        size = 3 + min(len(found) // 2_000, 9)
        found["".join(chance.choices(string.ascii_lowercase, k=size))] = None
    return list(found)


WORDS = spelled()
_WEIGHTS = list(itertools.accumulate(1 / (place + 3) ** 0.95 for place in range(len(WORDS))))


def sentences() -> list[str]:
    return [" ".join(chance.choices(WORDS, cum_weights=_WEIGHTS, k=11)) for _ in range(50_000)]


def skewed(count: int) -> int:
    """A number from 1 to `count`, the low ones much more often."""
    return 1 + int(count * chance.random() ** 2)


# --- rows -----------------------------------------------------------------------------------------

TICKETS = "id title status priority group_id queue_id requester_id owner_id company_id opened_at closed_at locked trusted kind type updated_at status_since merged_into"
WORKUNITS = "id ticket_id author_id author_name by_technician visibility text elided signature at"


def tickets(
    count: int, pool: list[str], at: Callable[[datetime], Any]
) -> Iterator[tuple[Any, ...]]:
    span = timedelta(days=5 * 365) / count
    for number in range(1, count + 1):
        opened = NOW - span * (count - number)
        is_open = chance.random() < (0.6 if NOW - opened < timedelta(days=21) else 0.008)
        status = chance.choice(OPEN) if is_open else "closed"
        lasted = min(chance.expovariate(1 / 6), (NOW - opened) / timedelta(days=1))
        updated = opened + timedelta(days=lasted)
        requester = skewed(REQUESTERS)
        yield (
            *(number, chance.choice(pool)[:60], status, chance.choice((1, 2, 2, 3, 3, 3, 3, 3, 3, 4))),
            *(skewed(GROUPS), 1, TECHNICIANS + requester),
            None if is_open and chance.random() < 0.3 else 1 + chance.randrange(TECHNICIANS),
            *(1 + requester % COMPANIES, at(opened), None if is_open else at(updated), False, True),
            chance.choice(KINDS),
            "Laptop" if chance.random() < 0.05 else "",
            *(at(updated), at(updated), number - 1 if number % 100 == 0 else None),
        )  # fmt: skip


OPEN = ("new", "assigned", "assigned", "in progress", "pending user", "resolved", "reopened")
KINDS = ("incident",) * 8 + ("question", "service request")


def workunits(
    count: int, pool: list[str], at: Callable[[datetime], Any]
) -> Iterator[tuple[Any, ...]]:
    moment = at(NOW - timedelta(days=30))
    for number in range(1, count + 1):
        for place in range(3):
            text = ". ".join(chance.choices(pool, k=1 + skewed(4)))
            visibility = "internal" if place == 1 and number % 3 == 0 else "public"
            yield (
                number * 3 + place,
                number,
                1,
                "Ann",
                place == 1,
                visibility,
                text,
                "",
                "",
                moment,
            )


def tags(count: int) -> Iterator[tuple[int, str]]:
    for number in range(1, count + 1):
        if chance.random() < 0.3:
            for tag in {skewed(TAGS), skewed(TAGS)}:
                yield number, f"tag{tag}"


def make(database: Database, count: int) -> None:
    metadata.create_all(database.engine)
    postgres = database.engine.dialect.name == "postgresql"
    at = (lambda t: t) if postgres else (lambda t: (t - EPOCH) // timedelta(microseconds=1))
    pool = sentences()
    early = at(NOW - timedelta(days=3000))
    everybody = range(1, TECHNICIANS + REQUESTERS + 1)
    rows: list[tuple[str, str, Iterator[tuple[Any, ...]]]] = [
        ("companies", "id name", ((n, f"Company {n}") for n in range(1, COMPANIES + 1))),
        ("people", "id name language technician added_at company_id", ((n, f"Person {n}", "", n <= TECHNICIANS, early, None if n <= TECHNICIANS else 1 + (n - TECHNICIANS) % COMPANIES) for n in everybody)),
        ("identities", "id person_id channel scope address reachable", ((n, n, "email", "", f"person{n}@example.net", True) for n in everybody)),
        ("groups", "id name", ((n, f"Group {n}") for n in range(1, GROUPS + 1))),
        ("queues", "id channel address name group_id takes_automatic", iter([(1, "email", "desk@example.net", "Desk", 1, False)])),
        ("tickets", TICKETS, tickets(count, pool, at)),
        ("workunits", WORKUNITS, workunits(count, pool, at)),
        ("ticket_tags", "ticket_id tag", tags(count)),
    ]  # fmt: skip
    with database.engine.begin() as connection:
        drop_word_index(connection)
    for table, columns, found in rows:
        begun = time.perf_counter()
        load(database, table, columns.split(), found)
        print(f"  {table}: {time.perf_counter() - begun:.0f} s", flush=True)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO participants (ticket_id, person_id, role, added_at) SELECT id, requester_id, 'requester', opened_at FROM tickets")  # fmt: skip
    begun = time.perf_counter()
    with database.engine.begin() as connection:
        make_word_index(connection)
    print(f"  the index of words: {time.perf_counter() - begun:.0f} s", flush=True)
    settle(database)


def load(
    database: Database, table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if database.engine.dialect.name == "postgresql":
            with driver.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                cursor.execute("SET session_replication_role = DEFAULT")
            driver.commit()
            return
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("PRAGMA synchronous=OFF")
        driver.execute("BEGIN")
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        driver.executemany(statement, rows)
        driver.execute("COMMIT")


def settle(database: Database) -> None:
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if database.engine.dialect.name == "postgresql":
            connection.rollback()
            driver.autocommit = True
            driver.execute("VACUUM ANALYZE")
            driver.autocommit = False
        else:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- questions --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Question:
    name: str
    text: Callable[[], str]
    scope: Callable[[], Scope] = lambda: EVERYTHING
    sort: Sort = Sort.NEWEST
    #: Where the page begins.
    after: Callable[[], str] = lambda: ""


def group() -> str:
    return f'group:"Group {skewed(GROUPS)}"'


def requester() -> str:
    return f"requester:person{TECHNICIANS + skewed(REQUESTERS)}@example.net"


def common() -> str:
    return WORDS[chance.randrange(0, 20)]


def usual() -> str:
    return WORDS[chance.randrange(50, 1500)]


def rare() -> str:
    return WORDS[chance.randrange(5_000, 30_000)]


def questions(count: int, phrases: list[str]) -> list[Question]:
    def phrase() -> str:
        words = chance.choice(phrases).split()
        start = chance.randrange(len(words) - 2)
        return f'"{" ".join(words[start : start + 2])}"'

    def deep() -> str:
        return str(chance.randrange(count // 10, count // 2))

    def company() -> str:
        return f'company:"Company {1 + chance.randrange(COMPANIES)}"'

    return [
        Question(name="newest", text=str),
        Question(name="newest, a deep page", text=str, after=deep),
        Question(name="all open", text=lambda: "status:open"),
        Question(name="open of a group", text=lambda: f"status:open {group()}"),
        Question(name="open of a group, by priority", text=lambda: f"status:open {group()}", sort=Sort.PRIORITY),
        Question(name="mine, open", text=lambda: "status:open owner:me"),
        Question(name="open, without owner", text=lambda: f"status:open owner:none {group()}"),
        Question(name="by requester", text=requester),
        Question(name="by company", text=company),
        Question(name="by company, what changed last", text=company, sort=Sort.UPDATED),
        Question(name="by group, what changed last", text=group, sort=Sort.UPDATED),
        Question(name="by status", text=lambda: f'status:"{chance.choice(OPEN)}"'),
        Question(name="closed ones of a group", text=lambda: f"status:closed {group()}"),
        Question(name="by tag", text=lambda: f"tag:tag{skewed(TAGS)}"),
        Question(name="by tag, a deep page", text=lambda: f"tag:tag{skewed(TAGS)}", after=deep),
        Question(name="by priority", text=lambda: f"priority:P{chance.randint(1, 4)}"),
        Question(name="updated in a week", text=lambda: "updated:<7d", sort=Sort.UPDATED),
        Question(name="updated in a week, of a group", text=lambda: f"updated:<7d {group()}"),
        Question(name="priority, tag and company", text=lambda: f"priority:P1 tag:tag{skewed(TAGS)} {company()}"),
        Question(name="a number", text=lambda: str(chance.randint(1, count))),
        Question(name="one common word", text=common),
        Question(name="one usual word", text=usual),
        Question(name="one rare word", text=rare),
        Question(name="two usual words", text=lambda: f"{usual()} {usual()}"),
        Question(name="a common and a rare word", text=lambda: f"{common()} {rare()}"),
        Question(name="a phrase", text=phrase),
        Question(name="the beginning of a word", text=lambda: usual()[:3] + "*"),
        Question(name="a word, and not another", text=lambda: f"{usual()} -{common()}"),
        Question(name="a common word, a deep page", text=common, after=deep),
        Question(name="a usual word, group, open", text=lambda: f"{usual()} status:open {group()}"),
        Question(name="a common word, group, open", text=lambda: f"{common()} status:open {group()}"),
        Question(name="a common word, one requester", text=lambda: f"{common()} {requester()}"),
        Question(name="a common word, a company", text=lambda: f"{common()} {company()}"),
        Question(name="a usual word, a tag", text=lambda: f"{usual()} tag:tag{skewed(TAGS)}"),
        Question(name="a usual word, what changed last", text=usual, sort=Sort.UPDATED),
        Question(name="a common word, what changed last", text=common, sort=Sort.UPDATED),
        Question(name="as a requester: a usual word", text=usual, scope=lambda: Scope(person=TECHNICIANS + skewed(REQUESTERS))),
        Question(name="as a company: a usual word", text=usual, scope=lambda: Scope(company=1 + chance.randrange(COMPANIES), person=TECHNICIANS + skewed(REQUESTERS))),
        Question(name="of two groups: a usual word", text=usual, scope=lambda: Scope(groups=frozenset({skewed(GROUPS), skewed(GROUPS)}))),
        Question(name="of two groups and a company: a usual word", text=usual, scope=lambda: Scope(groups=frozenset({skewed(GROUPS)}), company=1 + chance.randrange(COMPANIES))),
    ]  # fmt: skip


Spent = tuple[float, float]


class Stopwatch:
    """Milliseconds by the clock and by the processors, of this process and of the database's."""

    def __init__(self, database: Database) -> None:
        self._server: Path | None = None
        if database.shared:
            # The pool gives the connection that was given back last, so it is always this one.
            pid = database.read(
                lambda uow: uow.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            )
            self._server = Path(f"/proc/{pid}/schedstat")

    def _processors(self) -> float:
        server = int(self._server.read_text().split()[0]) / 1e6 if self._server else 0.0
        return time.process_time() * 1000 + server

    def time(self, work: Callable[[], Any]) -> tuple[Spent, Any]:
        processors, clock = self._processors(), time.perf_counter()
        value = work()
        clock = (time.perf_counter() - clock) * 1000
        return (clock, self._processors() - processors), value


def ask(database: Database, question: Question, times: int) -> tuple[list[Spent], float]:
    """What each time took, and how many tickets there were on average."""
    watch, spent, found = Stopwatch(database), [], 0
    for _ in range(times):
        text, scope, after = question.text(), question.scope(), question.after()
        me = 1 + chance.randrange(TECHNICIANS)

        def find(uow: SqlUnitOfWork) -> Any:
            query = parse(text, now=NOW)  # noqa: B023 - called at once
            return uow.search.find(query, scope, sort=question.sort, after=after, me=me)  # noqa: B023 - the same

        took, page = watch.time(lambda: database.read(find))
        found += len(page.tickets)
        spent.append(took)
    return spent, found / times


def baseline(database: Database, count: int, times: int) -> list[Spent]:
    watch = Stopwatch(database)
    return [
        watch.time(lambda: database.read(lambda uow: uow.tickets.get(chance.randint(1, count))))[0]
        for _ in range(times)
    ]


def row(name: str, spent: list[Spent], found: float) -> str:
    cells = []
    for figures in zip(*spent, strict=True):
        whole = sorted(figures)
        p99 = whole[min(len(whole) - 1, int(len(whole) * 0.99))]
        cells += [f"{statistics.median(whole):.1f}", f"{p99:.1f}"]
    return f"| {name} | {' | '.join(cells)} | {found:.0f} |"


def measure(database: Database, options: argparse.Namespace) -> None:
    asked = questions(options.tickets, sentences())
    if options.only:
        asked = [question for question in asked if options.only in question.name]
    print("| question | median ms | 99 % | processors: median ms | 99 % | tickets on the page |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(
        row(
            "one ticket by its number (the baseline)",
            baseline(database, options.tickets, options.times * 5),
            1,
        )
    )
    for question in asked:
        print(row(question.name, *ask(database, question, options.times)), flush=True)
    if options.plans:
        for question in asked:
            query, scope = parse(question.text(), now=NOW), question.scope()
            plan = database.read(
                lambda uow: uow.search.explain(query, scope, sort=question.sort, me=1)  # noqa: B023 - called at once
            )
            print(f"\n## {question.name}\n", *plan, sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--only", default="", help="questions whose name has these words")
    parser.add_argument("--made", action="store_true", help="the desk at the URL is there already")
    parser.add_argument("--keep", help="SQLite: a file to make, or to use where it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, databases(options.database) as (url,):
        path = Path(options.keep or f"{folder}/replydesk.db")
        made = options.made or (options.database == "sqlite" and path.exists())
        database = Database(f"sqlite:///{path}" if options.database == "sqlite" else url)
        if not made:
            make(database, options.tickets)
        measure(database, options)
        database.close()


if __name__ == "__main__":
    main()
