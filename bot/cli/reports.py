"""What machines said about a delivery, in words for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.cli.opening import Storage
from threading_engine.reports import ReportKind

#: What each kind of report is called, before its reason and after.
_WORDS = {
    ReportKind.FAILED: "not delivered",
    ReportKind.DELAYED: "delayed",
    ReportKind.DELIVERED: "delivered",
    ReportKind.READ: "read",
    ReportKind.ANSWERED: "a program answered",
    ReportKind.COMPLAINED: "called spam",
}
#: Kinds whose reason begins with the cause, a colon, and goes on with the server's own words.
_WITH_CAUSE = frozenset({ReportKind.FAILED, ReportKind.DELAYED})


def report_lines(row: dict[str, Any], storage: Storage) -> Iterator[str]:
    """One report: what happened and when; on a second line what the server itself said."""
    kind = ReportKind(row["kind"])
    reason, said = row["reason"], ""
    if kind in _WITH_CAUSE:
        reason, _, said = reason.partition(": ")
    code = f" ({row['code']})" if row["code"] else ""
    about = f": {reason}" if reason else ""
    yield f"{storage.local(row['at'])}  {_WORDS[kind]}{about}{code}"
    if said:
        yield f"  the server said: {said}"
