"""What workflow rules cost: opening a ticket and answering it, with no rules and with fifty.

python bench/rules.py [TICKETS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bot import actions
from bot.actions import Words
from bot.desk.ticket import Visibility
from bot.service import Core
from bot.settings import Settings

MISSES: list[dict[str, Any]] = [
    {
        "name": f"rule {number}",
        "events": ["ticket.opened", "workunit.added"],
        "if": [
            {"any": [
                {"field": "title", "matches": f"(?i)\\bword{number}\\b"},
                {"field": "text", "words": [f"word{number}", "never said"]},
            ]},
            {"not": {"field": "group", "is": "Service Desk"}},
        ],
        "then": [{"tag": "x"}],
    }
    for number in range(50)
]  # fmt: skip
TIMED: list[dict[str, Any]] = [
    {
        "name": f"timed {number}",
        "when": "timed",
        "if": [{"field": "unanswered", "more_than": f"{number + 1} hours"}],
        "then": [{"tag": "x"}],
    }
    for number in range(50)
]
HIT: dict[str, Any] = {
    "name": "hit",
    "events": ["ticket.opened"],
    "then": [{"tag": "x"}, {"set": "priority", "to": 2}],
}


def measure(rules: list[dict[str, Any]], tickets: int) -> tuple[float, float]:
    """Milliseconds to open a ticket and to answer it, each in a transaction of its own: medians."""
    with tempfile.TemporaryDirectory() as folder:
        core = Core(Settings(desk={"data": Path(folder)}, rules=rules))  # type: ignore[arg-type]
        core.prepare()
        queue = core.database.read(lambda uow: uow.people.queues()[0])
        opened, answered = [], []
        for number in range(tickets):
            address = f"person{number}@example.org"

            def both(uow: Any, address: str = address) -> Any:
                ann = uow.people.add(name="Ann", channel="email", address=address, at=core.clock())
                return ann, actions.open_ticket(
                    uow, title="A printer", queue=queue, actor=ann, words=Words(text="It is broken. " * 20),
                    acknowledge=True, trusted=True, rule="new_request", now=core.clock(),
                )  # fmt: skip

            began = time.perf_counter()
            ann, ticket = core.database.run(both)
            opened.append(time.perf_counter() - began)

            def reply(uow: Any, ann: Any = ann, ticket: Any = ticket) -> Any:
                return actions.add_workunit(
                    uow, uow.tickets.get(ticket.id), actor=ann, words=Words(text="Hello? " * 20),
                    visibility=Visibility.PUBLIC, as_technician=False, rule="participant",
                    now=core.clock(),
                )  # fmt: skip

            began = time.perf_counter()
            core.database.run(reply)
            answered.append(time.perf_counter() - began)
        core.close()
    return statistics.median(opened) * 1000, statistics.median(answered) * 1000


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for name, rules in (
        ("no rules", []),
        ("50 that miss", MISSES),
        ("50 timed", TIMED),
        ("1 that acts", [HIT]),
    ):
        opening, answering = measure(rules, count)
        print(f"{name:14} open {opening:6.2f} ms   answer {answering:6.2f} ms")
